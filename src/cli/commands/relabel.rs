//! `saltern relabel`: corrects the label of wrapped values. It writes with `--execute` only.

use std::path::Path;

use crate::cli::args::RelabelArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::{Invocation, invoke, proof};
use crate::cli::progress::{Show, ShowFlags};
use crate::cli::setup::narrow;
use crate::config::Settings;
use crate::engine::{Job, Relabel, RunOptions};

pub(super) fn relabel(args: &RelabelArgs, config: &Path) -> Result<Exit, Failure> {
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
        when_nothing: Exit::Done,
    };
    invoke(&invocation, |settings| {
        if let Some(name) = &args.credential {
            narrow(settings, name)?;
        }
        let options = RunOptions {
            job: Job::Relabel(relabel_of(args, settings)?),
            ..options(args)
        };
        Ok((options, proof(&args.proof, None)?))
    })
}

fn relabel_of(args: &RelabelArgs, settings: &Settings) -> Result<Relabel, Failure> {
    if let Some(adopt) = &args.adopt {
        return Relabel::adopt(adopt, settings).map_err(|error| {
            Failure::usage(
                error.to_string(),
                "for example --adopt 'bcrypt(whirlpool(pass))' --credential NAME; docs/adopting.md says when"
                    .to_owned(),
            )
        });
    }
    let label = |typed: &Option<String>| typed.clone().unwrap_or_default();
    Relabel::new(&label(&args.from), &label(&args.to)).map_err(|error| {
        Failure::usage(
            error.to_string(),
            "the labels are listed in docs/configuration.md, below \"Names of schemes\": md5 stands in $argon2id--md5$..."
                .to_owned(),
        )
    })
}

fn options(args: &RelabelArgs) -> RunOptions {
    RunOptions {
        mode: args.mode(),
        throttle: args.job.throttle.options(),
        wait: args.job.wait,
        new_run: args.job.new_run,
        print: args.job.print,
        ..RunOptions::default()
    }
}
