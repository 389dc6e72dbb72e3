//! `saltern reset tokens`: writes a file with a token for everybody who was reset, for the
//! operator's mailer. No token is printed.

use std::path::Path;

use crate::cli::args::tokens::{TokenForm, TokensArgs};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup, narrow};
use crate::engine::{Session, TokenOptions, count_tokens, make_tokens};
use crate::report::TokensReport;

use super::token_file::{NewTokenFile, new_batch};

pub(super) fn tokens(args: &TokensArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { mut settings, url } = setup::load(config, Notices::Show)?;
    if let Some(name) = &args.credential {
        narrow(&mut settings, name)?;
    }
    let options = TokenOptions {
        batch: new_batch(),
        run: args.run.clone(),
        life: args.valid_for,
        replaces: args.replace,
    };
    let Some(path) = args.output.as_deref().filter(|_| args.execute) else {
        let counts = setup::block_on(async {
            let mut session = Session::open(&settings, url).await?;
            count_tokens(&mut session, &options).await
        })??;
        tell(args, &TokensReport::dry(counts));
        return Ok(Exit::Done);
    };
    if let Some(unready) = settings.credentials.iter().find(|c| !c.readers_ready) {
        return Err(Failure {
            exit: Exit::Refused,
            error: anyhow::anyhow!(
                "readers_ready is not true for credential {}: no token could be used",
                unready.name
            ),
            what_to_do: Some(
                "set it once every reader of the column can read a plain hash at the target, or name another with --credential"
                    .to_owned(),
            ),
        });
    }
    let mut file =
        NewTokenFile::new(path, form_of(args, path), &args.recipient).map_err(|error| {
            Failure::usage(
            format!("cannot write {}: {error}", path.display()),
            "name a file that is not there yet, in a folder that is; no file is ever overwritten"
                .to_owned(),
        )
        })?;
    let made = setup::block_on(async {
        let mut session = Session::open(&settings, url).await?;
        make_tokens(&mut session, &options, &mut file).await
    })??;
    tell(args, &TokensReport::made(made, path.display().to_string()));
    Ok(Exit::Done)
}

/// The form that was asked for, or the form that the file's name says.
fn form_of(args: &TokensArgs, path: &Path) -> TokenForm {
    let name = path.to_string_lossy();
    let bare = name.strip_suffix(".age").unwrap_or(&name);
    args.format.unwrap_or(if bare.ends_with(".csv") {
        TokenForm::Csv
    } else {
        TokenForm::Json
    })
}

fn tell(args: &TokensArgs, report: &TokensReport) {
    if args.json {
        output::line(&report.json().to_string());
    } else {
        output::out(&report.text());
    }
}
