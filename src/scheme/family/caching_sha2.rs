//! MySQL's caching_sha2_password: crypt(3)'s SHA-256 with twenty bytes of salt.
//!
//! crypt(3) and the crate that has it take at most sixteen bytes of salt. So the function stands
//! here once more (SHA-crypt.txt by Drepper; mysys/crypt_genhash_impl.cc of mysql/mysql-server).

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::crypt::base64;
use crate::scheme::expression::Algorithm;
use crate::scheme::format;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static CACHING_SHA2: CachingSha2 = CachingSha2;

/// `$A$005$` + 20 bytes of salt + 43 characters, as the column has it, and hashcat's
/// `$mysql$A$005*<hex>*<hex>`.
///
/// The setting is `005$` and the salt; the text is the 43 characters.
pub(in crate::scheme) struct CachingSha2;

/// The order of SHA-crypt.txt, step 22.
const ORDER: [u8; 32] = [
    20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28,
    18, 29, 19, 9, 30, 31,
];

impl Family for CachingSha2 {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let (rounds, salt, hash) = format::caching_sha2(value)?;
        let mut setting = rounds.to_vec();
        setting.push(b'$');
        setting.extend_from_slice(&salt.decode()?);
        let hash = String::from_utf8(hash.decode()?.to_vec()).ok()?;
        Some(Taken {
            strength,
            setting,
            text: Zeroizing::new(hash),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let (rounds, salt) = setting.split_at_checked(4).ok_or(VerifyError::Parameters)?;
        let rounds = rounds
            .strip_suffix(b"$")
            .and_then(format::thousands)
            .ok_or(VerifyError::Parameters)?;
        // MySQL takes no longer one (MAX_PASSWORD_LENGTH), and the function costs its square.
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(None);
        }
        let mut text = Zeroizing::new(String::with_capacity(43));
        let lengths = (password.len(), salt.len());
        let made = match kdf::spend_sha_crypt(Algorithm::Sha256, rounds, lengths)? {
            Permit::Compute => sha256_crypt(password, salt, rounds),
            Permit::Weigh => Zeroizing::new(vec![0; Algorithm::Sha256.len()]),
        };
        base64::push_in_order(&made, &ORDER, &mut text);
        Ok(Some(text))
    }
}

const PASSWORD_BYTES_MAX: usize = 256;

fn sha256_crypt(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<Vec<u8>> {
    let sha = |text: &[u8]| Algorithm::Sha256.digest(text);
    let join = |pieces: &[&[u8]]| Zeroizing::new(pieces.concat());
    let stretched = |digest: &[u8], len: usize| {
        Zeroizing::new(
            digest
                .iter()
                .copied()
                .cycle()
                .take(len)
                .collect::<Vec<u8>>(),
        )
    };
    let other = sha(&join(&[password, salt, password]));
    let mut start = join(&[password, salt, &stretched(&other, password.len())]);
    let mut bits = password.len();
    while bits > 0 {
        start.extend_from_slice(if bits & 1 == 1 { &other } else { password });
        bits >>= 1;
    }
    let mut state = sha(&start);
    let times = 16 + state.first().map_or(0, |byte| usize::from(*byte));
    let passwords = stretched(
        &sha(&Zeroizing::new(password.repeat(password.len()))),
        password.len(),
    );
    let salts = stretched(&sha(&salt.repeat(times)), salt.len());
    let mut text = Zeroizing::new(Vec::new());
    for round in 0..rounds {
        let odd = round & 1 == 1;
        text.clear();
        text.extend_from_slice(if odd { &passwords } else { &state });
        if round % 3 != 0 {
            text.extend_from_slice(&salts);
        }
        if round % 7 != 0 {
            text.extend_from_slice(&passwords);
        }
        text.extend_from_slice(if odd { &state } else { &passwords });
        state = sha(&text);
    }
    state
}
