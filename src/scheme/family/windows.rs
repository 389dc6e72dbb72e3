//! Windows: LAN Manager's digest, and cached domain credentials. NTLM is an expression.

use des::Des;
use des::cipher::{Array, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

use super::base::Made;
use super::cut::{Asked, Cut, Encoded, Pieces, fast_hex, joined, made, wide};
use crate::scheme::expression::Algorithm;
use crate::scheme::format::Reader;
use crate::scheme::kdf;
use crate::scheme::value::{Needs, Prf, Strength, VerifyError};

/// Fourteen characters in capitals as two DES keys.
pub(in crate::scheme) static LM: Cut = Cut {
    cut: |value| fast_hex(&[], value).of_len(16),
    make: |asked| made(&*lm(asked.password)),
    needs: Needs::NONE,
};

/// Domain cached credentials 2: PBKDF2 over the first version, with the name as the salt; `$DCC2$rounds#name#` before it in the cracking tools' lists.
pub(in crate::scheme) static MSDCC2: Cut = Cut {
    cut: |value| match value.strip_prefix(b"$DCC2$") {
        Some(rest) => {
            let at = rest.len().checked_sub(33)?;
            let (setting, digest) = rest.split_at_checked(at)?;
            let (iterations, name) = dcc2_setting(setting)?;
            let good = iterations >= 1 && !name.is_empty();
            good.then(|| dcc2_pieces(iterations, setting, digest.strip_prefix(b"#")?))?
        }
        None => dcc2_pieces(DCC2_ITERATIONS, &[], value),
    },
    make: dcc2,
    needs: Needs {
        username: true,
        ..Needs::NONE
    },
};

/// What Windows takes unless it was told otherwise.
const DCC2_ITERATIONS: u32 = 10_240;

pub(in crate::scheme) fn lm(password: &[u8]) -> Zeroizing<[u8; 16]> {
    let mut text = Zeroizing::new([0_u8; 14]);
    for (place, byte) in text.iter_mut().zip(password) {
        *place = oem_upper(*byte);
    }
    let mut made = Zeroizing::new([0_u8; 16]);
    for (half, out) in text.chunks_exact(7).zip(made.chunks_exact_mut(8)) {
        // Seven bits a byte; the eighth is parity, which DES doesn't look at.
        let bits = half
            .iter()
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let key: [u8; 8] = std::array::from_fn(|place| (bits >> (49 - 7 * place) << 1) as u8);
        let mut block = Array::from(*b"KGS!@#$%");
        Des::new(&Array::from(key)).encrypt_block(&mut block);
        out.copy_from_slice(&block);
    }
    made
}

/// Capitals as the code pages 437 and 850 have them; what only one of them has is left alone.
fn oem_upper(byte: u8) -> u8 {
    match byte {
        0x81 => 0x9a,
        0x82 => 0x90,
        0x84 => 0x8e,
        0x86 => 0x8f,
        0x87 => 0x80,
        0x91 => 0x92,
        0x94 => 0x99,
        0xa4 => 0xa5,
        _ => byte.to_ascii_uppercase(),
    }
}

fn dcc2_pieces<'v>(iterations: u32, setting: &'v [u8], digest: &'v [u8]) -> Option<Pieces<'v>> {
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
fn dcc2_setting(setting: &[u8]) -> Option<(u32, &[u8])> {
    let mut text = Reader(setting);
    Some((text.number(b'#')?, text.0))
}

fn dcc2(asked: &Asked<'_>) -> Made {
    let (iterations, name) = if asked.setting.is_empty() {
        (DCC2_ITERATIONS, asked.username()?.as_bytes())
    } else {
        dcc2_setting(asked.setting).ok_or(VerifyError::Parameters)?
    };
    let name = std::str::from_utf8(name)
        .map_err(|_| VerifyError::Parameters)?
        .to_lowercase();
    let (Some(password), Some(name)) = (wide(asked.password), wide(name.as_bytes())) else {
        return Ok(None);
    };
    let first = Algorithm::Md4.digest(&joined(&[&Algorithm::Md4.digest(&password), &name]));
    made(&kdf::pbkdf2(
        Algorithm::Sha1,
        &first,
        &name,
        iterations,
        16,
    )?)
}
