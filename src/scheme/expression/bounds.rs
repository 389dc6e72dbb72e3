//! The bounds of an expression: rounds, growth, and the length of what comes out.

use super::error::GROWTH_MAX;
use super::tree::{Encoding, Node, Output, TextChange};

/// The pieces inside a piece.
fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Concat(terms) => terms.iter().collect(),
        Node::Hash { input, .. } | Node::Change { input, .. } | Node::Cut { input, .. } => {
            vec![input]
        }
        Node::Hmac { key, data, .. } => vec![key, data],
        Node::Repeat { body, start, .. } => vec![body, start],
        _ => Vec::new(),
    }
}

pub(in crate::scheme) fn visit(node: &Node, each: &mut impl FnMut(&Node)) {
    each(node);
    for child in children(node) {
        visit(child, each);
    }
}

/// How often hash functions are called, at most; none where that overflows.
pub(in crate::scheme) fn rounds(node: &Node) -> Option<u32> {
    let mut inside = 0_u32;
    for child in children(node) {
        inside = inside.checked_add(rounds(child)?)?;
    }
    match node {
        Node::Repeat { times, body, start } => rounds(body)?
            .max(1)
            .checked_mul(*times)?
            .checked_add(rounds(start)?),
        Node::Hash { .. } | Node::Hmac { .. } => inside.checked_add(1),
        _ => Some(inside),
    }
}

/// How many times longer than what goes in a piece can be; what has a fixed length counts once.
pub(in crate::scheme) fn growth(node: &Node) -> Option<usize> {
    let mut most = 0_usize;
    let mut sum = 0_usize;
    for child in children(node) {
        let growth = growth(child)?;
        // Every piece in it has to keep the bound, also behind a hash.
        if growth > GROWTH_MAX {
            return None;
        }
        most = most.max(growth);
        sum += growth;
    }
    match node {
        Node::Concat(_) => Some(sum),
        Node::Change { change, .. } => match change {
            TextChange::Utf16le | TextChange::Utf16be | TextChange::Hex | TextChange::Base64 => {
                Some(2 * most)
            }
            // Upper case can have more characters than lower case.
            TextChange::Upper | TextChange::Lower => Some(3 * most),
            TextChange::Unhex | TextChange::Unbase64 => Some(most),
        },
        // A body that is no hash would grow with every round.
        Node::Repeat { body, .. } => {
            matches!(**body, Node::Hash { .. } | Node::Hmac { .. }).then_some(1)
        }
        Node::Hash { .. } | Node::Hmac { .. } => Some(1),
        Node::Cut { .. } => Some(most),
        _ => Some(1),
    }
}

/// The text that comes out, if it always has one length.
pub(in crate::scheme) fn output(node: &Node) -> Option<Output> {
    match node {
        Node::Hash {
            algorithm,
            encoding,
            ..
        }
        | Node::Hmac {
            algorithm,
            encoding,
            ..
        } => Some(match encoding {
            Encoding::Hex => Output::Hex(2 * algorithm.len()),
            Encoding::Bytes => Output::Bytes(algorithm.len()),
        }),
        Node::Change { change, input } => match (change, output(input)?) {
            (TextChange::Upper | TextChange::Lower, hex @ Output::Hex(_)) => Some(hex),
            (TextChange::Hex, Output::Bytes(len)) => Some(Output::Hex(2 * len)),
            (TextChange::Base64, Output::Bytes(len)) => Some(Output::Base64(len)),
            (TextChange::Unhex, Output::Hex(digits)) => Some(Output::Bytes(digits / 2)),
            _ => None,
        },
        Node::Cut { input, from, len } => {
            let end = from.checked_add(*len)?;
            match output(input)? {
                // Fewer than 64 bits are told apart by nobody.
                Output::Hex(digits) if end <= digits && *len >= 16 => Some(Output::Hex(*len)),
                Output::Bytes(bytes) if end <= bytes && *len >= 8 => Some(Output::Bytes(*len)),
                _ => None,
            }
        }
        Node::Repeat { times, body, .. } if *times > 0 => output(body),
        _ => None,
    }
}
