//! Expressions that a user wrote: rows behind the table.
//!
//! They live as long as the process.

use std::sync::RwLock;

use sha2::{Digest, Sha256};

use super::row::{FormTraits, PrefixUse, SchemeKind, SchemeRow};
use crate::scheme::expression::{Expression, Output, SlowName};
use crate::scheme::family;
use crate::scheme::value::{InnerId, Needs, Shape, Strength};

/// An expression of a user's own.
pub(in crate::scheme) struct Own {
    pub(in crate::scheme) info: SchemeRow,
    pub(in crate::scheme) expression: Expression,
    /// The slow hash around it.
    pub(in crate::scheme) slow: Option<SlowName>,
}

/// The expressions of users, which live as long as the process: a configuration has a few.
pub(in crate::scheme) static OWN: RwLock<Vec<&'static Own>> = RwLock::new(Vec::new());

/// More than that many are refused: nobody has them, and they are never given back.
pub(in crate::scheme) const OWN_MAX: usize = 1_000;

/// What the ids of users' expressions begin with.
pub(in crate::scheme) const OWN_PREFIX: &str = "x-";

/// The id of an expression of that canonical text: `x-` and eight base32 digits (RFC 4648,
/// lowercase) of the text's SHA-256.
pub(in crate::scheme) fn own_id(text: &str) -> Option<InnerId> {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(text.as_bytes());
    let bits = digest[..5]
        .iter()
        .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut id = String::from(OWN_PREFIX);
    for place in (0..8).rev() {
        id.push(char::from(DIGITS[(bits >> (5 * place)) as usize & 31]));
    }
    InnerId::parse(&id)
}

/// The row of a user's own expression.
pub(in crate::scheme) fn own_info(
    name: String,
    expression: &Expression,
    slow: Option<SlowName>,
) -> SchemeRow {
    let inner = own_id(&name);
    let kind = match (slow, expression.output) {
        (Some(slow), _) => SchemeKind::Form(
            slow.family(),
            FormTraits {
                prefix: PrefixUse::Never,
                weak: false,
                salted: true,
            },
        ),
        (None, Output::Hex(digits)) if let Some(shape) = Shape::of_digits(digits) => {
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
        inner,
        about: "an expression of the configuration's own",
    }
}
