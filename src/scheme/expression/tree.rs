//! An expression as a tree: what is told of it without a password.
//!
//! Reading, printing and evaluating stand in the other files of this folder.

use std::fmt;
use std::num::NonZeroU8;

use super::algorithm::Algorithm;
use crate::scheme::value::{Needs, Prf, Strength};

/// An expression that was read and checked.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::scheme) struct Expression {
    pub(in crate::scheme) root: Node,
    /// What text of the result is stored.
    pub(in crate::scheme) output: Output,
    /// What it needs besides the password.
    pub(in crate::scheme) needs: Needs,
}

/// The text in which a digest is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scheme) enum Output {
    /// Hex, in either case, of that many digits.
    Hex(usize),
    /// Base64, padded or not, of that many bytes.
    Base64(usize),
    /// That many bytes as they are.
    Bytes(usize),
    /// Bytes of any number, inside a slow hash.
    Open,
}

/// A slow hash that may stand outermost, around an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::scheme) enum SlowName {
    Bcrypt,
    Phpass,
    Drupal7,
    Argon2,
    Md5crypt,
    Sha256crypt,
    Sha512crypt,
}

impl SlowName {
    /// Every one with its name.
    pub(in crate::scheme) const ALL: [(&'static str, Self); 7] = [
        ("bcrypt", Self::Bcrypt),
        ("phpass", Self::Phpass),
        ("drupal7", Self::Drupal7),
        ("argon2", Self::Argon2),
        ("md5crypt", Self::Md5crypt),
        ("sha256crypt", Self::Sha256crypt),
        ("sha512crypt", Self::Sha512crypt),
    ];

    pub(in crate::scheme) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(name, _)| name)
    }
}

/// A piece of an expression.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::scheme) enum Node {
    Pass,
    Salt,
    Salt2,
    Username,
    UserId,
    /// A site-wide salt: that of a line, or the one that is not yet told.
    Site(Option<NonZeroU8>),
    /// In a `repeat`: what the last round gave.
    It,
    Literal(Vec<u8>),
    Concat(Vec<Node>),
    Hash {
        algorithm: Algorithm,
        encoding: Encoding,
        input: Box<Node>,
    },
    Hmac {
        algorithm: Algorithm,
        encoding: Encoding,
        key: Box<Node>,
        data: Box<Node>,
    },
    Change {
        change: TextChange,
        input: Box<Node>,
    },
    /// The first so many bytes of its input, from the one of that number on.
    Cut {
        input: Box<Node>,
        from: usize,
        len: usize,
    },
    /// `body` over and over, each time over what it gave last; `start` is what it is over first.
    Repeat {
        times: u32,
        body: Box<Node>,
        start: Box<Node>,
    },
}

/// What a hash function's name gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum Encoding {
    Hex,
    Bytes,
}

/// A change of a text, with its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum TextChange {
    Utf16le,
    Utf16be,
    Upper,
    Lower,
    Hex,
    Unhex,
    Base64,
    Unbase64,
}

impl TextChange {
    pub(in crate::scheme) const ALL: [(&'static str, Self); 8] = [
        ("utf16le", Self::Utf16le),
        ("utf16be", Self::Utf16be),
        ("strtoupper", Self::Upper),
        ("lower", Self::Lower),
        ("hex", Self::Hex),
        ("unhex", Self::Unhex),
        ("base64", Self::Base64),
        ("unbase64", Self::Unbase64),
    ];

    /// Other names that are read and never written.
    pub(in crate::scheme) const OTHER_NAMES: [(&'static str, Self); 2] =
        [("upper", Self::Upper), ("strtolower", Self::Lower)];

    pub(in crate::scheme) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, change)| *change == self)
            .map_or("", |(name, _)| name)
    }
}

/// Fewer rounds than md5crypt's make no password hash.
const SLOW_ROUNDS_MIN: u32 = 1_000;

impl Expression {
    /// How strong its digests are: fast, unless it repeats itself often.
    pub(in crate::scheme) fn strength(&self) -> Strength {
        match &self.root {
            Node::Repeat { times, body, .. } if *times >= SLOW_ROUNDS_MIN => Strength::Rounds {
                prf: prf(body),
                rounds: *times,
            },
            _ => Strength::Fast,
        }
    }
}

/// The digest that a round costs.
fn prf(body: &Node) -> Prf {
    match body {
        Node::Hash { algorithm, .. } | Node::Hmac { algorithm, .. } => algorithm.prf(),
        _ => Prf::Md5,
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
