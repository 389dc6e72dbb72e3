//! Whether a password opens a stored value: the login path, one value at a time.
//!
//! It makes no new hash and hides no timing; that is `auth`'s.

mod opening;
mod password;
mod pay;
mod recompute;
mod stand_in;
mod tries;
mod weigh;
mod wrapped;

pub use opening::{InnerText, Opening, ReadExtent};
pub use password::{open, verify, verify_as};
pub use pay::pay;
pub use recompute::{make, opens_taken};
pub use tries::spellings;
pub use weigh::{WeighedValue, Weigher, hashes_of, weigh};
