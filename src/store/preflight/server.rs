//! Findings that several databases share: versions, servers that take no writes, TLS, logs.
//!
//! What the facts are is asked by each database's own module.

use super::report::{FindingWords, Report};
use crate::store::table::CredentialColumn;

/// A version of a server: major, minor, patch.
pub(super) type ServerVersion = (u32, u32, u32);

/// A server that is older than what the suite runs on.
pub(super) fn too_old(product: &str, version: &str, least: &str, report: &mut Report) {
    report.refuse(
        "server-too-old",
        FindingWords {
            what: format!("the server is {product} {version}"),
            why: "what a run leans on (JSON_TABLE, how rows are locked, how they are read again) is missing or untested there",
            todo: format!("upgrade to {product} {least} or later"),
        },
    );
}

/// A server that takes no writes.
pub(super) fn read_only(what: String, todo: &str, report: &mut Report) {
    report.refuse(
        "server-read-only",
        FindingWords {
            what,
            why: "a run writes; on a replica its writes would be refused, or worse, taken and lost",
            todo: todo.to_owned(),
        },
    );
}

/// A run has so many connections at once: one that looks, one for the ledger, one that reads rows
/// and one that writes them.
const RUN_CONNECTIONS: i64 = 4;

/// A limit on the connections of this user or database; none below zero.
pub(super) fn connections(limit: i64, of: &str, todo: &str, report: &mut Report) {
    if !(0..RUN_CONNECTIONS).contains(&limit) {
        return;
    }
    report.refuse(
        "connection-limit",
        FindingWords {
            what: format!("{of} allows {limit} connections"),
            why: "a run needs four at once: one that looks, one for the ledger, one that reads rows and one that writes them",
            todo: todo.to_owned(),
        },
    );
}

/// A transaction shorter than this ends a scan of any table that takes a while.
const TRANSACTION_MS_MIN: i64 = 60_000;

/// A limit on the time of a transaction, which a statement can't lift for its own; 0 is none.
pub(super) fn transaction_time(limit_ms: i64, setting: &str, todo: &str, report: &mut Report) {
    let words = FindingWords {
        what: format!("{setting} is {limit_ms} ms for this user, database or server"),
        why: "a scan reads a table in one transaction, however long that takes",
        todo: todo.to_owned(),
    };
    match limit_ms {
        0 => {}
        ..TRANSACTION_MS_MIN => report.refuse("time-limit", words),
        _ => report.warn("time-limit", words),
    }
}

/// A remote connection in the clear.
pub(super) fn no_tls(parameter: &str, report: &mut Report) {
    report.warn(
        "no-tls",
        FindingWords {
            what: "the connection to the server is not encrypted, and the server is on another host".to_owned(),
            why: "old and new hashes, and plaintext passwords where there are some, cross the network in the clear",
            todo: format!("add {parameter} to the database URL"),
        },
    );
}

/// A server that writes statements into a log.
pub(super) fn logged(setting: &str, todo: String, report: &mut Report) {
    report.warn(
        "statements-logged",
        FindingWords {
            what: format!("the server logs statements ({setting})"),
            why: "a page's statement carries old and new hashes as parameters: they would stand in the log, and wherever that is sent",
            todo,
        },
    );
}

/// Triggers that an UPDATE fires.
pub(super) fn triggers(names: &[String], table: &str, report: &mut Report) {
    if names.is_empty() {
        return;
    }
    report.warn(
        "trigger",
        FindingWords {
            what: format!("triggers fire when a row of {table} is updated: {}", names.join(", ")),
            why: "each swap fires them: they may write a history of old hashes, move a date, notify somebody, or change the new value (which is \
                  found when it is read back, and stops the run)",
            todo: "read them; try a few rows first (--canary 3) and look at what they did".to_owned(),
        },
    );
}

/// The numbers at the front of a version: `10.11.6-MariaDB-1` is 10, 11 and 6.
pub(super) fn parse_version(text: &str) -> ServerVersion {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse::<u32>().ok());
    (
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
    )
}

/// Whether a client's address, as a server names it, is another host.
pub(super) fn is_remote(host: &str) -> bool {
    !(host.is_empty()
        || host == "localhost"
        || host == "::1"
        || host.starts_with("127.")
        || host.starts_with('/'))
}

/// The finding for a column that is computed; every database has such.
pub(super) fn generated(column: &CredentialColumn, report: &mut Report) {
    if column.info.generated {
        report.refuse(
            "column-generated",
            FindingWords {
                what: format!(
                    "column {} of {} is generated from others",
                    column.info.name, column.table_ident
                ),
                why: "a generated column can't be written",
                todo: "name the column that it is computed from".to_owned(),
            },
        );
    }
}
