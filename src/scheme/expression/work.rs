//! The work of an expression, told from the lengths of what goes in, before anything is hashed.

use super::evaluate::Inputs;
use super::tree::{Encoding, Expression, Node, TextChange};

/// Bytes that are copied or changed in one unit of work.
const BYTES_A_UNIT: u64 = 32;

/// What a piece gives at most, and the units that it costs.
#[derive(Clone, Copy)]
struct WeighedPiece {
    bytes: u64,
    units: u64,
}

impl Expression {
    /// The units of work with those inputs, at most.
    pub(in crate::scheme) fn work(&self, inputs: &Inputs<'_>) -> u64 {
        weigh(&self.root, inputs, 0).units
    }
}

fn weigh(node: &Node, inputs: &Inputs<'_>, it: u64) -> WeighedPiece {
    let of = |node: &Node| weigh(node, inputs, it);
    let given = |bytes: usize| copied(bytes as u64, 0);
    match node {
        Node::Pass => given(inputs.pass.len()),
        Node::Salt => given(inputs.salt.len()),
        Node::Salt2 => given(inputs.salt2.len()),
        Node::Username => given(inputs.username.len()),
        Node::UserId => given(inputs.user_id.len()),
        Node::Site(line) => {
            let salt = inputs.site.and_then(|site| site.line((*line)?));
            given(salt.map_or(0, |salt| salt.as_bytes().len()))
        }
        Node::It => copied(it, 0),
        Node::Literal(text) => given(text.len()),
        Node::Concat(terms) => {
            let (bytes, units) = terms.iter().map(of).fold((0_u64, 0_u64), |sum, term| {
                (
                    sum.0.saturating_add(term.bytes),
                    sum.1.saturating_add(term.units),
                )
            });
            copied(bytes, units)
        }
        Node::Hash {
            algorithm,
            encoding,
            input,
        } => {
            let input = of(input);
            WeighedPiece {
                bytes: digest_bytes(algorithm.len(), *encoding),
                units: input.units.saturating_add(algorithm.work(input.bytes)),
            }
        }
        Node::Hmac {
            algorithm,
            encoding,
            key,
            data,
        } => {
            let (key, data) = (of(key), of(data));
            // The inner digest, the outer one, and that of a long key.
            let digests = [key.bytes, data.bytes.saturating_add(144), 288];
            let own = digests.map(|bytes| algorithm.work(bytes));
            WeighedPiece {
                bytes: digest_bytes(algorithm.len(), *encoding),
                units: [key.units, data.units]
                    .into_iter()
                    .chain(own)
                    .fold(0, u64::saturating_add),
            }
        }
        Node::Change { change, input } => {
            let input = of(input);
            let bytes = match change {
                TextChange::Utf16le
                | TextChange::Utf16be
                | TextChange::Hex
                | TextChange::Base64 => 2,
                // Upper case can have more characters than lower case.
                TextChange::Upper | TextChange::Lower => 3,
                TextChange::Unhex | TextChange::Unbase64 => 1,
            };
            copied(input.bytes.saturating_mul(bytes), input.units)
        }
        Node::Cut { input, len, .. } => WeighedPiece {
            bytes: *len as u64,
            ..of(input)
        },
        Node::Repeat { times, body, start } => {
            let start = of(start);
            let first = weigh(body, inputs, start.bytes);
            let next = weigh(body, inputs, first.bytes);
            let rounds = u64::from(*times).saturating_sub(1);
            WeighedPiece {
                bytes: first.bytes.max(start.bytes),
                units: next
                    .units
                    .saturating_mul(rounds)
                    .saturating_add(first.units)
                    .saturating_add(start.units),
            }
        }
    }
}

fn copied(bytes: u64, units: u64) -> WeighedPiece {
    WeighedPiece {
        bytes,
        units: units.saturating_add(bytes / BYTES_A_UNIT),
    }
}

fn digest_bytes(len: usize, encoding: Encoding) -> u64 {
    match encoding {
        Encoding::Hex => 2 * len as u64,
        Encoding::Bytes => len as u64,
    }
}
