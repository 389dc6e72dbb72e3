//! `saltern report`: who was reset, why and when. It reads the ledger only.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::cli::args::ReportArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup};
use crate::engine::{names, retry, retry_further};
use crate::report::{RESET_CSV_HEAD, ResetRun, ResetSums, reset_csv, reset_line};
use crate::store::ledger::{Accounts, Names, ResetLine, ResetLines, chunk, migrate, reset, run};
use crate::store::{Conn, Link, Role, StoreError};

pub(super) fn report(args: &ReportArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Hide)?;
    let names = names(&settings, &url)?;
    let mut each = |line: &ResetLine| {
        if args.csv {
            output::data(&format!("{}\n", reset_csv(line)));
        } else if args.json {
            output::line(&reset_line(line).to_string());
        }
    };
    if args.csv {
        output::line(RESET_CSV_HEAD);
    }
    let (sums, runs) = setup::block_on(async {
        let mut link = Link::open(url, Role::Read).await?;
        let read = read(&mut link, &names, args.run.as_deref(), &mut each).await;
        link.close().await;
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

/// What was told so far.
struct ToldLines<'a> {
    sums: ResetSums,
    /// The runs, the oldest first.
    ids: Vec<String>,
    last: Option<ResetLine>,
    each: &'a mut (dyn FnMut(&ResetLine) + Send),
}

impl ToldLines<'_> {
    fn tell(&mut self, line: ResetLine) {
        if !self.ids.contains(&line.run) {
            self.ids.push(line.run.clone());
        }
        self.sums.add(&line);
        (self.each)(&line);
        self.last = Some(line);
    }
}

/// The sums of the rows that were reset, and the runs that reset them, the oldest first.
async fn read(
    link: &mut Link,
    names: &Names,
    only: Option<&str>,
    each: &mut (dyn FnMut(&ResetLine) + Send),
) -> Result<(ResetSums, Vec<ResetRun>), StoreError> {
    let version = retry(link, async |conn| migrate::version(conn, names).await);
    if version.await?.is_none() {
        return Ok((ResetSums::default(), Vec::new()));
    }
    // A line that was told once is not told again when the connection is lost.
    let told = Mutex::new(ToldLines {
        sums: ResetSums::default(),
        ids: Vec::new(),
        last: None,
        each,
    });
    let ask = async |conn: &mut Conn| {
        let after = told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last
            .clone();
        let lines = ResetLines {
            run: only,
            after: after.as_ref(),
        };
        reset::each(conn, names, lines, &mut |line| {
            told.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .tell(line);
            true
        })
        .await
    };
    let mut last = None;
    let got_further = || {
        let now = (told.lock().unwrap_or_else(PoisonError::into_inner))
            .last
            .clone();
        std::mem::replace(&mut last, now.clone()) != now
    };
    retry_further(link, ask, got_further).await?;
    let ToldLines { sums, ids, .. } = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut runs = Vec::new();
    for id in ids {
        let row = retry(link, async |conn| run::by_id(conn, names, &id).await);
        let Some(row) = row.await? else {
            continue;
        };
        let chunks = retry(link, async |conn| chunk::list(conn, names, &id).await).await?;
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
