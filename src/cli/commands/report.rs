//! `saltern report`: who was reset, why and when. It reads the ledger only.

use std::path::Path;

use crate::cli::args::ReportArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup};
use crate::engine::names;
use crate::report::{RESET_CSV_HEAD, ResetRun, ResetSums, reset_csv, reset_line};
use crate::store::ledger::{Accounts, Names, ResetLine, chunk, migrate, reset, run};
use crate::store::{Conn, Role, StoreError};

pub(super) fn report(args: &ReportArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Hide)?;
    let names = names(&settings, &url)?;
    let mut each = |line: &ResetLine| {
        if args.csv {
            output::line(&reset_csv(line));
        } else if args.json {
            output::line(&reset_line(line).to_string());
        }
    };
    if args.csv {
        output::line(RESET_CSV_HEAD);
    }
    let (sums, runs) = setup::block_on(async {
        let mut conn = Conn::open(&url, Role::Read).await?;
        let read = read(&mut conn, &names, args.run.as_deref(), &mut each).await;
        conn.close().await;
        read
    })??;
    if args.json {
        output::line(&sums.json(&runs).to_string());
    } else if !args.csv {
        output::out(&sums.text(&runs));
    }
    let closes = runs.iter().all(|run| sums.closes(run));
    Ok(if closes { Exit::Done } else { Exit::Unbalanced })
}

/// The sums of the rows that were reset, and the runs that reset them, the oldest first.
async fn read(
    conn: &mut Conn,
    names: &Names,
    only: Option<&str>,
    each: &mut (dyn FnMut(&ResetLine) + Send),
) -> Result<(ResetSums, Vec<ResetRun>), StoreError> {
    let mut sums = ResetSums::default();
    if migrate::version(conn, names).await?.is_none() {
        return Ok((sums, Vec::new()));
    }
    let mut ids: Vec<String> = Vec::new();
    reset::each(conn, names, only, &mut |line| {
        if !ids.contains(&line.run) {
            ids.push(line.run.clone());
        }
        sums.add(&line);
        each(&line);
        true
    })
    .await?;
    let mut runs = Vec::new();
    for id in ids {
        let Some(row) = run::by_id(conn, names, &id).await? else {
            continue;
        };
        let chunks = chunk::list(conn, names, &id).await?;
        let mut sum = Accounts::default();
        for chunk in &chunks {
            sum += chunk.accounts;
        }
        runs.push(ResetRun {
            run: id,
            state: row.state.as_str().to_owned(),
            created_ms: row.created_ms,
            done: sum.done,
            closes: chunks.iter().all(|chunk| chunk.accounts.add_up()),
        });
    }
    Ok((sums, runs))
}
