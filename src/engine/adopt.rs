//! Wraps that somebody else has made: which values they are, and what they become.
//!
//! Whether they are such wraps is proven in `plan/adopt_proof`.

use std::fmt;

use super::relabel_error::RelabelError;
use crate::config::{Credential, Settings};
use crate::scheme::{
    Class, Declared, InnerId, Recognised, Scheme, Strength, adopt, is_saltern, recognise, unlabel,
};
use crate::secret::StoredHash;
use crate::text;

/// Values of an outer hash over the text of an inner scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopt {
    /// `bcrypt`, or the name of one scheme.
    outer: String,
    /// The schemes that go by that name.
    outers: Vec<Scheme>,
    inner: Scheme,
    /// What the values look like that were proven; none until then.
    forms: Vec<WrapForm>,
}

/// What values of one maker have in common: the identifier, and the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrapForm {
    id: String,
    params: Strength,
}

/// A value that may be such a wrap, with its native string.
pub(crate) struct MaybeWrap {
    /// `$id$…`
    pub(crate) native: String,
    pub(crate) form: WrapForm,
    /// The scheme of the native string.
    pub(crate) scheme: Scheme,
    /// Whether it has the label already.
    pub(crate) is_labelled: bool,
}

impl Adopt {
    /// Reads `bcrypt(md5(pass))`, for the one credential of the settings.
    pub(super) fn new(typed: &str, settings: &Settings) -> Result<Self, RelabelError> {
        let [credential] = &settings.credentials[..] else {
            return Err(RelabelError::SeveralCredentials);
        };
        let no_wrap = || RelabelError::NoWrap(typed.to_owned());
        let (outer, rest) = typed.trim().split_once('(').ok_or_else(no_wrap)?;
        let inner = rest.strip_suffix(')').ok_or_else(no_wrap)?;
        let outer = outer.trim();
        let outers = outers(outer);
        if outers.is_empty() {
            return Err(no_wrap());
        }
        let inner = Scheme::parse(inner.trim()).map_err(RelabelError::Inner)?;
        if inner.shape().is_none() || inner.inner_id().is_none() || inner.is_open() {
            return Err(no_wrap());
        }
        let declared = match credential.scheme {
            Declared::Scheme(scheme) => Some(scheme),
            Declared::Auto => None,
        };
        if declared.is_some_and(|declared| outers.iter().any(|outer| declared.hides_behind(*outer)))
        {
            return Err(RelabelError::Declared(credential.name.clone()));
        }
        let is_known = declared == Some(inner) || Scheme::all().any(|scheme| scheme == inner);
        if !is_known {
            return Err(RelabelError::Undeclared(inner));
        }
        check_needs(inner, credential)?;
        Ok(Self {
            outer: outer.to_owned(),
            outers,
            inner,
            forms: Vec::new(),
        })
    }

    /// The outer hash, as people are told of it.
    pub(crate) fn outer(&self) -> &str {
        &self.outer
    }

    /// One of its schemes, for who asks what a row was.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        self.outers.first().copied()
    }

    pub(crate) fn inner(&self) -> Scheme {
        self.inner
    }

    /// The label that the values get.
    pub(crate) fn label(&self) -> InnerId {
        self.inner
            .inner_id()
            .expect("an inner scheme without an id is refused when it is read")
    }

    /// The same, once values of these forms were proven.
    pub(crate) fn proven(&self, forms: Vec<WrapForm>) -> Self {
        Self {
            forms,
            ..self.clone()
        }
    }

    /// The value, if it may be such a wrap, labelled or not.
    pub(crate) fn read(&self, value: &[u8]) -> Option<MaybeWrap> {
        let text = std::str::from_utf8(text::trim(value)).ok()?;
        let is_labelled = is_saltern(value);
        let labelled = if is_labelled {
            text.to_owned()
        } else {
            adopt(text, &self.label())?
        };
        let read = unlabel(&labelled).filter(|read| read.inner == self.label())?;
        let Recognised::Native { scheme, params } =
            recognise(Some(read.native.as_bytes()), Declared::Auto)
        else {
            return None;
        };
        let id = read.native.strip_prefix('$')?.split('$').next()?.to_owned();
        self.outers.contains(&scheme).then_some(MaybeWrap {
            form: WrapForm { id, params },
            native: read.native,
            scheme,
            is_labelled,
        })
    }

    /// The value with its label; none for what was not proven.
    pub(super) fn apply(&self, value: &[u8]) -> Option<StoredHash> {
        let wrap = self.read(value)?;
        if wrap.is_labelled || !self.forms.contains(&wrap.form) {
            return None;
        }
        let text = std::str::from_utf8(text::trim(value)).ok()?;
        Some(StoredHash::new(adopt(text, &self.label())?))
    }
}

/// The schemes of password hashes that go by a name: bcrypt has one for each of its prefixes.
fn outers(name: &str) -> Vec<Scheme> {
    if name == "bcrypt" {
        return vec![
            Scheme::BCRYPT_2Y,
            Scheme::BCRYPT_2B,
            Scheme::BCRYPT_2A,
            Scheme::BCRYPT_2X,
        ];
    }
    let named = Scheme::by_name(name).filter(|scheme| scheme.has_prefix());
    named
        .filter(|scheme| scheme.class() == Class::Slow)
        .into_iter()
        .collect()
}

/// Refuses an inner digest that takes what the credential doesn't name: no login could open it.
fn check_needs(inner: Scheme, credential: &Credential) -> Result<(), RelabelError> {
    let needs = inner.needs();
    for (needed, given, key) in [
        (needs.salt, credential.salt.is_some(), "salt"),
        (needs.salt2, credential.salt2.is_some(), "salt2"),
        (
            needs.username,
            credential.username_column().is_some(),
            "username",
        ),
        (needs.site, credential.site.is_some(), "site_salt_file"),
    ] {
        if needed && !given {
            return Err(RelabelError::Lacks { scheme: inner, key });
        }
    }
    Ok(())
}

/// `bcrypt(md5(pass))`
impl fmt::Display for Adopt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.outer, self.inner)
    }
}

/// `$2y$10$`
impl fmt::Display for WrapForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        match self.params {
            Strength::Bcrypt { cost } => write!(f, "${id}${cost:02}$"),
            Strength::Argon2 {
                memory_kib,
                iterations,
                parallelism,
                ..
            } => write!(
                f,
                "${id}$ with m={memory_kib},t={iterations},p={parallelism}"
            ),
            Strength::Pbkdf2 { iterations, .. } => write!(f, "${id}$ with {iterations} iterations"),
            _ => write!(f, "${id}$"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTING: &str = "abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzABCDE";

    fn settings(scheme: &str, more: &str) -> Settings {
        let text = format!(
            "[database]\nurl_env = 'DATABASE_URL'\n[[credential]]\nname = 'users'\ntable = 'users'\nkey = 'id'\n\
             column = 'password'\nscheme = \"{scheme}\"\n{more}"
        );
        let file = crate::config::ConfigFile {
            path: std::path::Path::new("saltern.toml"),
            text: &text,
            mode: Some(0o600),
        };
        crate::config::parse(&file).expect("a good file").settings
    }

    fn refused(text: &str, settings: &Settings) -> String {
        Adopt::new(text, settings).expect_err(text).to_string()
    }

    #[test]
    fn only_values_of_a_proven_form_are_labelled() {
        let adopt = Adopt::new("bcrypt(whirlpool(pass))", &settings("auto", "")).expect("a wrap");
        let value = |front: &str| format!("{front}{SETTING}");
        let ten = value("$2y$10$");
        assert_eq!(adopt.apply(ten.as_bytes()), None, "nothing is proven yet");
        let form = adopt.read(ten.as_bytes()).expect("bcrypt").form;
        assert_eq!(form.to_string(), "$2y$10$");
        let adopt = adopt.proven(vec![form]);
        let made = adopt.apply(ten.as_bytes()).expect("a labelled value");
        let expected = value("$2y--whirlpool$10$");
        assert_eq!(made.as_bytes(), expected.as_bytes());
        assert_eq!(adopt.apply(made.as_bytes()), None, "it is labelled once");
        for other in ["$2y$12$", "$2b$10$"] {
            assert_eq!(adopt.apply(value(other).as_bytes()), None, "{other}");
        }
        for other in ["", "5f4dcc3b5aa765d61d8327deb882cf99", "$1$salt$hash"] {
            assert_eq!(adopt.apply(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn what_no_login_could_read_is_refused() {
        let auto = settings("auto", "");
        for text in ["md5(pass)", "bcrypt", "bcrypt(md5(pass", "md5(md5(pass))"] {
            let said = refused(text, &auto);
            assert!(said.contains("is no password hash over a digest"), "{said}");
        }
        assert!(refused("bcrypt(md6(pass))", &auto).starts_with("what stands in the brackets"));
        let own = "md5('-'.pass)";
        let wrap = format!("bcrypt({own})");
        assert!(refused(&wrap, &auto).contains("nobody would know its label"));
        assert!(Adopt::new(&wrap, &settings(own, "")).is_ok());
        let salted = "bcrypt(md5(salt.pass))";
        assert!(refused(salted, &auto).contains("needs `salt`"));
        assert!(Adopt::new(salted, &settings("auto", "salt = 's'")).is_ok());
        let said = refused("bcrypt(md5(pass))", &settings("bcrypt(md5(pass))", ""));
        assert!(said.contains("as such wraps already"), "{said}");
    }
}
