//! `saltern bench`: measures how fast this machine hashes. It reads no database.

use std::path::Path;
use std::time::Duration;

use crate::cli::args::BenchArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup;
use crate::engine::{self, EngineError};
use crate::kernel;
use crate::machine::Machine;
use crate::policy::Target;
use crate::report::{BenchLine, BenchReport};
use crate::scheme::{BcryptPrefix, Outer};

pub(super) fn bench(args: &BenchArgs, config: &Path) -> Result<Exit, Failure> {
    let target = match args.target_only || config.exists() {
        true => Some(setup::read_settings(config, Notices::Hide)?.target),
        false => None,
    };
    let hashes = match target {
        Some(target) if args.target_only => vec![target.outer],
        _ => hashes(target),
    };
    let fastest = environment::choose_kernel()?;
    let mut kernels = vec![fastest];
    if fastest.implementation != kernel::Implementation::Crates {
        kernels.push(kernel::Implementation::Crates.into());
    }
    let machine = Machine::detect();
    let all = args.threads.unwrap_or(machine.cpus);
    let threads = if all > 1 { vec![1, all] } else { vec![1] };
    let mut measured = Vec::new();
    setup::block_on(async {
        for outer in hashes {
            for kernel in &kernels {
                for threads in &threads {
                    let case = BenchCase {
                        outer,
                        kernel: *kernel,
                        threads: *threads,
                    };
                    measured.push(measure(&machine, case, args.seconds).await?);
                }
            }
        }
        Ok::<_, Failure>(())
    })??;
    let report = BenchReport {
        measured,
        target: target.map(|target| target.outer),
        rows: args.rows,
    };
    output::out(&if args.json {
        format!("{}\n", report.json())
    } else {
        report.text()
    });
    Ok(Exit::Done)
}

/// One measurement.
#[derive(Clone, Copy)]
struct BenchCase {
    outer: Outer,
    kernel: kernel::Kernel,
    threads: usize,
}

async fn measure(
    machine: &Machine,
    case: BenchCase,
    at_least: Duration,
) -> Result<BenchLine, Failure> {
    let plan = engine::plan_for(&case.outer, case.kernel).map_err(EngineError::from)?;
    let budget = engine::budget(machine, &plan, Some(case.threads)).map_err(EngineError::from)?;
    let budget = engine::tune(&budget).map_err(EngineError::from)?;
    let calibration = engine::calibrate(case.outer, &budget, at_least)
        .await
        .map_err(EngineError::from)?;
    Ok(BenchLine {
        outer: case.outer,
        kernel: budget.plan.implementation().as_str(),
        threads: budget.threads,
        lockstep: budget.plan.lockstep(),
        variant: budget.plan.variant_words(),
        memory_bytes: budget.hashing_bytes,
        hashes_per_second: calibration.hashes_per_second,
    })
}

/// The target of the configuration, and common hashes: those of OWASP's Password Storage Cheat
/// Sheet, and the most common costs of bcrypt.
fn hashes(target: Option<Target>) -> Vec<Outer> {
    let argon2id = |memory_kib, iterations, parallelism| Outer::Argon2id {
        memory_kib,
        iterations,
        parallelism,
    };
    let bcrypt = |cost| Outer::Bcrypt {
        cost,
        prefix: BcryptPrefix::B,
    };
    let usual = [
        argon2id(19_456, 2, 1),
        argon2id(47_104, 1, 1),
        argon2id(65_536, 3, 4),
        bcrypt(10),
        bcrypt(12),
        Outer::Pbkdf2Sha256 {
            iterations: 600_000,
        },
    ];
    let mut hashes: Vec<Outer> = target.iter().map(|target| target.outer).collect();
    hashes.extend(
        usual.into_iter().filter(|outer| {
            target.is_none_or(|target| target.outer.strength() != outer.strength())
        }),
    );
    hashes
}
