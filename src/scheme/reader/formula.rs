//! The digest expression of a label, also of strings that carry a salt. There `salt` is the
//! setting.

use crate::scheme::expression::{Expression, Output};
use crate::scheme::value::{InnerId, Scheme};

/// What stands for the salt of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SaltFrom {
    /// The column, or the text behind the digest.
    Row,
    /// The setting, which stands behind `$is=`.
    Setting,
}

/// Strings with a prefix whose text is a digest in hex: its expression over the setting.
///
/// A test computes each with the values that other implementations made.
const OF_SETTINGS: [(&str, &str); 24] = [
    ("mw-a", "md5(pass)"),
    ("mw-b", "md5(salt.'-'.md5(pass))"),
    ("dj-md5", "md5(salt.pass)"),
    ("dj-sha1", "sha1(salt.pass)"),
    ("dj-sha1u", "sha1(pass)"),
    ("ldap-md5", "md5(pass)"),
    ("ldap-sha", "sha1(pass)"),
    ("ldap-smd5", "md5(pass.salt)"),
    ("ldap-ssha", "sha1(pass.salt)"),
    ("ldap-sha256", "sha256(pass)"),
    ("ldap-ssha256", "sha256(pass.salt)"),
    ("l-sha384", "sha384(pass)"),
    ("l-ssha384", "sha384(pass.salt)"),
    ("l-sha512", "sha512(pass)"),
    ("l-ssha512", "sha512(pass.salt)"),
    ("dc-sha1", "sha1(pass)"),
    ("dc-lmd5", "md5(pass)"),
    ("dc-md4", "md4(pass)"),
    ("dc-md5", "md5(pass)"),
    ("dc-ntlm", "md4(utf16le(pass))"),
    ("authme", "sha256(sha256(pass).salt)"),
    ("spring-md5", "md5(pass.salt)"),
    ("spring-sha1", "sha1(pass.salt)"),
    ("spring-md-sha256", "sha256(pass.salt)"),
];

/// The expression of a label that names no way by SHA-384.
pub(super) fn expression_of(id: &InnerId) -> Option<(Expression, SaltFrom)> {
    if let Some((_, text)) = OF_SETTINGS.iter().find(|(known, _)| *known == id.as_str()) {
        let expression = Expression::parse(text).ok()?;
        return Some((expression, SaltFrom::Setting));
    }
    let expression = Scheme::by_inner_id(id)?.expression()?;
    Some((expression.clone(), SaltFrom::Row))
}

/// How many digits the inner text of a label has that is a digest. None where no expression says
/// it.
pub fn digest_digits(id: &InnerId) -> Option<usize> {
    let (expression, _) = expression_of(id)?;
    match expression.output {
        Output::Hex(digits) => Some(digits),
        Output::Base64(bytes) | Output::Bytes(bytes) => Some(2 * bytes),
        Output::Open => None,
    }
}

/// How the inner text of a label is made, as an expression; none where no expression says it.
pub fn formula(id: &InnerId) -> Option<String> {
    let (expression, from) = expression_of(id)?;
    // What stands inside a slow hash says only a part.
    if expression.output == Output::Open {
        return None;
    }
    let text = expression.to_string();
    Some(match from {
        SaltFrom::Row => text,
        SaltFrom::Setting => text.replace("salt", "setting"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_over_a_setting_is_of_a_label_of_the_registry() {
        for (id, text) in OF_SETTINGS {
            let id = InnerId::parse(id).unwrap();
            assert!(Scheme::by_inner_id(&id).is_some(), "{id}");
            assert!(Expression::parse(text).is_ok(), "{text}");
        }
    }
}
