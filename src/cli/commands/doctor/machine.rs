//! Findings about this machine: the target, the lists of known passwords, memory, huge pages, the
//! hash kernel.

use super::report::NOTHING;
use crate::config::Settings;
use crate::engine::{budget, check_lists, plan_for};
use crate::kernel::{HugePages, ImplementationChoice};
use crate::machine::Machine;
use crate::store::preflight::{Finding, Severity};

/// What a run would have on this machine.
#[derive(Clone, Copy, Debug)]
pub struct DoctorOptions {
    /// This machine.
    pub machine: Machine,
    /// Hashing threads, where `--threads` was given.
    pub threads: Option<usize>,
    /// The hash kernel.
    pub kernel: Chosen,
    /// Whether the system gives huge pages on request.
    pub huge_pages: HugePages,
}

pub(super) fn examine_machine(settings: &Settings, options: &DoctorOptions) -> Vec<Finding> {
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
    let plan = match plan_for(&settings.target.outer, options.kernel.implementation) {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, parse};
    use crate::kernel::Implementation as Kernel;

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
        let found: Vec<(Severity, &str)> = examine_machine(&settings(target), options)
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
}
