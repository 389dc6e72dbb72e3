//! What each error of a server means: one table for all databases.
//!
//! PostgreSQL's codes are those of its Appendix A, "PostgreSQL Error Codes". MySQL's numbers are
//! those of its "Server Error Message Reference" and of MariaDB's "Error Codes". SQLite's are those
//! of its page "Result and Error Codes". A code that no row lists is [`ErrorClass::Unknown`].

use super::error_class::ErrorClass::{
    self, Busy, Denied, Full, Gone, Missing, Row, SetUp, Statement, Unknown,
};

/// Codes with one meaning.
pub struct ServerError {
    /// The codes. One that ends with `*` is the beginning of a code.
    pub codes: &'static [&'static str],
    /// What they mean for the caller.
    pub class: ErrorClass,
    /// What the server says with them, in plain words.
    pub meaning: &'static str,
}

const fn row(
    codes: &'static [&'static str],
    class: ErrorClass,
    meaning: &'static str,
) -> ServerError {
    ServerError {
        codes,
        class,
        meaning,
    }
}

/// The errors of one database.
pub struct ServerErrors {
    /// The database, and what its codes are.
    pub title: &'static str,
    /// Every code that is known. Of the rows that fit, the first decides.
    pub rows: &'static [ServerError],
}

/// The errors of every database.
pub const SERVER_ERRORS: [ServerErrors; 3] = [
    ServerErrors {
        title: "PostgreSQL, by SQLSTATE",
        rows: POSTGRES,
    },
    ServerErrors {
        title: "MySQL and MariaDB, by number",
        rows: MYSQL,
    },
    ServerErrors {
        title: "SQLite, by result code",
        rows: SQLITE,
    },
];

/// The class of an error of PostgreSQL, by its SQLSTATE.
pub(super) fn postgres_class(state: &str) -> ErrorClass {
    find(POSTGRES, state).unwrap_or(Unknown)
}

/// The class of an error of MySQL or MariaDB, by its number; then by its SQLSTATE, because a
/// trigger may raise any number.
#[cfg(feature = "mysql")]
pub(super) fn mysql_class(number: u16, state: &str) -> ErrorClass {
    find(MYSQL, &number.to_string())
        .or_else(|| find(MYSQL, &format!("state {state}")))
        .unwrap_or(Unknown)
}

/// The class of an error of SQLite, by its extended code and its message.
#[cfg(feature = "sqlite")]
pub(super) fn sqlite_class(code: &str, message: &str) -> ErrorClass {
    // The primary code is the low byte of an extended one.
    let primary = code.parse::<u32>().map(|code| (code & 0xff).to_string());
    let missing = message.starts_with("no such table") || message.starts_with("no such column");
    let listed = find(SQLITE, code).or_else(|| find(SQLITE, &primary.ok()?));
    match listed {
        // SQLite has one code for all that is wrong with a statement.
        Some(Statement) if missing => Missing,
        listed => listed.unwrap_or(Unknown),
    }
}

fn find(rows: &[ServerError], code: &str) -> Option<ErrorClass> {
    let fits = |listed: &&str| match listed.strip_suffix('*') {
        Some(beginning) => code.starts_with(beginning),
        None => code == *listed,
    };
    let found = rows.iter().find(|row| row.codes.iter().any(fits));
    found.map(|row| row.class)
}

const POSTGRES: &[ServerError] = &[
    // Locks and transactions.
    row(&["40001"], Busy, "the transaction can't be serialised"),
    row(&["40P01"], Busy, "a deadlock"),
    row(&["55P03"], Busy, "a lock was not to be had in time"),
    row(&["55006"], Busy, "the object is in use"),
    row(
        &["57014"],
        Busy,
        "the statement was cancelled, by an operator or by a time limit",
    ),
    row(&["25P02"], Busy, "the transaction has failed already"),
    row(&["72000"], Busy, "the snapshot is too old"),
    row(
        &["40002"],
        Row,
        "a deferred check fails at the end of the transaction",
    ),
    row(&["40*"], Busy, "the transaction was rolled back"),
    // Connections and servers that go.
    row(
        &["57P01", "57P02", "57P03"],
        Gone,
        "the server goes down, crashed, or starts",
    ),
    row(&["57P05"], Gone, "an idle session was ended"),
    row(
        &["25P03", "25P04"],
        Gone,
        "a session was ended that was idle in a transaction, or whose transaction took too long",
    ),
    row(
        &["25006"],
        Gone,
        "the server is read-only: a standby, as in a failover",
    ),
    row(&["53300"], Gone, "too many connections"),
    row(&["08*"], Gone, "the connection failed"),
    row(&["57P04"], SetUp, "the database was dropped"),
    // Room.
    row(&["53100"], Full, "the disk is full"),
    row(&["53200"], Full, "the server has no memory left"),
    row(&["53*"], Full, "a limit of the server is reached"),
    row(
        &["58030", "58000"],
        Full,
        "the server can't read or write a file",
    ),
    row(&["HV*"], Full, "a foreign server failed"),
    // Rights.
    row(&["42501"], Denied, "the user lacks a right"),
    row(&["28*"], Denied, "the login was refused"),
    // What is not there.
    row(
        &["42P01", "42703", "3F000", "3D000"],
        Missing,
        "a table, column, schema or database is not there",
    ),
    // What waiting does not mend.
    row(
        &["26000", "42P05"],
        SetUp,
        "a prepared statement is not this session's: a pooler shares sessions",
    ),
    row(&["0A000"], SetUp, "the server can't do this"),
    row(&["55*"], SetUp, "the object is not in a state for this"),
    row(&["XX001", "XX002"], SetUp, "a table or an index is damaged"),
    row(&["F0*"], SetUp, "the server's configuration is wrong"),
    row(&["42*"], Statement, "the statement is not understood"),
    // Rows.
    row(&["22*"], Row, "a value is not fit for its type"),
    row(
        &["23*", "44*"],
        Row,
        "a check, a key or a view refuses the row",
    ),
    row(
        &["P0*", "09*", "27*", "38*", "39*", "2F*"],
        Row,
        "a trigger or a function refuses the row",
    ),
    row(
        &["54*"],
        Row,
        "the row is too long for an index or another limit",
    ),
    row(&["21000"], Row, "a condition gives more than one row"),
];

const MYSQL: &[ServerError] = &[
    // Locks and transactions.
    row(&["1205"], Busy, "a lock was not to be had in time"),
    row(&["1213", "1614"], Busy, "a deadlock"),
    row(&["3572"], Busy, "a lock was not to be had at once"),
    row(
        &["1223"],
        Busy,
        "another session holds a read lock on everything",
    ),
    row(&["1020"], Busy, "the row has changed since it was read"),
    row(&["1412", "1615"], Busy, "the table was altered"),
    row(&["1317"], Busy, "the statement was ended by an operator"),
    row(
        &["1969", "3024"],
        Busy,
        "the statement took longer than its limit",
    ),
    row(&["1637", "3101"], Busy, "the transaction was rolled back"),
    // Connections and servers that go.
    row(&["1040", "1203"], Gone, "too many connections"),
    row(&["1053", "1077", "1079"], Gone, "the server goes down"),
    row(
        &[
            "1152", "1158", "1159", "1160", "1161", "1184", "1927", "2006", "2013", "4031",
        ],
        Gone,
        "the connection failed",
    ),
    row(
        &["1290", "1836"],
        Gone,
        "the server is read-only: a replica, as in a failover",
    ),
    row(&["1047"], Gone, "the node of the cluster is not ready"),
    row(&["1135"], Gone, "the server can't start a thread"),
    // Room.
    row(&["1114", "1021"], Full, "the disk or the table is full"),
    row(
        &["1037", "1038", "1041", "1206"],
        Full,
        "the server has no memory left",
    ),
    row(&["1226"], Full, "a limit of this user is reached"),
    row(
        &["1026", "1030", "1534", "3"],
        Full,
        "the server can't write a file",
    ),
    // Rights.
    row(
        &["1142", "1143", "1227", "1370", "1410", "1419"],
        Denied,
        "the user lacks a right",
    ),
    row(
        &["1044", "1045", "1698", "1820", "1862", "3118", "4151"],
        Denied,
        "the login was refused",
    ),
    // What is not there.
    row(
        &["1146", "1054", "1049"],
        Missing,
        "a table, column or database is not there",
    ),
    // What waiting does not mend.
    row(
        &["1197"],
        SetUp,
        "max_binlog_cache_size is too small for a page",
    ),
    row(
        &["1153"],
        SetUp,
        "max_allowed_packet is too small for a page",
    ),
    row(
        &["1598", "1665", "1785"],
        SetUp,
        "the binary log's settings don't allow the statement",
    ),
    row(
        &["1129"],
        SetUp,
        "the server refuses this host after too many failed connections",
    ),
    row(
        &["1034", "1035", "1194", "1195"],
        SetUp,
        "a table or an index is damaged",
    ),
    row(&["1792", "1235"], SetUp, "the server can't do this"),
    row(
        &["1064", "1305", "1630", "1052", "1584", "1149", "1241"],
        Statement,
        "the statement is not understood",
    ),
    // Rows.
    row(
        &[
            "1406", "1366", "1265", "1264", "1292", "1690", "1411", "1367", "3140",
        ],
        Row,
        "a value is not fit for its column",
    ),
    row(
        &[
            "4025", "3819", "1062", "1048", "1451", "1452", "1216", "1217", "1364", "1369", "1526",
        ],
        Row,
        "a check or a key refuses the row",
    ),
    row(&["1644", "1442"], Row, "a trigger refuses the row"),
    row(&["1242"], Row, "a condition gives more than one row"),
    row(
        &["state 22*", "state 23*", "state 44*", "state 45*"],
        Row,
        "a trigger's own state says that it refuses the row",
    ),
    row(&["state 08*"], Gone, "the connection failed"),
    row(&["state 40*"], Busy, "the transaction was rolled back"),
    row(&["state 42*"], Statement, "the statement is not understood"),
];

const SQLITE: &[ServerError] = &[
    row(&["5", "6"], Busy, "somebody else holds the file or a table"),
    row(&["4", "9"], Busy, "the statement was ended"),
    row(
        &["15", "17"],
        Busy,
        "the file or its schema changed meanwhile",
    ),
    row(&["14"], Gone, "the file can't be opened"),
    row(&["7"], Full, "no memory left"),
    row(&["10"], Full, "the file can't be read or written"),
    row(&["13"], Full, "the disk is full"),
    row(&["3", "8", "23"], Denied, "the file may not be written"),
    row(&["11", "26"], SetUp, "the file is damaged, or no database"),
    row(&["22"], SetUp, "the system can't do this"),
    row(
        &["1"],
        Statement,
        "the statement is not understood, or a table or column is not there",
    ),
    row(
        &["18", "19", "20"],
        Row,
        "a check, a key or a limit refuses the row",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Write as _;
    use std::path::Path;

    use super::*;

    #[test]
    fn lock_waits_and_deadlocks_are_busy_on_every_server() {
        for code in ["40001", "40P01", "55P03"] {
            assert_eq!(postgres_class(code), Busy);
        }
        #[cfg(feature = "mysql")]
        for number in [1205, 1213] {
            assert_eq!(mysql_class(number, "40001"), Busy);
        }
        #[cfg(feature = "sqlite")]
        for code in ["5", "517", "6"] {
            assert_eq!(sqlite_class(code, ""), Busy);
        }
    }

    #[test]
    fn a_full_disk_and_a_limit_pass() {
        assert_eq!(postgres_class("53100"), Full);
        assert_eq!(postgres_class("53400"), Full);
        #[cfg(feature = "mysql")]
        for number in [1114, 1021, 1226] {
            assert_eq!(mysql_class(number, "HY000"), Full);
        }
        #[cfg(feature = "sqlite")]
        for code in ["13", "10", "778"] {
            assert_eq!(sqlite_class(code, ""), Full);
        }
    }

    #[test]
    fn a_code_that_is_not_listed_is_unknown() {
        assert_eq!(postgres_class("XX000"), Unknown);
        #[cfg(feature = "mysql")]
        assert_eq!(mysql_class(1105, "HY000"), Unknown);
        #[cfg(feature = "sqlite")]
        assert_eq!(sqlite_class("21", ""), Unknown);
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn a_triggers_own_number_goes_by_its_state() {
        assert_eq!(mysql_class(30_001, "45000"), Row);
        assert_eq!(mysql_class(30_001, "HY000"), Unknown);
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn sqlite_has_one_code_for_what_is_not_there_and_for_what_it_cant_read() {
        assert_eq!(sqlite_class("1", "no such table: t"), Missing);
        assert_eq!(sqlite_class("1", "near \"x\": syntax error"), Statement);
    }

    #[test]
    fn no_code_stands_twice() {
        for errors in SERVER_ERRORS {
            let mut seen = HashSet::new();
            for code in errors.rows.iter().flat_map(|row| row.codes) {
                assert!(seen.insert(code), "{code}");
            }
        }
    }

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/server-errors.md");
        let page = page();
        if std::env::var_os("SALTERN_ACCEPT").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap_or_default() == page,
            "docs/server-errors.md is out of date: SALTERN_ACCEPT=1 cargo test server_errors"
        );
    }

    fn page() -> String {
        let mut page = String::from(
            "# Errors of the servers\n\n\
             This page is made from the table by which saltern sorts every error of a database. It says what an error\n\
             means, what saltern does about it, and with which [exit code](exit-codes.md) a command ends that can't go on.\n\n\
             | class | what saltern does | exit |\n| --- | --- | --- |\n",
        );
        for class in ErrorClass::ALL {
            let facts = class.facts();
            writeln!(
                page,
                "| {} | {} | {} |",
                facts.name, facts.action, facts.exit
            )
            .unwrap();
        }
        page.push_str("\nA code that is not listed is of class `unknown`.\n");
        for ServerErrors { title, rows } in SERVER_ERRORS {
            write!(
                page,
                "\n## {title}\n\n| code | meaning | class |\n| --- | --- | --- |\n"
            )
            .unwrap();
            for row in rows {
                let codes: Vec<String> = row.codes.iter().map(|code| format!("`{code}`")).collect();
                let class = row.class.facts().name;
                writeln!(page, "| {} | {} | {class} |", codes.join(", "), row.meaning).unwrap();
            }
        }
        page
    }
}
