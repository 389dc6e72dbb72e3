//! Why a run would be refused beyond the preflight, and what an operator should know before one.
//! Nothing is written, and no database is asked.

use super::reset_limit;
use crate::census::{LoginAges, UnjudgedReason};
use crate::config::Credential;
use crate::engine::error::EngineError;
use crate::engine::refusal::Refusal;
use crate::engine::request::{RunOptions, Selection};
use crate::engine::scan::column::{ColumnScan, Group};
use crate::engine::scan::coverage::{PartFate, PartStandsFor, needless_accepts, part_facts};
use crate::engine::scan::dependencies::dependencies;
use crate::engine::session::Session;
use crate::policy::{Action, LastLogin};
use crate::scheme::{Declared, Recognised, Scheme, outer_input};

/// A canary of at most so many rows needs no `readers_ready`: that is how one finds out.
const FREE_CANARY_ROWS: usize = 10;

/// What would make `run --execute` refuse, beyond the preflight.
pub(crate) fn refusals(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<Refusal> {
    let mut out = doubts(session, columns);
    for (scan, credential) in columns.iter().zip(&session.settings.credentials) {
        if scan.hashes() > 0 && !credential.readers_ready {
            out.push(not_ready(&credential.name));
        }
    }
    out
}

/// Rules that would reset more rows than they may. Columns whose content is not known, or not what
/// the configuration says.
pub(crate) fn doubts(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<Refusal> {
    let mut out = reset_limit::over_limit(&session.settings.rules, columns);
    for (scan, credential) in columns.iter().zip(&session.settings.credentials) {
        out.extend(rules_without_times(session, scan, credential));
        out.extend(scan.edges.iter().cloned());
        let unproven = scan.unproven();
        if unproven > 0 {
            out.push(Refusal {
                what: format!(
                    "credential {}: {unproven} rows are bare digests whose scheme is neither declared nor proven",
                    credential.name
                ),
                hint: "name the credential's `scheme` in the configuration once you know it, or prove it by an account whose password is \
                       known, with --canary-login LOGIN:FILE: a wrong guess locks the whole table out"
                    .to_owned(),
            });
        }
        let Declared::Scheme(declared) = credential.scheme else {
            out.extend(undeclared_columns(scan, credential));
            continue;
        };
        if declared.is_open() {
            out.extend(undeclared_columns(scan, credential));
            out.extend(of_no_line(scan, credential, declared));
            continue;
        }
        out.extend(
            [
                no_passwords(scan, credential),
                without_salt(scan, credential, declared),
                without_room(session, scan, credential, declared),
            ]
            .into_iter()
            .flatten(),
        );
        let wrong = scan.census.shapes.iter().find(|e| {
            !e.shape.is_joined()
                && e.shape.missing_salt().is_none()
                && declared.shape() == Some(e.shape.without_salt())
                && e.contradicts(declared)
        });
        if let Some(proven) = wrong.and_then(crate::census::ShapeEvidence::proven) {
            out.push(Refusal {
                what: format!(
                    "credential {}: its scheme is declared as {}, and common passwords prove it to be {}",
                    credential.name,
                    declared.name(),
                    proven.name()
                ),
                hint: format!(
                    "set scheme = \"{}\" or \"auto\": wrapped under the wrong name, nobody could log in",
                    proven.name()
                ),
            });
        }
    }
    out
}

/// A column of last logins in which no value can be read as a time: what decides by the time would
/// find nobody. Where all are NULL it would find everybody.
pub(crate) fn unreadable_times(credential: &Credential, times: ReadTimes) -> Option<Refusal> {
    let column = credential.last_login.as_ref()?;
    let is_unsaid = !credential.last_login_null_is_never;
    if times.readable == 0 && times.unreadable == 0 && times.never > 0 && is_unsaid {
        return Some(Refusal {
            what: format!(
                "credential {}: the column {column} is NULL in all {} rows, so nothing can be decided by the last login: whoever fills it \
                 has not begun, or these users never logged in",
                credential.name, times.never
            ),
            hint: "name the column that the application fills; only if you know that NULL means never: last_login_null_is_never = true"
                .to_owned(),
        });
    }
    (times.readable == 0 && times.unreadable > 0).then(|| Refusal {
        what: format!(
            "credential {}: no value of the column {column} can be read as a time (of {} rows), so nothing can be decided by the last login",
            credential.name, times.unreadable
        ),
        hint: "name a column of `last_login` that is a timestamp, ISO text (2024-05-06 07:08:09) or seconds since 1970; a view or a generated \
               column can convert it"
            .to_owned(),
    })
}

/// How many rows have a last login that can be read, and how many one that can't.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReadTimes {
    pub(crate) readable: u64,
    pub(crate) unreadable: u64,
    /// And how many have none.
    pub(crate) never: u64,
}

impl ReadTimes {
    /// Takes a row into account.
    pub(crate) fn note(&mut self, last_login: LastLogin) {
        match last_login {
            LastLogin::At(_) => self.readable += 1,
            LastLogin::Unknown => self.unreadable += 1,
            LastLogin::Never => self.never += 1,
        }
    }

    /// What a census has counted.
    fn of_census(ages: &LoginAges) -> Self {
        Self {
            readable: ages.under_30_days + ages.under_1_year + ages.under_2_years + ages.older,
            unreadable: ages.unknown,
            never: ages.never,
        }
    }
}

/// The same for a rule that asks for the last login of a credential's rows.
fn rules_without_times(
    session: &Session<'_>,
    scan: &ColumnScan,
    credential: &Credential,
) -> Option<Refusal> {
    let asks = session.settings.rules.iter().any(|(_, rule)| {
        rule.when.last_login_before.is_some() && rule.when.names(&credential.name)
    });
    asks.then(|| unreadable_times(credential, ReadTimes::of_census(&scan.census.login_ages)))
        .flatten()
}

/// What the operator may not know of columns that rows are tied to.
pub(crate) fn cautions(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<String> {
    let mut out = Vec::new();
    for (scan, credential) in columns.iter().zip(&session.settings.credentials) {
        let kept = scan.unproven_without_salt();
        if kept > 0 {
            out.push(format!(
                "credential {}: {kept} rows lack the salt that others have, and nothing proves how they were made: they are kept as they are; \
                 empty_salt = \"empty\" says that the application salts them with nothing",
                credential.name
            ));
        }
        let doubtful = scan.unproven_with_salts();
        if doubtful > 0 {
            out.push(format!(
                "credential {}: {doubtful} rows have more than one salt in another table, and nobody knows which of them counts: they are kept as they are; \
                 a `where` of the salt names one of them",
                credential.name
            ));
        }
        for dependency in dependencies(scan, credential) {
            let caution = dependency.scheme.and_then(|scheme| {
                dependency
                    .kind
                    .caution(scheme, dependency.column.as_deref())
            });
            out.extend(caution.map(|text| format!("credential {}: {text}", credential.name)));
        }
    }
    out
}

/// The parts whose rows are kept because no proof covers them, and what `accept` says in vain.
pub(crate) fn kept_words(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<String> {
    let mut out = Vec::new();
    for (scan, credential) in columns.iter().zip(&session.settings.credentials) {
        let name = &credential.name;
        for evidence in &scan.census.shapes {
            let parts = part_facts(scan, credential, evidence).into_iter();
            for part in parts.filter(|part| part.fate == PartFate::Kept) {
                let why = match part.standing {
                    PartStandsFor::Empty => format!("they have {}", part.hits_words()),
                    PartStandsFor::Untestable => {
                        format!("too few to tell, with {}", part.hits_words())
                    }
                };
                out.push(format!(
                    "credential {name}: the {} rows with {} are kept: {why} as {}; {}",
                    part.new_rows,
                    part.condition,
                    part.scheme,
                    part.advice()
                ));
            }
        }
        out.extend(needless_accepts(scan, credential).into_iter().map(|text| {
            format!(
                "credential {name}: `accept` has {text:?}, and no part that would be kept is so"
            )
        }));
    }
    out
}

/// For how many sampled rows of a salted column the proof computed the very value: what a canary's
/// operator must know before real logins are tried.
pub(crate) fn computed(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<String> {
    let mut out = Vec::new();
    for (scan, credential) in columns.iter().zip(&session.settings.credentials) {
        for evidence in &scan.census.shapes {
            let declared = match credential.scheme {
                Declared::Scheme(scheme) => Some(scheme),
                Declared::Auto => evidence.proven(),
            };
            let (Some(trial), Some(scheme)) = (&evidence.trial, declared) else {
                continue;
            };
            let own = trial.found.iter().find(|way| way.scheme == scheme);
            out.push(match own.map_or(0, |way| way.hits) {
                0 => format!(
                    "credential {}: the proof computed the value of none of the {} sampled rows of {scheme}: nothing says yet that its salts are read as \
                     the application had them; log in as a user of this canary before going on",
                    credential.name, trial.rows
                ),
                hits => format!(
                    "credential {}: the proof computed the very value of {hits} of the {} sampled rows of {scheme}",
                    credential.name, trial.rows
                ),
            });
        }
    }
    out
}

/// A credential whose readers can't read what a wrap writes.
pub(crate) fn not_ready(credential: &str) -> Refusal {
    Refusal {
        what: format!(
            "credential {credential}: its rows would be rewritten, and `readers_ready` is not true"
        ),
        hint: format!(
            "deploy login code that reads what is written (wrapped values, or native strings where passwords stood in the clear), try it with `saltern run --execute --canary 10`, log in as one of these users, then set \
             readers_ready = true for {credential}"
        ),
    }
}

pub(crate) fn warnings(session: &Session<'_>, columns: &[ColumnScan]) -> Vec<String> {
    let mut out = Vec::new();
    if columns.iter().any(|c| c.wraps() > 0) {
        out.push("a wrap can't be undone, except from a backup".to_owned());
    }
    if columns.iter().any(|c| c.resets() > 0) {
        out.push("a reset can't be undone, except from a backup".to_owned());
    }
    out.extend(cautions(session, columns));
    out.extend(kept_words(session, columns));
    if let Some(below) = session.settings.target.owasp_warning() {
        out.push(below.to_string());
    }
    out
}

/// A run needs readers that can read what it writes, wrapped values and native strings alike. A
/// small canary needs none: that is how one finds out.
pub(crate) fn check_ready(
    session: &Session<'_>,
    options: &RunOptions,
    rewritten: &[String],
) -> Result<(), EngineError> {
    let free = match &options.selection {
        Selection::Canary(n) => *n <= FREE_CANARY_ROWS as u64,
        Selection::Keys(keys) => keys.len() <= FREE_CANARY_ROWS,
        Selection::All => false,
    };
    if free {
        return Ok(());
    }
    for credential in &session.settings.credentials {
        if !credential.readers_ready && rewritten.contains(&credential.name) {
            let refusal = not_ready(&credential.name);
            return Err(EngineError::Refused {
                what: refusal.what,
                hint: refusal.hint,
            });
        }
    }
    Ok(())
}

/// Rows that a rule on known passwords passes over because nobody judged them, though that could
/// have been done.
pub(crate) fn unjudged(session: &Session<'_>, scan: &ColumnScan) -> Option<String> {
    if !session.settings.rules.asks_known() {
        return None;
    }
    let not_judged = scan.known.as_ref()?.all;
    let could: Vec<String> = not_judged
        .reasons()
        .filter(|(why, _)| !matches!(why, UnjudgedReason::Slow | UnjudgedReason::Wrapped))
        .map(|(why, rows)| format!("{rows} ({})", why.words()))
        .collect();
    (!could.is_empty()).then(|| {
        format!(
            "credential {}: rows that no rule on known passwords takes, because they were not judged: {}",
            scan.credential,
            could.join(", ")
        )
    })
}

/// Schemes that were proven with columns which the credential doesn't name: a login would not know
/// them.
fn undeclared_columns(scan: &ColumnScan, credential: &Credential) -> Vec<Refusal> {
    let of_shape = |shape| {
        let group = |group: &&Group| {
            matches!(scan.line(group).specimen, Recognised::Digest { shape: of, .. } if of == shape)
                && group.decision.action == Action::Wrap
        };
        scan.groups
            .iter()
            .filter(group)
            .map(|g| g.rows)
            .sum::<u64>()
    };
    let mut out = Vec::new();
    for evidence in &scan.census.shapes {
        let rows = of_shape(evidence.shape);
        let Some(way) = evidence.way().filter(|way| rows > 0 && !way.is_declared()) else {
            continue;
        };
        let unnamed = way.inputs.iter().filter(|input| !input.declared);
        let keys: Vec<String> = unnamed
            .filter_map(|input| {
                let column = input.column.as_deref()?;
                Some(format!("{} = {column:?}", input.slot.as_str()))
            })
            .collect();
        out.push(Refusal {
            what: format!(
                "credential {}: {rows} rows are proven {way}, which the credential does not name",
                credential.name
            ),
            hint: format!(
                "set {} for {}: a login needs it",
                keys.join(" and "),
                credential.name
            ),
        });
    }
    out
}

/// A column declared plaintext of which nearly all values have one form. A run would hash digests
/// as if they were passwords.
fn no_passwords(scan: &ColumnScan, credential: &Credential) -> Option<Refusal> {
    let form = scan
        .census
        .one_form
        .filter(|_| !credential.plaintext_is_certain)?;
    Some(Refusal {
        what: format!(
            "credential {}: it is declared plaintext, and {} of {} values have {} characters of an alphabet of digests: passwords that \
             people chose are not so alike",
            credential.name, form.rows, form.of, form.characters
        ),
        hint: "set scheme = \"auto\" and let `scan` say what they are. Only if you know that they are passwords as they were typed, set \
               plaintext_is_certain = true"
            .to_owned(),
    })
}

/// Digests that are proven to be something else than a declared scheme with one of the site-wide
/// salts.
fn of_no_line(scan: &ColumnScan, credential: &Credential, declared: Scheme) -> Option<Refusal> {
    let lines = declared.with_site_lines(credential.site.as_ref()?);
    let evidence = scan.census.shapes.iter();
    let mut proven = evidence
        .filter(|evidence| declared.shape() == Some(evidence.shape.without_salt()))
        .filter_map(crate::census::ShapeEvidence::proven);
    let other = proven.find(|proven| !lines.contains(proven))?;
    Some(Refusal {
        what: format!(
            "credential {}: its scheme is declared as {declared}, and common passwords prove it to be {other}",
            credential.name
        ),
        hint: format!(
            "set scheme = \"{other}\" or \"auto\": wrapped under the wrong name, nobody could log in"
        ),
    })
}

/// Digests whose salt nobody would know any more.
fn without_salt(scan: &ColumnScan, credential: &Credential, declared: Scheme) -> Option<Refusal> {
    let rows: u64 = scan
        .census
        .lines
        .iter()
        .filter(|line| {
            matches!(&line.specimen, Recognised::Digest { shape, .. } if !shape.is_joined())
                && line.scheme == Some(declared)
        })
        .map(|line| line.rows)
        .sum();
    let nowhere = rows > 0 && declared.needs().salt && !credential.has_salt();
    nowhere.then(|| Refusal {
        what: format!(
            "credential {}: {rows} rows of {declared} carry no salt behind a colon, and `salt` names no column of it",
            credential.name
        ),
        hint: "name the column of the salt: a digest without its salt is no login".to_owned(),
    })
}

/// Digests that bcrypt takes by way of another, under an id that has no room to say so.
fn without_room(
    session: &Session<'_>,
    scan: &ColumnScan,
    credential: &Credential,
    declared: Scheme,
) -> Option<Refusal> {
    let (shape, inner) = declared.shape().zip(declared.inner_id())?;
    let text = vec![b'0'; shape.digits()];
    let error = outer_input(&session.settings.target.outer, &text, Some(&inner)).err()?;
    (scan.wraps() > 0).then(|| Refusal {
        what: format!("credential {}: {error}", credential.name),
        hint: "take argon2id or pbkdf2-sha256 as the target for it".to_owned(),
    })
}
