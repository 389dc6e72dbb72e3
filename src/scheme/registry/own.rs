//! Expressions that a user wrote: rows behind the table.
//!
//! They live as long as the process.

use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use sha2::{Digest, Sha256};

use super::row::{FormTraits, PrefixUse, SchemeKind, SchemeRow};
use crate::scheme::expression::{Expression, Output, SlowName};
use crate::scheme::family;
use crate::scheme::value::{InnerId, Shape, Strength};

/// An expression of a user's own.
pub(in crate::scheme) struct Own {
    pub(in crate::scheme) info: SchemeRow,
    pub(in crate::scheme) expression: Expression,
    /// The slow hash around it.
    pub(in crate::scheme) slow: Option<SlowName>,
    /// Whether it takes a site-wide salt of which no line is named.
    pub(in crate::scheme) is_open: bool,
}

/// The expressions of users, found by place, by name and by id.
#[derive(Default)]
pub(in crate::scheme) struct Owns {
    rows: Vec<&'static Own>,
    by_name: HashMap<&'static str, usize>,
    by_id: HashMap<InnerId, usize>,
    /// How many came with requests.
    requested: usize,
}

/// The expressions of users, which live as long as the process: a configuration has a few, and a
/// proof that tries site-wide salts some hundreds.
pub(in crate::scheme) static OWN: LazyLock<RwLock<Owns>> = LazyLock::new(RwLock::default);

/// More than that many are refused: nobody has them, and they are never given back.
const OWN_MAX: usize = 8_000;

/// More than that many that came with requests are refused. What the configuration and its
/// site-wide salts need must always find room.
pub(super) const REQUESTED_MAX: usize = 256;

impl Owns {
    /// The place of an expression that came with a request; none where there are too many.
    pub(in crate::scheme) fn place_of_requested(
        &mut self,
        expression: Expression,
        slow: Option<SlowName>,
    ) -> Option<usize> {
        let before = self.rows.len();
        let name = name_of(&expression, slow);
        if self.requested >= REQUESTED_MAX && !self.by_name.contains_key(name.as_str()) {
            return None;
        }
        let at = self.place_of(expression, slow)?;
        self.requested += self.rows.len() - before;
        Some(at)
    }

    pub(in crate::scheme) fn get(&self, at: usize) -> Option<&'static Own> {
        self.rows.get(at).copied()
    }

    pub(in crate::scheme) fn by_id(&self, id: &InnerId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The place of an expression, in a slow hash or not, which is added where it is new; none
    /// where there are too many.
    pub(in crate::scheme) fn place_of(
        &mut self,
        expression: Expression,
        slow: Option<SlowName>,
    ) -> Option<usize> {
        let name = name_of(&expression, slow);
        if let Some(at) = self.by_name.get(name.as_str()) {
            return Some(*at);
        }
        let at = self.rows.len();
        if at >= OWN_MAX {
            return None;
        }
        let own: &'static Own = Box::leak(Box::new(Own {
            info: own_info(name, &expression, slow),
            is_open: expression.is_open(),
            expression,
            slow,
        }));
        self.rows.push(own);
        self.by_name.insert(own.info.name, at);
        if let Some(id) = own.info.inner {
            self.by_id.entry(id).or_insert(at);
        }
        Some(at)
    }
}

/// The name of an expression, in a slow hash or not.
pub(in crate::scheme) fn name_of(expression: &Expression, slow: Option<SlowName>) -> String {
    match slow {
        Some(slow) => format!("{}({expression})", slow.name()),
        None => expression.to_string(),
    }
}

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
fn own_info(name: String, expression: &Expression, slow: Option<SlowName>) -> SchemeRow {
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
                salted: expression.needs.takes_from_row(),
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
