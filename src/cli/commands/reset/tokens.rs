//! `saltern reset tokens`: writes a file with a token for everybody who was reset, for the
//! operator's mailer. No token is printed.

use std::path::Path;

use crate::cli::args::tokens::{TokenForm, TokensArgs};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup, narrow};
use crate::engine::{Session, TokenCounts, TokenOptions, TokensMade, count_tokens, make_tokens};

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
        tell_counts(args, counts);
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
    tell_made(args, path, made);
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

fn tell_counts(args: &TokensArgs, counts: TokenCounts) {
    if args.json {
        output::line(&json(counts).to_string());
        return;
    }
    let mut text = format!("tokens   {} users were reset and get one\n", counts.tokens);
    text.push_str(&other_counts(counts));
    text.push_str("nothing is written; --output FILE --execute makes them\n");
    output::out(&text);
}

fn tell_made(args: &TokensArgs, path: &Path, made: TokensMade) {
    match made {
        TokensMade::New(counts) if args.json => {
            output::line(&json(counts).to_string());
        }
        TokensMade::New(counts) if counts.tokens == 0 => {
            output::out(&format!(
                "tokens   nobody gets one, and no file is written\n{}",
                other_counts(counts)
            ));
        }
        TokensMade::New(counts) => {
            output::out(&format!(
                "tokens   {} in {}\n{}",
                counts.tokens,
                path.display(),
                other_counts(counts)
            ));
        }
        TokensMade::Resumed if args.json => {
            output::line(&serde_json::json!({ "resumed": true }).to_string());
        }
        TokensMade::Resumed => {
            output::out(&format!(
                "tokens   the file of a call that was killed was whole and is {} now; its tokens are good\n",
                path.display()
            ));
        }
    }
}

fn other_counts(counts: TokenCounts) -> String {
    let mut text = String::new();
    if counts.have_one > 0 {
        text.push_str(&format!(
            "         {} have one from an earlier file that is still good\n",
            counts.have_one
        ));
    }
    if counts.left_out > 0 {
        text.push_str(&format!(
            "         {} get none: their keys are too long for the ledger\n",
            counts.left_out
        ));
    }
    text
}

fn json(counts: TokenCounts) -> serde_json::Value {
    serde_json::json!({
        "tokens": counts.tokens, "have_one": counts.have_one, "left_out": counts.left_out,
    })
}
