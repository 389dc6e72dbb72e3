//! Who can log in, said by the crates of the hashes alone: nothing of saltern's code decides it.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// How an application made its old values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    Md5,
    Sha1,
    Md5SaltPass,
    Sha256PassSalt,
    Plaintext,
}

impl Formula {
    pub(crate) const ALL: [Self; 5] = [
        Self::Md5,
        Self::Sha1,
        Self::Md5SaltPass,
        Self::Sha256PassSalt,
        Self::Plaintext,
    ];

    /// What the configuration calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Md5SaltPass => "md5(salt.pass)",
            Self::Sha256PassSalt => "sha256(pass.salt)",
            Self::Plaintext => "plaintext",
        }
    }

    pub(crate) fn takes_salt(self) -> bool {
        matches!(self, Self::Md5SaltPass | Self::Sha256PassSalt)
    }

    /// What stood in the column before any run, and what a wrap hashes.
    pub(crate) fn old(self, password: &str, salt: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(password)),
            Self::Sha1 => hex(&Sha1::digest(password)),
            Self::Md5SaltPass => hex(&Md5::digest(format!("{salt}{password}"))),
            Self::Sha256PassSalt => hex(&Sha256::digest(format!("{password}{salt}"))),
            Self::Plaintext => password.to_owned(),
        }
    }
}

/// Whether a login with this password is let in by what stands in its row.
pub(crate) fn opens(formula: Formula, row: (Option<&str>, Option<&str>), password: &str) -> bool {
    let (Some(stored), salt) = row else {
        return false;
    };
    let old = formula.old(password, salt.unwrap_or_default());
    match unlabelled(stored) {
        Some(native) => native_opens(&native, &old),
        None if stored.starts_with("$argon2") || stored.starts_with("$2b$") => {
            native_opens(stored, password)
        }
        None if formula == Formula::Plaintext => stored == old,
        None => stored.eq_ignore_ascii_case(&old),
    }
}

/// What an application stores that has been taught. Its cost tells it from what saltern writes.
pub(crate) fn strong(password: &str, salt: &[u8; 16]) -> String {
    const MEMORY_KIB: u32 = 72;
    let mut hash = [0; 32];
    argon2id(MEMORY_KIB, password, salt, &mut hash);
    format!(
        "$argon2id$v=19$m={MEMORY_KIB},t=1,p=1${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(hash)
    )
}

/// The native string of a wrapped value.
fn unlabelled(stored: &str) -> Option<String> {
    let (name, rest) = stored.strip_prefix('$')?.split_once('$')?;
    let (name, _label) = name.split_once("--")?;
    let native = rest.split_once("$is=").map_or(rest, |(native, _)| native);
    Some(format!("${name}${native}"))
}

fn native_opens(native: &str, text: &str) -> bool {
    if native.starts_with("$2b$") {
        return bcrypt::verify(text, native).unwrap_or(false);
    }
    let Some(rest) = native.strip_prefix("$argon2id$v=19$m=") else {
        return false;
    };
    let parts: Vec<&str> = rest.split('$').collect();
    let [cost, salt, hash] = parts[..] else {
        return false;
    };
    let Some(memory_kib) = cost.strip_suffix(",t=1,p=1").and_then(|m| m.parse().ok()) else {
        return false;
    };
    let (Ok(salt), Ok(hash)) = (STANDARD_NO_PAD.decode(salt), STANDARD_NO_PAD.decode(hash)) else {
        return false;
    };
    let mut again = vec![0; hash.len()];
    argon2id(memory_kib, text, &salt, &mut again);
    again == hash
}

fn argon2id(memory_kib: u32, text: &str, salt: &[u8], hash: &mut [u8]) {
    let params = Params::new(memory_kib, 1, 1, Some(hash.len())).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(text.as_bytes(), salt, hash)
        .unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_checker_opens_what_it_makes_and_nothing_else() {
    let strong = strong("dragon", b"sixteen bytes of");
    for formula in Formula::ALL {
        let old = formula.old("dragon", "s");
        for stored in [strong.as_str(), &old] {
            assert!(
                opens(formula, (Some(stored), Some("s")), "dragon"),
                "{formula:?}"
            );
            assert!(
                !opens(formula, (Some(stored), Some("s")), "Dragon"),
                "{formula:?}"
            );
        }
        assert!(!opens(formula, (None, Some("s")), "dragon"));
    }
}

#[test]
fn the_checker_opens_what_argon2_cffi_has_wrapped() {
    let stored = "$argon2id--md5$v=19$m=64,t=1,p=1$b3Q/1jbx6gsU642yulVcoQ$tFekmZmUOXJTtFxwQ3XZsN0yWfSQlbCjQAymt+YCPqw";
    assert!(opens(Formula::Md5, (Some(stored), None), "123456"));
    assert!(!opens(Formula::Md5, (Some(stored), None), "1234567"));
}
