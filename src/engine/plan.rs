//! What a run would do and how long it would take. Writes nothing.

use std::time::Duration;

use crate::config::Credential;
use crate::config::{canonical, digest_of};
use crate::kernel::{HugePages, Path, huge_pages};
use crate::policy::{Action, Estimate, Machine as EstimateMachine, estimate};
use crate::scheme::{Declared, Outer, Recognised, Scheme, outer_input};

use super::brake;
use super::calibrate::{Calibration, calibrate, tuned};
use super::error::EngineError;
use super::event::{Event, Observer};
use super::fit::{LongestMarks, fitness};
use super::hasher::plan_for;
use super::limits::{Budget, budget};
use super::look::{ColumnLook, Group, Purpose, look};
use super::session::Session;
use super::ties::ties;
use crate::machine::Machine;

/// A plan.
#[derive(Debug)]
pub struct Plan {
    /// The columns, in the order of the configuration.
    pub columns: Vec<ColumnLook>,
    /// The digest of what was asked for.
    pub digest: String,
    /// How many hashes it takes.
    pub hashes: u64,
    /// What was measured here.
    pub calibration: Calibration,
    /// Threads, lockstep and memory.
    pub budget: Budget,
    /// How long it takes; none where nothing is to be hashed.
    pub estimate: Option<Estimate>,
    /// What would make `run --execute` refuse, each with what to do.
    pub refusals: Vec<Refusal>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

/// How a plan is measured.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// The hash kernel; none: the fastest.
    pub kernel: Option<Path>,
}

/// The kernel that passes its self-test, with a word where it is not the one that was wished, or where it will be slower than it could be.
pub(crate) fn choose_kernel(wished: Option<Path>, outer: &Outer, observer: &dyn Observer) -> Path {
    let chosen = Path::choose(wished);
    if let Some(warning) = chosen.warning {
        observer.on(
            None,
            &Event::Warning {
                text: warning.to_string(),
            },
        );
    }
    if matches!(outer, Outer::Argon2id { .. }) && huge_pages() == HugePages::Refused {
        observer.on(
            None,
            &Event::Warning {
                text: "this system gives no huge pages, so hashing is slower by about a sixth; \
                       `madvise` in /sys/kernel/mm/transparent_hugepage/enabled gives them"
                    .to_owned(),
            },
        );
    }
    chosen.path
}

/// Why `run --execute` would refuse.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// Makes a plan.
///
/// # Errors
/// Whatever the database says; too little memory for one hash.
pub async fn plan(
    session: &mut Session<'_>,
    options: &PlanOptions,
    observer: &dyn Observer,
) -> Result<Plan, EngineError> {
    let outer = session.settings.target.outer;
    let kernel = choose_kernel(options.kernel, &outer, observer);
    let budget = budget(
        &Machine::look(),
        &plan_for(&outer, kernel)?,
        options.threads,
    )?;
    let columns = look(session, Purpose::Plan, observer).await?;
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let budget = tuned(&budget)?;
    let calibration = calibrate(outer, &budget, Duration::from_millis(1500)).await?;
    let fitness = fitness(session, LongestMarks::Seen(&columns)).await?;
    let hashes = columns.iter().map(ColumnLook::hashes).sum();
    let machine = EstimateMachine {
        hashes_per_second: calibration.hashes_per_second,
        threads: budget.threads,
        lockstep: budget.plan.lockstep(),
        hash_bytes: (budget.plan.arena_bytes() / budget.plan.lockstep().max(1)) as u64,
    };
    Ok(Plan {
        digest: digest_of(&canonical(session.settings)),
        estimate: (hashes > 0).then(|| estimate(hashes, &machine)).flatten(),
        refusals: fitness
            .refusals
            .into_iter()
            .chain(refusals(session, &columns))
            .collect(),
        warnings: fitness
            .warnings
            .into_iter()
            .chain(warnings(session, &columns))
            .collect(),
        columns,
        hashes,
        calibration,
        budget,
    })
}

/// What would make `run --execute` refuse, beyond the preflight.
pub(crate) fn refusals(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<Refusal> {
    let mut out = doubts(session, columns);
    for (look, credential) in columns.iter().zip(&session.settings.credentials) {
        if look.hashes() > 0 && !credential.readers_ready {
            out.push(not_ready(&credential.name));
        }
    }
    out
}

/// Rules that would reset more rows than they may, and columns of which nobody knows, or somebody is wrong about, what they hold.
pub(crate) fn doubts(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<Refusal> {
    let mut out = brake::over(&session.settings.rules, columns);
    for (look, credential) in columns.iter().zip(&session.settings.credentials) {
        let unproven = look.unproven();
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
            out.extend(undeclared_columns(look, credential));
            continue;
        };
        out.extend(
            [
                without_salt(look, credential, declared),
                without_room(session, look, credential, declared),
            ]
            .into_iter()
            .flatten(),
        );
        let wrong = look
            .census
            .shapes
            .iter()
            .find(|e| declared.shape() == Some(e.shape) && e.contradicts(declared));
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

/// Schemes that were proven with columns which the credential doesn't name: a login would not know them.
fn undeclared_columns(look: &ColumnLook, credential: &Credential) -> Vec<Refusal> {
    let of_shape = |shape| {
        let group = |group: &&Group| {
            matches!(look.line(group).specimen, Recognised::Digest { shape: of, .. } if of == shape)
                && group.decision.action == Action::Wrap
        };
        look.groups
            .iter()
            .filter(group)
            .map(|g| g.rows)
            .sum::<u64>()
    };
    let mut out = Vec::new();
    for evidence in &look.census.shapes {
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

/// Digests whose salt nobody would know any more.
fn without_salt(look: &ColumnLook, credential: &Credential, declared: Scheme) -> Option<Refusal> {
    let rows: u64 = look
        .census
        .lines
        .iter()
        .filter(|line| {
            matches!(&line.specimen, Recognised::Digest { shape, .. } if !shape.is_joined())
                && line.scheme == Some(declared)
        })
        .map(|line| line.rows)
        .sum();
    let nowhere = rows > 0 && declared.needs().salt && credential.salt.is_none();
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
    look: &ColumnLook,
    credential: &Credential,
    declared: Scheme,
) -> Option<Refusal> {
    let (shape, inner) = declared.shape().zip(declared.inner_id())?;
    let text = vec![b'0'; shape.digits()];
    let error = outer_input(&session.settings.target.outer, &text, Some(&inner)).err()?;
    (look.wraps() > 0).then(|| Refusal {
        what: format!("credential {}: {error}", credential.name),
        hint: "take argon2id or pbkdf2-sha256 as the target for it".to_owned(),
    })
}

/// What the operator may not know of columns that rows are tied to.
pub(super) fn cautions(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<String> {
    let mut out = Vec::new();
    for (look, credential) in columns.iter().zip(&session.settings.credentials) {
        for tie in ties(look, credential) {
            let caution = tie
                .scheme
                .and_then(|scheme| tie.kind.caution(scheme, tie.column.as_deref()));
            out.extend(caution.map(|text| format!("credential {}: {text}", credential.name)));
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

fn warnings(session: &Session<'_>, columns: &[ColumnLook]) -> Vec<String> {
    let mut out = Vec::new();
    if columns.iter().any(|c| c.wraps() > 0) {
        out.push("a wrap can't be undone, except from a backup".to_owned());
    }
    if columns.iter().any(|c| c.resets() > 0) {
        out.push("a reset can't be undone, except from a backup".to_owned());
    }
    out.extend(cautions(session, columns));
    if let Some(below) = session.settings.target.owasp_warning() {
        out.push(below.to_string());
    }
    out
}
