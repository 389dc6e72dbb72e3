//! The strings of DES in crypt(3). They have no prefix: length and BSDI's underscore tell them
//! apart.

use super::cursor::{all, crypt64_value, is_crypt64};
use super::recipe::Native;
use crate::scheme::value::{Prf, Scheme, Strength};

/// Eleven digits are one block of DES, and two bits that stand for nothing.
pub(in crate::scheme) const BLOCK_DIGITS: usize = 11;

/// Further bytes of the password go into no block.
pub(in crate::scheme) const BIGCRYPT_BLOCKS_MAX: usize = 16;

const SALT_DIGITS: usize = 2;

const BSDI_SETTING_DIGITS: usize = 9;

/// Which of them a string is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum DesForm {
    /// One block.
    Descrypt,
    /// A block for each eight bytes of the password.
    Bigcrypt,
    /// One block, with a number of rounds.
    Bsdicrypt,
}

impl DesForm {
    /// The scheme of its strings.
    fn scheme(self) -> Scheme {
        match self {
            Self::Descrypt => Scheme::DESCRYPT,
            Self::Bigcrypt => Scheme::BIGCRYPT,
            Self::Bsdicrypt => Scheme::BSDICRYPT,
        }
    }

    /// How many characters stand before the hash.
    pub(in crate::scheme) fn setting_digits(self) -> usize {
        match self {
            Self::Bsdicrypt => BSDI_SETTING_DIGITS,
            Self::Descrypt | Self::Bigcrypt => SALT_DIGITS,
        }
    }

    /// How strong a string with that setting is; none where it is no setting.
    ///
    /// A round of BSDI's counts as one of MD5, the 25 of the others as nothing.
    pub(in crate::scheme) fn strength(self, setting: &[u8]) -> Option<Strength> {
        if setting.len() != self.setting_digits() {
            return None;
        }
        if self != Self::Bsdicrypt {
            return all(setting, is_crypt64).then_some(Strength::Fast);
        }
        let digits = setting.strip_prefix(b"_")?;
        let (rounds, _) = digits.split_at_checked(4)?;
        let rounds = Strength::Rounds {
            prf: Prf::Md5,
            // libxcrypt takes none for one.
            rounds: des_number(rounds).max(1),
        };
        all(digits, is_crypt64).then_some(rounds)
    }
}

/// descrypt, bigcrypt or bsdicrypt, if the text has the form of one.
pub(in crate::scheme) fn des(value: &[u8]) -> Option<Native> {
    let form = match value.first()? {
        b'_' => DesForm::Bsdicrypt,
        _ if value.len() == SALT_DIGITS + BLOCK_DIGITS => DesForm::Descrypt,
        _ => DesForm::Bigcrypt,
    };
    let (setting, digits) = value.split_at_checked(form.setting_digits())?;
    let blocks = digits.len() / BLOCK_DIGITS;
    let good = digits.len().is_multiple_of(BLOCK_DIGITS)
        && match form {
            DesForm::Bigcrypt => (2..=BIGCRYPT_BLOCKS_MAX).contains(&blocks),
            DesForm::Descrypt | DesForm::Bsdicrypt => blocks == 1,
        }
        && all(digits, is_crypt64);
    Some((form.scheme(), form.strength(setting).filter(|_| good)?))
}

/// Digits as a number, the lowest first: at most four of them.
pub(in crate::scheme) fn des_number(digits: &[u8]) -> u32 {
    let fold = |value, digit: &u8| (value << 6) | crypt64_value(*digit);
    digits.iter().take(4).rev().fold(0, fold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, scheme: Option<Scheme>) {
        let found = des(value.as_bytes()).map(|(scheme, _)| scheme);
        assert_eq!(found, scheme, "{value}");
    }

    #[test]
    fn length_tells_them_apart() {
        check("abOJBJ0qWIMU.", Some(Scheme::DESCRYPT));
        check("abOJBJ0qWIMU.95uYt06Hk1M", Some(Scheme::BIGCRYPT));
        check("_/...abcd6e2S1Sl9bpc", Some(Scheme::BSDICRYPT));
        check(&"a".repeat(2 + 16 * 11), Some(Scheme::BIGCRYPT));
    }

    #[test]
    fn another_length_or_another_alphabet_is_none() {
        for value in [
            "",
            "_",
            "ab",
            "abOJBJ0qWIMU",
            "abOJBJ0qWIMU.9",
            "abOJBJ0qWIMU+",
            "_/...abcd6e2S1Sl9bp",
            "+/...abcd6e2S1Sl9bpc",
            "_/..+abcd6e2S1Sl9bpc",
            &"a".repeat(2 + 17 * 11),
        ] {
            check(value, None);
        }
    }
}
