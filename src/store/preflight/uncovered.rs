//! Columns beside the credential's that look like passwords too: old and temporary ones.
//!
//! By name alone: no value is read. Other tables are the survey's.

use super::report::{FindingWords, Report};
use super::want::Want;
use crate::store::table::{CredentialColumn, TypeFamily};

pub(super) fn look(column: &CredentialColumn, want: &Want, report: &mut Report) {
    for info in &column.table.columns {
        let known = info.name == column.info.name || want.covered.contains(&info.name);
        let holds_text = matches!(
            info.family,
            TypeFamily::Text | TypeFamily::Bytes | TypeFamily::FixedBytes | TypeFamily::Any
        );
        if known || !holds_text || !is_password_of_old(&info.name) {
            continue;
        }
        report.info(
            "uncovered-column",
            FindingWords {
                what: format!("column {} of {} looks like a password too, and no credential covers it", info.name, column.table_ident),
                why: "an old or temporary password is often the present one; what is left there stays as weak as it is",
                todo: "give it a [[credential]] of its own, or empty it if nothing reads it any more".to_owned(),
            },
        );
    }
}

/// Whether a column's name says that it holds a password beside the main one.
pub fn is_password_of_old(name: &str) -> bool {
    const PASSWORD: [&str; 6] = ["pass", "pwd", "hash", "secret", "crypt", "digest"];
    const BESIDE: [&str; 12] = [
        "old", "prev", "temp", "tmp", "hist", "legacy", "backup", "bak", "former", "orig", "last",
        "plain",
    ];
    const NOT_ONE: [&str; 7] = ["token", "hint", "question", "expire", "date", "time", "_at"];
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&PASSWORD)
        && (has(&BESIDE) || name.ends_with(|c: char| c.is_ascii_digit()))
        && !has(&NOT_ONE)
}

#[cfg(test)]
mod tests {
    use super::is_password_of_old;

    #[test]
    fn passwords_of_old_are_known_by_their_names() {
        for name in [
            "password_old",
            "OldPassword",
            "temp_pwd",
            "tmp_pass",
            "password_history",
            "prev_hash",
            "password2",
        ] {
            assert!(is_password_of_old(name), "{name}");
        }
        for name in [
            "password",
            "old_name",
            "reset_password_token",
            "last_password_change_at",
            "temp_password_expires",
            "holder",
        ] {
            assert!(!is_password_of_old(name), "{name}");
        }
    }
}
