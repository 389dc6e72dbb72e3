//! `saltern doctor`: the preflight for every credential, and a check of this machine. It writes
//! nothing.

mod credential;
mod machine;

use std::path::Path;

use crate::cli::args::DoctorArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup};
use crate::config::{Credential, Settings};
use crate::engine::{names, retry};
use crate::kernel::{Kernel, huge_pages};
use crate::machine::Machine;
use crate::report::DoctorReport;
use crate::secret::DatabaseUrl;
use crate::store::ledger::Names;
use crate::store::preflight::{self, Finding};
use crate::store::survey::survey;
use crate::store::{Conn, Link, Role, StoreError};

use credential::{examine_credential, find_uncovered};
use machine::{DoctorOptions, examine_machine};

/// The command.
pub(super) fn command(args: &DoctorArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Hide)?;
    let options = DoctorOptions {
        machine: Machine::detect(),
        threads: args.threads,
        kernel: Kernel::choose(environment::kernel()?),
        huge_pages: huge_pages(),
    };
    let report = setup::block_on(doctor(&settings, &url, &options))??;
    output::out(&if args.json {
        format!("{}\n", report.json())
    } else {
        report.text()
    });
    Ok(if report.refusals > 0 {
        Exit::Refused
    } else {
        Exit::Done
    })
}

/// Examines the database, every credential and the machine. It fails where the database can't be
/// reached or asked. What is wrong with it is a finding.
async fn doctor(
    settings: &Settings,
    url: &DatabaseUrl,
    options: &DoctorOptions,
) -> Result<DoctorReport, StoreError> {
    let names = names(settings, url)?;
    let mut link = Link::open(url.clone(), Role::Read).await?;
    let asked = retry(&mut link, async |conn| {
        examine(conn, settings, &names).await
    })
    .await;
    link.close().await;
    let (mut database, examined) = asked?;
    database.sort_by_key(|finding| finding.severity);
    let mut report = DoctorReport::new(database, examine_machine(settings, options));
    for (credential, findings) in examined {
        let place = (
            credential.name.as_str(),
            credential.table.as_str(),
            credential.column.as_str(),
        );
        report.credential(place, findings);
    }
    Ok(report)
}

/// What stands against the database, and against each credential.
type Examined<'s> = (Vec<Finding>, Vec<(&'s Credential, Vec<Finding>)>);

async fn examine<'s>(
    conn: &mut Conn,
    settings: &'s Settings,
    names: &Names,
) -> Result<Examined<'s>, StoreError> {
    let mut database = Vec::new();
    let mut examined = Vec::new();
    for credential in &settings.credentials {
        let findings = examine_credential(conn, settings, credential).await?;
        let mut about_it = Vec::new();
        for finding in findings {
            if !preflight::is_about_the_server(finding.code) {
                about_it.push(finding);
            } else if !database.contains(&finding) {
                database.push(finding);
            }
        }
        examined.push((credential, about_it));
    }
    database.extend(preflight::examine_ledger(conn, names).await?);
    for table in survey(conn).await? {
        database.extend(
            table
                .columns
                .iter()
                .filter_map(|column| find_uncovered(settings, &table, column)),
        );
    }
    Ok((database, examined))
}
