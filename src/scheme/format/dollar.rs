//! Everything that begins with `$`, of whatever maker.

use super::crypt::crypt;
use super::cursor::Reader;
use super::salted::Native;
use super::{applications, dollars};

/// Reads a trimmed value that begins with `$`.
pub(in crate::scheme) fn dollar(value: &[u8]) -> Option<Native> {
    let mut rest = Reader(value.strip_prefix(b"$")?);
    if let Some(marked) = applications::marked(value) {
        return Some(marked);
    }
    let id = rest.until(b'$')?;
    crypt(id, rest.0).or_else(|| match dollars::dollars(value) {
        Some(salted) => Some(salted.native()),
        None => dollars::kratos(value, id, rest.0),
    })
}
