//! Whether an expression tells a password from every other text.
//!
//! It computes no digest. Two texts with the same digest by chance count as told apart.

use super::bounds::output;
use super::tree::{Expression, Node, TextChange};

impl Expression {
    /// Whether no other text gives what this password gives. A text is UTF-8 without a NUL.
    ///
    /// In doubt the answer is no.
    pub(in crate::scheme) fn tells_all(&self, password: &[u8]) -> bool {
        tells(&self.root, password, ItTells::No)
    }
}

/// Whether what the last round of a `repeat` gave depends on all of the password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ItTells {
    No,
    Yes,
}

fn tells(node: &Node, password: &[u8], it: ItTells) -> bool {
    let of = |node: &Node| tells(node, password, it);
    match node {
        Node::Pass => true,
        Node::It => it == ItTells::Yes,
        Node::Salt
        | Node::Salt2
        | Node::Username
        | Node::UserId
        | Node::Site(_)
        | Node::Literal(_) => false,
        Node::Concat(terms) => terms.iter().any(of),
        Node::Hash { input, .. } => of(input),
        // A key is filled with NULs.
        Node::Hmac { key, data, .. } => of(data) || (of(key) && !password.contains(&0)),
        // What has a fixed length is a digest: of that any large part tells as much as the whole.
        Node::Change { input, .. } | Node::Cut { input, .. } if output(input).is_some() => {
            of(input)
        }
        Node::Change { change, input } => match change {
            TextChange::Utf16le | TextChange::Utf16be | TextChange::Hex | TextChange::Base64 => {
                of(input)
            }
            TextChange::Upper | TextChange::Lower => {
                let is_without_case =
                    password.is_ascii() && !password.iter().any(u8::is_ascii_alphabetic);
                is_without_case && of(input)
            }
            TextChange::Unhex | TextChange::Unbase64 => false,
        },
        Node::Cut { .. } => false,
        Node::Repeat { times, body, start } => {
            let first = if of(start) { ItTells::Yes } else { ItTells::No };
            // What a round tells by itself it tells in every round.
            *times > 0 && tells(body, password, first)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, password: &str, expected: bool) {
        let parsed = Expression::parse(expression).expect(expression);
        assert_eq!(
            parsed.tells_all(password.as_bytes()),
            expected,
            "{expression} of {password:?}"
        );
    }

    #[test]
    fn a_password_that_goes_in_as_it_is_is_told_from_every_other() {
        for expression in [
            "md5(pass)",
            "md5(md5(pass).salt)",
            "sha1(lower(username).pass)",
            "md5(strtoupper(md5(pass)))",
            "repeat(20, sha512(it), pass.salt)",
            "repeat(3, sha1(it.pass), salt)",
            "base64(hmac-sha1_bin(key=utf16le(pass), utf16le(pass)))",
            "hmac-md5(key=pass)",
            "md5(lower(pass).pass)",
            "cut(sha256(pass), 0, 32)",
        ] {
            check(expression, "Secret 1", true);
        }
    }

    #[test]
    fn a_letter_whose_case_is_not_read_is_not_told_from_the_other_one() {
        for expression in [
            "md5(lower(pass))",
            "md5(upper(pass).salt)",
            "md5(lower(username.pass))",
            "repeat(2, sha1(it), lower(pass))",
            "md5(utf16le(lower(pass)))",
        ] {
            check(expression, "Secret 1", false);
            check(expression, "secret", false);
            check(expression, "12345", true);
        }
    }

    #[test]
    fn a_key_is_not_told_from_the_same_with_a_nul_behind_it() {
        check("hmac-md5(key=pass)", "secret\0", false);
        check("hmac-md5(key=salt)", "secret\0", true);
    }
}
