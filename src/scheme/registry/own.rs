//! Expressions that a user wrote: rows behind the table.
//!
//! They live as long as the process.

use std::sync::RwLock;

use sha2::{Digest, Sha256};

use super::row::{FormTraits, PrefixUse, SchemeKind, SchemeRow};
use crate::scheme::expression::{Expression, Output};
use crate::scheme::family;
use crate::scheme::value::{InnerId, Needs, Shape, Strength};

/// An expression of a user's own.
pub(in crate::scheme) struct Own {
    pub(in crate::scheme) info: SchemeRow,
    pub(in crate::scheme) expression: Expression,
}

/// The expressions of users, which live as long as the process: a configuration has a few.
pub(in crate::scheme) static OWN: RwLock<Vec<&'static Own>> = RwLock::new(Vec::new());

/// More than that many are refused: nobody has them, and they are never given back.
pub(in crate::scheme) const OWN_MAX: usize = 1_000;

/// The row of a user's own expression. Its id is `x-` and eight base32 digits (RFC 4648, lowercase)
/// of the SHA-256 of its text.
pub(in crate::scheme) fn own_info(name: String, expression: &Expression) -> SchemeRow {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(name.as_bytes());
    let bits = digest[..5]
        .iter()
        .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut id = String::from("x-");
    for place in (0..8).rev() {
        id.push(char::from(DIGITS[(bits >> (5 * place)) as usize & 31]));
    }
    let kind = match expression.output {
        Output::Hex(digits) if let Some(shape) = Shape::of_digits(digits) => {
            SchemeKind::Digest(shape, "", &family::EXPRESSIONS)
        }
        _ => SchemeKind::Form(
            &family::EXPRESSIONS,
            FormTraits {
                prefix: PrefixUse::Never,
                weak: expression.strength() == Strength::Fast,
                salted: expression.needs != Needs::default(),
            },
        ),
    };
    SchemeRow {
        name: String::leak(name),
        kind,
        inner: InnerId::parse(&id),
        about: "an expression of the configuration's own",
    }
}
