//! Findings about one credential, and about columns that no credential names.

use crate::config::{Credential, OnReset, Settings};
use crate::engine::DependencyKind;
use crate::policy::{LastLogin, ResetMode};
use crate::scheme::Declared;
use crate::store::preflight::{self, Finding, Severity, Want};
use crate::store::survey::{self, ColumnSurvey, Guess, TableSurvey};
use crate::store::{Bounds, Conn, CredentialColumn, StoreError, read_page};

pub(super) async fn examine_credential(
    conn: &mut Conn,
    settings: &Settings,
    credential: &Credential,
) -> Result<Vec<Finding>, StoreError> {
    let column = match CredentialColumn::resolve(conn, credential).await {
        Ok(column) => column,
        Err(StoreError::Refused { what, hint }) => {
            return Ok(vec![Finding {
                severity: Severity::Refuse,
                code: "not-found",
                what,
                why: "nothing can be read or written under a name that isn't there, or that is of a type that saltern can't read".to_owned(),
                todo: hint,
            }]);
        }
        Err(error) => return Err(error),
    };
    let mut want = Want::of_run(settings, credential);
    if credential.on_reset != OnReset::default() {
        // The rules may reset nobody, but `saltern reset` does.
        want.resets_too(ResetMode::Hard);
        if credential.on_reset.must_change.is_some() {
            want.resets_too(ResetMode::Soft);
        }
    }
    let mut findings = preflight::preflight(conn, &column, &want).await?;
    if !credential.readers_ready {
        findings.push(Finding {
            severity: Severity::Info,
            code: "readers-not-ready",
            what: format!("readers_ready is false for {}", credential.name),
            why: "a run that rewrites rows refuses until it is true, but for a canary of at most 10 rows: a login that can't read what is written locks its users out"
                .to_owned(),
            todo: "teach every program that reads the column to read wrapped values, try a canary, then set readers_ready = true".to_owned(),
        });
    }
    findings.extend(name_salts(credential));
    findings.extend(preflight::login_findings(conn, &column).await?);
    if findings
        .iter()
        .all(|finding| finding.severity != Severity::Refuse)
    {
        findings.extend(read_last_logins(conn, settings, (credential, &column)).await?);
    }
    Ok(findings)
}

/// A finding for a column of last logins in which nothing can be read as a time, or nothing stands:
/// the first rows say it.
async fn read_last_logins(
    conn: &mut Conn,
    settings: &Settings,
    (credential, column): (&Credential, &CredentialColumn),
) -> Result<Option<Finding>, StoreError> {
    const ROWS: usize = 200;
    let Some(name) = &credential.last_login else {
        return Ok(None);
    };
    let first = Bounds {
        after: None,
        up_to: None,
        limit: ROWS,
    };
    let rows = read_page(conn, column, first).await?;
    let count = |is: fn(&LastLogin) -> bool| rows.iter().filter(|row| is(&row.last_login)).count();
    let unreadable = count(|time| *time == LastLogin::Unknown);
    if rows.is_empty() || count(|time| matches!(time, LastLogin::At(_))) > 0 {
        return Ok(None);
    }
    let asks = settings.rules.iter().any(|(_, rule)| {
        rule.when.last_login_before.is_some() && rule.when.names(&credential.name)
    });
    if unreadable == 0 {
        if credential.last_login_null_is_never {
            return Ok(None);
        }
        // The first accounts of a table may be older than its column.
        let is_whole = rows.len() < ROWS;
        return Ok(Some(Finding {
            severity: if asks && is_whole { Severity::Refuse } else { Severity::Warn },
            code: "last-login-null",
            what: format!(
                "the column {name} of {} is NULL in {} rows",
                credential.table,
                if is_whole { format!("all {}", rows.len()) } else { format!("the first {ROWS}") }
            ),
            why: "where it is so in every row, nobody knows whether these users never logged in, and what is decided by the last login is refused".to_owned(),
            todo: "name the column that the application fills; only if you know that NULL means never, set last_login_null_is_never = true".to_owned(),
        }));
    }
    Ok(Some(Finding {
        severity: if asks { Severity::Refuse } else { Severity::Warn },
        code: "last-login-unreadable",
        what: format!(
            "no value of the column {name} of {} can be read as a time (of the first {} rows)",
            credential.table,
            rows.len()
        ),
        why: "what is decided by the last login, in a rule or by `saltern reset`, would find nobody, and is refused".to_owned(),
        todo: "name a column that is a timestamp, ISO text or seconds since 1970; a view or a generated column can convert it".to_owned(),
    }))
}

/// A finding for a column that looks like a password and that no credential names.
pub(super) fn find_uncovered(
    settings: &Settings,
    table: &TableSurvey,
    column: &ColumnSurvey,
) -> Option<Finding> {
    let same_table = |c: &&Credential| {
        c.table == table.table
            && (c.schema.is_none() || table.schema.is_none() || c.schema == table.schema)
    };
    let in_table: Vec<&Credential> = settings.credentials.iter().filter(same_table).collect();
    let named = in_table.iter().any(|c| c.column == column.column)
        || !in_table.is_empty() && preflight::is_password_of_old(&column.column);
    let is_one = matches!(column.guess, Guess::Password | Guess::Answer | Guess::Pin);
    // The preflight reports old password columns beside a credential. A column without values is
    // not reported.
    // What `init` would not propose is not missed: secrets that this platform sends on.
    if named
        || !is_one
        || column.values() == 0
        || survey::judge(table, column).is_err() && !table.key.is_empty()
    {
        return None;
    }
    let forms: Vec<String> = column
        .forms
        .iter()
        .take(2)
        .map(|form| form.kind.to_string())
        .collect();
    Some(Finding {
        severity: Severity::Info,
        code: if in_table.is_empty() {
            "uncovered-table"
        } else {
            "uncovered-column"
        },
        what: format!(
            "no credential names column {} of {} ({})",
            column.column,
            table.table,
            forms.join(", ")
        ),
        why: "what it holds stays as it is; a password left weak in one place opens the others"
            .to_owned(),
        todo: "add a [[credential]] for it, or leave it out on purpose".to_owned(),
    })
}

/// Findings for names and ids that are used as salts.
fn name_salts(credential: &Credential) -> Vec<Finding> {
    let Declared::Scheme(scheme) = credential.scheme else {
        return Vec::new();
    };
    DependencyKind::ALL
        .into_iter()
        .filter(|kind| kind.is_needed(scheme.needs()))
        .filter_map(|kind| kind.caution(scheme, kind.column(credential).as_deref()))
        .map(|what| Finding {
            severity: Severity::Warn,
            code: "name-salt",
            what,
            why: "a salt that changes makes another digest; nothing in the database says that this name is one".to_owned(),
            todo: "have whatever renames a user keep the old name for the login, or make them set a password".to_owned(),
        })
        .collect()
}
