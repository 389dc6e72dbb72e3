//! What a configuration says, checked. It reads nothing.

mod accepted;
mod companions;
mod configuration;
mod credential;
mod format;
mod login;
mod on_reset;
mod serve;

pub use accepted::{AcceptedPart, AcceptedTest};
pub use companions::{CharPadding, CompanionSettings, EmptySalt, OtherTable};
pub use configuration::{DatabaseSource, KnownPasswords, LedgerNames, Settings};
pub use credential::{Credential, SiteLineError};
pub(in crate::config) use format::word_of;
pub use format::{FormatPart, FormatRows, FormatValue, FormatWrite};
pub use login::{LoginColumns, LoginMatch};
pub use on_reset::{Assignment, NewValue, OnReset};
pub use serve::{Listen, Pad, Serve, Tls};
