//! What the name of a column says that it holds.

use super::name_words::{ELSEWHERE, ELSEWHERE_WORDS, plain, words};
use super::table_guess::TableOf;

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
    /// A password for a short time: one that was mailed, or that waits to be confirmed.
    Temporary,
    /// A password of the past.
    Former,
    /// How the password beside it is hashed.
    Method,
    /// A password that this platform sends on to another, or that opens a thing and no account.
    Foreign,
}

impl Guess {
    /// What a name says; none where it says nothing of the kind.
    pub fn of(name: &str) -> Option<Self> {
        const ABOUT_ONE: [&str; 33] = [
            "hint",
            "question",
            "expire",
            "expiry",
            "date",
            "time",
            "attempt",
            "changed",
            "required",
            "policy",
            "length",
            "version",
            "salt",
            "iteration",
            "rounds",
            "strength",
            "force",
            "must",
            "need",
            "failed",
            "score",
            "notify",
            "enabled",
            "disabled",
            "status",
            "lock",
            "never",
            "passwordless",
            "autofill",
            "sent",
            "lastset",
            "complexity",
            "chg",
        ];
        let plain = plain(name);
        let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        let ends_like_a_time = name.to_ascii_lowercase().ends_with("_at") || name.ends_with("At");
        let is_flag = name.to_ascii_lowercase().starts_with("is_")
            || name.to_ascii_lowercase().starts_with("has_");
        // "account" ends with it.
        let is_count = words(name).iter().any(|word| word == "count");
        if has(&ABOUT_ONE) || is_count || ends_like_a_time || is_flag {
            return None;
        }
        let is_about_a_password = has(&["passw", "pwd", "hash", "crypt"])
            || plain.starts_with("pass") && !plain.starts_with("passport");
        if has(&["type", "format", "algo", "method", "scheme", "mode"])
            || plain.ends_with("encryption")
        {
            let is_method = is_about_a_password || plain == "algorithm" || plain == "algo";
            return is_method.then_some(Self::Method);
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
            return Some(Self::in_time(name));
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

    /// Whether a password is the one of today.
    fn in_time(name: &str) -> Self {
        const FOR_A_WHILE: [&str; 11] = [
            "new",
            "temp",
            "tmp",
            "temporary",
            "reset",
            "recovery",
            "forgot",
            "onetime",
            "initial",
            "pending",
            "generated",
        ];
        const OF_THE_PAST: [&str; 8] = [
            "old", "prev", "previous", "history", "former", "backup", "bak", "last",
        ];
        let words = words(name);
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let begins = |fronts: [&str; 3]| {
            words.iter().any(|word| {
                fronts
                    .iter()
                    .any(|front| word.starts_with(front) && word.len() > 6)
            })
        };
        if has(&FOR_A_WHILE) || begins(["newp", "tempp", "tmpp"]) {
            Self::Temporary
        } else if has(&OF_THE_PAST) || begins(["oldp", "prevp", "lastp"]) {
            Self::Former
        } else {
            Self::Password
        }
    }

    /// What the names of a column and its table say together.
    pub(in crate::store) fn in_table(table: &str, column: &str) -> Option<Self> {
        let guess = Self::of(column)?;
        // The users of an FTP server have an FTP password.
        let in_table = match TableOf::named(table) {
            TableOf::People => words(table),
            TableOf::Things | TableOf::Unknown => Vec::new(),
        };
        let elsewhere = ELSEWHERE.iter().any(|word| plain(column).contains(word))
            || words(column)
                .iter()
                .any(|word| ELSEWHERE_WORDS.contains(&word.as_str()) && !in_table.contains(word));
        match guess {
            Self::Password | Self::Pin if elsewhere => Some(Self::Foreign),
            guess => Some(guess),
        }
    }
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
        for (name, guess) in [
            ("user_newpassword", Guess::Temporary),
            ("temp_pwd", Guess::Temporary),
            ("newPassword", Guess::Temporary),
            ("password_old", Guess::Former),
            ("password_history", Guess::Former),
            ("hash_type", Guess::Method),
            ("passwordFormat", Guess::Method),
            ("passwd_hash_algo", Guess::Method),
            ("password_encryption", Guess::Method),
        ] {
            assert_eq!(Guess::of(name), Some(guess), "{name}");
        }
        assert_eq!(Guess::of("passport_type"), None);
        assert_eq!(Guess::of("secret_answer"), Some(Guess::Answer));
        assert_eq!(Guess::of("pin"), Some(Guess::Pin));
        assert_eq!(Guess::of("digest"), Some(Guess::Hash));
        assert_eq!(Guess::of("reset_password_token"), Some(Guess::Token));
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

    #[test]
    fn what_is_sent_on_to_elsewhere_is_known_by_the_names() {
        for (table, column) in [
            ("posts", "post_password"),
            ("settings", "smtp_password"),
            ("hosts", "ipmi_password"),
            ("config", "ldap_bind_password"),
            ("mailboxes", "src_password"),
            ("forums", "forum_password"),
        ] {
            let guess = Guess::in_table(table, column);
            assert_eq!(guess, Some(Guess::Foreign), "{table}.{column}");
        }
        for (table, column) in [("ftp_users", "ftp_password"), ("users", "password")] {
            let guess = Guess::in_table(table, column);
            assert_eq!(guess, Some(Guess::Password), "{table}.{column}");
        }
    }
}
