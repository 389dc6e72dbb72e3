//! From the text of an expression to its tree, with every bound checked.

use thiserror::Error;

use super::{Algorithm, Change, Encoding, Expression, Node, Output};
use crate::scheme::Needs;

/// The longest text that is read.
const TEXT_BYTES_MAX: usize = 512;
/// How deep calls may stand in one another.
const DEPTH_MAX: usize = 16;
/// How many pieces there may be.
const NODES_MAX: usize = 128;
/// How often all repetitions together may go round: what a login may cost of crypt(3)'s rounds.
const ROUNDS_MAX: u32 = 5_000_000;
/// How many times longer than what goes in the text before a hash may become.
const GROWTH_MAX: usize = 64;

/// Why a text is no expression.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExpressionError {
    /// It is too long, as it stands or written out.
    #[error("the expression has {actual} bytes, more than {TEXT_BYTES_MAX}")]
    TooLong {
        /// How many it has.
        actual: usize,
    },
    /// Something else should stand there.
    #[error("{expected} expected at character {at}, not {found}")]
    Expected {
        /// What should.
        expected: &'static str,
        /// The character's number, from 1.
        at: usize,
        /// What stands there.
        found: String,
    },
    /// A name that is none of the language's.
    #[error(
        "`{name}` at character {at} is neither a hash function nor anything else that is known"
    )]
    Unknown {
        /// The name.
        name: String,
        /// The character's number, from 1.
        at: usize,
    },
    /// Too many pieces, or too deep.
    #[error("the expression has more than {NODES_MAX} pieces or more than {DEPTH_MAX} levels")]
    TooComplex,
    /// Too many rounds.
    #[error("`repeat` goes round more than {ROUNDS_MAX} times")]
    TooManyRounds,
    /// The text before a hash could become too long.
    #[error(
        "the text that is hashed can become more than {GROWTH_MAX} times longer than what goes in"
    )]
    Grows,
    /// What comes out has no fixed length.
    #[error(
        "what comes out is no digest: a hash function must stand outermost, or `base64`, `hex` or `cut` around one"
    )]
    NoDigest,
    /// The process has read too many different ones.
    #[error("too many different expressions")]
    TooMany,
    /// The password takes no part.
    #[error("the password (`pass`) takes no part in it")]
    NoPassword,
}

impl Expression {
    /// Reads an expression.
    pub(in crate::scheme) fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ExpressionError::TooLong { actual: text.len() });
        }
        let mut parser = Parser {
            text,
            at: 0,
            nodes: 0,
            depth: 0,
            in_repeat: false,
        };
        let root = parser.concat()?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.expected("the end or a dot"));
        }
        if rounds(&root).is_none_or(|rounds| rounds > ROUNDS_MAX) {
            return Err(ExpressionError::TooManyRounds);
        }
        if growth(&root).is_none_or(|growth| growth > GROWTH_MAX) {
            return Err(ExpressionError::Grows);
        }
        let output = output(&root).ok_or(ExpressionError::NoDigest)?;
        let (mut needs, mut has_pass) = (Needs::default(), false);
        visit(&root, &mut |node| match node {
            Node::Pass => has_pass = true,
            Node::Salt => needs.salt = true,
            Node::Salt2 => needs.salt2 = true,
            Node::Username => needs.username = true,
            Node::UserId => needs.user_id = true,
            _ => {}
        });
        if !has_pass {
            return Err(ExpressionError::NoPassword);
        }
        let expression = Self {
            root,
            output,
            needs,
        };
        // It is kept as its canonical text, which has to be read again and may be the longer one.
        let kept = expression.to_string().len();
        if kept > TEXT_BYTES_MAX {
            return Err(ExpressionError::TooLong { actual: kept });
        }
        Ok(expression)
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    nodes: usize,
    depth: usize,
    in_repeat: bool,
}

impl<'t> Parser<'t> {
    fn concat(&mut self) -> Result<Node, ExpressionError> {
        let first = self.term()?;
        let mut terms = vec![first];
        while self.take('.') {
            terms.push(self.term()?);
        }
        match terms.pop() {
            Some(only) if terms.is_empty() => Ok(only),
            Some(last) => {
                terms.push(last);
                Ok(Node::Concat(terms))
            }
            None => Err(ExpressionError::TooComplex),
        }
    }

    fn term(&mut self) -> Result<Node, ExpressionError> {
        self.nodes += 1;
        self.depth += 1;
        if self.nodes > NODES_MAX || self.depth > DEPTH_MAX {
            return Err(ExpressionError::TooComplex);
        }
        self.space();
        let node = if self.rest().starts_with('\'') {
            self.literal()?
        } else {
            self.named()?
        };
        self.depth -= 1;
        Ok(node)
    }

    /// `'text'`; a quote in it is written twice.
    fn literal(&mut self) -> Result<Node, ExpressionError> {
        let mut text = String::new();
        let mut chars = self.text[self.at + 1..].char_indices().peekable();
        while let Some((at, char)) = chars.next() {
            if char != '\'' {
                text.push(char);
            } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                self.at += 1 + at + 1;
                return Ok(Node::Literal(text.into_bytes()));
            }
        }
        self.at = self.text.len();
        Err(self.expected("a quote that ends the text"))
    }

    fn named(&mut self) -> Result<Node, ExpressionError> {
        let start = self.at;
        let name = self.name();
        if name.is_empty() {
            return Err(self.expected("a name or a quoted text"));
        }
        if !self.take('(') {
            return match name {
                "pass" => Ok(Node::Pass),
                "salt" | "salt1" => Ok(Node::Salt),
                "salt2" => Ok(Node::Salt2),
                "username" => Ok(Node::Username),
                "userid" => Ok(Node::UserId),
                "it" if self.in_repeat => Ok(Node::It),
                // A hash function alone is that of the password.
                _ => hash(name, Node::Pass).ok_or_else(|| unknown(name, start)),
            };
        }
        let node = self.call(name, start)?;
        self.end()?;
        Ok(node)
    }

    /// What stands between the brackets.
    fn call(&mut self, name: &'t str, start: usize) -> Result<Node, ExpressionError> {
        match name {
            "cut" => {
                let input = Box::new(self.concat()?);
                self.comma()?;
                let from = self.number()?;
                self.comma()?;
                let len = self.number()?;
                return Ok(Node::Cut {
                    input,
                    from: from as usize,
                    len: len as usize,
                });
            }
            "repeat" => {
                let times = self.number()?;
                self.comma()?;
                let outside = std::mem::replace(&mut self.in_repeat, true);
                let body = self.concat()?;
                self.in_repeat = outside;
                self.comma()?;
                return Ok(Node::Repeat {
                    times,
                    body: Box::new(body),
                    start: Box::new(self.concat()?),
                });
            }
            _ => {}
        }
        if let Some((algorithm, encoding)) = name.strip_prefix("hmac-").and_then(function) {
            if !self.literal_word("key=") {
                return Err(self.expected("`key=`"));
            }
            let key = self.concat()?;
            // With the password as the key the salt is the message, and the other way round.
            let data = if self.take(',') {
                self.concat()?
            } else if key == Node::Pass {
                Node::Salt
            } else {
                Node::Pass
            };
            return Ok(Node::Hmac {
                algorithm,
                encoding,
                key: Box::new(key),
                data: Box::new(data),
            });
        }
        let mut changes = Change::ALL.iter().chain(&Change::OTHER_NAMES);
        let change = changes.find(|(known, _)| *known == name);
        if change.is_none() && function(name).is_none() {
            return Err(unknown(name, start));
        }
        let input = self.concat()?;
        match change {
            Some((_, change)) => Ok(Node::Change {
                change: *change,
                input: Box::new(input),
            }),
            None => hash(name, input).ok_or_else(|| unknown(name, start)),
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, char: char) -> bool {
        self.space();
        let taken = self.rest().starts_with(char);
        if taken {
            self.at += char.len_utf8();
        }
        taken
    }

    fn literal_word(&mut self, word: &str) -> bool {
        self.space();
        let taken = self.rest().starts_with(word);
        if taken {
            self.at += word.len();
        }
        taken
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest
            .find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '_' | '-')))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn number(&mut self) -> Result<u32, ExpressionError> {
        self.space();
        let start = self.at;
        let digits = self.name();
        digits.parse().map_err(|_| {
            self.at = start;
            self.expected("a number")
        })
    }

    fn comma(&mut self) -> Result<(), ExpressionError> {
        self.must(',', "a comma")
    }

    fn end(&mut self) -> Result<(), ExpressionError> {
        self.must(')', "a closing bracket")
    }

    fn must(&mut self, char: char, expected: &'static str) -> Result<(), ExpressionError> {
        if self.take(char) {
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    fn expected(&self, expected: &'static str) -> ExpressionError {
        ExpressionError::Expected {
            expected,
            at: self.text[..self.at].chars().count() + 1,
            found: self
                .rest()
                .chars()
                .next()
                .map_or("the end".to_owned(), |char| format!("{char:?}")),
        }
    }
}

fn unknown(name: &str, at: usize) -> ExpressionError {
    ExpressionError::Unknown {
        name: name.to_owned(),
        // What stands before a name that was read is ASCII or was counted by bytes of a quoted text.
        at: at + 1,
    }
}

/// `md5`, `md5_bin`.
fn function(name: &str) -> Option<(Algorithm, Encoding)> {
    let of = |name: &str| {
        let mut all = Algorithm::ALL.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, algorithm)| *algorithm)
    };
    match name.strip_suffix("_bin") {
        Some(name) => Some((of(name)?, Encoding::Bytes)),
        None => Some((of(name)?, Encoding::Hex)),
    }
}

fn hash(name: &str, input: Node) -> Option<Node> {
    let (algorithm, encoding) = function(name)?;
    Some(Node::Hash {
        algorithm,
        encoding,
        input: Box::new(input),
    })
}

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

fn visit(node: &Node, each: &mut impl FnMut(&Node)) {
    each(node);
    for child in children(node) {
        visit(child, each);
    }
}

/// How often hash functions are called, at most; none where that overflows.
fn rounds(node: &Node) -> Option<u32> {
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
fn growth(node: &Node) -> Option<usize> {
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
            Change::Utf16le | Change::Utf16be | Change::Hex | Change::Base64 => Some(2 * most),
            // Upper case can have more characters than lower case.
            Change::Upper | Change::Lower => Some(3 * most),
            Change::Unhex | Change::Unbase64 => Some(most),
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
fn output(node: &Node) -> Option<Output> {
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
            (Change::Upper | Change::Lower, hex @ Output::Hex(_)) => Some(hex),
            (Change::Hex, Output::Bytes(len)) => Some(Output::Hex(2 * len)),
            (Change::Base64, Output::Bytes(len)) => Some(Output::Base64(len)),
            (Change::Unhex, Output::Hex(digits)) => Some(Output::Bytes(digits / 2)),
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
