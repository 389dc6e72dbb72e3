//! Findings about this machine: the target, the lists of known passwords, memory, huge pages, the
//! hash kernel.

use std::error::Error as _;

use crate::config::Settings;
use crate::engine::{budget, check_lists, plan_for};
use crate::kernel::{HugePages, KernelChoice, Plan};
use crate::machine::Machine;
use crate::report::NOTHING;
use crate::store::preflight::{Finding, Severity};

/// What a run would have on this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct DoctorOptions {
    /// This machine.
    pub(super) machine: Machine,
    /// Hashing threads, where `--threads` was given.
    pub(super) threads: Option<usize>,
    /// The hash kernel.
    pub(super) kernel: KernelChoice,
    /// Whether the system gives huge pages on request.
    pub(super) huge_pages: HugePages,
}

/// Findings about this machine, the worst first.
pub(super) fn examine_machine(settings: &Settings, options: &DoctorOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(check_target(settings));
    findings.extend(check_wordlists(settings));
    match plan_for(&settings.target.outer, options.kernel.kernel) {
        Ok(plan) => {
            findings.push(check_memory(&plan, options));
            findings.extend(check_huge_pages(options.huge_pages));
            findings.push(check_kernel(&options.kernel, &plan));
            findings.sort_by_key(|finding| finding.severity);
        }
        Err(error) => findings.push(Finding {
            severity: Severity::Refuse,
            code: "memory",
            what: error.to_string(),
            why: "no hash can be made with these parameters".to_owned(),
            todo: "put the parameters in [target] right".to_owned(),
        }),
    }
    findings
}

fn check_target(settings: &Settings) -> Option<Finding> {
    settings.target.owasp_warning().map(|below| Finding {
        severity: Severity::Warn,
        code: "target-low",
        what: below.to_string(),
        why: "what is written now has to last until the next run".to_owned(),
        todo: "raise the parameters in [target]".to_owned(),
    })
}

fn check_wordlists(settings: &Settings) -> Option<Finding> {
    let error = check_lists(&settings.known).err()?;
    let cause = error.source().map(|cause| format!(": {cause}"));
    Some(Finding {
        severity: Severity::Refuse,
        code: "known-list",
        what: format!("{error}{}", cause.unwrap_or_default()),
        why: "scan, plan and run judge by the lists in [known], or not at all".to_owned(),
        todo: "put the paths in [known] right, or take them out".to_owned(),
    })
}

fn check_memory(plan: &Plan, options: &DoctorOptions) -> Finding {
    let finding = |severity, what, why: &str, todo: &str| Finding {
        severity,
        code: "memory",
        what,
        why: why.to_owned(),
        todo: todo.to_owned(),
    };
    let budget = match budget(&options.machine, plan, options.threads) {
        Ok(budget) => budget,
        Err(error) => {
            return finding(
                Severity::Refuse,
                error.to_string(),
                "a process that takes more than its control group allows is killed",
                "give the process more memory, or lower memory_kib in [target]",
            );
        }
    };
    let offered = options
        .machine
        .memory_bytes
        .map_or("memory without a known limit".to_owned(), |bytes| {
            format!("{} MiB", mib(bytes))
        });
    let what = format!(
        "{} threads × {} hashes at a time × {} MiB each = {} MiB, of {offered}",
        budget.threads,
        budget.plan.lockstep(),
        mib(budget.plan.clone().with_lockstep(1).arena_bytes() as u64),
        mib(budget.hashing_bytes),
    );
    let wanted = options.threads.unwrap_or(options.machine.cpus).max(1);
    if budget.threads < wanted || budget.plan.lockstep() < plan.lockstep() {
        let why = format!(
            "for {wanted} threads at full speed it is too little: the run will be slower than this machine could be"
        );
        let todo = "give the process more memory, or let it be slow";
        finding(Severity::Warn, what, &why, todo)
    } else {
        finding(Severity::Info, what, "it suffices", NOTHING)
    }
}

/// Bytes in MiB, rounded up.
fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn check_huge_pages(huge_pages: HugePages) -> Option<Finding> {
    let (what, todo) = match huge_pages {
        HugePages::Given => ("the kernel gives huge pages to those who ask", NOTHING),
        HugePages::Refused => (
            "the kernel gives no huge pages",
            "for the time of the run, as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
        ),
        HugePages::Unknown => return None,
    };
    Some(Finding {
        severity: Severity::Info,
        code: "huge-pages",
        what: what.to_owned(),
        why:
            "hashing walks through its memory at random: with 2 MiB pages it is up to twice as fast"
                .to_owned(),
        todo: todo.to_owned(),
    })
}

/// Which kernel hashes. A run measures which variant of it is the fastest.
fn check_kernel(choice: &KernelChoice, plan: &Plan) -> Finding {
    if let Some(warning) = choice.warning {
        return Finding {
            severity: Severity::Warn,
            code: "kernel",
            what: warning.to_string(),
            why: "hashing is slower than this machine could be".to_owned(),
            todo: "nothing, if SALTERN_KERNEL asked for it; else please report it".to_owned(),
        };
    }
    let name = choice.kernel.implementation.as_str();
    let variant = plan.variant_words();
    let variant = variant.map_or_else(String::new, |variant| format!(" ({variant})"));
    Finding {
        severity: Severity::Info,
        code: "kernel",
        what: format!("hashes are made by kernel {name}{variant}"),
        why: "a run measures which of its variants is the fastest here".to_owned(),
        todo: NOTHING.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, parse};
    use crate::kernel::{Implementation, Kernel};

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
            kernel: Kernel::choose(Some(Implementation::Crates.into())),
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
            &[(Severity::Info, "memory"), (Severity::Info, "kernel")],
        );
    }

    #[test]
    fn memory_for_fewer_threads_is_a_warning_and_for_none_a_refusal() {
        let big = "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 1048576\niterations = 1\nparallelism = 1\n";
        check(
            big,
            &options(512 + 1100, HugePages::Unknown),
            &[(Severity::Warn, "memory"), (Severity::Info, "kernel")],
        );
        check(
            big,
            &options(900, HugePages::Unknown),
            &[(Severity::Refuse, "memory"), (Severity::Info, "kernel")],
        );
    }

    #[test]
    fn the_state_of_huge_pages_is_told() {
        check(
            "",
            &options(8192, HugePages::Refused),
            &[
                (Severity::Info, "memory"),
                (Severity::Info, "huge-pages"),
                (Severity::Info, "kernel"),
            ],
        );
    }
}
