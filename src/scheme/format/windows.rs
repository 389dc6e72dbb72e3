//! How Windows spells its digests and cached credentials.

use super::cursor::Cursor;
use super::pieces::{Encoded, Pieces, fast_hex};
use crate::scheme::value::{Prf, Strength};

pub(in crate::scheme) fn lm(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value).of_len(16)
}

pub(in crate::scheme) fn msdcc2(value: &[u8]) -> Option<Pieces<'_>> {
    match value.strip_prefix(b"$DCC2$") {
        Some(rest) => {
            let at = rest.len().checked_sub(33)?;
            let (setting, digest) = rest.split_at_checked(at)?;
            let (iterations, name) = dcc2_setting(setting)?;
            let good = iterations >= 1 && !name.is_empty();
            good.then(|| dcc2_pieces(iterations, setting, digest.strip_prefix(b"#")?))?
        }
        None => dcc2_pieces(DCC2_ITERATIONS, &[], value),
    }
}

/// What Windows takes unless it was told otherwise.
pub(in crate::scheme) const DCC2_ITERATIONS: u32 = 10_240;

pub(in crate::scheme) fn dcc2_pieces<'v>(
    iterations: u32,
    setting: &'v [u8],
    digest: &'v [u8],
) -> Option<Pieces<'v>> {
    Pieces {
        strength: Strength::Pbkdf2 {
            prf: Prf::Sha1,
            iterations,
        },
        setting,
        digest: Encoded::Hex(digest),
    }
    .of_len(16)
}

/// `10240#name`.
pub(in crate::scheme) fn dcc2_setting(setting: &[u8]) -> Option<(u32, &[u8])> {
    let mut text = Cursor(setting);
    Some((text.number(b'#')?, text.0))
}
