//! What an expression makes of a password, salts and names.
//!
//! Which of these must be there is told by `tree`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::algorithm::hex;
use super::tree::{Encoding, Expression, Node, Output, TextChange};
use crate::secret::SiteSalts;
use crate::text;

/// What goes into an expression. What it needs must be there.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct Inputs<'a> {
    pub(in crate::scheme) pass: &'a [u8],
    pub(in crate::scheme) salt: &'a [u8],
    pub(in crate::scheme) salt2: &'a [u8],
    pub(in crate::scheme) username: &'a [u8],
    pub(in crate::scheme) user_id: &'a [u8],
    pub(in crate::scheme) site: Option<&'a SiteSalts>,
}

pub(in crate::scheme) type WipedBytes = Zeroizing<Vec<u8>>;

impl Expression {
    /// The canonical text of the digest, lowercase hex; none where the inputs are not such texts as
    /// the expression takes.
    pub(in crate::scheme) fn text(&self, inputs: &Inputs<'_>) -> Option<Zeroizing<String>> {
        let made = evaluate(&self.root, inputs, &[])?;
        match self.output {
            Output::Hex(_) => {
                let mut text = Zeroizing::new(String::from_utf8(made.to_vec()).ok()?);
                text.make_ascii_lowercase();
                Some(text)
            }
            Output::Base64(_) => Some(hex(&Zeroizing::new(STANDARD.decode(&*made).ok()?))),
            Output::Bytes(_) | Output::Open => Some(hex(&made)),
        }
    }

    /// The bytes that it gives: what a slow hash around it takes.
    pub(in crate::scheme) fn bytes(&self, inputs: &Inputs<'_>) -> Option<WipedBytes> {
        evaluate(&self.root, inputs, &[])
    }
}

fn evaluate(node: &Node, inputs: &Inputs<'_>, it: &[u8]) -> Option<WipedBytes> {
    let of = |node: &Node| evaluate(node, inputs, it);
    let copy = |bytes: &[u8]| Some(Zeroizing::new(bytes.to_vec()));
    match node {
        Node::Pass => copy(inputs.pass),
        Node::Salt => copy(inputs.salt),
        Node::Salt2 => copy(inputs.salt2),
        Node::Username => copy(inputs.username),
        Node::UserId => copy(inputs.user_id),
        Node::Site(line) => copy(inputs.site?.line((*line)?)?.as_bytes()),
        Node::It => copy(it),
        Node::Literal(text) => copy(text),
        Node::Concat(terms) => {
            let mut joined = Zeroizing::new(Vec::new());
            for term in terms {
                joined.extend_from_slice(&of(term)?);
            }
            Some(joined)
        }
        Node::Hash {
            algorithm,
            encoding,
            input,
        } => Some(encode(*encoding, algorithm.digest(&of(input)?))),
        Node::Hmac {
            algorithm,
            encoding,
            key,
            data,
        } => Some(encode(*encoding, algorithm.hmac(&of(key)?, &of(data)?))),
        Node::Change { change, input } => apply_change(*change, &of(input)?),
        Node::Cut { input, from, len } => {
            let input = of(input)?;
            let end = from.checked_add(*len)?;
            copy(input.get(*from..end)?)
        }
        Node::Repeat { times, body, start } => {
            let mut last = of(start)?;
            for _ in 0..*times {
                last = evaluate(body, inputs, &last)?;
            }
            Some(last)
        }
    }
}

fn encode(encoding: Encoding, digest: WipedBytes) -> WipedBytes {
    match encoding {
        Encoding::Bytes => digest,
        Encoding::Hex => Zeroizing::new(std::mem::take(&mut *hex(&digest)).into_bytes()),
    }
}

fn apply_change(change: TextChange, input: &[u8]) -> Option<WipedBytes> {
    let wide = |order: fn(u16) -> [u8; 2]| {
        let text = std::str::from_utf8(input).ok()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len()));
        bytes.extend(text.encode_utf16().flat_map(order));
        Some(bytes)
    };
    Some(match change {
        TextChange::Utf16le => wide(u16::to_le_bytes)?,
        TextChange::Utf16be => wide(u16::to_be_bytes)?,
        // What is no UTF-8 is of an old code page, whose other letters the makers left alone.
        TextChange::Upper => match std::str::from_utf8(input) {
            Ok(text) => Zeroizing::new(text.to_uppercase().into_bytes()),
            Err(_) => Zeroizing::new(input.to_ascii_uppercase()),
        },
        TextChange::Lower => match std::str::from_utf8(input) {
            Ok(text) => Zeroizing::new(text.to_lowercase().into_bytes()),
            Err(_) => Zeroizing::new(input.to_ascii_lowercase()),
        },
        TextChange::Hex => Zeroizing::new(std::mem::take(&mut *hex(input)).into_bytes()),
        TextChange::Unhex => text::unhex(input)?,
        TextChange::Base64 => Zeroizing::new(STANDARD.encode(input).into_bytes()),
        TextChange::Unbase64 => Zeroizing::new(STANDARD.decode(input).ok()?),
    })
}
