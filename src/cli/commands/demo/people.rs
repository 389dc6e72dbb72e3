//! The made-up people of the demo, with the habits and the traps of a real table.
//!
//! The same number of people is always the same people.

use crate::census::words;
use crate::report::stamp;
use crate::scheme::{Scheme, digest};
use crate::store::{DemoParent, DemoRows, DemoUser};

/// How many rows, and what they are made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeopleWanted<'a> {
    /// How many parents. The size of the other tables follows from it.
    pub(super) parents: u64,
    /// The time in milliseconds since 1970, for last logins.
    pub(super) now_ms: i64,
    /// A stored value that is as strong as the target.
    pub(super) strong: &'a str,
}

/// The rows of the demo, and the secrets of two people who log in.
pub(super) struct People {
    /// The rows for the database.
    pub(super) rows: DemoRows,
    /// A parent who logs in with a password.
    pub(super) parent: Person,
    /// A parent who answers the secret question.
    pub(super) answerer: Person,
}

/// A person and a secret.
pub(super) struct Person {
    /// The key of the row.
    pub(super) id: i64,
    /// What is typed at login.
    pub(super) login: String,
    /// The password or the answer.
    pub(super) secret: String,
}

/// Hashes for each parent, over all tables: a password, an answer, a third of a child, a fifth of a
/// player.
pub(super) const HASHES_A_PARENT: f64 = 2.0 + 1.0 / 3.0 + 1.0 / 5.0;

/// A bcrypt hash from a test vector. The run keeps it, because it is slow already.
const BCRYPT: &str = "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";
const DAY_MS: i64 = 86_400_000;
const COLOURS: [&str; 12] = [
    "Blue",
    "pink",
    "Red",
    "purple",
    "green",
    "Yellow",
    "sky blue",
    "Orange",
    "black",
    "Grün",
    "turquoise",
    "dark red",
];
const NAMES: [&str; 16] = [
    "ann", "ben", "carla", "dave", "emma", "finn", "grace", "hugo", "iris", "jack", "kim", "leo",
    "mia", "noah", "olga", "paul",
];

/// Makes the people up.
pub(super) fn make(wanted: PeopleWanted<'_>) -> People {
    let mut dice = Dice(0x5eed_2015_1114);
    let words: Vec<&str> = words().collect();
    let mut rows = DemoRows::default();
    let mut parent = None;
    let mut answerer = None;
    for id in 1_i64.. {
        if id.cast_unsigned() > wanted.parents {
            break;
        }
        let login = format!("{}{id}@example.com", dice.one_of(&NAMES));
        let password = password(&mut dice, &words);
        let trap = trap(id, wanted.strong);
        let stored = trap
            .clone()
            .unwrap_or_else(|| Some(hex(Scheme::MD5, &password)));
        let answer =
            (!id.unsigned_abs().is_multiple_of(61)).then(|| (*dice.one_of(&COLOURS)).to_owned());
        if trap.is_none() && id > 20 {
            parent.get_or_insert_with(|| Person {
                id,
                login: login.clone(),
                secret: password.clone(),
            });
            if let Some(answer) = answer.as_ref().filter(|answer| answer.contains(' ')) {
                answerer.get_or_insert_with(|| Person {
                    id,
                    login: login.clone(),
                    secret: answer.clone(),
                });
            }
        }
        let last_login = last_login(&mut dice, wanted.now_ms);
        rows.parents.push(DemoParent {
            user: DemoUser {
                login,
                password: stored,
                last_login,
            },
            answer,
        });
    }
    for n in 0..wanted.parents / 3 {
        let password = match n {
            // Text that looks like a hash, in a column of plaintext. Nobody can tell which it is.
            5 => Some(hex(Scheme::MD5, "dragon")),
            6 => Some(String::new()),
            7 => None,
            8 => Some(" two spaces ".to_owned()),
            _ => Some(password(&mut dice, &words)),
        };
        let login = format!("{}{n}", dice.one_of(&NAMES));
        rows.children.push(DemoUser {
            login,
            password,
            last_login: last_login(&mut dice, wanted.now_ms),
        });
    }
    for n in 0..wanted.parents / 5 {
        let login = format!("{}_{n}", dice.one_of(&NAMES));
        let password = Some(hex(Scheme::SHA1, &password(&mut dice, &words)));
        rows.players.push(DemoUser {
            login,
            password,
            last_login: last_login(&mut dice, wanted.now_ms),
        });
    }
    let nobody = || Person {
        id: 0,
        login: String::new(),
        secret: String::new(),
    };
    People {
        rows,
        parent: parent.unwrap_or_else(nobody),
        answerer: answerer.unwrap_or_else(nobody),
    }
}

/// The special values that a real table has and that a careless job breaks on. None for most ids.
fn trap(id: i64, strong: &str) -> Option<Option<String>> {
    let md5 = || hex(Scheme::MD5, "monkey");
    Some(match id {
        3 => Some(md5().to_uppercase()),
        5 => Some(format!("{} ", md5())),
        7 => Some("!".to_owned()),
        8 => Some("*".to_owned()),
        9 => Some(String::new()),
        10 => None,
        12 => Some(strong.to_owned()),
        13 => Some(BCRYPT.to_owned()),
        15 => Some("*LK*".to_owned()),
        17 => Some(hex(Scheme::MD5, "")),
        19 => Some("see ticket 4711".to_owned()),
        _ => return None,
    })
}

/// A password. Half of the people take a common one, the others make one of their own.
///
/// Common passwords follow Zipf's law: the rank is the exponential of a uniform random number.
fn password(dice: &mut Dice, words: &[&str]) -> String {
    let word = |dice: &mut Dice| {
        #[expect(clippy::cast_precision_loss, reason = "a list of a few thousand words")]
        let rank = (dice.even() * (words.len() as f64).ln()).exp();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank in the list"
        )]
        let at = (rank as usize).saturating_sub(1).min(words.len() - 1);
        words[at].to_owned()
    };
    if dice.below(2) == 0 {
        return word(dice);
    }
    match dice.below(3) {
        0 => format!("{}{}", dice.one_of(&NAMES), 1950 + dice.below(66)),
        1 => format!("{}{}!", word(dice), dice.below(10_000)),
        _ => {
            const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
            (0..8 + dice.below(5))
                .map(|_| char::from(*dice.one_of(LETTERS)))
                .collect()
        }
    }
}

/// A date within the last six years. One person in twelve has no last login.
fn last_login(dice: &mut Dice, now_ms: i64) -> Option<String> {
    if dice.below(12) == 0 {
        return None;
    }
    let days = i64::try_from(dice.below(2_200)).unwrap_or(0);
    Some(stamp(now_ms - days * DAY_MS).chars().take(10).collect())
}

fn hex(scheme: Scheme, password: &str) -> String {
    digest(scheme, password.as_bytes())
        .expect("an unsalted digest of bytes takes every password")
        .to_string()
}

/// SplitMix64 (Steele, Lea and Flood, 2014). It gives the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn even(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = (self.next() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "below the length of a list"
        )]
        let at = self.below(list.len() as u64) as usize;
        &list[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        make(PeopleWanted {
            parents: 300,
            now_ms: 1_448_496_000_000,
            strong: "$argon2id$x",
        })
    }

    #[test]
    fn the_same_number_makes_the_same_people() {
        let stored = |people: People| -> Vec<Option<String>> {
            people
                .rows
                .parents
                .into_iter()
                .map(|p| p.user.password)
                .collect()
        };
        assert!(stored(people()) == stored(people()));
    }

    #[test]
    fn every_trap_is_there() {
        let rows = people().rows;
        let has = |wanted: &dyn Fn(Option<&str>) -> bool| {
            rows.parents
                .iter()
                .any(|p| wanted(p.user.password.as_deref()))
        };
        assert!(has(&|p| p.is_none()));
        for value in ["", "!", "*", BCRYPT, "$argon2id$x"] {
            assert!(has(&|p| p == Some(value)), "{value}");
        }
        assert!(has(&|p| p.is_some_and(|p| p.ends_with(' '))));
        assert!(has(&|p| p.is_some_and(
            |p| p.len() == 32 && p.bytes().any(|b| b.is_ascii_uppercase())
        )));
        assert!(
            rows.children
                .iter()
                .any(|c| c.password.as_deref().is_some_and(|p| p.len() == 32))
        );
    }

    #[test]
    fn who_is_going_to_log_in_has_a_weak_hash_of_a_known_password() {
        for parents in [100, 300] {
            let people = make(PeopleWanted {
                parents,
                now_ms: 0,
                strong: "$argon2id$x",
            });
            let row = &people.rows.parents[usize::try_from(people.parent.id).unwrap() - 1];
            assert_eq!(
                row.user.password,
                Some(hex(Scheme::MD5, &people.parent.secret))
            );
            assert!(people.answerer.id > 0);
        }
    }

    #[test]
    fn common_passwords_repeat_as_they_do_among_people() {
        let rows = people().rows;
        let most = hex(Scheme::MD5, "123456");
        assert!(
            rows.parents
                .iter()
                .filter(|p| p.user.password.as_deref() == Some(&most))
                .count()
                > 5
        );
    }
}
