//! MediaWiki's digests (includes/password of wikimedia/mediawiki), and the layers that its own
//! wrapping writes.

use zeroize::Zeroizing;

use super::base::MadeText;
use super::cut::{Cut, FormulaInput, hex_text, join, unbase64};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::mediawiki::{self, before_last, layers, params};
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Needs, VerifyError};

/// `:A:` and MD5 in hex (MWOldPassword.php).
pub(in crate::scheme) static A: Cut = Cut {
    cut: mediawiki::a,
    make: |asked| hex_text(&Algorithm::Md5.digest(asked.password)),
    needs: Needs::NONE,
};

/// `:B:salt:` and MD5 of salt, `-` and the MD5 in hex (MWSaltedPassword.php); hashcat writes
/// `$B$salt$`. A MediaWiki of old wrote `:A:` before the salt too, and every one since reads that
/// (MWOldPassword.php).
pub(in crate::scheme) static B: Cut = Cut {
    cut: mediawiki::b,
    make: |asked| hex_text(&digest_b(asked.setting, asked.password)),
    needs: Needs::NONE,
};

/// `:pbkdf2:sha512:30000:64:salt:hash` (Pbkdf2Password.php).
pub(in crate::scheme) static PBKDF2: Cut = Cut {
    cut: mediawiki::pbkdf2,
    make: |asked| {
        let (params, salt) = before_last(asked.setting, b':').ok_or(VerifyError::Parameters)?;
        derive_text(asked.password, params, salt)
    },
    needs: Needs::NONE,
};

/// PBKDF2 over A's hex (LayeredParameterizedPassword.php):
/// `:pbkdf2-legacyA:!sha512:30000:64!!salt!hash`.
pub(in crate::scheme) static LEGACY_A: Cut = Cut {
    cut: mediawiki::legacy_a,
    make: |asked| layered_digest(asked, |_, password| Algorithm::Md5.digest(password)),
    needs: Needs::NONE,
};

/// PBKDF2 over B's hex: `:pbkdf2-legacyB:!sha512:30000:64!B's salt!salt!hash`.
pub(in crate::scheme) static LEGACY_B: Cut = Cut {
    cut: mediawiki::legacy_b,
    make: |asked| layered_digest(asked, digest_b),
    needs: Needs::NONE,
};

fn digest_b(salt: &[u8], password: &[u8]) -> Zeroizing<Vec<u8>> {
    let inner = hex(&Algorithm::Md5.digest(password));
    Algorithm::Md5.digest(&join(&[salt, b"-", inner.as_bytes()]))
}

fn derive_text(password: &[u8], text: &[u8], salt: &[u8]) -> MadeText {
    let params = params(text).ok_or(VerifyError::Parameters)?;
    hex_text(&kdf::pbkdf2(
        password,
        &unbase64(salt)?,
        Pbkdf2Cost {
            algorithm: params.algorithm,
            iterations: params.iterations,
            len: params.len,
        },
    )?)
}

fn layered_digest(
    asked: &FormulaInput<'_>,
    inner: fn(&[u8], &[u8]) -> Zeroizing<Vec<u8>>,
) -> MadeText {
    let layers = layers(asked.setting).ok_or(VerifyError::Parameters)?;
    let inner = hex(&inner(layers.inner_salt, asked.password));
    derive_text(inner.as_bytes(), layers.params, layers.salt)
}
