//! What an application may have read beside a value: the one place where a salt of a fixed width
//! is taken with its blanks, without them, or both.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::companion::Companion;
use super::padding::PaddedColumn;
use crate::scheme::{CompanionReadings, CompanionTexts};
use crate::secret::InnerSalt;

/// What may go into a digest beside the password, in the order of `CompanionBytes`.
pub const COMPANIONS: [Companion; 4] = [
    Companion::Salt,
    Companion::Salt2,
    Companion::Username,
    Companion::UserId,
];

/// The bytes of one companion as they were read, and the column that they stand in.
#[derive(Clone, Copy, Default)]
pub(crate) struct CompanionBytes<'b> {
    pub(crate) read: Option<&'b [u8]>,
    pub(crate) column: PaddedColumn,
}

/// The readings of the bytes of [`COMPANIONS`]. A name that is no UTF-8 is none.
pub(crate) fn readings(of: [CompanionBytes<'_>; 4]) -> CompanionReadings {
    let read = of.map(|one| Some(one.column.value(one.read?)));
    let may_be_padded = of.iter().any(|one| one.column.is_open());
    CompanionReadings {
        read: texts(read),
        otherwise: may_be_padded.then(|| texts(of.map(|one| one.column.otherwise(one.read?)))),
    }
}

fn texts([salt, salt2, username, user_id]: [Option<Cow<'_, [u8]>>; 4]) -> CompanionTexts {
    let bytes = |bytes: Option<Cow<'_, [u8]>>| bytes.map(|bytes| InnerSalt::new(&*bytes));
    let text = |bytes: Option<Cow<'_, [u8]>>| {
        Some(Zeroizing::new(
            std::str::from_utf8(&bytes?).ok()?.to_owned(),
        ))
    };
    CompanionTexts {
        salt: bytes(salt),
        salt2: bytes(salt2),
        username: text(username),
        user_id: text(user_id),
    }
}
