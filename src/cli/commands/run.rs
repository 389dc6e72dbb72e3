//! `saltern run`: makes weak rows strong. It writes with `--execute` only.

use std::path::Path;

use crate::cli::args::RunArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::{Invocation, invoke, lines_of, proof};
use crate::cli::progress::{Show, ShowFlags};
use crate::engine::{Job, RunOptions, Selection};

pub(super) fn run(args: &RunArgs, config: &Path) -> Result<Exit, Failure> {
    let invocation = Invocation {
        config,
        show: Show::from_flags(ShowFlags {
            json: args.job.json,
            quiet: args.job.quiet,
            interval: args.job.interval,
        }),
        mode: args.mode(),
        hours: &args.job.hours,
        wait: args.job.wait,
        when_nothing: if args.exit_nothing_to_do {
            Exit::NothingToDo
        } else {
            Exit::Done
        },
    };
    invoke(&invocation, |_| {
        Ok((options(args)?, proof(&args.proof, args.threads)?))
    })
}

/// The arguments, as the engine takes them.
fn options(args: &RunArgs) -> Result<RunOptions, Failure> {
    let selection = match (args.canary, &args.keys) {
        (Some(rows), _) => Selection::Canary(rows),
        (None, Some(file)) => Selection::Keys(lines_of(file)?),
        (None, None) => Selection::All,
    };
    if args.join.is_some() && args.sweeps == 0 {
        return Err(Failure::usage(
            "--join needs a sweep: a member that stops leaves rows behind, which only a sweep finds"
                .to_owned(),
            "leave out --sweeps 0, or run without --join".to_owned(),
        ));
    }
    Ok(RunOptions {
        job: Job::Rules,
        mode: args.mode(),
        selection,
        max_rows: args.max_rows,
        max_runtime: args.max_runtime,
        until: None,
        throttle: args.job.throttle.options(),
        threads: args.threads,
        kernel: environment::kernel()?,
        sweeps: args.sweeps,
        wait: args.job.wait,
        new_run: args.job.new_run,
        print: args.job.print,
        join: args.join.clone().map(environment::join_name).transpose()?,
        worker_name: Some(environment::worker_name()),
    })
}
