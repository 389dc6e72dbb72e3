//! From the text of an expression to its tree.
//!
//! What the tree may cost is checked by `bounds`.

use std::num::NonZeroU8;

use super::algorithm::Algorithm;
use super::bounds::{growth, output, rounds, visit};
use super::error::{DEPTH_MAX, ExpressionError, GROWTH_MAX, NODES_MAX, ROUNDS_MAX, TEXT_BYTES_MAX};
use super::tree::{Encoding, Expression, Node, Output, SlowName, TextChange};
use crate::scheme::value::Needs;
use crate::secret::SiteSalts;

impl Expression {
    /// Reads an expression.
    pub(in crate::scheme) fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ExpressionError::TooLong { actual: text.len() });
        }
        let mut parser = Parser::of(text);
        let root = parser.concat()?;
        parser.finish()?;
        let output = output(&root);
        Self::checked(root, output)
    }

    /// Reads a slow hash around an expression: `bcrypt(md5(salt.pass))`. None where the text begins
    /// with no name of such a one.
    pub(in crate::scheme) fn parse_slow(
        text: &str,
    ) -> Option<Result<(SlowName, Self), ExpressionError>> {
        let mut parser = Parser::of(text);
        parser.space();
        let name = parser.name();
        let (_, slow) = SlowName::ALL.iter().find(|(known, _)| *known == name)?;
        if !parser.take('(') {
            return None;
        }
        if text.len() > TEXT_BYTES_MAX {
            return Some(Err(ExpressionError::TooLong { actual: text.len() }));
        }
        let mut inside = || {
            let root = parser.concat()?;
            parser.end()?;
            parser.finish()?;
            Self::checked(root, Some(Output::Open))
        };
        Some(inside().map(|expression| (*slow, expression)))
    }

    /// Checks what an expression may cost, and what takes part in it.
    fn checked(root: Node, output: Option<Output>) -> Result<Self, ExpressionError> {
        if rounds(&root).is_none_or(|rounds| rounds > ROUNDS_MAX) {
            return Err(ExpressionError::TooManyRounds);
        }
        if growth(&root).is_none_or(|growth| growth > GROWTH_MAX) {
            return Err(ExpressionError::Grows);
        }
        let output = output.ok_or(ExpressionError::NoDigest)?;
        let (mut needs, mut has_pass) = (Needs::default(), false);
        visit(&root, &mut |node| match node {
            Node::Pass => has_pass = true,
            Node::Salt => needs.salt = true,
            Node::Salt2 => needs.salt2 = true,
            Node::Username => needs.username = true,
            Node::UserId => needs.user_id = true,
            Node::Site(_) => needs.site = true,
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
    fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            nodes: 0,
            depth: 0,
            in_repeat: false,
        }
    }

    /// Refuses what stands behind the expression.
    fn finish(&mut self) -> Result<(), ExpressionError> {
        self.space();
        if self.at < self.text.len() {
            return Err(self.expected("the end or a dot"));
        }
        Ok(())
    }

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
            self.parse_named()?
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

    fn parse_named(&mut self) -> Result<Node, ExpressionError> {
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
                "site" => Ok(Node::Site(None)),
                "it" if self.in_repeat => Ok(Node::It),
                _ if let Some(line) = site_line(name) => Ok(Node::Site(Some(line))),
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
        let mut changes = TextChange::ALL.iter().chain(&TextChange::OTHER_NAMES);
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
        // What stands before a name that was read is ASCII or was counted by bytes of a quoted
        // text.
        at: at + 1,
    }
}

/// `site2`: the second of the site-wide salts.
fn site_line(name: &str) -> Option<NonZeroU8> {
    let digits = name.strip_prefix("site")?;
    let line: u8 = digits.parse().ok()?;
    let written_plainly =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && line.to_string() == digits;
    NonZeroU8::new(line).filter(|_| written_plainly && usize::from(line) <= SiteSalts::LINES_MAX)
}

/// `md5`, `md5_bin`.
pub(in crate::scheme) fn function(name: &str) -> Option<(Algorithm, Encoding)> {
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
