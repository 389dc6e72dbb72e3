//! `saltern scan`: counts what is in the columns. It writes nothing, but for the ledger with
//! `--record`.

use std::path::Path;

use crate::cli::args::{FailOn, ScanArgs};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::job::proof;
use crate::cli::output::{self, Notices};
use crate::cli::progress::{Show, Watch};
use crate::cli::setup::{self, Setup};
use crate::config::Settings;
use crate::engine::{
    ColumnScan, EngineError, Purpose, Session, reader_rows, record_waits, retry, scan_columns,
};
use crate::report::ScanReport;
use crate::scheme::Class;
use crate::store::ledger::{CensusLine, UnfinishedRun, census, migrate};
use crate::store::{Link, Role};

pub(super) fn scan(args: &ScanArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Show)?;
    let proof = proof(&args.proof, None)?;
    let watch = Watch::new(Show::quiet_off_a_terminal());
    let looks = setup::block_on_watched(&watch, async {
        let mut session = Session::open(&settings, url).await?;
        session.proof = proof;
        let looks = scan_columns(&mut session, Purpose::Count, &watch).await?;
        if args.record {
            record(&session, &looks).await?;
        }
        session.conn.close().await;
        Ok::<_, EngineError>(looks)
    });
    watch.close();
    let looks = looks??;
    let report = ScanReport {
        settings: &settings,
        scans: &looks,
    };
    output::out(&if args.json {
        format!("{}\n", report.json())
    } else {
        report.text()
    });
    let is_found = |rows: &FailOn| rows_of(&looks, *rows, &settings) > 0;
    Ok(if args.fail_on.iter().any(is_found) {
        Exit::Found
    } else {
        Exit::Done
    })
}

/// Writes the census into the ledger. A missing ledger is created.
async fn record(session: &Session<'_>, looks: &[ColumnScan]) -> Result<(), EngineError> {
    let lines: Vec<CensusLine> = looks
        .iter()
        .flat_map(|look| {
            look.census.lines.iter().map(|line| CensusLine {
                credential: look.credential.clone(),
                class: line.class.as_str().to_owned(),
                line: line.label(),
                rows: i64::try_from(line.rows).unwrap_or(i64::MAX),
            })
        })
        .collect();
    let mut link = Link::open_again(session.url.clone(), Role::Write).await?;
    let names = &session.names;
    retry(&mut link, async |conn| {
        migrate::ensure_beside(conn, names, UnfinishedRun::LeavesLedger).await
    })
    .await?;
    let id = uuid::Uuid::new_v4().to_string();
    retry(&mut link, async |conn| {
        census::record(conn, names, &id, &lines).await
    })
    .await?;
    record_waits(&mut link, session, looks).await?;
    link.close().await;
    Ok(())
}

fn rows_of(looks: &[ColumnScan], wanted: FailOn, settings: &Settings) -> u64 {
    let of_class = |class: Class| looks.iter().map(|look| look.census.rows_of(class)).sum();
    let readers = || looks.iter().map(|look| reader_rows(look, settings));
    match wanted {
        FailOn::Weak => of_class(Class::Weak),
        FailOn::Plaintext => of_class(Class::Plaintext),
        FailOn::Unknown => of_class(Class::Unknown),
        FailOn::Reader => readers().map(|rows| rows.all()).sum(),
        FailOn::ReaderCrypt => readers().map(|rows| rows.without_crypt()).sum(),
    }
}
