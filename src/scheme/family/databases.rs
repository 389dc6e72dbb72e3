//! How the passwords of the users of databases are hashed.

use des::Des;
use des::cipher::{Array, BlockCipherEncrypt, KeyInit};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::base::MadeText;
use super::cut::{
    Cut, FormulaInput, PartlyRead, hex_text, is_without_case, join, unbase64, unhex, wide, wide_be,
};
use crate::scheme::expression::Algorithm;
use crate::scheme::format::Cursor;
use crate::scheme::format::databases::{self, ORACLE12_ITERATIONS};
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Needs, VerifyError};

/// SQL Server 2000: `0x0100`, four bytes of salt, the SHA-1 of the password in UTF-16LE and the
/// salt, and that of the password in capitals.
///
/// The first digest is compared: it is of the password as it was typed. The other one opens for any
/// case of its letters.
pub(in crate::scheme) static MSSQL2000: Cut = Cut {
    cut: databases::mssql2000,
    make: |asked| mssql_digest(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

/// SQL Server 2005 and 2008: the first of the two digests alone.
pub(in crate::scheme) static MSSQL2005: Cut = Cut {
    cut: databases::mssql2005,
    make: |asked| mssql_digest(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

/// SQL Server since 2012: `0x0200` and SHA-512.
pub(in crate::scheme) static MSSQL2012: Cut = Cut {
    cut: databases::mssql2012,
    make: |asked| mssql_digest(Algorithm::Sha512, asked),
    needs: Needs::NONE,
};

/// Sybase ASE (hashcat's m08000.pm): `0xc007`, eight bytes of salt, SHA-256 of the password in
/// UTF-16BE, filled to 510 bytes, and the salt.
pub(in crate::scheme) static SYBASE: PartlyRead = PartlyRead {
    cut: Cut {
        cut: databases::sybase,
        make: |asked| {
            let Some(mut password) = wide_be(asked.password) else {
                return Ok(None);
            };
            password.truncate(SYBASE_BYTES);
            password.resize(SYBASE_BYTES, 0);
            hex_text(&Algorithm::Sha256.digest(&join(&[&password, &unhex(asked.setting)?])))
        },
        needs: Needs::NONE,
    },
    tells_all: |asked| {
        let wide = wide_be(asked.password).map_or(SYBASE_BYTES, |wide| wide.len());
        wide < SYBASE_BYTES && !asked.password.contains(&0)
    },
};

const SYBASE_BYTES: usize = 510;

/// Oracle until 10: DES-CBC of name and password in capitals, twice, sixteen hex digits.
pub(in crate::scheme) static ORACLE10: PartlyRead = PartlyRead {
    cut: Cut {
        cut: databases::oracle10,
        make: oracle10,
        needs: Needs {
            username: true,
            ..Needs::NONE
        },
    },
    tells_all: |asked| is_without_case(asked.password),
};

/// Oracle 11: `S:`, SHA-1 of password and salt, ten bytes of salt; bare with a colon between in the
/// cracking tools' lists.
pub(in crate::scheme) static ORACLE11: Cut = Cut {
    cut: databases::oracle11,
    make: |asked| {
        let salt = unhex(asked.setting)?;
        hex_text(&Algorithm::Sha1.digest(&join(&[asked.password, &salt])))
    },
    needs: Needs::NONE,
};

/// Oracle 12: `T:`, SHA-512 of a PBKDF2 key and the salt, sixteen bytes of salt (hashcat's
/// m12300.pm).
pub(in crate::scheme) static ORACLE12: Cut = Cut {
    cut: databases::oracle12,
    make: |asked| {
        let salt = unhex(asked.setting)?;
        let salted = join(&[&salt, b"AUTH_PBKDF2_SPEEDY_KEY"]);
        let key = kdf::pbkdf2(
            asked.password,
            &salted,
            Pbkdf2Cost {
                algorithm: Algorithm::Sha512,
                iterations: ORACLE12_ITERATIONS,
                len: 64,
            },
        )?;
        hex_text(&Algorithm::Sha512.digest(&join(&[&key, &salt])))
    },
    needs: Needs::NONE,
};

/// PostgreSQL until 10: `md5` and MD5 of the password and the user's name.
pub(in crate::scheme) static POSTGRES_MD5: Cut = Cut {
    cut: databases::postgres_md5,
    make: |asked| {
        let name = asked.username()?.as_bytes();
        hex_text(&Algorithm::Md5.digest(&join(&[asked.password, name])))
    },
    needs: Needs {
        username: true,
        ..Needs::NONE
    },
};

/// PostgreSQL since 10 (RFC 5802, 7677): `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`.
///
/// Every password may have been typed in characters that SASLprep changes.
pub(in crate::scheme) static POSTGRES_SCRAM: PartlyRead = PartlyRead {
    cut: Cut {
        cut: databases::scram,
        make: scram_digest,
        needs: Needs::NONE,
    },
    tells_all: |_| false,
};

/// MySQL's PASSWORD() until 4.1: sixteen hex digits.
///
/// Spaces and tabs are skipped, and other passwords with the same sums are found in seconds.
pub(in crate::scheme) static MYSQL323: PartlyRead = PartlyRead {
    cut: Cut {
        cut: databases::mysql323,
        make: |asked| hex_text(&mysql323(asked.password)),
        needs: Needs::NONE,
    },
    tells_all: |_| false,
};

fn mssql_digest(algorithm: Algorithm, asked: &FormulaInput<'_>) -> MadeText {
    let Some(password) = wide(asked.password) else {
        return Ok(None);
    };
    hex_text(&algorithm.digest(&join(&[&password, &unhex(asked.setting)?])))
}

fn oracle10(asked: &FormulaInput<'_>) -> MadeText {
    let name = asked.username()?;
    let Ok(password) = std::str::from_utf8(asked.password) else {
        return Ok(None);
    };
    let both = Zeroizing::new(format!("{name}{password}").to_uppercase());
    let Some(mut text) = wide_be(both.as_bytes()) else {
        return Ok(None);
    };
    let len = text.len().next_multiple_of(8);
    text.resize(len, 0);
    let first = cbc_end(0x0123_4567_89ab_cdef_u64.to_be_bytes(), &text);
    hex_text(&cbc_end(first, &text))
}

/// The last block of DES-CBC from a block of zeros.
fn cbc_end(key: [u8; 8], text: &[u8]) -> [u8; 8] {
    let cipher = Des::new(&Array::from(key));
    let mut block = Array::from([0_u8; 8]);
    for piece in text.chunks(8) {
        for (byte, plain) in block.iter_mut().zip(piece) {
            *byte ^= plain;
        }
        cipher.encrypt_block(&mut block);
    }
    block.into()
}

fn scram_digest(asked: &FormulaInput<'_>) -> MadeText {
    let mut text = Cursor(asked.setting);
    let iterations = text.number(b':').ok_or(VerifyError::Parameters)?;
    let salt = unbase64(text.0)?;
    let password = saslprep(asked.password);
    let key = kdf::pbkdf2(
        &password,
        &salt,
        Pbkdf2Cost {
            algorithm: Algorithm::Sha256,
            iterations,
            len: 32,
        },
    )?;
    let stored = Algorithm::Sha256.digest(&Algorithm::Sha256.hmac(&key, b"Client Key"));
    let server = Algorithm::Sha256.hmac(&key, b"Server Key");
    hex_text(&join(&[&stored, &server]))
}

/// SASLprep (RFC 4013) as far as it changes a password: foreign spaces, what is mapped to nothing,
/// NFKC.
///
/// PostgreSQL takes a password that SASLprep forbids as it is (src/common/saslprep.c). Which
/// characters Unicode 3.2 had not assigned is not looked up. For nearly all of them NFKC is the
/// character itself.
fn saslprep(password: &[u8]) -> Zeroizing<Vec<u8>> {
    match std::str::from_utf8(password) {
        Ok(text) if !text.is_ascii() => {
            let mapped = text.chars().filter_map(|char| match char {
                '\u{a0}'
                | '\u{1680}'
                | '\u{2000}'..='\u{200b}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}' => Some(' '),
                '\u{ad}'
                | '\u{34f}'
                | '\u{1806}'
                | '\u{180b}'..='\u{180d}'
                | '\u{200c}'
                | '\u{200d}'
                | '\u{2060}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' => None,
                char => Some(char),
            });
            Zeroizing::new(mapped.nfkc().collect::<String>().into_bytes())
        }
        _ => Zeroizing::new(password.to_vec()),
    }
}

/// Two sums of 31 bits over the password without its spaces and tabs.
fn mysql323(password: &[u8]) -> [u8; 8] {
    let (mut first, mut second, mut sum) = (1_345_345_333_u32, 0x1234_5671_u32, 7_u32);
    for byte in password.iter().filter(|byte| !matches!(byte, b' ' | b'\t')) {
        let byte = u32::from(*byte);
        first ^= (first & 63)
            .wrapping_add(sum)
            .wrapping_mul(byte)
            .wrapping_add(first << 8);
        second = second.wrapping_add((second << 8) ^ first);
        sum = sum.wrapping_add(byte);
    }
    let both = (u64::from(first & 0x7fff_ffff) << 32) | u64::from(second & 0x7fff_ffff);
    both.to_be_bytes()
}
