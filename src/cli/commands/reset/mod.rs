//! `saltern reset`: makes the passwords of chosen users unusable. It writes with `--execute` only.

mod token_file;
mod tokens;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::tokens::ResetCommand;
use crate::cli::args::{ResetArgs, ResetBy};
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::{Invocation, invoke, lines_of, proof};
use crate::cli::output::{self, Notices};
use crate::cli::progress::{Show, ShowFlags, Watch};
use crate::cli::setup::{self, Setup, narrow};
use crate::config::Settings;
use crate::engine::{self, By, Job, Mode, ResetRequest, RunOptions, Session};
use crate::policy::ResetMode;
use crate::report::{reset_json, reset_text};
use tokens::tokens;

pub(super) fn reset(args: &ResetArgs, config: &Path) -> Result<Exit, Failure> {
    if let Some(ResetCommand::Tokens(args)) = &args.command {
        return tokens(args, config);
    }
    if !chooses(args) {
        return Err(Failure::usage(
            "nothing says whom to reset".to_owned(),
            "choose by --scheme, --class, --known, --last-login-before, --wrapped, --wrapped-before, --where or --users; --all is everybody".to_owned(),
        ));
    }
    match args.mode() {
        Mode::Dry => count(args, config),
        Mode::Execute => {
            let invocation = Invocation {
                config,
                show: show(args),
                mode: Mode::Execute,
                hours: &args.job.hours,
                wait: args.job.wait,
                when_nothing: Exit::Done,
            };
            invoke(&invocation, |settings| {
                Ok((options(args, settings)?, proof(&args.proof, None)?))
            })
        }
    }
}

fn show(args: &ResetArgs) -> Show {
    Show::from_flags(ShowFlags {
        json: args.job.json,
        quiet: args.job.quiet,
        interval: args.job.interval,
    })
}

/// Tells what would be reset, and writes nothing.
fn count(args: &ResetArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { mut settings, url } = setup::load(config, Notices::Show)?;
    let options = options(args, &mut settings)?;
    let proof = proof(&args.proof, None)?;
    let watch = Watch::new(if args.job.json {
        Show::Waits
    } else {
        show(args)
    });
    let plan = setup::block_on_watched(&watch, async {
        let mut session = Session::open(&settings, url).await?;
        session.proof = proof;
        session.host_ms = Some(environment::now_ms());
        engine::plan_reset(&mut session, &options, &watch).await
    })?;
    watch.close();
    let plan = plan?;
    if args.job.json {
        output::line(&reset_json(&plan).to_string());
    } else if !args.job.quiet {
        output::out(&reset_text(&plan));
    }
    Ok(Exit::Done)
}

fn chooses(args: &ResetArgs) -> bool {
    args.all
        || !args.scheme.is_empty()
        || !args.class.is_empty()
        || args.known
        || args.last_login_before.is_some()
        || args.wrapped
        || args.wrapped_before.is_some()
        || args.r#where.is_some()
        || args.users.is_some()
}

/// The options of the job. The configuration is left with what the request is about.
fn options(args: &ResetArgs, settings: &mut Settings) -> Result<RunOptions, Failure> {
    if let Some(name) = &args.credential {
        narrow(settings, name)?;
    }
    let mut request = request(args);
    request.apply_to(settings)?;
    // A wrong request is refused before a file is read.
    let read = |file: &Option<PathBuf>| file.as_deref().map(lines_of).transpose();
    request.users = read(&args.users)?;
    request.except_users = read(&args.except_users)?.unwrap_or_default();
    Ok(RunOptions {
        job: Job::Reset(Arc::new(request)),
        mode: args.mode(),
        throttle: args.job.throttle.options(),
        wait: args.job.wait,
        new_run: args.job.new_run,
        print: args.job.print,
        ..RunOptions::default()
    })
}

/// The arguments as a request. The lists of users are still empty.
fn request(args: &ResetArgs) -> ResetRequest {
    ResetRequest {
        schemes: args.scheme.clone(),
        classes: args.class.clone(),
        known: args.known,
        last_login_before: args.last_login_before,
        wrapped: args.wrapped,
        condition: args.r#where.clone(),
        how: if args.soft {
            ResetMode::Soft
        } else {
            ResetMode::Hard
        },
        users: None,
        except_users: Vec::new(),
        by: match args.by {
            ResetBy::Key => By::Key,
            ResetBy::Login => By::Login,
        },
        wrapped_before: args.wrapped_before,
        reason: args.reason.clone(),
        limit: args.limit,
        confirm: args.confirm,
    }
}
