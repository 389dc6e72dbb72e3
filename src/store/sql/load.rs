//! How busy a server is, by its own words: status variables of MySQL and MariaDB, active sessions
//! on PostgreSQL.

use super::conn::Conn;
use super::error::StoreError;
use super::kind::Kind;
use super::query::Query;

const OP: &str = "asking the server's load";

/// The one number that PostgreSQL has: sessions of clients that run a statement.
const ACTIVE: &str = "active";

/// Whether this user sees what the server's load is made of.
///
/// # Errors
/// `Refused` where it doesn't, with what would help; whatever the database says.
pub async fn can_see_load(conn: &mut Conn) -> Result<(), StoreError> {
    match conn.kind() {
        Kind::MySql => Ok(()),
        Kind::Sqlite => Err(StoreError::refused(
            "SQLite has no server whose load could be asked",
            "leave --max-load and --critical-load away; --max-host-load looks at this host",
        )),
        Kind::Postgres => {
            let sees = "pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')";
            let sql = format!("SELECT {}", conn.words().truth(sees));
            let query = Query::ours(OP, &sql, vec![]);
            match conn.rows(query, |r| r.number(0)).await?.first() {
                Some(1) => Ok(()),
                _ => Err(StoreError::refused(
                    "this user sees no sessions but its own, so the server's load is not known",
                    "GRANT pg_read_all_stats TO the user that saltern logs in as",
                )),
            }
        }
    }
}

/// The numbers of that name, in their order.
///
/// # Errors
/// `Refused` where the server has no such number; whatever the database says.
pub async fn server_load(conn: &mut Conn, names: &[&str]) -> Result<Vec<f64>, StoreError> {
    let numbers = match conn.kind() {
        Kind::Postgres => {
            let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
            let query = Query::ours(OP, sql, vec![]);
            let active = conn.rows(query, |r| r.number(0)).await?;
            #[expect(clippy::cast_precision_loss, reason = "a number of sessions")]
            let active = active.first().copied().unwrap_or_default() as f64;
            vec![(ACTIVE.to_owned(), Some(active))]
        }
        Kind::MySql => {
            let is_plain =
                |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let quoted = names.iter().copied().filter(is_plain);
            let list: Vec<String> = quoted.map(|name| format!("'{name}'")).collect();
            if list.is_empty() {
                return Ok(Vec::new());
            }
            let sql = format!(
                "SHOW GLOBAL STATUS WHERE Variable_name IN ({})",
                list.join(", ")
            );
            let query = Query::ours(OP, &sql, vec![]);
            conn.rows(query, |r| {
                let value = r.text(1)?.unwrap_or_default();
                Ok((r.owned(0)?, value.parse().ok()))
            })
            .await?
        }
        Kind::Sqlite => Vec::new(),
    };
    let number = |name: &&str| {
        let found = numbers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        found
            .and_then(|(_, number)| *number)
            .ok_or_else(|| no_number(conn.kind(), name))
    };
    names.iter().map(number).collect()
}

fn no_number(kind: Kind, name: &str) -> StoreError {
    StoreError::refused(
        format!("the server has no number {name:?}"),
        match kind {
            Kind::MySql => {
                "name a status variable that is a number, as SHOW GLOBAL STATUS lists them: Threads_running=40"
            }
            _ => "PostgreSQL has one, the sessions of clients that run a statement: active=40",
        },
    )
}
