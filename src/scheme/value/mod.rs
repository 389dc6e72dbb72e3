//! The words of the room. They do nothing but name, order and compare.

mod class;
mod context;
mod declared;
mod dialect;
mod error;
mod inner_id;
mod needs;
mod outer;
mod recognised;
mod scheme;
mod shape;
mod strength;
mod taken;

pub use class::Class;
pub use context::{Context, Otherwise};
pub use declared::Declared;
pub use dialect::Dialect;
pub use error::VerifyError;
pub use inner_id::InnerId;
pub use needs::Needs;
pub(in crate::scheme) use outer::BCRYPT_BYTES_MAX;
pub use outer::{BcryptPrefix, Outer};
pub use recognised::Recognised;
pub use scheme::Scheme;
pub(in crate::scheme) use shape::split_salt;
pub use shape::{MissingSalt, SaltBeside, Shape, is_separator, joined_by, unpadded};
pub use strength::{Argon2Variant, Prf, Strength};
pub use taken::Taken;
