//! The label of a wrap that somebody else has made: it is put on, and nothing else is touched.

use super::names::{DJANGO_JOINT, SPRING_JOINT};
use super::read::unlabel;
use super::write::wrap;
use crate::scheme::value::{Dialect, InnerId};

/// How Django's strings of these hashes begin.
const DJANGO_NAMES: [&str; 3] = ["argon2", "bcrypt", "pbkdf2_sha256"];

/// How Spring's do.
const SPRING_NAMES: [&str; 2] = ["argon2", "bcrypt"];

/// A native string with the label of what stands inside it, in the spelling that it has.
///
/// None where no labelled value would be read as this string with this label.
pub fn adopt(value: &str, inner: &InnerId) -> Option<String> {
    let labelled = match value.as_bytes().first()? {
        b'$' if value.get(1..)?.contains('$') => wrap(value, inner, None),
        b'{' => {
            let (name, body) = value.strip_prefix('{')?.split_once('}')?;
            SPRING_NAMES.contains(&name).then_some(())?;
            format!("{{{name}{SPRING_JOINT}{inner}}}{body}")
        }
        _ => {
            let (name, body) = value.split_once('$')?;
            DJANGO_NAMES.contains(&name).then_some(())?;
            let label = Dialect::Django.label(inner);
            format!("{name}{DJANGO_JOINT}{label}${body}")
        }
    };
    let read = unlabel(&labelled)?;
    (read.inner == *inner && read.is.is_none()).then_some(labelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BCRYPT: &str = "$2y$04$abcdefghijklmnopqrstuuu";

    fn check(value: &str, expected: Option<&str>) {
        let inner = InnerId::parse("md5-ps").expect("a good id");
        assert_eq!(adopt(value, &inner).as_deref(), expected, "{value}");
    }

    #[test]
    fn the_label_goes_into_the_spelling_that_the_value_has() {
        check(BCRYPT, Some("$2y--md5-ps$04$abcdefghijklmnopqrstuuu"));
        check(
            &format!("{{bcrypt}}{BCRYPT}"),
            Some("{bcrypt-md5-ps}$2y$04$abcdefghijklmnopqrstuuu"),
        );
        check(
            &format!("bcrypt${BCRYPT}"),
            Some("bcrypt_wrapped_md5_ps$$2y$04$abcdefghijklmnopqrstuuu"),
        );
        check(
            "argon2$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
            Some("argon2_wrapped_md5_ps$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"),
        );
    }

    #[test]
    fn what_would_not_be_read_again_is_not_labelled() {
        for value in [
            "",
            "$",
            "$2y",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$2y--md5$04$abcdefghijklmnopqrstuuu",
            "$P$9saltgraiU/tGZk7YEEGHmBDXE0UAi0",
            "{SSHA}abc",
            "sha1$salt$digest",
        ] {
            check(value, None);
        }
    }
}
