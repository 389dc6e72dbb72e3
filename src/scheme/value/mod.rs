//! The words of the room. They do nothing but name, order and compare.

mod class;
mod context;
mod declared;
mod dialect;
mod digest_spelling;
mod error;
mod inner_id;
mod joined;
mod missing_salt;
mod needs;
mod outer;
mod recognised;
mod scheme;
mod shape;
mod strength;
mod taken;
mod unpadded;

pub use class::Class;
pub use context::{Context, Otherwise};
pub use declared::Declared;
pub use dialect::Dialect;
pub use error::VerifyError;
pub use inner_id::InnerId;
pub(in crate::scheme) use joined::split_salt;
pub use joined::{is_separator, joined_by};
pub use missing_salt::{MissingSalt, SaltBeside};
pub use needs::Needs;
pub(in crate::scheme) use outer::BCRYPT_BYTES_MAX;
pub use outer::{BcryptPrefix, Outer};
pub use recognised::Recognised;
pub use scheme::Scheme;
pub use shape::Shape;
pub use strength::{Argon2Variant, Prf, Strength};
pub use taken::Taken;
pub use unpadded::unpadded;
