//! The vectors of web frameworks, directories, mail servers and identity servers.
//!
//! Each is put to everything that is done with a value. It is recognised, opened by its password
//! and by no other, taken apart, made again, wrapped, and opened again.

use serde_json::Value;

use crate::scheme::*;
use crate::secret::{Password, StoredHash};

const CHEAP: Outer = Outer::Argon2id {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

/// One line of a file of vectors.
struct FrameworkVector {
    scheme: Scheme,
    stored: String,
    password: String,
    username: Option<String>,
}

impl FrameworkVector {
    /// The vectors of the schemes whose names begin so; none of a name may be missing from the
    /// registry.
    fn all(file: &str, prefixes: &[&str]) -> Vec<Self> {
        let text = |line: &Value, field: &str| line[field].as_str().map(str::to_owned);
        file.lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
            .filter(|line| {
                let name = text(line, "scheme").expect("a name");
                prefixes.iter().any(|prefix| name.starts_with(prefix))
            })
            .map(|line| {
                let name = text(&line, "scheme").expect("a name");
                Self {
                    scheme: Scheme::by_name(&name).unwrap_or_else(|| panic!("{name}")),
                    stored: text(&line, "stored").expect("a value"),
                    password: text(&line, "password").expect("a password"),
                    username: text(&line, "username"),
                }
            })
            .collect()
    }

    /// How many bytes of a password the scheme looks at.
    fn reads(&self) -> usize {
        match self.scheme {
            Scheme::DJANGO_BCRYPT | Scheme::DOVECOT_BLF_CRYPT => 72,
            Scheme::DJANGO_CRYPT | Scheme::DOVECOT_DESCRYPT => 8,
            Scheme::LDAP_CRYPT if self.stored.contains("$2b$") => 72,
            Scheme::LDAP_CRYPT if self.stored.len() == "{CRYPT}".len() + 13 => 8,
            _ => usize::MAX,
        }
    }

    /// Whether the scheme can't tell the password from another one.
    fn is_alike(&self, other: &str) -> bool {
        let read = |password: &str| {
            let bytes = password.as_bytes();
            bytes[..bytes.len().min(self.reads())].to_vec()
        };
        read(other) == read(&self.password)
            || (self.scheme == Scheme::WORDPRESS_BCRYPT && other.trim() == self.password.trim())
    }

    fn context(&self) -> Context<'_> {
        Context {
            username: self.username.as_deref(),
            ..Context::default()
        }
    }

    fn opens(&self, stored: &str, password: &str) -> Result<bool, VerifyError> {
        verify(
            &StoredHash::new(stored),
            &Password::new(password),
            Declared::Auto,
            &self.context(),
        )
    }

    fn check(&self) {
        let (scheme, stored) = (self.scheme, self.stored.as_str());
        let recognised = recognise(Some(stored.as_bytes()), Declared::Auto);
        assert_eq!(recognised.scheme(), Some(scheme), "{stored}");
        self.check_opened(stored, &self.password);
        self.check_wrapped();

        let taken = take(stored.as_bytes(), scheme).expect("a value of the scheme's");
        if let Recognised::Native { params, .. } = recognised {
            assert_eq!(params, taken.strength, "{stored}");
        }
        // Behind {CRYPT} stands everything.
        if scheme != Scheme::LDAP_CRYPT {
            assert_eq!(
                taken.strength == Strength::Fast,
                scheme.class() == Class::Weak,
                "{scheme}"
            );
        }
    }

    /// The password opens it, and nothing that is nearly the password; nor does it open what is
    /// nearly the value.
    fn check_opened(&self, stored: &str, password: &str) {
        assert_eq!(self.opens(stored, password), Ok(true), "{stored}");
        let shorter: String = password
            .chars()
            .take(password.chars().count().saturating_sub(1))
            .collect();
        for wrong in [
            "",
            "wrong",
            stored,
            &shorter,
            &format!("{password}x"),
            &format!("x{password}"),
            &password.to_uppercase(),
        ] {
            if !self.is_alike(wrong) {
                assert_eq!(self.opens(stored, wrong), Ok(false), "{stored}");
            }
        }
        // The server key, at the end of SCRAM's, says nothing of the password.
        let end = match stored.rfind(',') {
            Some(comma) if self.scheme.name().contains("scram") => comma,
            _ => stored.len(),
        };
        if let Some(at) = end.checked_sub(5)
            && let Some(byte) = stored.as_bytes().get(at).filter(|_| stored.is_ascii())
        {
            let mut changed = stored.to_owned();
            let other = if *byte == b'4' { "5" } else { "4" };
            changed.replace_range(at..=at, other);
            assert_ne!(self.opens(&changed, password), Ok(true), "{changed}");
        }
    }

    /// What a run stores for it is opened by the same password.
    fn check_wrapped(&self) {
        let Some(inner) = self.scheme.inner_id() else {
            // It is rehashed, because it gives its password away.
            let password = reveal(self.stored.as_bytes(), self.scheme).expect("a password");
            assert_eq!(*password, self.password.as_bytes(), "{}", self.stored);
            return;
        };
        let taken = take(self.stored.as_bytes(), self.scheme).expect("a value of the scheme's");
        let made = make(
            self.scheme,
            &taken.setting,
            self.password.as_bytes(),
            &self.context(),
        );
        let made = made.expect("good parameters").expect("a text");
        // Twins are told apart by the password alone.
        if self
            .scheme
            .family()
            .twin(self.scheme, &taken.setting)
            .is_none()
        {
            assert_eq!(made.as_str(), taken.text.as_str(), "{}", self.stored);
        }
        assert!(taken.text.len() <= 71 || inner.long().is_some(), "{inner}");
        let input = outer_input(&CHEAP, taken.text.as_bytes(), Some(&inner)).expect("room");
        let salt = b"0123456789abcdef";
        let hash = derive(&CHEAP, salt, &input.text).expect("good parameters");
        let native = native_string(&CHEAP, salt, &hash);
        let is = (!taken.setting.is_empty()).then_some(taken.setting.as_slice());
        let wrapped = wrap(&native, &inner, is);
        assert_eq!(self.opens(&wrapped, &self.password), Ok(true), "{wrapped}");
        let wrong = format!("{}x", self.password);
        assert!(self.is_alike(&wrong) || self.opens(&wrapped, &wrong) == Ok(false));
        assert_eq!(self.opens(&wrapped, &taken.text), Ok(false), "{wrapped}");
    }
}

fn check(file: &str, prefixes: &[&str], at_least: usize) {
    let vectors = FrameworkVector::all(file, prefixes);
    assert!(vectors.len() >= at_least, "{}", vectors.len());
    for vector in vectors {
        vector.check();
    }
}

const FRAMEWORKS: &str = include_str!("../../../tests/vectors/frameworks.jsonl");
const SYSTEMS: &str = include_str!("../../../tests/vectors/systems.jsonl");
const APPLICATIONS: &str = include_str!("../../../tests/vectors/applications.jsonl");
const MODERN: &str = include_str!("../../../tests/vectors/modern.jsonl");

#[test]
fn djangos_values_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["django-"], 40);
}

#[test]
fn werkzeugs_and_web2pys_values_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["werkzeug-"], 16);
    check(SYSTEMS, &["web2py-"], 6);
}

#[test]
fn the_values_of_directories_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["ldap-", "atlassian-"], 60);
    check(SYSTEMS, &["389ds-"], 4);
}

#[test]
fn dovecots_values_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["dovecot-"], 60);
}

#[test]
fn asp_nets_values_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["aspnet-"], 17);
}

#[test]
fn passlibs_values_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["passlib-", "cta-", "dlitz-", "grub-"], 30);
    check(MODERN, &["passlib-", "phc-pbkdf2"], 18);
}

#[test]
fn kratos_values_are_opened_and_wrapped() {
    check(APPLICATIONS, &["kratos-"], 80);
    check(MODERN, &["kratos-"], 4);
}

#[test]
fn mysqls_values_are_opened_and_wrapped_in_both_spellings() {
    check(SYSTEMS, &["mysql-caching-sha2"], 8);
}

#[test]
fn hashcats_own_spellings_are_opened_and_wrapped() {
    check(SYSTEMS, &["hashcat-scrypt"], 4);
}

#[test]
fn phpass_and_its_children_are_opened_and_wrapped() {
    check(FRAMEWORKS, &["phpass", "drupal7", "wordpress-"], 19);
}
