//! Whether a column speaks of schemes, by its name or by its values.

/// Words in the names of columns that say how a password is stored.
const NAME_WORDS: [&str; 14] = [
    "hash",
    "algo",
    "scheme",
    "method",
    "format",
    "crypt",
    "cipher",
    "salt",
    "encod",
    "digest",
    "passtype",
    "pwtype",
    "pwversion",
    "attribute",
];

/// Words that say so only beside one of [`PASSWORD_WORDS`].
const KIND_WORDS: [&str; 3] = ["type", "version", "kind"];

/// Words for a password in the names of columns.
const PASSWORD_WORDS: [&str; 4] = ["pass", "pw", "secret", "credential"];

/// Words in values that name a scheme.
const VALUE_WORDS: [&str; 21] = [
    "md4",
    "md5",
    "sha1",
    "sha-1",
    "sha2",
    "sha256",
    "sha-256",
    "sha384",
    "sha512",
    "sha-512",
    "crypt",
    "argon",
    "pbkdf2",
    "phpass",
    "plain",
    "cleartext",
    "ntlm",
    "nt-password",
    "ssha",
    "whirlpool",
    "hmac",
];

/// Whether a column of that name, or with one of these texts for a value, speaks of schemes.
pub(super) fn speaks_of_schemes<'t>(name: &str, texts: impl IntoIterator<Item = &'t [u8]>) -> bool {
    let has = |name: &str, words: &[&str]| words.iter().any(|word| name.contains(word));
    let plain: String = name
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let by_name =
        has(&plain, &NAME_WORDS) || (has(&plain, &KIND_WORDS) && has(&plain, &PASSWORD_WORDS));
    by_name
        || texts.into_iter().any(|text| {
            let text = String::from_utf8_lossy(text).to_lowercase();
            has(&text, &VALUE_WORDS)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_say_how_a_password_is_stored_are_known_by_their_names() {
        for name in [
            "hash_type",
            "algo",
            "password_format",
            "encryption_method",
            "attribute",
            "pw_version",
            "passwordType",
            "salt",
        ] {
            assert!(speaks_of_schemes(name, []), "{name}");
        }
        for name in ["tenant", "status", "user_type", "created_at", "version", ""] {
            assert!(!speaks_of_schemes(name, []), "{name}");
        }
    }

    #[test]
    fn values_that_name_a_scheme_are_known_in_any_column() {
        assert!(speaks_of_schemes("kind", [&b"staff"[..], b"Salted-MD5"]));
        assert!(speaks_of_schemes("op", [&b"Cleartext-Password"[..]]));
        assert!(!speaks_of_schemes("kind", [&b"staff"[..], b"guest"]));
    }
}
