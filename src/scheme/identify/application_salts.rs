//! The salts that applications join to a digest: their lengths and alphabets.
//!
//! A formula says nothing of who uses it, and `hash:salt` nothing of its formula. The salt does:
//! only osCommerce and its descendants take two digits of hex.
//!
//! It is a guess for people, and orders what `identify` names. Nothing is ever written because of
//! one.

use crate::scheme::value::{Scheme, Shape};

/// An application, and the salts that it makes.
pub(in crate::scheme) struct ApplicationSalt {
    /// What the application's values are called, where the formula has another name of its own.
    pub(in crate::scheme) application: Option<&'static str>,
    /// The formula.
    pub(in crate::scheme) scheme: Scheme,
    shape: Shape,
    lengths: &'static [usize],
    alphabet: fn(u8) -> bool,
}

/// The habits that a joined value agrees with, the rarest kind of salt first.
pub(in crate::scheme) fn application_salts(
    shape: Shape,
    salt: &[u8],
) -> impl Iterator<Item = &'static ApplicationSalt> {
    APPLICATION_SALTS.iter().filter(move |habit| {
        habit.shape == shape.without_salt()
            && habit.lengths.contains(&salt.len())
            && salt.iter().all(|byte| (habit.alphabet)(*byte))
    })
}

fn lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn upper_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'F')
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// In the order in which they are named where a salt agrees with several.
static APPLICATION_SALTS: [ApplicationSalt; 14] = [
    // catalog/includes/functions/password_funcs.php of osCommerce/oscommerce2: the first two digits
    // of an MD5.
    ApplicationSalt {
        application: Some("oscommerce"),
        scheme: Scheme::MD5_SP,
        shape: Shape::Hex32,
        lengths: &[2],
        alphabet: lower_hex,
    },
    // app/code/core/Mage/Core/Model/Encryption.php of Magento 1: two characters, 32 from 1.9.1.
    ApplicationSalt {
        application: Some("magento1"),
        scheme: Scheme::MD5_SP,
        shape: Shape::Hex32,
        lengths: &[2],
        alphabet: alphanumeric,
    },
    // includes/functions_user.php of vBulletin 3 and 4: three characters, then thirty.
    ApplicationSalt {
        application: None,
        scheme: Scheme::VBULLETIN,
        shape: Shape::Hex32,
        lengths: &[3, 30],
        alphabet: printable,
    },
    // admin/sources/base/ipsMember.php of IP.Board 2 and 3: five characters.
    ApplicationSalt {
        application: None,
        scheme: Scheme::IPB,
        shape: Shape::Hex32,
        lengths: &[5],
        alphabet: printable,
    },
    // inc/functions_user.php of mybb/mybb: eight letters and digits.
    ApplicationSalt {
        application: None,
        scheme: Scheme::IPB,
        shape: Shape::Hex32,
        lengths: &[8],
        alphabet: alphanumeric,
    },
    // mosMakePassword(16) of Joomla 1.0.13, JUserHelper::genRandomPassword(32) of
    // libraries/joomla/user/helper.php since 1.5.
    ApplicationSalt {
        application: Some("joomla"),
        scheme: Scheme::MD5_PS,
        shape: Shape::Hex32,
        lengths: &[16, 32],
        alphabet: alphanumeric,
    },
    ApplicationSalt {
        application: Some("magento1"),
        scheme: Scheme::MD5_SP,
        shape: Shape::Hex32,
        lengths: &[32],
        alphabet: alphanumeric,
    },
    // Tools::encrypt of PrestaShop up to 1.6: the shop's _COOKIE_KEY_, 56 characters.
    ApplicationSalt {
        application: Some("prestashop"),
        scheme: Scheme::MD5_SP,
        shape: Shape::Hex32,
        lengths: &[56],
        alphabet: alphanumeric,
    },
    // upload/admin/model/user/user.php of opencart/opencart 1.5 to 2: nine characters.
    ApplicationSalt {
        application: Some("opencart"),
        scheme: Scheme::WBB3,
        shape: Shape::Hex40,
        lengths: &[9],
        alphabet: alphanumeric,
    },
    // random_key(12) in include/functions.php of PunBB 1.3 and 1.4.
    ApplicationSalt {
        application: Some("punbb"),
        scheme: Scheme::SHA1_S_SHA1,
        shape: Shape::Hex40,
        lengths: &[12],
        alphabet: printable,
    },
    // User.generate_salt in app/models/user.rb of redmine/redmine: 16 bytes in hex.
    ApplicationSalt {
        application: Some("redmine"),
        scheme: Scheme::SHA1_S_SHA1,
        shape: Shape::Hex40,
        lengths: &[32],
        alphabet: lower_hex,
    },
    // StringUtil::getRandomID of WCF 1, and restful_authentication's secure_digest of the time:
    // both are a SHA-1 in hex.
    ApplicationSalt {
        application: None,
        scheme: Scheme::WBB3,
        shape: Shape::Hex40,
        lengths: &[40],
        alphabet: lower_hex,
    },
    ApplicationSalt {
        application: None,
        scheme: Scheme::RESTFUL_AUTH,
        shape: Shape::Hex40,
        lengths: &[40],
        alphabet: lower_hex,
    },
    // hashcat's m12600.pm: 32 bytes in capitals.
    ApplicationSalt {
        application: None,
        scheme: Scheme::COLDFUSION10,
        shape: Shape::Hex64,
        lengths: &[64],
        alphabet: upper_hex,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_is_of_a_scheme_whose_digest_has_that_shape_and_one_salt() {
        for habit in &APPLICATION_SALTS {
            assert!(habit.shape.with_salt().candidates().contains(&habit.scheme));
            assert!(habit.lengths.iter().all(|len| (1..=64).contains(len)));
        }
    }

    #[test]
    fn every_application_is_an_alias_of_its_formula() {
        for habit in &APPLICATION_SALTS {
            if let Some(name) = habit.application {
                assert_eq!(Scheme::by_name(name), Some(habit.scheme), "{name}");
                assert_ne!(name, habit.scheme.name());
            }
        }
    }
}
