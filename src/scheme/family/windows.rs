//! Windows: LAN Manager's digest, and cached domain credentials.
//!
//! NTLM is not here: an expression says it.

use des::Des;
use des::cipher::{Array, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

use super::base::MadeText;
use super::cut::{Cut, FormulaInput, PartlyRead, hex_text, is_without_case, join, wide};
use crate::scheme::expression::Algorithm;
use crate::scheme::format::windows::{self, DCC2_ITERATIONS, dcc2_setting};
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Needs, VerifyError};

/// Fourteen characters in capitals as two DES keys.
pub(in crate::scheme) static LM: PartlyRead = PartlyRead {
    cut: Cut {
        cut: windows::lm,
        make: |asked| hex_text(&*lm(asked.password)),
        needs: Needs::NONE,
    },
    tells_all: |asked| lm_tells_all(asked.password),
};

/// Domain cached credentials 2: PBKDF2 over the first version, with the name as the salt.
///
/// In the cracking tools' lists `$DCC2$rounds#name#` stands before it.
pub(in crate::scheme) static MSDCC2: Cut = Cut {
    cut: windows::msdcc2,
    make: dcc2,
    needs: Needs {
        username: true,
        ..Needs::NONE
    },
};

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

/// Fourteen bytes without a letter: a letter may have been typed in either case.
pub(in crate::scheme) fn lm_tells_all(password: &[u8]) -> bool {
    password.len() < 14 && is_without_case(password)
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

fn dcc2(asked: &FormulaInput<'_>) -> MadeText {
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
    let first = Algorithm::Md4.digest(&join(&[&Algorithm::Md4.digest(&password), &name]));
    hex_text(&kdf::pbkdf2(
        &first,
        &name,
        Pbkdf2Cost {
            algorithm: Algorithm::Sha1,
            iterations,
            len: 16,
        },
    )?)
}
