//! Whether the ledger is whole: its tables, the rights on them, and whether its lines agree.

use super::finding::{Finding, Severity};
use super::making::check_making;
use super::report::{FindingWords, Report};
use crate::store::ledger::{LEDGER_VERSION, Names, ShapeFault, check_ledger, check_shape, migrate};
use crate::store::sql::{Conn, ErrorClass, StoreError};

const BY_HAND: &str = "have someone who may create tables run what `saltern ledger sql` prints, as far as it is lacking; users' rows are not touched by that";

/// Everything that is wrong with the ledger. Where there is none yet: whether it can be made.
///
/// # Errors
/// Only where the database could not be asked; what is wrong with it is a finding.
pub async fn examine_ledger(conn: &mut Conn, names: &Names) -> Result<Vec<Finding>, StoreError> {
    let mut report = Report::default();
    let version = match migrate::version(conn, names).await {
        Ok(version) => version,
        Err(error) if error.class() == ErrorClass::Denied => {
            rights(error.to_string(), &mut report);
            return Ok(report.0);
        }
        Err(error) => return Err(error),
    };
    match version {
        None => {
            for fault in check_making(conn, names, None).await? {
                may_not_make(fault, &mut report);
            }
            return Ok(report.0);
        }
        Some(version) if version > LEDGER_VERSION => {
            report.refuse(
                "ledger-version",
                FindingWords {
                    what: format!(
                        "the ledger has version {version}, this program knows {LEDGER_VERSION}"
                    ),
                    why: "an older program does not know what a newer one has noted",
                    todo: "use the newer saltern that wrote it".to_owned(),
                },
            );
            return Ok(report.0);
        }
        Some(version) if version < LEDGER_VERSION => {
            for fault in check_making(conn, names, Some(version)).await? {
                may_not_make(fault, &mut report);
            }
            report.info(
                "ledger-version",
                FindingWords {
                    what: format!(
                        "the ledger has version {version}, this program makes it {LEDGER_VERSION}"
                    ),
                    why: "the next run brings it up to date, where this user may alter its tables",
                    todo: "nothing; where this user may not: `saltern ledger sql`".to_owned(),
                },
            );
            return Ok(report.0);
        }
        Some(_) => {}
    }
    for fault in check_shape(conn, names).await? {
        match fault {
            ShapeFault::Missing(what) => report.refuse(
                "ledger-missing",
                FindingWords {
                    what,
                    why: "a run would end at the first statement that needs it; on a standby that was promoted it may never have been there",
                    todo: BY_HAND.to_owned(),
                },
            ),
            ShapeFault::Altered(what) => report.refuse(
                "ledger-altered",
                FindingWords {
                    what,
                    why: "a run would end at the first line that does not fit",
                    todo: "give it back the type that `saltern ledger sql` prints".to_owned(),
                },
            ),
            ShapeFault::Denied(what) => rights(what, &mut report),
        }
    }
    // What can't be read can't be compared.
    if report
        .0
        .iter()
        .all(|finding| finding.severity != Severity::Refuse)
    {
        for what in check_ledger(conn, names).await? {
            report.refuse(
                "ledger-disagrees",
                FindingWords {
                    what,
                    why: "saltern commits these together, so somebody else has written there, or a copy was put back: its counts can't be trusted",
                    todo: "keep the ledger's tables and find out who it was; then `saltern run --execute --new-run` closes an unfinished run and begins with \
                           the rows as they stand, which is safe"
                        .to_owned(),
                },
            );
        }
    }
    Ok(report.0)
}

fn may_not_make(what: String, report: &mut Report) {
    report.refuse(
        "ledger-create",
        FindingWords {
            what,
            why: "a run keeps its state in tables of its own, and ends before its first row where it can't make them",
            todo: "have someone who may create tables run what `saltern ledger sql` prints; after that SELECT, INSERT, UPDATE and DELETE on them suffice".to_owned(),
        },
    );
}

fn rights(what: String, report: &mut Report) {
    report.refuse(
        "ledger-rights",
        FindingWords {
            what,
            why: "a run keeps its state there, and ends where it can't",
            todo: "grant what `saltern ledger sql` prints".to_owned(),
        },
    );
}
