//! What PostgreSQL's catalogue and settings say about a run.

use super::ask::{ask, attempt};
use super::check::Check;
use super::report::{FindingWords, Report};
use super::subject::{Subject, Variant};
use super::unique::{Unique, nullable};
use super::want::Want;
use super::width::Old;
use super::{check, key, page, server, width};
use crate::store::sql::{Arg, Conn, ErrorClass, StoreError};
use crate::store::table::CredentialColumn;

/// PostgreSQL 12: the oldest that the suite's statements are written for.
const LEAST: i64 = 120_000;

pub(super) async fn look(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    report: &mut Report,
) -> Result<(), StoreError> {
    look_at_server(conn, report).await?;
    look_at_table(conn, column, report).await?;
    page::look_at_reading(conn, column, report).await?;
    let subject = Subject {
        column,
        want,
        variant: Variant::Other,
    };
    look_at_column(conn, subject, report).await?;
    key::look(
        column,
        &uniques(conn, column).await?,
        &nullable(column),
        report,
    );
    look_at_triggers(conn, column, report).await?;
    let can_be_updated = look_at_publications(conn, column, report).await?;
    if can_be_updated && page::look_at_writing(conn, column, want, report).await? {
        page::look_at_page(conn, subject, report).await?;
    }
    Ok(())
}

/// `to_regclass` takes the quoted name.
fn table_arg(column: &CredentialColumn) -> Vec<Arg> {
    vec![column.table_ident.to_string().into()]
}

struct Server {
    version: i64,
    in_recovery: bool,
    read_only: bool,
    remote_in_clear: bool,
    log_statement: String,
    log_min_duration: String,
    log_sample: String,
    log_parameters: String,
    role_connections: i64,
    database_connections: i64,
    transaction_ms: i64,
}

async fn look_at_server(conn: &mut Conn, report: &mut Report) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('server_version_num')::int8, pg_is_in_recovery()::int::int8, \
         (current_setting('default_transaction_read_only') = 'on')::int::int8, \
         (inet_client_addr() IS NOT NULL AND NOT inet_client_addr() <<= '127.0.0.0/8' AND NOT inet_client_addr() <<= '::1' \
           AND inet_client_addr() IS DISTINCT FROM inet_server_addr() \
           AND NOT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false))::int::int8, \
         current_setting('log_statement'), current_setting('log_min_duration_statement'), \
         coalesce(current_setting('log_min_duration_sample', true), '-1'), coalesce(current_setting('log_parameter_max_length', true), '-1'), \
         (SELECT CASE WHEN rolsuper THEN -1 ELSE rolconnlimit END FROM pg_roles WHERE rolname = session_user)::int8, \
         (SELECT CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN -1 ELSE datconnlimit END \
           FROM pg_database WHERE datname = current_database())::int8, \
         coalesce((SELECT setting FROM pg_settings WHERE name = 'transaction_timeout'), '0')::int8";
    let facts = ask(conn, sql, Vec::new(), |row| {
        Ok(Server {
            version: row.number(0)?,
            in_recovery: row.number(1)? != 0,
            read_only: row.number(2)? != 0,
            remote_in_clear: row.number(3)? != 0,
            log_statement: row.owned(4)?,
            log_min_duration: row.owned(5)?,
            log_sample: row.owned(6)?,
            log_parameters: row.owned(7)?,
            role_connections: row.int(8)?.unwrap_or(-1),
            database_connections: row.int(9)?.unwrap_or(-1),
            transaction_ms: row.number(10)?,
        })
    })
    .await?;
    let Some(facts) = facts.into_iter().next() else {
        return Ok(());
    };
    if facts.version < LEAST {
        server::too_old(
            "PostgreSQL",
            &(facts.version / 10_000).to_string(),
            "12",
            report,
        );
    }
    if facts.in_recovery {
        server::read_only(
            "the server is a standby (pg_is_in_recovery())".to_owned(),
            "name the primary in the database URL (several hosts and target_session_attrs are not read)",
            report,
        );
    }
    if facts.read_only {
        server::read_only(
            "default_transaction_read_only is on for this user, database or server".to_owned(),
            "find out who set it and why (a full disk, a failover); where it is this user's alone: ALTER ROLE … RESET default_transaction_read_only;",
            report,
        );
    }
    server::connections(
        facts.role_connections,
        "this role (CONNECTION LIMIT)",
        "ALTER ROLE … CONNECTION LIMIT 8;",
        report,
    );
    server::connections(
        facts.database_connections,
        "this database (CONNECTION LIMIT)",
        "ALTER DATABASE … CONNECTION LIMIT -1; or as many as the application and a run need",
        report,
    );
    server::transaction_time(
        facts.transaction_ms,
        "transaction_timeout",
        "for the user that saltern logs in as: ALTER ROLE … SET transaction_timeout = 0;",
        report,
    );
    if facts.remote_in_clear {
        server::no_tls("sslmode=verify-full (or sslmode=require)", report);
    }
    // An UPDATE is `mod`; with `ddl` and `none` it is not logged.
    let by_kind = matches!(facts.log_statement.as_str(), "mod" | "all");
    let setting = if by_kind {
        Some(format!("log_statement = {}", facts.log_statement))
    } else if facts.log_min_duration != "-1" {
        Some(format!(
            "log_min_duration_statement = {}",
            facts.log_min_duration
        ))
    } else if facts.log_sample != "-1" {
        Some(format!("log_min_duration_sample = {}", facts.log_sample))
    } else {
        None
    };
    if let Some(setting) = setting.filter(|_| facts.log_parameters != "0") {
        let setting = format!(
            "{setting}, log_parameter_max_length = {}",
            facts.log_parameters
        );
        let todo = if facts.version >= 130_000 {
            "for the user that saltern logs in as: ALTER ROLE … SET log_parameter_max_length = 0; (as a superuser; it keeps the statements and leaves \
             their parameters out)"
        } else {
            "for the user that saltern logs in as: ALTER ROLE … SET log_statement = 'none'; ALTER ROLE … SET log_min_duration_statement = -1; (as a \
             superuser)"
        };
        server::logged(&setting, todo.to_owned(), report);
    }
    Ok(())
}

async fn look_at_table(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    let table = &column.table_ident;
    let refuse = |what: String, todo: &str, report: &mut Report| {
        report.refuse(
            "not-a-table",
            FindingWords {
                what,
                why: "an UPDATE of it goes elsewhere: nothing says that it hits the one row that was read, nor that it commits with the ledger",
                todo: todo.to_owned(),
            },
        );
    };
    if !matches!(column.table.what.as_str(), "table" | "partitioned table") {
        refuse(
            format!("{table} is a {}", column.table.what),
            "name the table behind it",
            report,
        );
        return Ok(());
    }
    let sql = "SELECT c.relhasrules::int::int8, row_security_active(c.oid)::int::int8, \
         (c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid))::int::int8 \
         FROM pg_class c WHERE c.oid = to_regclass(?)";
    let facts = ask(conn, sql, table_arg(column), |row| {
        Ok([
            row.number(0)? != 0,
            row.number(1)? != 0,
            row.number(2)? != 0,
        ])
    })
    .await?;
    let Some([rules, row_security, inherited]) = facts.first().copied() else {
        return Ok(());
    };
    if rules {
        refuse(
            format!("{table} has rules (CREATE RULE)"),
            "drop the rules, or put triggers in their place",
            report,
        );
    }
    if inherited {
        refuse(
            format!("other tables inherit from {table}"),
            "an UPDATE reaches their rows too, and no index spans them: detach them (ALTER TABLE … NO INHERIT …), or ask for their support",
            report,
        );
    }
    if row_security {
        report.refuse(
            "row-security",
            FindingWords {
                what: format!("row-level security of {table} applies to this user"),
                why: "rows that a policy hides would be neither counted nor made strong, without a word",
                todo: "use a user that it doesn't apply to: the table's owner (unless FORCE is set), or one with BYPASSRLS: ALTER ROLE … BYPASSRLS;"
                    .to_owned(),
            },
        );
    }
    Ok(())
}

async fn look_at_column(
    conn: &mut Conn,
    subject: Subject<'_>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Subject { column, want, .. } = subject;
    server::generated(column, report);
    width::look(column, want.longest_new_value(), &Old::Postgres, report);
    if let Some(domain) = &column.info.domain
        && want.writes_values()
    {
        let sql = format!(
            "SELECT (?::text::{} IS NULL)::int::int8",
            column.info.declared
        );
        let answer = attempt(conn, &sql, vec![want.sample().into()], |row| row.number(0)).await?;
        if let Err(error) = answer
            && error.class() == ErrorClass::Row
        {
            check::domain_breaks(domain, "", report);
        }
    }
    let sql = "SELECT c.conname::text, pg_get_expr(c.conbin, c.conrelid) FROM pg_constraint c \
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname::text = ? \
         WHERE c.conrelid = to_regclass(?) AND c.contype = 'c' AND a.attnum = ANY (c.conkey) ORDER BY 1";
    let args = vec![
        column.info.name.as_str().into(),
        column.table_ident.to_string().into(),
    ];
    let checks = ask(conn, sql, args, |row| {
        Ok(Check {
            name: row.owned(0)?,
            expression: row.owned(1)?,
        })
    })
    .await?;
    check::look(conn, subject, &checks, report).await
}

pub(super) async fn uniques(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Unique>, StoreError> {
    // Only what holds for every row at every moment: whole columns, valid, not partial, not
    // deferrable. Where the column's collation calls different bytes equal, the index must too.
    let sql = "SELECT (SELECT json_agg(a.attname ORDER BY k.ord)::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, ord) \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num WHERE k.ord <= i.indnkeyatts) \
         FROM pg_index i WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL \
           AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey::int2[], i.indcollation::oid[]) k(num, coll) \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num JOIN pg_collation c ON c.oid = a.attcollation \
             WHERE NOT c.collisdeterministic AND k.coll <> a.attcollation) \
         ORDER BY i.indisprimary DESC, i.indexrelid";
    ask(conn, sql, table_arg(column), |row| {
        Ok(Unique {
            columns: names(row.text(0)?),
        })
    })
    .await
}

fn names(json: Option<&str>) -> Vec<String> {
    json.and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

async fn look_at_triggers(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    // Bit 16 of tgtype is UPDATE; a trigger may be bound to some columns.
    let sql = "SELECT t.tgname::text FROM pg_trigger t JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attname::text = ? \
         WHERE t.tgrelid = to_regclass(?) AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND (t.tgtype & 16) <> 0 \
           AND (cardinality(t.tgattr::int2[]) = 0 OR a.attnum = ANY (t.tgattr::int2[])) ORDER BY 1";
    let args = vec![
        column.info.name.as_str().into(),
        column.table_ident.to_string().into(),
    ];
    let names = ask(conn, sql, args, |row| row.owned(0)).await?;
    server::triggers(&names, &column.table_ident.to_string(), report);
    Ok(())
}

/// False where the server would refuse every UPDATE.
async fn look_at_publications(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<bool, StoreError> {
    let sql = "SELECT coalesce(string_agg(DISTINCT p.pubname::text, ', '), ''), max(c.relreplident::text), \
           (max(c.relreplident::text) = 'n' OR max(c.relreplident::text) = 'd' \
             AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = to_regclass(?) AND i.indisprimary))::int::int8 \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_publication_tables t ON t.schemaname = n.nspname AND t.tablename = c.relname \
         JOIN pg_publication p ON p.pubname = t.pubname AND p.pubupdate WHERE c.oid = to_regclass(?)";
    let name = column.table_ident.to_string();
    let facts = ask(
        conn,
        sql,
        vec![name.clone().into(), name.clone().into()],
        |row| {
            Ok((
                row.owned(0)?,
                row.text(1)?.map(str::to_owned),
                row.int(2)? == Some(1),
            ))
        },
    )
    .await?;
    let Some((publications, identity, missing)) = facts
        .into_iter()
        .next()
        .filter(|(names, ..)| !names.is_empty())
    else {
        return Ok(true);
    };
    if missing {
        report.refuse(
            "replica-identity",
            FindingWords {
                what: format!("{name} is published ({publications}) and has no replica identity"),
                why: "the server refuses every UPDATE of such a table",
                todo: format!("give it a primary key, or name a unique index: ALTER TABLE {name} REPLICA IDENTITY USING INDEX …;"),
            },
        );
    }
    let old_too = if identity.as_deref() == Some("f") {
        "old and new hashes"
    } else {
        "new hashes"
    };
    report.warn(
        "published",
        FindingWords {
            what: format!("changes of {name} are published ({publications}): subscribers get the {old_too}"),
            why: "every row that a run changes is one more message; who reads them must be as well kept as the table",
            todo: "tell who runs the subscribers; --max-rate slows a run down".to_owned(),
        },
    );
    Ok(!missing)
}
