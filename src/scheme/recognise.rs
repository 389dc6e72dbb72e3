//! What one stored value is: the order of recognition, whatever the configuration says.
//!
//! Total, linear, without an allocation; a scan calls it for every row.

use super::{Declared, InnerId, Recognised, Scheme, Shape, forms, mark, marker};
use crate::text;

/// The longest value that is looked at.
pub const VALUE_BYTES_MAX: usize = 4096;

/// How saltern's dead values begin.
pub(super) const DEAD_PREFIX: &[u8] = b"!saltern:";

/// Says what a stored value is.
///
/// NULL first, then saltern's own values, then every string that carries its own mark, then the declared scheme's form; what is
/// left are the empty string, the markers and, under `auto`, the shapes. White space around a value and NULs behind it
/// don't count, except in a column declared plaintext.
pub fn recognise(value: Option<&[u8]>, declared: Declared) -> Recognised<'_> {
    let Some(value) = value else {
        return Recognised::Null;
    };
    let plaintext = declared == Declared::Scheme(Scheme::PLAINTEXT);
    let bare = text::trim(value);
    // Most rows of most columns are bare digests, and no other form consists of hex digits of such a length alone.
    let shape = Shape::of_digits(bare.len()).filter(|_| text::is_hex(bare));
    if let Some(shape) = shape
        && !plaintext
    {
        return digest(shape, declared);
    }
    if value.is_empty() {
        return Recognised::Empty;
    }
    if value.len() > VALUE_BYTES_MAX {
        return Recognised::TooLong;
    }
    if let Some(own) = own(bare) {
        return own;
    }
    if let Some((scheme, params)) = forms::native(bare) {
        return Recognised::Native { scheme, params };
    }
    if plaintext {
        in_plaintext(value, bare, shape)
    } else {
        without_mark(bare)
    }
}

/// A bare digest, given what the column was declared to hold.
fn digest(shape: Shape, declared: Declared) -> Recognised<'static> {
    match declared {
        Declared::Auto => Recognised::Digest {
            shape,
            scheme: None,
        },
        Declared::Scheme(scheme) if scheme.shape() == Some(shape) => Recognised::Digest {
            shape,
            scheme: Some(scheme),
        },
        Declared::Scheme(_) => Recognised::Unknown,
    }
}

/// saltern's own values.
fn own(bare: &[u8]) -> Option<Recognised<'static>> {
    match bare.first()? {
        b'!' => bare.starts_with(DEAD_PREFIX).then_some(Recognised::Dead),
        b'$' => {
            let (outer, inner) = wrapped(bare)?;
            Some(Recognised::Wrapped {
                outer: outer.0,
                inner,
                params: outer.1,
            })
        }
        _ => None,
    }
}

/// The native string round a wrapped value, and what stands inside.
fn wrapped(bare: &[u8]) -> Option<(forms::Native, InnerId)> {
    // Most native strings end here: no wrapped value is without `--` near its front.
    let front = &bare[..bare.len().min(2 * InnerId::LEN_MAX)];
    if !front.windows(2).any(|pair| pair == b"--") {
        return None;
    }
    let marked = mark::split(std::str::from_utf8(bare).ok()?)?;
    Some((
        forms::crypt(marked.id.as_bytes(), marked.rest.as_bytes())?,
        marked.inner,
    ))
}

/// A value in a column declared plaintext that carries no mark.
fn in_plaintext<'v>(value: &'v [u8], bare: &[u8], shape: Option<Shape>) -> Recognised<'v> {
    let between_dollars = bare
        .strip_prefix(b"$")
        .is_some_and(|rest| rest.contains(&b'$'));
    if shape.is_some() || between_dollars {
        Recognised::LooksHashed
    } else if std::str::from_utf8(value).is_err() {
        Recognised::Undecodable
    } else {
        Recognised::Plaintext(value)
    }
}

/// A value in any other column that carries no mark and is no digest.
fn without_mark(bare: &[u8]) -> Recognised<'static> {
    if bare.is_empty() {
        Recognised::Empty
    } else if let Some(name) = marker::marker(bare) {
        Recognised::Marker(name)
    } else if std::str::from_utf8(bare).is_err() {
        Recognised::Undecodable
    } else {
        Recognised::Unknown
    }
}
