//! `saltern doctor`: the preflight alone, for every credential, and the memory of this machine. Reads only.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::args::DoctorArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::setup::{self, Setup, Warnings};
use crate::config::{Credential, OnReset, Settings};
use crate::engine::{TieKind, budget, check_lists, plan_for};
use crate::kernel::{Chosen, HugePages, Path as Kernel, huge_pages};
use crate::machine::Machine;
use crate::policy::How;
use crate::scheme::Declared;
use crate::secret::DatabaseUrl;
use crate::store::preflight::{self, Finding, Severity, Want};
use crate::store::survey::{ColumnSurvey, FormKind, Guess, TableSurvey, survey};
use crate::store::{Column, Conn, Role, StoreError};

/// What a run would be given.
#[derive(Clone, Copy, Debug)]
pub struct DoctorOptions {
    /// This machine.
    pub machine: Machine,
    /// Hashing threads, where they were asked for.
    pub threads: Option<usize>,
    /// What would hash.
    pub kernel: Chosen,
    /// Whether the system gives huge pages to those who ask.
    pub huge_pages: HugePages,
}

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Doctor {
    /// About the server or the file.
    pub database: Vec<Finding>,
    /// About each credential, in the order of the configuration.
    pub credentials: Vec<Examined>,
    /// About this machine.
    pub machine: Vec<Finding>,
}

/// A credential and what was found about it.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The credential's name.
    pub credential: String,
    /// Its table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// The command.
pub(super) fn command(args: &DoctorArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Warnings::Hide)?;
    let options = DoctorOptions {
        machine: Machine::look(),
        threads: args.threads,
        kernel: Kernel::choose(environment::kernel()?),
        huge_pages: huge_pages(),
    };
    let doctor = setup::block_on(doctor(&settings, &url, &options))??;
    output::out(&if args.json {
        format!("{}\n", doctor.json())
    } else {
        doctor.text()
    });
    Ok(doctor.exit())
}

/// Looks at everything.
///
/// # Errors
/// Only where the database can't be reached or asked; what is wrong with it is a finding.
pub async fn doctor(
    settings: &Settings,
    url: &DatabaseUrl,
    options: &DoctorOptions,
) -> Result<Doctor, StoreError> {
    let mut conn = Conn::open(url, Role::Read).await?;
    let mut doctor = Doctor {
        database: Vec::new(),
        credentials: Vec::new(),
        machine: look_at_machine(settings, options),
    };
    for credential in &settings.credentials {
        let findings = examine(&mut conn, settings, credential).await?;
        let mut about_it = Vec::new();
        for finding in findings {
            if !preflight::is_about_the_server(finding.code) {
                about_it.push(finding);
            } else if !doctor.database.contains(&finding) {
                doctor.database.push(finding);
            }
        }
        doctor.credentials.push(Examined {
            credential: credential.name.clone(),
            table: credential.table.clone(),
            column: credential.column.clone(),
            findings: about_it,
        });
    }
    for table in survey(&mut conn).await? {
        doctor.database.extend(
            table
                .columns
                .iter()
                .filter_map(|column| uncovered(settings, &table, column)),
        );
    }
    conn.close().await;
    doctor.database.sort_by_key(|finding| finding.severity);
    Ok(doctor)
}

async fn examine(
    conn: &mut Conn,
    settings: &Settings,
    credential: &Credential,
) -> Result<Vec<Finding>, StoreError> {
    let column = match Column::resolve(conn, credential).await {
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
        // No rule may reset anybody, and `saltern reset` will.
        want.resets_too(How::Hard);
        if credential.on_reset.must_change.is_some() {
            want.resets_too(How::Soft);
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
    Ok(findings)
}

/// Names and ids that are used as salts.
fn name_salts(credential: &Credential) -> Vec<Finding> {
    let Declared::Scheme(scheme) = credential.scheme else {
        return Vec::new();
    };
    TieKind::ALL
        .into_iter()
        .filter(|kind| kind.is_needed(scheme.needs()))
        .filter_map(|kind| kind.caution(scheme, kind.column(credential)))
        .map(|what| Finding {
            severity: Severity::Warn,
            code: "name-salt",
            what,
            why: "a salt that changes makes another digest; nothing in the database says that this name is one".to_owned(),
            todo: "have whatever renames a user keep the old name for the login, or make them set a password".to_owned(),
        })
        .collect()
}

/// A column that looks like a password and that no credential names.
fn uncovered(settings: &Settings, table: &TableSurvey, column: &ColumnSurvey) -> Option<Finding> {
    let same_table = |c: &&Credential| {
        c.table == table.table
            && (c.schema.is_none() || table.schema.is_none() || c.schema == table.schema)
    };
    let in_table: Vec<&Credential> = settings.credentials.iter().filter(same_table).collect();
    let named = in_table.iter().any(|c| c.column == column.column)
        || !in_table.is_empty() && preflight::is_password_of_old(&column.column);
    let is_one = matches!(column.guess, Guess::Password | Guess::Answer | Guess::Pin);
    // The preflight has told of those beside a credential; what holds no value at all is not worth a word.
    if named || !is_one || column.share(|kind| kind < FormKind::Locked).is_none() {
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

fn look_at_machine(settings: &Settings, options: &DoctorOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |severity, code, what: String, why: &str, todo: &str| {
        findings.push(Finding {
            severity,
            code,
            what,
            why: why.to_owned(),
            todo: todo.to_owned(),
        });
    };
    if let Some(below) = settings.target.owasp_warning() {
        add(
            Severity::Warn,
            "target-low",
            below.to_string(),
            "what is written now has to last until the next run",
            "raise the parameters in [target]",
        );
    }
    if let Err(error) = check_lists(&settings.known) {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        add(
            Severity::Refuse,
            "known-list",
            format!("{error}{}", cause.unwrap_or_default()),
            "scan, plan and run judge by the lists in [known], or not at all",
            "put the paths in [known] right, or take them out",
        );
    }
    let plan = match plan_for(&settings.target.outer, options.kernel.path) {
        Ok(plan) => plan,
        Err(error) => {
            add(
                Severity::Refuse,
                "memory",
                error.to_string(),
                "no hash can be made with these parameters",
                "put the parameters in [target] right",
            );
            return findings;
        }
    };
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let offered = options
        .machine
        .memory_bytes
        .map_or("memory without a known limit".to_owned(), |bytes| {
            format!("{} MiB", mib(bytes))
        });
    let wanted = options.threads.unwrap_or(options.machine.cpus).max(1);
    match budget(&options.machine, &plan, options.threads) {
        Err(error) => add(
            Severity::Refuse,
            "memory",
            error.to_string(),
            "a process that takes more than its control group allows is killed",
            "give the process more memory, or lower memory_kib in [target]",
        ),
        Ok(budget) => {
            let what = format!(
                "{} threads × {} hashes at a time × {} MiB each = {} MiB, of {offered}",
                budget.threads,
                budget.plan.lockstep(),
                mib(budget.plan.clone().with_lockstep(1).arena_bytes() as u64),
                mib(budget.hashing_bytes),
            );
            if budget.threads < wanted || budget.plan.lockstep() < plan.lockstep() {
                let why = format!(
                    "for {wanted} threads at full speed it is too little: the run will be slower than this machine could be"
                );
                add(
                    Severity::Warn,
                    "memory",
                    what,
                    &why,
                    "give the process more memory, or let it be slow",
                );
            } else {
                add(Severity::Info, "memory", what, "it suffices", NOTHING);
            }
        }
    }
    let why =
        "hashing walks through its memory at random: with 2 MiB pages it is up to twice as fast";
    match options.huge_pages {
        HugePages::Given => add(
            Severity::Info,
            "huge-pages",
            "the kernel gives huge pages to those who ask".to_owned(),
            why,
            NOTHING,
        ),
        HugePages::Refused => add(
            Severity::Info,
            "huge-pages",
            "the kernel gives no huge pages".to_owned(),
            why,
            "for the time of the run, as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
        ),
        HugePages::Unknown => {}
    }
    if let Some(warning) = options.kernel.warning {
        add(
            Severity::Warn,
            "kernel",
            warning.to_string(),
            "hashing is slower than this machine could be",
            "nothing, if SALTERN_KERNEL asked for it; else please report it",
        );
    }
    findings.sort_by_key(|finding: &Finding| finding.severity);
    findings
}

impl Doctor {
    /// Every finding.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.database
            .iter()
            .chain(
                self.credentials
                    .iter()
                    .flat_map(|examined| &examined.findings),
            )
            .chain(&self.machine)
    }

    /// What the command exits with: 4 where a run would be refused, 0 otherwise.
    pub fn exit(&self) -> Exit {
        if self.count(Severity::Refuse) > 0 {
            Exit::Refused
        } else {
            Exit::Done
        }
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        section(&mut text, "the database", &self.database);
        for examined in &self.credentials {
            section(
                &mut text,
                &format!(
                    "{} ({}.{})",
                    examined.credential, examined.table, examined.column
                ),
                &examined.findings,
            );
        }
        section(&mut text, "this machine", &self.machine);
        let (refusals, warnings) = (self.count(Severity::Refuse), self.count(Severity::Warn));
        let verdict = match (refusals, warnings) {
            (0, 0) => "Nothing stands in the way of a run.".to_owned(),
            (0, warnings) => {
                format!("Nothing stands in the way of a run; {warnings} to be read first.")
            }
            (refusals, _) => format!("A run would be refused: {refusals} to be put right first."),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{verdict}");
        text
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let list = |findings: &[Finding]| -> Vec<Value> {
            findings
                .iter()
                .map(|f| json!({ "severity": f.severity.as_str(), "code": f.code, "what": f.what, "why": f.why, "todo": f.todo }))
                .collect()
        };
        let credentials: Vec<Value> = self
            .credentials
            .iter()
            .map(|e| json!({ "credential": e.credential, "table": e.table, "column": e.column, "findings": list(&e.findings) }))
            .collect();
        json!({
            "refusals": self.count(Severity::Refuse),
            "warnings": self.count(Severity::Warn),
            "database": list(&self.database),
            "credentials": credentials,
            "machine": list(&self.machine),
        })
    }
}

/// What is to be done where nothing is: not worth a line.
const NOTHING: &str = "nothing";

fn section(text: &mut String, title: &str, findings: &[Finding]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{title}");
    if findings.is_empty() {
        text.push_str("  ok\n");
    }
    for finding in findings {
        let _ = writeln!(
            text,
            "  {:<6} {}  [{}]",
            finding.severity.as_str(),
            finding.what,
            finding.code
        );
        let _ = writeln!(text, "         why: {}", finding.why);
        if finding.todo != NOTHING {
            let _ = writeln!(text, "         do:  {}", finding.todo);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, parse};

    fn settings(target: &str) -> Settings {
        let text = format!(
            "[database]\nurl_env = \"X\"\n[[credential]]\nname = \"a\"\ntable = \"t\"\nkey = \"id\"\ncolumn = \"p\"\nscheme = \"auto\"\n{target}"
        );
        parse(&ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode: None,
        })
        .unwrap()
        .settings
    }

    fn options(memory_mib: u64, huge_pages: HugePages) -> DoctorOptions {
        DoctorOptions {
            machine: Machine {
                cpus: 4,
                memory_bytes: Some(memory_mib << 20),
            },
            kernel: Kernel::choose(Some(Kernel::Crates)),
            threads: None,
            huge_pages,
        }
    }

    fn check(target: &str, options: &DoctorOptions, expected: &[(Severity, &str)]) {
        let found: Vec<(Severity, &str)> = look_at_machine(&settings(target), options)
            .iter()
            .map(|f| (f.severity, f.code))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn memory_that_suffices_is_told() {
        check(
            "",
            &options(8192, HugePages::Unknown),
            &[(Severity::Info, "memory")],
        );
    }

    #[test]
    fn memory_for_fewer_threads_is_a_warning_and_for_none_a_refusal() {
        let big = "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 1048576\niterations = 1\nparallelism = 1\n";
        check(
            big,
            &options(512 + 1100, HugePages::Unknown),
            &[(Severity::Warn, "memory")],
        );
        check(
            big,
            &options(900, HugePages::Unknown),
            &[(Severity::Refuse, "memory")],
        );
    }

    #[test]
    fn the_state_of_huge_pages_is_told() {
        check(
            "",
            &options(8192, HugePages::Refused),
            &[(Severity::Info, "memory"), (Severity::Info, "huge-pages")],
        );
    }

    #[test]
    fn a_refusal_makes_the_exit_code_4_and_a_warning_does_not() {
        let finding = |severity| Finding {
            severity,
            code: "memory",
            what: "a".to_owned(),
            why: "b".to_owned(),
            todo: "c".to_owned(),
        };
        let mut doctor = Doctor {
            database: vec![finding(Severity::Warn)],
            credentials: Vec::new(),
            machine: Vec::new(),
        };
        assert_eq!(doctor.exit().code(), 0);
        doctor.machine.push(finding(Severity::Refuse));
        assert_eq!(doctor.exit().code(), 4);
        assert!(
            doctor
                .text()
                .contains("refuse a  [memory]\n         why: b\n         do:  c\n"),
            "{}",
            doctor.text()
        );
        assert_eq!(doctor.json()["refusals"], 1);
    }
}
