//! What a scheme does not read of a password: texts that differ in it alone open the same values.
//!
//! Whether a single password is read whole, its family says (`Family::tells_all`). A test tries
//! texts that are nearly alike on every scheme, and finds exactly the schemes of this table.

use crate::scheme::expression::{Expression, Output};
use crate::scheme::value::Scheme;

/// What a scheme does not read, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What is left out.
    pub what: &'static str,
    /// The passwords that are read whole; none where there is no such password. The login of
    /// another one makes no native value.
    pub whole: Option<&'static str>,
}

const CASE: &str = "ASCII without letters";

const UNREAD: &[(&[Scheme], Unread)] = &[
    (
        &[
            Scheme::BCRYPT_2A,
            Scheme::BCRYPT_2B,
            Scheme::BCRYPT_2Y,
            Scheme::BCRYPT_BCRYPT,
            Scheme::DJANGO_BCRYPT,
            Scheme::DOVECOT_BLF_CRYPT,
            Scheme::SPRING_BCRYPT,
            Scheme::MEDIAWIKI_BCRYPT,
            Scheme::OTRS_BCRYPT,
            Scheme::ANOPE_BCRYPT,
            Scheme::JENKINS,
        ],
        Unread {
            what: "what stands behind the 72nd byte",
            whole: Some("up to 71 bytes"),
        },
    ),
    (
        &[Scheme::BCRYPT_2X],
        Unread {
            what: "what stands behind the 72nd byte, and up to three bytes before one of eight bits",
            whole: Some("up to 71 bytes of ASCII"),
        },
    ),
    (
        &[
            Scheme::DESCRYPT,
            Scheme::DOVECOT_DESCRYPT,
            Scheme::DJANGO_CRYPT,
            Scheme::MOIN_DES,
        ],
        Unread {
            what: "what stands behind the 8th byte, and the highest bit of each byte",
            whole: Some("up to 7 bytes of ASCII that no other character has the bits of"),
        },
    ),
    (
        &[Scheme::BIGCRYPT],
        Unread {
            what: "what stands behind the 128th byte, and the highest bit of each byte",
            whole: Some("up to 127 bytes of ASCII that no other character has the bits of"),
        },
    ),
    (
        &[Scheme::BSDICRYPT],
        Unread {
            what: "the highest bit of each byte; a long password has the key of a short one",
            whole: None,
        },
    ),
    (
        &[
            Scheme::LDAP_CRYPT,
            Scheme::NEXTCLOUD,
            Scheme::TYPO3_PLAIN,
            Scheme::MOIN,
            Scheme::XENFORO_12,
        ],
        Unread {
            what: "what the string inside leaves out, which may be bcrypt",
            whole: Some("what that string reads whole"),
        },
    ),
    (
        &[Scheme::LM, Scheme::DOVECOT_LANMAN],
        Unread {
            what: "case, and what stands behind the 14th byte",
            whole: Some("up to 13 bytes of ASCII without letters"),
        },
    ),
    (
        &[Scheme::ORACLE10],
        Unread {
            what: "case",
            whole: Some(CASE),
        },
    ),
    (
        &[Scheme::MYSQL323],
        Unread {
            what: "spaces and tabs; other passwords with the same sums are found in seconds",
            whole: None,
        },
    ),
    (
        &[Scheme::SYBASE_ASE],
        Unread {
            what: "what stands behind the 255th character",
            whole: Some("up to 254 characters"),
        },
    ),
    (
        &[Scheme::WORDPRESS_BCRYPT],
        Unread {
            what: "spaces, tabs and line breaks around the password",
            whole: None,
        },
    ),
    (
        &[Scheme::POSTGRES_SCRAM],
        Unread {
            what: "what SASLprep changes: other spaces, soft hyphens, forms of one letter",
            whole: None,
        },
    ),
    (
        &[Scheme::CISCO_PIX],
        Unread {
            what: "where the password ends and the user's name begins, from 12 bytes on",
            whole: Some("up to 11 bytes"),
        },
    ),
    (
        &[Scheme::CISCO_ASA],
        Unread {
            what: "where the password ends and the user's name begins, from 24 bytes on",
            whole: Some("up to 23 bytes"),
        },
    ),
];

/// Of an expression of a user's own.
const BY_EXPRESSION: Unread = Unread {
    what: "what the expression leaves out, such as case",
    whole: Some(CASE),
};

/// Of bcrypt over a text of any length.
const BY_BCRYPT: Unread = Unread {
    what: "what stands behind the 72nd byte of the text that goes into bcrypt",
    whole: Some("up to 71 bytes of that text"),
};

/// A password that an expression leaves something of, if it does of any.
const LETTERS: &[u8] = b"aB";

impl Scheme {
    /// What the scheme does not read of a password; none where it reads all of it.
    pub fn unread(self) -> Option<Unread> {
        let leaves_out =
            |expression: &Expression| (!expression.tells_all(LETTERS)).then_some(BY_EXPRESSION);
        let is_cut = |expression: &Expression| {
            let cuts = expression.output == Output::Open && self.hides_behind(Self::BCRYPT_2B);
            cuts.then_some(BY_BCRYPT)
        };
        let of = UNREAD.iter().find(|(schemes, _)| schemes.contains(&self));
        of.map(|(_, unread)| *unread)
            .or_else(|| self.expression().and_then(leaves_out))
            .or_else(|| self.inside_slow().and_then(leaves_out))
            .or_else(|| self.inside_slow().and_then(is_cut))
    }
}
