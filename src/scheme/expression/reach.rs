//! Whether a password can be chosen whose value, under one expression, is that of another password
//! under another expression.

use super::bounds::visit;
use super::tree::{Expression, Node};

impl Expression {
    /// Whether whoever chooses a password, a name or an id can make a value that reads as one of
    /// the other expression: under `md5(pass)` the password `md5("123456")` gives what
    /// `md5(md5(pass))` gives for `123456`.
    ///
    /// A salt is not chosen, so both must take the same salts.
    pub(in crate::scheme) fn reaches(&self, other: &Self) -> bool {
        let same_salts =
            (self.needs.salt, self.needs.salt2) == (other.needs.salt, other.needs.salt2);
        same_salts && self.output == other.output && reaches(&self.root, &other.root)
    }
}

fn reaches(own: &Node, other: &Node) -> bool {
    match (own, other) {
        _ if is_pass(own) => true,
        (Node::Concat(pieces), _) if pieces.iter().any(is_pass) => {
            let others = match other {
                Node::Concat(others) => &others[..],
                other => std::slice::from_ref(other),
            };
            let at = pieces.iter().position(is_pass).unwrap_or(0);
            let (before, behind) = (&pieces[..at], &pieces[at + 1..]);
            (is_free(before) || others.starts_with(before))
                && (is_free(behind) || others.ends_with(behind))
        }
        (
            Node::Hash {
                algorithm,
                encoding,
                input,
            },
            Node::Hash {
                algorithm: others,
                encoding: spelt,
                input: inner,
            },
        ) => algorithm == others && encoding == spelt && reaches(input, inner),
        (
            Node::Hmac {
                algorithm,
                encoding,
                key,
                data,
            },
            Node::Hmac {
                algorithm: others,
                encoding: spelt,
                key: lock,
                data: inner,
            },
        ) => {
            let keys = key == lock || reaches(key, lock);
            let texts = data == inner || reaches(data, inner);
            algorithm == others && encoding == spelt && keys && texts
        }
        (
            Node::Change { change, input },
            Node::Change {
                change: others,
                input: inner,
            },
        ) => change == others && reaches(input, inner),
        (
            Node::Cut { input, from, len },
            Node::Cut {
                input: inner,
                from: first,
                len: most,
            },
        ) => from == first && len == most && reaches(input, inner),
        (
            Node::Repeat { times, body, start },
            Node::Repeat {
                times: others,
                body: over,
                start: inner,
            },
        ) => times == others && body == over && reaches(start, inner),
        (Node::Concat(own), Node::Concat(others)) => {
            let mut pairs = own.iter().zip(others);
            own.len() == others.len()
                && pairs.all(|(own, other)| own == other || reaches(own, other))
        }
        _ => false,
    }
}

/// Whether the text is the password itself, or changed.
fn is_pass(node: &Node) -> bool {
    match node {
        Node::Pass => true,
        Node::Change { input, .. } => is_pass(input),
        _ => false,
    }
}

/// Whether users choose all of these pieces: there is no salt in them.
fn is_free(pieces: &[Node]) -> bool {
    let mut is_free = true;
    for piece in pieces {
        visit(piece, &mut |node| {
            is_free &= !matches!(node, Node::Salt | Node::Salt2 | Node::Site(_));
        });
    }
    is_free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &str, reached: &[&str], others: &[&str]) {
        let read = |text: &str| Expression::parse(text).expect("an expression");
        for other in reached {
            assert!(read(own).reaches(&read(other)), "{own} {other}");
        }
        for other in others {
            assert!(!read(own).reaches(&read(other)), "{own} {other}");
        }
    }

    #[test]
    fn a_digest_for_a_password_reads_as_a_nested_scheme() {
        check(
            "md5(pass)",
            &[
                "md5(md5(pass))",
                "md5(sha1(pass))",
                "md5(pass.userid)",
                "md5(utf16le(pass))",
            ],
            &["md4(utf16le(pass))", "md5(pass.salt)", "sha1(pass)"],
        );
        check(
            "md5(md5(pass))",
            &["md5(md5(md5(pass)))"],
            &["md5(pass)", "md5(sha1(pass))"],
        );
    }

    #[test]
    fn whoever_chooses_a_name_chooses_what_stands_before_the_password() {
        check(
            "md5(username.pass)",
            &["md5(pass)", "md5(pass.username)"],
            &["md5(salt.pass)", "sha1(username.pass)"],
        );
        check(
            "md5(salt.pass)",
            &["md5(salt.md5(pass))", "md5(salt.pass.username)"],
            &["md5(pass)", "md5(pass.salt)"],
        );
        check(
            "md5(md5(pass).salt)",
            &["md5(md5(md5(pass)).salt)"],
            &["md5(pass)", "md5(pass.salt)"],
        );
    }
}
