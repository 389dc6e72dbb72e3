//! How routers, firewalls and Macs hash passwords.

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::cut::{Cut, FormulaInput, PartlyRead, hex_text, join, unhex};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::Cursor;
use crate::scheme::format::devices::{self, CISCO8_ITERATIONS};
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};
use crate::text;

pub(in crate::scheme) static CISCO7: Cisco7 = Cisco7;

/// Cisco PIX: the MD5 of sixteen bytes, three bytes of every four. The first four characters of the
/// user's name stand behind the password, where there is a name.
pub(in crate::scheme) static CISCO_PIX: PartlyRead = PartlyRead {
    cut: Cut {
        cut: devices::pix_pieces,
        make: |asked| Ok(pix(asked, 16)),
        needs: Needs::NONE,
    },
    tells_all: |asked| pix_tells_all(asked, PIX_WITH_NAME),
};

/// Cisco ASA: the same, of 32 bytes where the password has more than sixteen.
pub(in crate::scheme) static CISCO_ASA: PartlyRead = PartlyRead {
    cut: Cut {
        cut: devices::pix_pieces,
        make: |asked| Ok(pix(asked, 32)),
        needs: Needs::NONE,
    },
    tells_all: |asked| pix_tells_all(asked, ASA_WITH_NAME),
};

/// Cisco IOS, type 4: SHA-256 without a salt (hashcat's m05700.pm).
pub(in crate::scheme) static CISCO4: Cut = Cut {
    cut: devices::cisco4,
    make: |asked| hex_text(&Algorithm::Sha256.digest(asked.password)),
    needs: Needs::NONE,
};

/// Cisco IOS, type 8: PBKDF2 (hashcat's m09200.pm).
pub(in crate::scheme) static CISCO8: Cut = Cut {
    cut: devices::cisco8,
    make: |asked| {
        let (password, salt) = (asked.password, asked.setting);
        hex_text(&kdf::pbkdf2(
            password,
            salt,
            Pbkdf2Cost {
                algorithm: Algorithm::Sha256,
                iterations: CISCO8_ITERATIONS,
                len: 32,
            },
        )?)
    },
    needs: Needs::NONE,
};

/// Cisco IOS, type 9: scrypt (hashcat's m09300.pm).
pub(in crate::scheme) static CISCO9: Cut = Cut {
    cut: devices::cisco9,
    make: |asked| hex_text(&kdf::scrypt(asked.password, asked.setting, (14, 1, 1), 32)?),
    needs: Needs::NONE,
};

/// Citrix NetScaler (hashcat's m08100.pm, m22200.pm): a digit, eight characters of salt, and the
/// digest of salt, password and a NUL.
pub(in crate::scheme) static NETSCALER_SHA1: Cut = Cut {
    cut: devices::netscaler_sha1,
    make: |asked| hex_text(&Algorithm::Sha1.digest(&join(&[asked.setting, asked.password, b"\0"]))),
    needs: Needs::NONE,
};

pub(in crate::scheme) static NETSCALER_SHA512: Cut = Cut {
    cut: devices::netscaler_sha512,
    make: |asked| {
        hex_text(&Algorithm::Sha512.digest(&join(&[asked.setting, asked.password, b"\0"])))
    },
    needs: Needs::NONE,
};

/// Mac OS X 10.4 to 10.6 (hashcat's m00122.pm): four bytes of salt and SHA-1 of salt and password.
pub(in crate::scheme) static MACOS_10_4: Cut = Cut {
    cut: devices::macos_10_4,
    make: |asked| {
        hex_text(&Algorithm::Sha1.digest(&join(&[&unhex(asked.setting)?, asked.password])))
    },
    needs: Needs::NONE,
};

/// Mac OS X 10.7 (hashcat's m01722.pm): the same over SHA-512.
pub(in crate::scheme) static MACOS_10_7: Cut = Cut {
    cut: devices::macos_10_7,
    make: |asked| {
        hex_text(&Algorithm::Sha512.digest(&join(&[&unhex(asked.setting)?, asked.password])))
    },
    needs: Needs::NONE,
};

/// macOS since 10.8 (hashcat's m07100.pm): `$ml$rounds$salt$hash`, PBKDF2 over SHA-512.
///
/// The system keeps 128 bytes and the cracking tools the first 64. These are a block of PBKDF2 of
/// their own, so only they are compared.
pub(in crate::scheme) static MACOS_10_8: Cut = Cut {
    cut: devices::macos_10_8,
    make: |asked| {
        let mut text = Cursor(asked.setting);
        let iterations = text.number(b'$').ok_or(VerifyError::Parameters)?;
        hex_text(&kdf::pbkdf2(
            asked.password,
            &unhex(text.0)?,
            Pbkdf2Cost {
                algorithm: Algorithm::Sha512,
                iterations,
                len: 64,
            },
        )?)
    },
    needs: Needs::NONE,
};

/// Cisco IOS, type 7: reversible, so that its values are decoded rather than recomputed.
pub(in crate::scheme) struct Cisco7;

impl Family for Cisco7 {
    fn read(&self, _: Scheme, value: &[u8]) -> Option<Strength> {
        let (start, digits) = value.split_first_chunk::<2>()?;
        let good = start.iter().all(u8::is_ascii_digit)
            && (2..=2 * CISCO7_BYTES_MAX).contains(&digits.len())
            && digits.len().is_multiple_of(2)
            && text::is_hex(digits)
            && cisco7_start(*start) < CISCO7_KEY.len();
        good.then_some(Strength::Fast)
    }

    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        Some(Taken {
            strength: self.read(scheme, value)?,
            setting: Vec::new(),
            text: hex(&self.reveal(scheme, value)?),
        })
    }

    fn reveals(&self) -> bool {
        true
    }

    fn reveal(&self, scheme: Scheme, value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.read(scheme, value)?;
        let (start, digits) = value.split_first_chunk::<2>()?;
        let mut password = text::unhex(digits)?;
        let key = CISCO7_KEY.iter().cycle().skip(cisco7_start(*start));
        for (byte, key) in password.iter_mut().zip(key) {
            *byte ^= key;
        }
        Some(password)
    }

    fn make(&self, _: Scheme, _: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        hex_text(password)
    }
}

/// What the passwords are mixed with, from the place that the first two digits say (Cisco's own;
/// passlib/handlers/cisco.py has it).
const CISCO7_KEY: &[u8; 53] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

const CISCO7_BYTES_MAX: usize = 64;

fn cisco7_start([tens, ones]: [u8; 2]) -> usize {
    usize::from(tens.wrapping_sub(b'0')) * 10 + usize::from(ones.wrapping_sub(b'0'))
}

/// The rules are those of passlib/handlers/cisco.py: a longer password than the firmware takes
/// opens nothing.
fn pix(asked: &FormulaInput<'_>, longest: usize) -> Option<Zeroizing<String>> {
    let mut input = Zeroizing::new(asked.password.to_vec());
    if input.len() > longest {
        return None;
    }
    let name = asked.context.username.unwrap_or_default().as_bytes();
    // Where the name would not fit any more the ASA leaves it out.
    if !name.is_empty() && (longest == 16 || input.len() < 28) {
        input.extend(name.iter().cycle().take(4));
    }
    let len = if longest == 32 && input.len() > 16 {
        32
    } else {
        16
    };
    input.resize(len, 0);
    let digest = Algorithm::Md5.digest(&input);
    let mut text = Zeroizing::new(String::with_capacity(16));
    for four in digest.chunks_exact(4) {
        let bits = four
            .iter()
            .take(3)
            .rev()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
        for place in 0..4 {
            text.push(char::from(CRYPT64[(bits >> (6 * place)) as usize & 63]));
        }
    }
    Some(text)
}

/// From so many bytes on a password may end as another one with the name behind it does: sixteen
/// bytes less four of the name.
const PIX_WITH_NAME: usize = 12;

/// The ASA leaves the name out from 28 bytes on.
const ASA_WITH_NAME: usize = 24;

fn pix_tells_all(asked: &FormulaInput<'_>, longest: usize) -> bool {
    let is_named = asked.context.username.is_some_and(|name| !name.is_empty());
    !asked.password.contains(&0) && (!is_named || asked.password.len() < longest)
}

const CRYPT64: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings that no maker of vectors writes, by Python's hashlib after the formulas above.
    fn check(scheme: Scheme, value: &str, password: &str) {
        let family = scheme.family();
        let taken = family.take(scheme, value.as_bytes()).expect(value);
        let made = |password: &str| {
            let context = Context::default();
            family.make(scheme, &taken.setting, password.as_bytes(), &context)
        };
        assert_eq!(made(password), Ok(Some(taken.text.clone())), "{value}");
        assert_ne!(made(&format!("{password}x")), Ok(Some(taken.text.clone())));
    }

    #[test]
    fn a_type_7_password_is_decoded_from_the_place_that_its_first_digits_say() {
        check(Scheme::CISCO7, "0822455D0A16", "cisco");
        check(Scheme::CISCO7, "5148F4C0001513F8DD140B", "pässwörd");
        check(
            Scheme::CISCO7,
            "00301B03444A1E0F0C2A0C4C1B161219520D031C",
            "The quick brown fox",
        );
        for bad in ["", "08", "082", "5322", "xx22", "082g", "08225"] {
            assert_eq!(Cisco7.read(Scheme::CISCO7, bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn the_newer_macs_strings_are_opened() {
        let lion = |rest: &str| format!("0a1b2c3d{rest}");
        check(
            Scheme::MACOS_10_7,
            &lion(
                "afa7880e19f3704f576cf64593036212d29133ddcefac14768a6c83cf0bb870e0ec1a96065f9157bd1a8bbb7197c60f5b61768e04d904a30f2c9a7485bf2e3ba",
            ),
            "",
        );
        check(
            Scheme::MACOS_10_7,
            &lion(
                "1a7571b2a84971d5fc77207fa36ce1006dc7618f11c45a168df2050ace3978ebd4e1be4f2a14e49f963be16ef5176dab96adbc7fe3924dd168ee76da291632cf",
            ),
            "pässwörd",
        );
        let later = |hash: &str| {
            format!(
                "$ml$1000$000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f${hash}"
            )
        };
        check(
            Scheme::MACOS_10_8,
            &later(
                "d2d585039baab1022a06644ed360e51838e09d50defec3042d643504d584420ee1f3c3719802c40b32e10a58b35299b39391b58a301d70a58ce56194ab286633",
            ),
            "pässwörd",
        );
        // All the 128 bytes that the system itself keeps.
        check(
            Scheme::MACOS_10_8,
            &later(
                "c2b869c63dc89d0443241f5720e5bdaea51574cfc61e266010ecf2eec17851f7e363c0b257345f337f78a4213dbd6466f3a27ac8e0da829983ebee8500c460d220627e74b2b6b679f4a0349c80a62ec971444bfb0f00059222dc414b5b3f05d8203df5e90f04591b7339809d284323c12912adad81cfee0f56af9db54842b36d",
            ),
            "Dragon",
        );
    }
}
