//! What a SQLite file, its folder and its schema say about a run.

use super::ask::ask;
use super::report::{FindingWords, Report};
use super::subject::{Subject, Variant};
use super::unique::{Nullable, NullsFound, Unique, key_names};
use super::want::Want;
use super::{check, key, page, server};
use crate::store::sql::{Conn, Ident, StoreError};
use crate::store::table::{CredentialColumn, TypeFamily};
use std::path::Path;

pub(super) async fn look(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
    report: &mut Report,
) -> Result<(), StoreError> {
    look_at_file(conn, report).await?;
    if column.table.what != "table" {
        report.refuse(
            "not-a-table",
            FindingWords {
                what: format!("{} is a {}", column.table_ident, column.table.what),
                why: "an UPDATE of it goes elsewhere: nothing says that it hits the one row that was read",
                todo: "name the table behind it".to_owned(),
            },
        );
        return Ok(());
    }
    page::look_at_reading(conn, column, report).await?;
    look_at_column(conn, column, report).await?;
    let name = vec![column.table.table.as_str().into()];
    let created = ask(
        conn,
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?",
        name.clone(),
        |row| row.owned(0),
    )
    .await?;
    let checks = created
        .first()
        .map(|sql| check::in_create_table(sql))
        .unwrap_or_default();
    let subject = Subject {
        column,
        want,
        variant: Variant::Other,
    };
    check::look(conn, subject, &checks, report).await?;
    look_at_key(conn, column, report).await?;
    let triggers = ask(
        conn,
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? ORDER BY 1",
        name,
        |row| {
            Ok((
                row.owned(0)?,
                row.text(1)?.map(fires_on_update) != Some(false),
            ))
        },
    )
    .await?;
    let names: Vec<String> = triggers
        .into_iter()
        .filter(|(_, fires)| *fires)
        .map(|(name, _)| name)
        .collect();
    server::triggers(&names, &column.table_ident.to_string(), report);
    if page::look_at_writing(conn, column, want, report).await? {
        page::look_at_page(conn, subject, report).await?;
    }
    Ok(())
}

/// Whether a CREATE TRIGGER is for updates: its event is the first of the three words.
fn fires_on_update(sql: &str) -> bool {
    let event = sql
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .map(str::to_ascii_uppercase)
        .find(|word| matches!(word.as_str(), "UPDATE" | "INSERT" | "DELETE"));
    !matches!(event.as_deref(), Some("INSERT" | "DELETE"))
}

async fn look_at_file(conn: &mut Conn, report: &mut Report) -> Result<(), StoreError> {
    let files = ask(
        conn,
        "SELECT file FROM pragma_database_list WHERE name = 'main'",
        Vec::new(),
        |row| Ok(row.text(0)?.unwrap_or_default().to_owned()),
    )
    .await?;
    let Some(file) = files.into_iter().next().filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let path = Path::new(&file);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    look_at_file_system(path, report);
    if rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err() {
        report.refuse(
            "file-read-only",
            FindingWords {
                what: format!("{file} can't be written by this user"),
                why: "a run writes rows and its ledger into it",
                todo: "run saltern as the user that the application runs as".to_owned(),
            },
        );
    } else if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() {
        report.refuse(
            "folder-read-only",
            FindingWords {
                what: format!("the folder {} can't be written by this user", folder.display()),
                why: "SQLite makes its journal beside the database: without it nothing can be written",
                todo: "run saltern as the user that the application runs as".to_owned(),
            },
        );
    }
    let modes = ask(
        conn,
        "SELECT journal_mode FROM pragma_journal_mode",
        Vec::new(),
        |row| row.owned(0),
    )
    .await?;
    let mode = modes.first().map_or("unknown", String::as_str);
    report.info(
        "journal-mode",
        FindingWords {
            what: format!("journal_mode is {mode}"),
            why: if mode == "wal" {
                "readers go on while a page is written; a writer of the application waits for it, a few milliseconds"
            } else {
                "readers and writers of the application wait while a page is written, a few milliseconds: its busy_timeout must not be 0"
            },
            todo: "nothing".to_owned(),
        },
    );
    Ok(())
}

/// Kinds of file systems, by the numbers of `linux/magic.h` and of their own sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileSystem {
    Local,
    Network(&'static str),
    /// FUSE: may be anything, sshfs too.
    UserSpace,
}

pub(super) fn file_system(magic: u32) -> FileSystem {
    match magic {
        0x6969 => FileSystem::Network("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => FileSystem::Network("SMB"),
        0x0102_1997 => FileSystem::Network("9p"),
        0x5346_414f | 0x6b41_4653 => FileSystem::Network("AFS"),
        0x00c3_6400 => FileSystem::Network("Ceph"),
        0x0bd0_0bd0 => FileSystem::Network("Lustre"),
        0x4750_4653 => FileSystem::Network("GPFS"),
        0x7461_636f => FileSystem::Network("OCFS2"),
        0x0116_1970 => FileSystem::Network("GFS2"),
        0x7375_7245 => FileSystem::Network("Coda"),
        0x786f_4256 => FileSystem::Network("a VirtualBox shared folder"),
        0x6573_5546 => FileSystem::UserSpace,
        _ => FileSystem::Local,
    }
}

#[cfg(target_os = "linux")]
fn look_at_file_system(path: &Path, report: &mut Report) {
    let Ok(stat) = rustix::fs::statfs(path) else {
        return;
    };
    // A magic number has 32 bits; the field is wider on some processors and signed on others.
    let magic = (i128::from(stat.f_type) & 0xffff_ffff) as u32;
    let words = |name: &str| FindingWords {
        what: format!("{} lies on {name}", path.display()),
        why: "SQLite's locks don't hold there: two writers can damage the file (https://sqlite.org/faq.html#q5)",
        todo: "move the file to a local disk, or run saltern on the host that has it".to_owned(),
    };
    match file_system(magic) {
        FileSystem::Local => {}
        FileSystem::Network(name) => report.refuse("network-file", words(name)),
        FileSystem::UserSpace => report.warn(
            "network-file",
            words("a FUSE file system, which may be a network's"),
        ),
    }
}

#[cfg(not(target_os = "linux"))]
fn look_at_file_system(_: &Path, _: &mut Report) {}

async fn look_at_column(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    server::generated(column, report);
    let info = &column.info;
    let strict = table_flag(conn, column, "strict").await?;
    if strict && !matches!(info.base.as_str(), "TEXT" | "BLOB" | "ANY") {
        report.refuse(
            "column-strict",
            FindingWords {
                what: format!("column {} of the STRICT table {} is {}", info.name, column.table_ident, info.declared),
                why: "a STRICT table takes no text in such a column",
                todo: "rebuild the table with the column as TEXT (https://sqlite.org/lang_altertable.html, section 7)".to_owned(),
            },
        );
    } else if !strict
        && (info.family == TypeFamily::Int
            || info.family == TypeFamily::Any && !info.declared.is_empty())
    {
        report.warn(
            "column-numeric",
            FindingWords {
                what: format!("column {} of {} is declared {}, which has numeric affinity", info.name, column.table_ident, info.declared),
                why: "SQLite has made numbers of values that look like them: leading zeros are lost, and such a row can't be told from what was typed; new \
                      values are text and stay so",
                todo: "rows that hold numbers are quarantined; those users need a reset".to_owned(),
            },
        );
    }
    Ok(())
}

/// `wr` (WITHOUT ROWID) or `strict` of the table.
async fn table_flag(
    conn: &mut Conn,
    column: &CredentialColumn,
    flag: &'static str,
) -> Result<bool, StoreError> {
    let sql = format!("SELECT {flag} FROM pragma_table_list WHERE schema = 'main' AND name = ?");
    let flags = ask(
        conn,
        &sql,
        vec![column.table.table.as_str().into()],
        |row| row.number(0),
    )
    .await?;
    Ok(flags.first() == Some(&1))
}

/// What the table's own declaration says of its key.
struct DeclaredKey {
    /// The column that is the row's id.
    row_id: Option<String>,
    /// Columns that can't be NULL.
    not_null: Vec<String>,
}

async fn declared(conn: &mut Conn, column: &CredentialColumn) -> Result<DeclaredKey, StoreError> {
    struct PartOfTable {
        name: String,
        declared: String,
        not_null: bool,
        primary: bool,
    }
    let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)";
    let parts = ask(conn, sql, vec![column.table.table.as_str().into()], |row| {
        Ok(PartOfTable {
            name: row.owned(0)?,
            declared: row.owned(1)?,
            not_null: row.number(2)? != 0,
            primary: row.number(3)? > 0,
        })
    })
    .await?;
    let without_rowid = table_flag(conn, column, "wr").await?;
    let primary: Vec<&PartOfTable> = parts.iter().filter(|part| part.primary).collect();
    let row_id = match primary.as_slice() {
        [part] if !without_rowid && part.declared.eq_ignore_ascii_case("INTEGER") => {
            Some(part.name.clone())
        }
        _ => None,
    };
    // A primary key may hold NULL in SQLite, except as the row's id and in a table without one.
    let safe = |part: &&PartOfTable| {
        part.not_null || part.primary && without_rowid || row_id.as_ref() == Some(&part.name)
    };
    let not_null = parts
        .iter()
        .filter(safe)
        .map(|part| part.name.clone())
        .collect();
    Ok(DeclaredKey { row_id, not_null })
}

pub(super) async fn uniques(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Unique>, StoreError> {
    let row_id = declared(conn, column).await?.row_id;
    let mut uniques: Vec<Unique> = row_id
        .map(|name| Unique {
            columns: vec![name],
        })
        .into_iter()
        .collect();
    let sql = "SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND partial = 0 ORDER BY origin = 'pk' DESC, seq";
    let indexes = ask(conn, sql, vec![column.table.table.as_str().into()], |row| {
        row.owned(0)
    })
    .await?;
    for index in indexes {
        let sql = "SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno";
        let columns = ask(conn, sql, vec![index.into()], |row| {
            Ok(row.text(0)?.map(str::to_owned))
        })
        .await?;
        // An expression has no name.
        uniques.extend(
            columns
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(|columns| Unique { columns }),
        );
    }
    Ok(uniques)
}

async fn look_at_key(
    conn: &mut Conn,
    column: &CredentialColumn,
    report: &mut Report,
) -> Result<(), StoreError> {
    let not_null = declared(conn, column).await?.not_null;
    let mut nullable = Vec::new();
    for name in key_names(column) {
        if not_null.contains(&name) {
            continue;
        }
        let ident = Ident::new(column.kind, &name)?;
        let sql = format!(
            "SELECT 1 FROM {} WHERE {ident} IS NULL LIMIT 1",
            column.table_ident
        );
        let found = ask(conn, &sql, Vec::new(), |row| row.number(0)).await?;
        nullable.push(Nullable {
            column: name,
            found: if found.is_empty() {
                NullsFound::No
            } else {
                NullsFound::Yes
            },
        });
    }
    key::look(column, &uniques(conn, column).await?, &nullable, report);
    Ok(())
}
