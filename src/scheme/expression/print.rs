//! The canonical text of an expression: two spellings of one expression have the same.

use std::fmt::{self, Display};

use super::tree::{Encoding, Expression, Node};

impl Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first_salt = if self.needs.salt2 { "salt1" } else { "salt" };
        write!(
            f,
            "{}",
            Printed {
                node: &self.root,
                first_salt
            }
        )
    }
}

struct Printed<'e> {
    node: &'e Node,
    /// What the first salt is called: it has a number where there is a second one.
    first_salt: &'static str,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |node| Printed {
            node,
            first_salt: self.first_salt,
        };
        let suffix = |encoding: &Encoding| match encoding {
            Encoding::Hex => "",
            Encoding::Bytes => "_bin",
        };
        match self.node {
            Node::Pass => f.write_str("pass"),
            Node::Salt => f.write_str(self.first_salt),
            Node::Salt2 => f.write_str("salt2"),
            Node::Username => f.write_str("username"),
            Node::UserId => f.write_str("userid"),
            Node::Site(None) => f.write_str("site"),
            Node::Site(Some(line)) => write!(f, "site{line}"),
            Node::It => f.write_str("it"),
            Node::Literal(text) => {
                write!(f, "'{}'", String::from_utf8_lossy(text).replace('\'', "''"))
            }
            Node::Concat(terms) => {
                for (number, term) in terms.iter().enumerate() {
                    let dot = if number == 0 { "" } else { "." };
                    write!(f, "{dot}{}", of(term))?;
                }
                Ok(())
            }
            Node::Hash {
                algorithm,
                encoding,
                input,
            } => write!(f, "{}{}({})", algorithm.name(), suffix(encoding), of(input)),
            Node::Hmac {
                algorithm,
                encoding,
                key,
                data,
            } => {
                write!(
                    f,
                    "hmac-{}{}(key={}",
                    algorithm.name(),
                    suffix(encoding),
                    of(key)
                )?;
                let implied = if **key == Node::Pass {
                    Node::Salt
                } else {
                    Node::Pass
                };
                if **data != implied {
                    write!(f, ",{}", of(data))?;
                }
                f.write_str(")")
            }
            Node::Change { change, input } => write!(f, "{}({})", change.name(), of(input)),
            Node::Cut { input, from, len } => write!(f, "cut({},{from},{len})", of(input)),
            Node::Repeat { times, body, start } => {
                write!(f, "repeat({times},{},{})", of(body), of(start))
            }
        }
    }
}
