//! Which rows need more than the platform's own verifier, and until when.

use crate::census::ColumnLine;
use crate::config::Settings;
use crate::policy::{Normalize, SchemeGroup};
use crate::scheme::{Class, InnerId, Outer, Recognised, Scheme, Unread};

use super::column::ColumnScan;

/// Until when rows need a reader that knows more than the platform's own verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderNeed {
    /// They don't: the platform's own verifier reads them, or no password opens them.
    None,
    /// Until their next login.
    Login,
    /// Until a login by a password that the old scheme reads whole; the text says which are.
    SomeLogin(&'static str),
    /// Until their users choose another password.
    NewPassword,
    /// For good: normalised answers.
    Always,
    /// Nobody knows, because nobody knows what they are.
    Unknown,
}

/// Rows that need such a reader, by the time until which they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReaderRows {
    /// Until their next login.
    pub login: u64,
    /// Until a login by a password that the old scheme reads whole.
    pub some_login: u64,
    /// Until their users choose another password.
    pub new_password: u64,
    /// For good.
    pub always: u64,
    /// Of unknown schemes.
    pub unknown: u64,
    /// Those of them that PHP's `password_verify` reads: it has a crypt(3) of its own.
    pub crypt: u64,
}

impl ReaderRows {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.login + self.some_login + self.new_password + self.always + self.unknown
    }

    /// Those that PHP's `password_verify` does not read either.
    pub fn without_crypt(&self) -> u64 {
        self.all().saturating_sub(self.crypt)
    }
}

/// Counts the rows of a column that need such a reader.
pub fn reader_rows(scan: &ColumnScan, settings: &Settings) -> ReaderRows {
    let mut rows = ReaderRows::default();
    for line in &scan.census.lines {
        let place = match reader_need(line, &scan.credential, settings) {
            ReaderNeed::None => continue,
            ReaderNeed::Login => &mut rows.login,
            ReaderNeed::SomeLogin(_) => &mut rows.some_login,
            ReaderNeed::NewPassword => &mut rows.new_password,
            ReaderNeed::Always => &mut rows.always,
            ReaderNeed::Unknown => &mut rows.unknown,
        };
        *place += line.rows;
        if let Recognised::Native { scheme, .. } = line.specimen
            && is_read_by_php(scheme)
        {
            rows.crypt += line.rows;
        }
    }
    rows
}

/// Whether PHP's `password_verify` reads it. A system's crypt(3) may read more, as yescrypt.
fn is_read_by_php(scheme: Scheme) -> bool {
    const CRYPT: [Scheme; 5] = [
        Scheme::DESCRYPT,
        Scheme::BSDICRYPT,
        Scheme::MD5CRYPT,
        Scheme::SHA256CRYPT,
        Scheme::SHA512CRYPT,
    ];
    SchemeGroup::Bcrypt.has(scheme) || CRYPT.contains(&scheme)
}

/// Until when the rows of a line need such a reader.
pub fn reader_need(line: &ColumnLine, credential: &str, settings: &Settings) -> ReaderNeed {
    let target = settings.target;
    let normalizes = settings
        .credential(credential)
        .is_some_and(|credential| credential.normalize == Some(Normalize::Answer1));
    match line.specimen {
        _ if matches!(line.class, Class::Null | Class::Empty | Class::Locked) => ReaderNeed::None,
        Recognised::Native { scheme, .. } if target.dialect.reads(scheme) => ReaderNeed::None,
        Recognised::Native { scheme, .. } if line.class == Class::Strong => {
            debug_assert!(!target.dialect.reads(scheme), "those are read");
            ReaderNeed::NewPassword
        }
        // What hashes in part and is slow is left as it is; what is weak is wrapped.
        Recognised::Native { scheme, .. } => of_scheme(scheme),
        Recognised::Digest { .. } => line.scheme.map_or(ReaderNeed::Unknown, of_scheme),
        Recognised::Plaintext(_) if normalizes => ReaderNeed::Always,
        Recognised::Plaintext(_) => ReaderNeed::Login,
        Recognised::Wrapped { inner, .. } => of_label(inner, &target.outer),
        _ => ReaderNeed::Unknown,
    }
}

fn of_label(label: InnerId, target: &Outer) -> ReaderNeed {
    let inner = label.short().unwrap_or(label);
    if inner == InnerId::ANSWER1 {
        ReaderNeed::Always
    } else if inner == InnerId::SHA384_B64 {
        match target {
            Outer::Bcrypt { .. } => ReaderNeed::NewPassword,
            Outer::Argon2id { .. } | Outer::Pbkdf2Sha256 { .. } => ReaderNeed::Login,
        }
    } else {
        Scheme::by_inner_id(&inner).map_or(ReaderNeed::Unknown, of_scheme)
    }
}

fn of_scheme(scheme: Scheme) -> ReaderNeed {
    match scheme.unread() {
        None => ReaderNeed::Login,
        Some(Unread {
            whole: Some(whole), ..
        }) => ReaderNeed::SomeLogin(whole),
        Some(Unread { whole: None, .. }) => ReaderNeed::NewPassword,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn php_reads_some_strings_of_crypt_and_not_all() {
        for scheme in [
            Scheme::SHA512CRYPT,
            Scheme::SHA256CRYPT,
            Scheme::MD5CRYPT,
            Scheme::DESCRYPT,
            Scheme::BSDICRYPT,
            Scheme::BCRYPT_2Y,
        ] {
            assert!(is_read_by_php(scheme), "{scheme}");
        }
        for scheme in [
            Scheme::YESCRYPT,
            Scheme::GOST_YESCRYPT,
            Scheme::SCRYPT_7,
            Scheme::SHA1CRYPT,
            Scheme::SUN_MD5,
        ] {
            assert!(!is_read_by_php(scheme), "{scheme}");
        }
    }
}
