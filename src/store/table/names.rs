//! What the name of a column says, in the spellings that applications use.

use super::info::TableInfo;

/// What a column's name says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guess {
    /// A password.
    Password,
    /// The answer to a secret question.
    Answer,
    /// A short number to be typed.
    Pin,
    /// A hash, digest or secret of something.
    Hash,
    /// A token, which is not typed by anybody.
    Token,
}

/// What is typed at login, the likeliest first.
pub(in crate::store) const LOGIN: [&str; 8] = [
    "login",
    "email",
    "emailaddress",
    "mail",
    "username",
    "loginname",
    "user",
    "userid",
];

/// The user's name.
pub(in crate::store) const USERNAME: [&str; 9] = [
    "username",
    "nick",
    "nickname",
    "login",
    "loginname",
    "handle",
    "screenname",
    "uname",
    "user",
];

/// The last login.
pub(in crate::store) const LAST_LOGIN: [&str; 14] = [
    "lastlogin",
    "lastloginat",
    "lastlogindate",
    "lastlogintime",
    "lastloggedin",
    "lastloggedinat",
    "currentsigninat",
    "lastsigninat",
    "lastlogon",
    "lastseen",
    "lastseenat",
    "lastvisit",
    "lastaccess",
    "lastactive",
];

impl Guess {
    /// What a name says; none where it says nothing of the kind.
    pub fn of(name: &str) -> Option<Self> {
        const ABOUT_ONE: [&str; 24] = [
            "hint",
            "question",
            "expire",
            "expiry",
            "date",
            "time",
            "count",
            "attempt",
            "changed",
            "required",
            "policy",
            "length",
            "format",
            "type",
            "version",
            "salt",
            "algo",
            "iteration",
            "rounds",
            "strength",
            "force",
            "must",
            "need",
            "failed",
        ];
        let plain = plain(name);
        let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        let ends_like_a_time = name.to_ascii_lowercase().ends_with("_at") || name.ends_with("At");
        let is_flag = name.to_ascii_lowercase().starts_with("is_")
            || name.to_ascii_lowercase().starts_with("has_");
        if has(&ABOUT_ONE) || ends_like_a_time || is_flag {
            return None;
        }
        if has(&[
            "token",
            "session",
            "apikey",
            "csrf",
            "otp",
            "nonce",
            "resetcode",
            "activation",
            "remember",
        ]) {
            return Some(Self::Token);
        }
        if has(&[
            "password",
            "passwd",
            "passwort",
            "passphrase",
            "passcode",
            "passhash",
            "passw",
            "pwd",
            "userpass",
            "motdepasse",
            "contrasena",
            "wachtwoord",
        ]) || matches!(
            plain.as_str(),
            "pass" | "pw" | "upass" | "mdp" | "cryptpass"
        ) || plain.ends_with("pass")
        {
            return Some(Self::Password);
        }
        if has(&["answer"]) {
            return Some(Self::Answer);
        }
        if plain == "pin"
            || plain.ends_with("pincode")
            || name.to_ascii_lowercase().ends_with("_pin")
        {
            return Some(Self::Pin);
        }
        if has(&["hash", "digest", "crypt", "secret", "credential"])
            || plain.starts_with("sha1")
            || plain.starts_with("md5")
        {
            return Some(Self::Hash);
        }
        None
    }
}

/// Whether a column is called a name that a user goes by.
pub(in crate::store) fn is_user_name(name: &str) -> bool {
    let plain = plain(name);
    LOGIN.contains(&plain.as_str())
        || USERNAME.contains(&plain.as_str())
        || ["email", "username", "loginname"]
            .iter()
            .any(|word| plain.ends_with(word))
}

/// Whether a column is called an id of the user.
pub(in crate::store) fn is_id(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "id" | "uid" | "userid" | "memberid" | "customerid" | "accountid"
    )
}

/// Whether a column is called a salt.
pub(in crate::store) fn is_salt(name: &str) -> bool {
    plain(name).contains("salt")
}

/// Whether a column is called a date or a time.
pub(in crate::store) fn is_date(name: &str) -> bool {
    const WORDS: [&str; 16] = [
        "date",
        "time",
        "created",
        "updated",
        "modified",
        "changed",
        "joined",
        "register",
        "signup",
        "signedup",
        "since",
        "lastlogin",
        "lastseen",
        "lastvisit",
        "lastactive",
        "expire",
    ];
    let plain = plain(name);
    name.to_ascii_lowercase().ends_with("_at")
        || name.ends_with("At")
        || WORDS.iter().any(|word| plain.contains(word))
}

/// Whether a column is called something that tells one scheme from another: `hash_type`, `algo`,
/// `password_format`.
pub(in crate::store) fn speaks_of_schemes(name: &str) -> bool {
    // Such a word says it alone.
    const ALONE: [&str; 13] = [
        "algo",
        "hashtype",
        "hashmethod",
        "hashversion",
        "hashformat",
        "hashscheme",
        "hashkind",
        "hashfunction",
        "scheme",
        "encryptionmethod",
        "encryption",
        "cipher",
        "kdf",
    ];
    // Such a word says it of a password, or as the whole name.
    const KINDS: [&str; 10] = [
        "type", "method", "format", "version", "kind", "mode", "legacy", "encoding", "encoder",
        "crypt",
    ];
    const OF: [&str; 9] = [
        "pass",
        "passwd",
        "password",
        "pw",
        "pwd",
        "hash",
        "digest",
        "crypt",
        "credential",
    ];
    let plain = plain(name);
    let is_dated = name.to_ascii_lowercase().ends_with("_at") || plain.ends_with("date");
    if is_dated {
        return false;
    }
    ALONE.iter().any(|word| plain.contains(word))
        || matches!(
            plain.as_str(),
            "method" | "format" | "version" | "attribute" | "hasher"
        )
        || (KINDS
            .iter()
            .any(|kind| plain.ends_with(kind) || plain.starts_with(kind))
            && OF.iter().any(|of| plain.contains(of)))
}

/// The first column that has one of the names, in the order of the names.
pub(in crate::store) fn first(info: &TableInfo, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| info.columns.iter().find(|c| plain(&c.name) == *name))
        .map(|c| c.name.clone())
}

/// Lowercase letters and digits alone: `last_login`, `lastLogin` and `LASTLOGIN` are one name.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_hold_passwords_are_known_by_their_names() {
        for name in [
            "password",
            "Password",
            "passwd",
            "user_pass",
            "pwd",
            "password_hash",
            "encrypted_password",
            "crypted_password",
            "userPassword",
            "pass",
            "pw",
        ] {
            assert_eq!(Guess::of(name), Some(Guess::Password), "{name}");
        }
        assert_eq!(Guess::of("secret_answer"), Some(Guess::Answer));
        assert_eq!(Guess::of("pin"), Some(Guess::Pin));
        assert_eq!(Guess::of("digest"), Some(Guess::Hash));
        assert_eq!(Guess::of("reset_password_token"), Some(Guess::Token));
    }

    #[test]
    fn what_may_have_salted_a_digest_is_known_by_its_name() {
        for name in ["username", "user_email", "Login", "nick", "loginName"] {
            assert!(is_user_name(name), "{name}");
        }
        for name in ["last_login", "user_group", "email_verified", "name_day"] {
            assert!(!is_user_name(name), "{name}");
        }
        assert!(is_id("user_id") && is_id("UID") && !is_id("group_id"));
        assert!(is_salt("pw_salt") && is_salt("passwordSalt"));
    }

    #[test]
    fn what_tells_one_scheme_from_another_is_known_by_its_name() {
        for name in [
            "hash_type",
            "hashType",
            "algo",
            "pass_algorithm",
            "scheme",
            "password_format",
            "encryption_method",
            "pw_version",
            "passwordVersion",
            "format",
            "hash_method",
            "pass_type",
            "crypt_type",
            "version",
            "legacy_password",
        ] {
            assert!(speaks_of_schemes(name), "{name}");
        }
        for name in [
            "user_type",
            "account_kind",
            "color_scheme_id_at",
            "password",
            "created_at",
            "status",
            "password_changed_at",
            "type",
            "tenant",
            "is_bot",
        ] {
            assert!(!speaks_of_schemes(name), "{name}");
        }
        assert!(is_date("created_at") && is_date("joinDate") && is_date("registered_on"));
        assert!(!is_date("status") && !is_date("tenant") && !is_date("hash_type"));
    }

    #[test]
    fn columns_about_passwords_are_not_passwords() {
        for name in [
            "password_hint",
            "secret_question",
            "password_changed_at",
            "password_salt",
            "passwordExpires",
            "must_change_password",
            "compass_id",
            "shipping",
            "encrypted",
        ] {
            let guess = Guess::of(name);
            assert!(
                guess.is_none() || guess == Some(Guess::Hash),
                "{name}: {guess:?}"
            );
        }
        assert_eq!(Guess::of("password_changed_at"), None);
        assert_eq!(Guess::of("spin"), None);
    }
}
