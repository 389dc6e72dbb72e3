//! MediaWiki's strings (includes/password of wikimedia/mediawiki): `:A:`, `:B:salt:` and `:A:salt:`, `:pbkdf2:`, and the layers that its own wrapping writes.

use super::applications::salt_and_hex;
use super::base::Made;
use super::cut::{Asked, Cut, Encoded, Pieces, fast_hex, joined, made, unbase64};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::{Reader, number};
use crate::scheme::kdf;
use crate::scheme::value::{Needs, Prf, Strength, VerifyError};

/// `:A:` and MD5 in hex (MWOldPassword.php).
pub(in crate::scheme) static A: Cut = Cut {
    cut: |value| fast_hex(&[], value.strip_prefix(b":A:")?).of_len(16),
    make: |asked| made(&Algorithm::Md5.digest(asked.password)),
    needs: Needs::NONE,
};

/// `:B:salt:` and MD5 of salt, `-` and the MD5 in hex (MWSaltedPassword.php); hashcat writes `$B$salt$`. A MediaWiki of old wrote `:A:` before
/// the salt too, and every one since reads that (MWOldPassword.php).
pub(in crate::scheme) static B: Cut = Cut {
    cut: |value| match value.strip_prefix(b":B:") {
        Some(rest) => salt_and_hex(rest, b':', 16),
        None => match value.strip_prefix(b":A:") {
            Some(rest) => salt_and_hex(rest, b':', 16),
            None => salt_and_hex(value.strip_prefix(b"$B$")?, b'$', 16),
        },
    },
    make: |asked| made(&salted(asked.setting, asked.password)),
    needs: Needs::NONE,
};

/// `:pbkdf2:sha512:30000:64:salt:hash` (Pbkdf2Password.php).
pub(in crate::scheme) static PBKDF2: Cut = Cut {
    cut: |value| {
        let rest = value.strip_prefix(b":pbkdf2:")?;
        let (setting, digest) = before_last(rest, b':')?;
        let (params, salt) = before_last(setting, b':')?;
        pieces(setting, params, salt, digest)
    },
    make: |asked| {
        let (params, salt) = before_last(asked.setting, b':').ok_or(VerifyError::Parameters)?;
        derived(asked.password, params, salt)
    },
    needs: Needs::NONE,
};

/// PBKDF2 over A's hex (LayeredParameterizedPassword.php): `:pbkdf2-legacyA:!sha512:30000:64!!salt!hash`.
pub(in crate::scheme) static LEGACY_A: Cut = Cut {
    cut: |value| layered(value.strip_prefix(b":pbkdf2-legacyA:")?),
    make: |asked| layered_digest(asked, |_, password| Algorithm::Md5.digest(password)),
    needs: Needs::NONE,
};

/// PBKDF2 over B's hex: `:pbkdf2-legacyB:!sha512:30000:64!B's salt!salt!hash`.
pub(in crate::scheme) static LEGACY_B: Cut = Cut {
    cut: |value| layered(value.strip_prefix(b":pbkdf2-legacyB:")?),
    make: |asked| layered_digest(asked, salted),
    needs: Needs::NONE,
};

type Bytes = zeroize::Zeroizing<Vec<u8>>;

fn salted(salt: &[u8], password: &[u8]) -> Bytes {
    let inner = hex(&Algorithm::Md5.digest(password));
    Algorithm::Md5.digest(&joined(&[salt, b"-", inner.as_bytes()]))
}

/// What PBKDF2 was told.
struct Params {
    algorithm: Algorithm,
    prf: Prf,
    iterations: u32,
    len: usize,
}

/// `sha512:30000:64`.
fn params(text: &[u8]) -> Option<Params> {
    let mut text = Reader(text);
    let (algorithm, prf) = match text.until(b':')? {
        b"sha1" => (Algorithm::Sha1, Prf::Sha1),
        b"sha256" => (Algorithm::Sha256, Prf::Sha256),
        b"sha512" => (Algorithm::Sha512, Prf::Sha512),
        _ => return None,
    };
    let iterations = text.number(b':')?;
    let len = number(text.0)? as usize;
    (iterations >= 1 && (16..=256).contains(&len)).then_some(Params {
        algorithm,
        prf,
        iterations,
        len,
    })
}

fn pieces<'v>(setting: &'v [u8], text: &[u8], salt: &[u8], digest: &'v [u8]) -> Option<Pieces<'v>> {
    let params = params(text)?;
    Encoded::Base64(salt).len()?;
    let strength = Strength::Pbkdf2 {
        prf: params.prf,
        iterations: params.iterations,
    };
    Pieces {
        strength,
        setting,
        digest: Encoded::Base64(digest),
    }
    .of_len(params.len)
}

fn derived(password: &[u8], text: &[u8], salt: &[u8]) -> Made {
    let params = params(text).ok_or(VerifyError::Parameters)?;
    made(&kdf::pbkdf2(
        params.algorithm,
        password,
        &unbase64(salt)?,
        params.iterations,
        params.len,
    )?)
}

/// The pieces of a layered setting: the inner hash has no parameters of its own.
struct Layers<'v> {
    params: &'v [u8],
    inner_salt: &'v [u8],
    salt: &'v [u8],
}

fn layers(setting: &[u8]) -> Option<Layers<'_>> {
    let mut text = Reader(setting);
    text.literal(b"!")?;
    let params = text.until(b'!')?;
    let inner_salt = text.until(b'!')?;
    Some(Layers {
        params,
        inner_salt,
        salt: text.0,
    })
}

fn layered(rest: &[u8]) -> Option<Pieces<'_>> {
    let (setting, digest) = before_last(rest, b'!')?;
    let layers = layers(setting)?;
    pieces(setting, layers.params, layers.salt, digest)
}

fn layered_digest(asked: &Asked<'_>, inner: fn(&[u8], &[u8]) -> Bytes) -> Made {
    let layers = layers(asked.setting).ok_or(VerifyError::Parameters)?;
    let inner = hex(&inner(layers.inner_salt, asked.password));
    derived(inner.as_bytes(), layers.params, layers.salt)
}

/// What stands before and behind the last separator.
fn before_last(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|byte| *byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
