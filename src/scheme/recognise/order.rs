//! The order in which a value is recognised, whatever the configuration says.
//!
//! It is total and linear, because a scan calls it for every row. It allocates for a wrap in
//! Django's PBKDF2 alone.

use super::lock_markers::marker;
use crate::scheme::format;
use crate::scheme::label::{DEAD_PREFIX, is_saltern, may_be_labelled, split};
use crate::scheme::value::{Declared, InnerId, Recognised, Scheme, Shape, joined_by, unpadded};
use crate::text;

/// The longest value that is looked at.
pub const VALUE_BYTES_MAX: usize = 4096;

/// Says what a stored value is.
///
/// NULL comes first, then saltern's own values, then every string with a prefix of its own, then
/// the form of the declared scheme. The rest is the empty string, the lock markers and the shapes.
/// A digest in another spelling than hex is a digest too: base64, `0x…`, `ab:cd:…`.
///
/// White space around a value and NULs behind it don't count, except in a column declared
/// plaintext, and except at the end of a salt beside a digest.
///
/// A prefix alone doesn't name the scheme where another scheme hides behind it. In a column
/// declared `bcrypt(md5(pass))` every bcrypt string is one of those. So nobody may store plain
/// bcrypt beside them.
pub fn recognise(value: Option<&[u8]>, declared: Declared) -> Recognised<'_> {
    let Some(value) = value else {
        return Recognised::Null;
    };
    let plaintext = declared == Declared::Scheme(Scheme::PLAINTEXT);
    if let Some(shape) = Shape::of_digits(value.len()).filter(|_| text::is_hex(value))
        && !plaintext
    {
        return digest(shape, value, declared);
    }
    let bare = text::trim(value);
    // Most rows of most columns are bare digests in hex, and no other form consists of hex digits
    // of such a length alone.
    let shape = Shape::of_hex(unpadded(value));
    if let Some(shape) = shape
        && !plaintext
    {
        return digest(shape, value, declared);
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
    if let Some((prefixed, params)) = format::native(bare) {
        if plaintext && prefixed.is_reversible() {
            // The prefix of a password in the clear, or a part of the password: its owner alone
            // knows.
            return Recognised::LooksHashed;
        }
        let scheme = match declared {
            Declared::Scheme(declared) if declared.hides_behind(prefixed) => declared,
            _ => prefixed,
        };
        return Recognised::Native { scheme, params };
    }
    if plaintext {
        in_plaintext(value, bare)
    } else {
        without_prefix(value, bare, declared)
    }
}

/// The same, where the credential says which character stands between a digest and its salt. A
/// value that is joined by another one is unknown.
pub fn recognise_joined(
    value: Option<&[u8]>,
    declared: Declared,
    separator: Option<u8>,
) -> Recognised<'_> {
    let recognised = recognise(value, declared);
    let is_other = |value: &[u8]| joined_by(unpadded(value)) != separator;
    match recognised {
        Recognised::Digest { shape, .. }
            if separator.is_some() && shape.is_joined() && value.is_some_and(is_other) =>
        {
            Recognised::Unknown
        }
        _ => recognised,
    }
}

/// A bare digest, given what the column was declared to hold.
fn digest(shape: Shape, value: &[u8], declared: Declared) -> Recognised<'static> {
    match declared {
        Declared::Auto => Recognised::Digest {
            shape,
            scheme: None,
        },
        // Which line of the site-wide salts made it, a declaration doesn't say.
        Declared::Scheme(scheme) if fits(scheme, shape) => Recognised::Digest {
            shape,
            scheme: Some(scheme).filter(|scheme| !scheme.is_open()),
        },
        Declared::Scheme(scheme) => declared_form(value, scheme),
    }
}

/// Whether a digest of that shape can be one of the scheme's. A salt may stand behind it only where
/// the scheme takes one.
fn fits(scheme: Scheme, shape: Shape) -> bool {
    scheme.shape() == Some(shape.without_salt()) && shape.is_joined() <= scheme.needs().salt
}

/// A value that can only be told by what was declared.
fn declared_form(value: &[u8], scheme: Scheme) -> Recognised<'static> {
    match scheme.family().read(scheme, scheme.bare(value)) {
        Some(params) => Recognised::Native { scheme, params },
        None => Recognised::Unknown,
    }
}

/// saltern's own values.
fn own(bare: &[u8]) -> Option<Recognised<'static>> {
    match bare.first()? {
        b'!' => bare.starts_with(DEAD_PREFIX).then_some(Recognised::Dead),
        _ => {
            let (outer, inner) = read_wrapped(bare)?;
            Some(Recognised::Wrapped {
                outer: outer.0,
                inner,
                params: outer.1,
            })
        }
    }
}

/// The native string round a wrapped value, and what stands inside.
fn read_wrapped(bare: &[u8]) -> Option<(format::Native, InnerId)> {
    if !may_be_labelled(bare) {
        return None;
    }
    let labelled = split(std::str::from_utf8(bare).ok()?)?;
    Some((labelled.outer()?, labelled.inner))
}

/// A value in a column declared plaintext that carries no prefix.
///
/// What a password may look like by chance stays a password here: only the whole column tells
/// whether it is one ([`Shape::is_chance`]).
fn in_plaintext<'v>(value: &'v [u8], bare: &[u8]) -> Recognised<'v> {
    let between_dollars = bare
        .strip_prefix(b"$")
        .is_some_and(|rest| rest.contains(&b'$'));
    let is_digest = Shape::of(bare).is_some_and(|shape| !shape.is_chance());
    if is_digest || between_dollars || is_saltern(bare) {
        Recognised::LooksHashed
    } else if std::str::from_utf8(value).is_err() {
        Recognised::Undecodable
    } else {
        Recognised::Plaintext(value)
    }
}

/// A value in any other column that carries no prefix and is no digest in hex.
fn without_prefix(value: &[u8], bare: &[u8], declared: Declared) -> Recognised<'static> {
    if let Declared::Scheme(scheme) = declared
        && let form @ Recognised::Native { .. } = declared_form(value, scheme)
    {
        form
    } else if bare.is_empty() {
        Recognised::Empty
    } else if let Some(name) = marker(bare) {
        Recognised::Marker(name)
    } else if let Some(shape) = Shape::of_other(bare)
        && let found @ Recognised::Digest { .. } = digest(shape, value, declared)
    {
        found
    } else if std::str::from_utf8(bare).is_err() {
        Recognised::Undecodable
    } else {
        Recognised::Unknown
    }
}
