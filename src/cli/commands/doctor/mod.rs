//! `saltern doctor`: the preflight for every credential, and a check of this machine. It writes
//! nothing.

mod credential;
mod machine;
mod report;

use std::path::Path;

use crate::cli::args::DoctorArgs;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Notices};
use crate::cli::setup::{self, Setup};
use crate::config::Settings;
use crate::kernel::{Implementation as Kernel, huge_pages};
use crate::machine::Machine;
use crate::secret::DatabaseUrl;
use crate::store::preflight;
use crate::store::survey::survey;
use crate::store::{Conn, Role, StoreError};

pub use machine::DoctorOptions;
pub use report::{Doctor, Examined};

use credential::{examine_credential, find_uncovered};
use machine::examine_machine;

/// The command.
pub(super) fn command(args: &DoctorArgs, config: &Path) -> Result<Exit, Failure> {
    let Setup { settings, url } = setup::load(config, Notices::Hide)?;
    let options = DoctorOptions {
        machine: Machine::detect(),
        threads: args.threads,
        kernel: Kernel::choose(environment::kernel()?),
        huge_pages: huge_pages(),
    };
    let doctor = setup::block_on(doctor(&settings, &url, &options))??;
    output::out(&if args.json {
        format!("{}\n", doctor.json())
    } else {
        doctor.text()
    });
    Ok(doctor.exit())
}

/// Examines the database, every credential and the machine.
///
/// # Errors
/// Where the database can't be reached or asked. What is wrong with it is a finding.
pub async fn doctor(
    settings: &Settings,
    url: &DatabaseUrl,
    options: &DoctorOptions,
) -> Result<Doctor, StoreError> {
    let mut conn = Conn::open(url, Role::Read).await?;
    let mut doctor = Doctor {
        database: Vec::new(),
        credentials: Vec::new(),
        machine: examine_machine(settings, options),
    };
    for credential in &settings.credentials {
        let findings = examine_credential(&mut conn, settings, credential).await?;
        let mut about_it = Vec::new();
        for finding in findings {
            if !preflight::is_about_the_server(finding.code) {
                about_it.push(finding);
            } else if !doctor.database.contains(&finding) {
                doctor.database.push(finding);
            }
        }
        doctor.credentials.push(Examined {
            credential: credential.name.clone(),
            table: credential.table.clone(),
            column: credential.column.clone(),
            findings: about_it,
        });
    }
    for table in survey(&mut conn).await? {
        doctor.database.extend(
            table
                .columns
                .iter()
                .filter_map(|column| find_uncovered(settings, &table, column)),
        );
    }
    conn.close().await;
    doctor.database.sort_by_key(|finding| finding.severity);
    Ok(doctor)
}
