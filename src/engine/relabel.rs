//! One label of wrapped values in the place of another: which pairs can be right, and what a value
//! becomes.
//!
//! The label is no part of what was hashed. It is rewritten alone, and nothing is hashed.

use super::adopt::Adopt;
use super::relabel_error::RelabelError;
use crate::config::Settings;
use crate::scheme::{self, InnerId, Scheme, is_saltern, label_len, unlabel};
use crate::secret::StoredHash;
use crate::text;

/// A label put where another one stands, or where none does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relabel {
    /// In the place of another.
    Change {
        /// The old label.
        from: InnerId,
        /// The new label.
        to: InnerId,
    },
    /// On values that somebody else has wrapped.
    Adopt(Adopt),
}

/// From so many bytes on bcrypt takes a digest by way of another, and the label says so.
const LONG_FROM_DIGITS: usize = 72;

impl Relabel {
    /// From the labels as typed. Those of expressions are known once a configuration that declares
    /// them has been read.
    ///
    /// # Errors
    /// Labels of which the one can't stand for the other.
    pub fn new(from: &str, to: &str) -> Result<Self, RelabelError> {
        let known = |text: &str| {
            let id = InnerId::parse(text)?;
            Some((id, Scheme::by_inner_id(&id)?))
        };
        let (from, from_scheme) =
            known(from).ok_or_else(|| RelabelError::Unknown(from.to_owned()))?;
        let (to, to_scheme) = known(to).ok_or_else(|| RelabelError::Unknown(to.to_owned()))?;
        if from == to {
            return Err(RelabelError::Same(from));
        }
        match (from_scheme.shape(), to_scheme.shape()) {
            _ if from_scheme.is_twin_of(to_scheme) => Ok(Self::Change { from, to }),
            (Some(shape), Some(other)) if shape == other => {
                let long = shape.digits() >= LONG_FROM_DIGITS;
                if long && from.long().is_some() && to.long().is_none() {
                    return Err(RelabelError::NoRoom { label: to });
                }
                Ok(Self::Change { from, to })
            }
            _ => Err(RelabelError::OtherForm {
                from,
                from_scheme,
                to,
                to_scheme,
            }),
        }
    }

    /// For values that somebody else has wrapped, as `bcrypt(md5(pass))` says.
    ///
    /// # Errors
    /// What is no such wrap, or not of the settings' one credential.
    pub fn adopt(text: &str, settings: &Settings) -> Result<Self, RelabelError> {
        Adopt::new(text, settings).map(Self::Adopt)
    }

    /// What the plan of such a run says beyond the configuration.
    pub(crate) fn facts(&self) -> String {
        match self {
            Self::Change { from, to } => format!("relabel\tfrom\t{from}\nrelabel\tto\t{to}\n"),
            Self::Adopt(adopt) => format!("relabel\tadopt\t{adopt}\n"),
        }
    }

    /// The characters of the longest label that is written.
    pub(crate) fn longest_label(&self) -> usize {
        match self {
            Self::Change { to, .. } => label_len(&to.long().unwrap_or(*to), 0),
            Self::Adopt(adopt) => label_len(&adopt.label(), 0),
        }
    }

    /// The scheme of the values that it takes, for who asks what a row was.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::Change { from, .. } => Scheme::by_inner_id(from),
            Self::Adopt(adopt) => adopt.scheme(),
        }
    }

    /// The value under the new label; none for what is not to be labelled anew.
    pub(crate) fn apply(&self, value: &[u8]) -> Option<StoredHash> {
        let (from, to) = match self {
            Self::Change { from, to } => (*from, *to),
            Self::Adopt(adopt) => return adopt.apply(value),
        };
        if !is_saltern(value) {
            return None;
        }
        let value = std::str::from_utf8(text::trim(value)).ok()?;
        let unlabelled = unlabel(value)?;
        let to = if unlabelled.inner == from {
            to
        } else if unlabelled.inner.short() == Some(from) {
            to.long()?
        } else {
            return None;
        };
        Some(StoredHash::new(scheme::relabel(value, &to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NATIVE: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA";

    fn labelled(label: &str) -> String {
        NATIVE.replacen("argon2id", &format!("argon2id--{label}"), 1)
    }

    fn check(from: &str, to: &str, value: &str, expected: Option<&str>) {
        let relabel = Relabel::new(from, to).expect("labels of the same form");
        let made = relabel.apply(value.as_bytes());
        assert_eq!(
            made.as_ref().map(StoredHash::as_bytes),
            expected.map(str::as_bytes)
        );
    }

    #[test]
    fn the_label_alone_is_rewritten() {
        check("md5", "ntlm", &labelled("md5"), Some(&labelled("ntlm")));
        check(
            "sha512",
            "whirlpool",
            &labelled("sha512-b64s384"),
            Some(&labelled("whirlpool-b64s384")),
        );
        check(
            "md5",
            "md5-md5",
            "argon2_wrapped_md5$argon2id$v=19",
            Some("argon2_wrapped_md5_md5$argon2id$v=19"),
        );
        check(
            "md5-md5",
            "md5",
            "{bcrypt-md5-md5}$2b$04$",
            Some("{bcrypt-md5}$2b$04$"),
        );
        let with_salt = format!("{}$is=c2FsdA", labelled("md5"));
        let expected = format!("{}$is=c2FsdA", labelled("ntlm"));
        check("md5", "ntlm", &with_salt, Some(&expected));
    }

    #[test]
    fn what_djangos_and_werkzeugs_strings_have_in_common_is_written_as_the_new_label_keeps_it() {
        // `salt` is c2FsdA, `md5$salt` is bWQ1JHNhbHQ.
        let django = format!("{}$is=c2FsdA", labelled("dj-md5"));
        let werkzeug = format!("{}$is=bWQ1JHNhbHQ", labelled("wz-hmac"));
        check("dj-md5", "wz-hmac", &django, Some(&werkzeug));
        check("wz-hmac", "dj-md5", &werkzeug, Some(&django));
        check("wz-hmac", "dj-sha1", &werkzeug, None);
    }

    #[test]
    fn what_does_not_carry_the_old_label_is_none_of_its_business() {
        for value in [
            NATIVE,
            &labelled("ntlm"),
            &labelled("md5-md5"),
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "!saltern:reset:0123456789abcdefghijkl",
            "",
        ] {
            check("md5", "ntlm", value, None);
        }
    }

    fn check_refused(from: &str, to: &str, error: &str) {
        assert_eq!(
            Relabel::new(from, to).map_err(|e| e.to_string()),
            Err(error.to_owned())
        );
    }

    #[test]
    fn a_label_that_could_never_be_right_is_refused() {
        check_refused(
            "md5",
            "sha1",
            "a md5 inside is 32 hex digits and a sha1 is 40 hex digits, so the one is never the other",
        );
        check_refused(
            "md5",
            "md5",
            "md5 is what these values are labelled with already",
        );
        check_refused(
            "md5",
            "md6",
            "\"md6\" is no label that this version or this configuration knows",
        );
        check_refused(
            "answer1",
            "md5",
            "\"answer1\" is no label that this version or this configuration knows",
        );
    }

    #[test]
    fn the_plan_of_a_relabelling_names_both_labels() {
        let relabel = Relabel::new("md5", "ntlm").expect("labels of the same form");
        assert_eq!(relabel.facts(), "relabel\tfrom\tmd5\nrelabel\tto\tntlm\n");
    }
}
