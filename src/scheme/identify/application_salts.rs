//! The habits of applications: what the salt that they join to a digest looks like.
//!
//! A formula says nothing of who uses it, and `hash:salt` nothing of its formula. The length and the alphabet of a salt do: nobody but
//! osCommerce and what grew out of it takes two digits of hex. A habit is a guess for people, and orders what `identify` names; nothing is
//! ever written because of one.

use crate::scheme::value::{Scheme, Shape};

/// An application, and the salts that it makes.
pub(in crate::scheme) struct Habit {
    /// What the application's values are called, where the formula has another name of its own.
    pub(in crate::scheme) application: Option<&'static str>,
    /// The formula.
    pub(in crate::scheme) scheme: Scheme,
    shape: Shape,
    lengths: &'static [usize],
    alphabet: fn(u8) -> bool,
}

/// The habits that a joined value agrees with, the rarest kind of salt first.
pub(in crate::scheme) fn habits(shape: Shape, salt: &[u8]) -> impl Iterator<Item = &'static Habit> {
    HABITS.iter().filter(move |habit| {
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

const fn habit(
    application: Option<&'static str>,
    scheme: Scheme,
    shape: Shape,
    lengths: &'static [usize],
    alphabet: fn(u8) -> bool,
) -> Habit {
    Habit {
        application,
        scheme,
        shape,
        lengths,
        alphabet,
    }
}

/// In the order in which they are named where a salt agrees with several.
static HABITS: [Habit; 14] = [
    // catalog/includes/functions/password_funcs.php of osCommerce/oscommerce2: the first two digits of an MD5.
    habit(
        Some("oscommerce"),
        Scheme::MD5_SP,
        Shape::Hex32,
        &[2],
        lower_hex,
    ),
    // app/code/core/Mage/Core/Model/Encryption.php of Magento 1: two characters, 32 from 1.9.1.
    habit(
        Some("magento1"),
        Scheme::MD5_SP,
        Shape::Hex32,
        &[2],
        alphanumeric,
    ),
    // includes/functions_user.php of vBulletin 3 and 4: three characters, then thirty.
    habit(None, Scheme::VBULLETIN, Shape::Hex32, &[3, 30], printable),
    // admin/sources/base/ipsMember.php of IP.Board 2 and 3: five characters.
    habit(None, Scheme::IPB, Shape::Hex32, &[5], printable),
    // inc/functions_user.php of mybb/mybb: eight letters and digits.
    habit(None, Scheme::IPB, Shape::Hex32, &[8], alphanumeric),
    // mosMakePassword(16) of Joomla 1.0.13, JUserHelper::genRandomPassword(32) of libraries/joomla/user/helper.php since 1.5.
    habit(
        Some("joomla"),
        Scheme::MD5_PS,
        Shape::Hex32,
        &[16, 32],
        alphanumeric,
    ),
    habit(
        Some("magento1"),
        Scheme::MD5_SP,
        Shape::Hex32,
        &[32],
        alphanumeric,
    ),
    // Tools::encrypt of PrestaShop up to 1.6: the shop's _COOKIE_KEY_, 56 characters.
    habit(
        Some("prestashop"),
        Scheme::MD5_SP,
        Shape::Hex32,
        &[56],
        alphanumeric,
    ),
    // upload/admin/model/user/user.php of opencart/opencart 1.5 to 2: nine characters.
    habit(
        Some("opencart"),
        Scheme::WBB3,
        Shape::Hex40,
        &[9],
        alphanumeric,
    ),
    // random_key(12) in include/functions.php of PunBB 1.3 and 1.4.
    habit(
        Some("punbb"),
        Scheme::SHA1_S_SHA1,
        Shape::Hex40,
        &[12],
        printable,
    ),
    // User.generate_salt in app/models/user.rb of redmine/redmine: 16 bytes in hex.
    habit(
        Some("redmine"),
        Scheme::SHA1_S_SHA1,
        Shape::Hex40,
        &[32],
        lower_hex,
    ),
    // StringUtil::getRandomID of WCF 1, and restful_authentication's secure_digest of the time: both are a SHA-1 in hex.
    habit(None, Scheme::WBB3, Shape::Hex40, &[40], lower_hex),
    habit(None, Scheme::RESTFUL_AUTH, Shape::Hex40, &[40], lower_hex),
    // hashcat's m12600.pm: 32 bytes in capitals.
    habit(None, Scheme::COLDFUSION10, Shape::Hex64, &[64], upper_hex),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_is_of_a_scheme_whose_digest_has_that_shape_and_one_salt() {
        for habit in &HABITS {
            assert!(habit.shape.with_salt().candidates().contains(&habit.scheme));
            assert!(habit.lengths.iter().all(|len| (1..=64).contains(len)));
        }
    }

    #[test]
    fn every_application_is_an_alias_of_its_formula() {
        for habit in &HABITS {
            if let Some(name) = habit.application {
                assert_eq!(Scheme::by_name(name), Some(habit.scheme), "{name}");
                assert_ne!(name, habit.scheme.name());
            }
        }
    }
}
