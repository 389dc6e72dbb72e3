//! Everything that begins with `$`, of whatever maker.

use super::crypt::crypt;
use super::cursor::Cursor;
use super::recipe::Native;
use super::{dollars, prefixes};

/// Reads a trimmed value that begins with `$`.
pub(in crate::scheme) fn dollar(value: &[u8]) -> Option<Native> {
    let mut rest = Cursor(value.strip_prefix(b"$")?);
    if let Some(marked) = prefixes::read_prefixed(value) {
        return Some(marked);
    }
    let id = rest.until(b'$')?;
    crypt(id, rest.0).or_else(|| match dollars::dollars(value) {
        Some(salted) => Some(salted.native()),
        None => dollars::kratos(value, id, rest.0),
    })
}
