//! The site-wide salt of an expression: of one line of its file, or of any.

use std::num::NonZeroU8;

use super::tree::{Expression, Node};

impl Expression {
    /// Whether it takes a site-wide salt without saying of which line.
    pub(in crate::scheme) fn is_open(&self) -> bool {
        let mut open = false;
        super::bounds::visit(&self.root, &mut |node| open |= *node == Node::Site(None));
        open
    }

    /// The same expression with the salt of that line, wherever it doesn't name another.
    #[must_use]
    pub(in crate::scheme) fn with_site_line(&self, line: NonZeroU8) -> Self {
        Self {
            root: with_line(&self.root, line),
            output: self.output,
            needs: self.needs,
        }
    }

    /// The numbers of the lines that it names.
    pub(in crate::scheme) fn site_lines(&self) -> Vec<NonZeroU8> {
        let mut lines = Vec::new();
        super::bounds::visit(&self.root, &mut |node| {
            if let Node::Site(Some(line)) = node
                && !lines.contains(line)
            {
                lines.push(*line);
            }
        });
        lines
    }

    /// The characters of the longest quoted piece. What is longer than a separator may be a secret.
    pub(in crate::scheme) fn longest_literal(&self) -> usize {
        let mut longest = 0;
        super::bounds::visit(&self.root, &mut |node| {
            if let Node::Literal(text) = node {
                longest = longest.max(String::from_utf8_lossy(text).chars().count());
            }
        });
        longest
    }
}

fn with_line(node: &Node, line: NonZeroU8) -> Node {
    let of = |node: &Node| Box::new(with_line(node, line));
    match node {
        Node::Site(None) => Node::Site(Some(line)),
        Node::Concat(terms) => {
            Node::Concat(terms.iter().map(|term| with_line(term, line)).collect())
        }
        Node::Hash {
            algorithm,
            encoding,
            input,
        } => Node::Hash {
            algorithm: *algorithm,
            encoding: *encoding,
            input: of(input),
        },
        Node::Hmac {
            algorithm,
            encoding,
            key,
            data,
        } => Node::Hmac {
            algorithm: *algorithm,
            encoding: *encoding,
            key: of(key),
            data: of(data),
        },
        Node::Change { change, input } => Node::Change {
            change: *change,
            input: of(input),
        },
        Node::Cut { input, from, len } => Node::Cut {
            input: of(input),
            from: *from,
            len: *len,
        },
        Node::Repeat { times, body, start } => Node::Repeat {
            times: *times,
            body: of(body),
            start: of(start),
        },
        Node::Pass
        | Node::Salt
        | Node::Salt2
        | Node::Username
        | Node::UserId
        | Node::Site(Some(_))
        | Node::It
        | Node::Literal(_) => node.clone(),
    }
}
