//! `saltern reset`: makes the passwords of chosen users unusable. It writes with `--execute` only.

mod token_file;
mod tokens;

use std::path::Path;
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
use crate::config::{Credential, Settings};
use crate::engine::{self, By, Job, Mode, ResetRequest, RunOptions, Session};
use crate::policy::{Action, Rule, Rules, When};
use crate::report::{reset_json, reset_text};
use crate::store::is_condition;
use tokens::tokens;

/// The name of the command's rule in the ledger.
const RULE: &str = "saltern reset";

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
        json: args.json,
        quiet: args.quiet,
        interval: args.interval,
    })
}

/// Tells what would be reset, and writes nothing.
fn count(args: &ResetArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { mut settings, url } = setup::load(config, Notices::Show)?;
    let options = options(args, &mut settings)?;
    let proof = proof(&args.proof, None)?;
    let watch = Watch::new(if args.json { Show::Nothing } else { show(args) });
    let plan = setup::block_on(async {
        let mut session = Session::open(&settings, url).await?;
        session.proof = proof;
        session.host_ms = Some(environment::now_ms());
        engine::plan_reset(&mut session, &options, &watch).await
    })?;
    watch.close();
    let plan = plan?;
    if args.json {
        output::line(&reset_json(&plan).to_string());
    } else if !args.quiet {
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

/// The command as a configuration of one rule, and as the engine takes it.
fn options(args: &ResetArgs, settings: &mut Settings) -> Result<RunOptions, Failure> {
    if let Some(name) = &args.credential {
        narrow(settings, name)?;
    }
    if let Some(condition) = &args.r#where {
        add_condition(settings, condition)?;
    }
    if args.last_login_before.is_some()
        && settings.credentials.iter().all(|c| c.last_login.is_none())
    {
        return Err(Failure::usage(
            "--last-login-before can match no row: no credential names a column `last_login`"
                .to_owned(),
            "name it in the configuration".to_owned(),
        ));
    }
    if args.soft {
        let without = |c: &&Credential| c.on_reset.must_change.is_none();
        if let Some(credential) = settings.credentials.iter().find(without) {
            return Err(Failure::usage(
                format!(
                    "--soft needs the column that says who must change the password, and credential {:?} names none",
                    credential.name
                ),
                "name it in the configuration: [credential.on_reset] with must_change; the application must look at it at every login".to_owned(),
            ));
        }
    }
    settings.rules = Rules::new(vec![Rule {
        name: Some(RULE.to_owned()),
        when: When {
            credentials: Vec::new(),
            schemes: args.scheme.clone(),
            classes: args.class.clone(),
            last_login_before: args.last_login_before,
            weak_parameters: None,
            wrapped: (args.wrapped || args.wrapped_before.is_some()).then_some(true),
            known: args.known.then_some(true),
        },
        action: Action::Reset,
        deadline: None,
        max_rows: args.confirm,
        soft: args.soft,
    }]);
    let read = |file: &Option<std::path::PathBuf>| file.as_deref().map(lines_of).transpose();
    let choice = ResetRequest {
        users: read(&args.users)?,
        except_users: read(&args.except_users)?.unwrap_or_default(),
        by: match args.by {
            ResetBy::Key => By::Key,
            ResetBy::Login => By::Login,
        },
        wrapped_before: args.wrapped_before,
        reason: args.reason.clone(),
        limit: args.limit,
        confirm: args.confirm,
    };
    if choice.by == By::Login && settings.credentials.iter().any(|c| c.login.is_none()) {
        return Err(Failure::usage(
            "--by login needs a column `login`, and a credential names none".to_owned(),
            "name it in the configuration, or one credential that has it with --credential"
                .to_owned(),
        ));
    }
    Ok(RunOptions {
        job: Job::Reset(Arc::new(choice)),
        mode: args.mode(),
        throttle: args.pace.pace(),
        wait: args.wait,
        new_run: args.new_run,
        print: args.print,
        ..RunOptions::default()
    })
}

/// Narrows the credential to the rows for which the operator's condition is true.
fn add_condition(settings: &mut Settings, condition: &str) -> Result<(), Failure> {
    let [credential] = settings.credentials.as_mut_slice() else {
        return Err(Failure::usage(
            "--where is a condition on one table, and the configuration has several credentials"
                .to_owned(),
            "name one with --credential".to_owned(),
        ));
    };
    // As part of a longer one, a condition that closes what it has not opened would mean something else.
    if !Kind::all()
        .into_iter()
        .all(|kind| is_condition(kind, condition))
    {
        return Err(Failure::usage(
            "--where is not one SQL expression".to_owned(),
            "write one condition, its parentheses, quotes and comments closed, without a semicolon"
                .to_owned(),
        ));
    }
    credential.where_sql = Some(match &credential.where_sql {
        Some(before) => format!("({before}\n) AND ({condition}\n)"),
        None => condition.to_owned(),
    });
    Ok(())
}
