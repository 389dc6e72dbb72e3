//! Every kind of column: values are read as the bytes that they are, a swap matches these bytes alone, and what was
//! written stands there exactly.

use saltern::policy::LastLogin;
use saltern::secret::StoredHash;
use saltern::store::{Bounds, Key, KeyPart, OLD_BYTES_MAX, Storage, Swap};

use super::setup::{Reader, Writer, credential, new_value, page, swap_of};
use crate::db::TestDb;
use crate::servers::Backend;

/// A column, and values as they are put in and as they must come out.
struct ColumnKind {
    declared: &'static str,
    values: Vec<(String, Vec<u8>)>,
}

const DIGEST: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

const PLAIN: [&str; 9] = [
    DIGEST,
    "5F4DCC3B5AA765D61D8327DEB882CF99",
    "",
    " before",
    "a\ttab",
    "a line\n",
    r#"it's a "quoted" \ value"#,
    "$2y$10$abcdefghijklmnopqrstuu",
    "?",
];
const ACCENTED: [&str; 4] = ["é", "É", "e\u{301}", "straße"];
const WIDE: [&str; 3] = ["😀", "日本", "\u{10ffff}"];

fn texts(backend: Backend, groups: &[&[&str]]) -> Vec<(String, Vec<u8>)> {
    groups
        .concat()
        .into_iter()
        .map(|text| (backend.literal(Some(text)), text.as_bytes().to_vec()))
        .collect()
}

/// Bytes as a literal.
fn raw(backend: Backend, bytes: &[u8]) -> (String, Vec<u8>) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let literal = match backend {
        Backend::Postgres => format!(r"'\x{hex}'::bytea"),
        _ => format!("x'{hex}'"),
    };
    (literal, bytes.to_vec())
}

fn long(backend: Backend) -> (String, Vec<u8>) {
    let text = "x'".repeat(2048);
    (backend.literal(Some(&text)), text.into_bytes())
}

fn column_kinds(backend: Backend) -> Vec<ColumnKind> {
    let kind = |declared, values| ColumnKind { declared, values };
    let all = || texts(backend, &[&PLAIN, &ACCENTED, &WIDE, &["behind "]]);
    let with_long = || [all(), vec![long(backend)]].concat();
    let bytes = || {
        let odd: [&[u8]; 4] = [b"\xff\x00\xfe", b"\0", b"a\0b\0", b"\xe9"];
        let odd = odd.map(|bytes| raw(backend, bytes));
        let mut plain: Vec<_> = [&PLAIN[..], &ACCENTED]
            .concat()
            .iter()
            .map(|text| raw(backend, text.as_bytes()))
            .collect();
        plain.extend(odd);
        plain
    };
    match backend {
        Backend::Postgres => vec![
            kind("text", with_long()),
            kind("varchar(5000)", with_long()),
            kind("text COLLATE \"C\"", with_long()),
            kind("text COLLATE ci", with_long()),
            kind("citext", with_long()),
            kind("stored_hash", all()),
            // The padding of char(n) is the column's; a value's own blanks at the end are lost before anybody could read them.
            kind("char(200)", texts(backend, &[&PLAIN, &ACCENTED, &WIDE])),
            kind("bytea", bytes()),
        ],
        Backend::MariaDb | Backend::MySql => {
            let latin1 = || {
                let mut values = texts(backend, &[&PLAIN, &["behind "]]);
                values.extend([
                    ("'é'".to_owned(), b"\xe9".to_vec()),
                    ("'É'".to_owned(), b"\xc9".to_vec()),
                    ("'straße'".to_owned(), b"stra\xdfe".to_vec()),
                    ("'€'".to_owned(), b"\x80".to_vec()),
                    ("_latin1 x'8100ff'".to_owned(), b"\x81\x00\xff".to_vec()),
                ]);
                values
            };
            let binary = || {
                bytes()
                    .into_iter()
                    .filter(|(_, bytes)| bytes.last() != Some(&0))
                    .collect()
            };
            vec![
                kind("VARCHAR(5000) CHARACTER SET latin1", latin1()),
                kind(
                    "VARCHAR(5000) CHARACTER SET latin1 COLLATE latin1_bin",
                    latin1(),
                ),
                kind(
                    "TEXT CHARACTER SET latin1 COLLATE latin1_general_cs",
                    latin1(),
                ),
                kind(
                    "VARCHAR(5000) CHARACTER SET ascii COLLATE ascii_bin",
                    texts(backend, &[&PLAIN, &["behind "]]),
                ),
                kind(
                    "VARCHAR(5000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                    with_long(),
                ),
                kind(
                    "VARCHAR(5000) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                    with_long(),
                ),
                kind(
                    "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                    with_long(),
                ),
                kind(
                    "VARCHAR(5000) CHARACTER SET utf8mb3",
                    texts(backend, &[&PLAIN, &ACCENTED, &["behind "]]),
                ),
                kind(
                    "CHAR(200) CHARACTER SET utf8mb4",
                    texts(backend, &[&PLAIN, &ACCENTED, &WIDE]),
                ),
                kind(
                    "CHAR(200) CHARACTER SET latin1 COLLATE latin1_bin",
                    texts(backend, &[&PLAIN]),
                ),
                kind("VARBINARY(5000)", bytes()),
                kind("BLOB", bytes()),
                kind("BINARY(200)", binary()),
            ]
        }
        Backend::Sqlite => {
            let not_text = |text: &[u8]| {
                let (literal, bytes) = raw(backend, text);
                (format!("CAST({literal} AS TEXT)"), bytes)
            };
            let mut text = with_long();
            text.extend([not_text(b"\xff\xfe"), not_text(b"a\0b"), not_text(b"\0")]);
            let mut mixed = bytes();
            mixed.extend(all());
            vec![
                kind("TEXT", text),
                kind("BLOB", mixed),
                kind("VARCHAR(10) COLLATE NOCASE", all()),
                kind("INTEGER", all()),
                kind("STRING", all()),
            ]
        }
    }
}

/// Values that a careless comparison would take for this one.
fn look_alikes(stored: &[u8]) -> Vec<Vec<u8>> {
    let flip = |byte: &u8| {
        if byte.is_ascii_lowercase() {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        }
    };
    let mut others = vec![
        stored.iter().map(flip).collect(),
        [stored, b" "].concat(),
        [stored, b"\0"].concat(),
        [b" ", stored].concat(),
        [stored, b"\n"].concat(),
        stored.trim_ascii().to_vec(),
        stored.strip_suffix(b"\0").unwrap_or(stored).to_vec(),
        stored
            .split(|byte| *byte == 0)
            .next()
            .unwrap_or_default()
            .to_vec(),
    ];
    match std::str::from_utf8(stored) {
        Ok(text) => {
            others.push(text.replace('é', "e").into_bytes());
            others.push(text.replace('é', "e\u{301}").into_bytes());
            others.push(text.replace("e\u{301}", "é").into_bytes());
            others.push(text.replace('É', "é").into_bytes());
            others.push(text.replace('ß', "ss").into_bytes());
            others.push(
                text.chars()
                    .filter_map(|c| u8::try_from(u32::from(c)).ok())
                    .collect(),
            );
        }
        // The same characters in another charset.
        Err(_) => others.push(
            stored
                .iter()
                .map(|&byte| char::from(byte))
                .collect::<String>()
                .into_bytes(),
        ),
    }
    others.retain(|other| other != stored && other.len() <= OLD_BYTES_MAX);
    others
}

fn prepare(db: &mut TestDb) {
    if db.backend() == Backend::Postgres {
        db.exec("CREATE EXTENSION citext; CREATE DOMAIN stored_hash AS text CHECK (length(VALUE) < 300); \
                 CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
    }
}

fn check_column(db: &mut TestDb, table: usize, kind: &ColumnKind) {
    let name = kind.declared;
    let backend = db.backend();
    let table = format!("t{table}");
    db.exec(&format!(
        "CREATE TABLE {table} (id INTEGER PRIMARY KEY, v {name})"
    ));
    for (i, (literal, _)) in kind.values.iter().enumerate() {
        db.exec(&format!("INSERT INTO {table} VALUES ({i}, {literal})"));
    }
    db.exec(&format!("INSERT INTO {table} VALUES (9999, NULL)"));
    let mut credential = credential(&table, &["id"], "v");
    credential.name = table.clone();
    let mut reader = Reader::of(db, &credential);
    let rows = reader
        .page(Bounds {
            after: None,
            up_to: None,
            limit: 1000,
        })
        .unwrap();
    let wanted: Vec<Option<Vec<u8>>> = kind
        .values
        .iter()
        .map(|(_, bytes)| Some(bytes.clone()))
        .chain([None])
        .collect();
    let read: Vec<Option<Vec<u8>>> = rows
        .iter()
        .map(|row| row.value().map(<[u8]>::to_vec))
        .collect();
    assert_eq!(read, wanted, "{name}");
    let scanned: Vec<Option<Vec<u8>>> = reader
        .scan(saltern::store::Order::Key)
        .unwrap()
        .into_iter()
        .map(|row| row.value)
        .collect();
    assert_eq!(scanned, wanted, "{name}, scanned");

    let shown = format!("SELECT id, v FROM {table} ORDER BY id");
    let before = db.query(&shown);
    let mut writer = Writer::of(db, &credential);
    let mut strangers: Vec<Swap> = Vec::new();
    for row in &rows[..rows.len() - 1] {
        for other in look_alikes(row.stored.as_ref().unwrap().as_bytes()) {
            let mut swap = swap_of(row);
            swap.old = StoredHash::new(other);
            // The column's own padding makes these the same value.
            let padded = |bytes: &[u8]| {
                bytes.trim_ascii_end().to_vec() == row.value().unwrap().trim_ascii_end()
            };
            if !(name.starts_with("char") && padded(swap.old.as_bytes())) {
                strangers.push(swap);
            }
        }
    }
    let asked = i64::try_from(strangers.len()).unwrap();
    let outcome = writer.swap(strangers);
    assert_eq!(
        (outcome.accounts.superseded, outcome.accounts.done),
        (asked, 0),
        "{name}: a look-alike was swapped"
    );
    assert_eq!(db.query(&shown), before, "{name}");

    let outcome = writer.swap(rows[..rows.len() - 1].iter().map(swap_of).collect());
    assert_eq!(
        outcome.accounts.done,
        i64::try_from(kind.values.len()).unwrap(),
        "{name}: {outcome:?}"
    );
    for row in reader.pages(1000) {
        let wanted = row
            .stored
            .as_ref()
            .map(|_| new_value(&row.key).into_bytes());
        assert_eq!(row.value().map(<[u8]>::to_vec), wanted, "{name}");
    }
    // Seen from outside, too: exactly the new text, or its bytes where the value was bytes.
    let hex = match backend {
        Backend::Postgres if name == "bytea" => "encode(v, 'escape')".to_owned(),
        Backend::MariaDb | Backend::MySql => "CAST(TRIM(TRAILING '\\0' FROM v) AS CHAR)".to_owned(),
        Backend::Sqlite => "CAST(v AS TEXT)".to_owned(),
        Backend::Postgres => "rtrim(v::text)".to_owned(),
    };
    for (i, row) in db
        .query(&format!(
            "SELECT {hex} FROM {table} WHERE v IS NOT NULL ORDER BY id"
        ))
        .into_iter()
        .enumerate()
    {
        let key = Key(vec![KeyPart::Int(i64::try_from(i).unwrap())]);
        assert_eq!(row[0].as_deref(), Some(new_value(&key).as_str()), "{name}");
    }
    // The new values can be swapped like any other.
    let rows = reader.pages(1000);
    let again: Vec<Swap> = rows[..rows.len() - 1]
        .iter()
        .map(|row| Swap {
            new: StoredHash::new("$2b$12$other"),
            ..swap_of(row)
        })
        .collect();
    let wanted = i64::try_from(again.len()).unwrap();
    assert_eq!(
        writer.swap(again).accounts.done,
        wanted,
        "{name}, the second time"
    );
    drop((reader, writer));
    db.drop_ledger();
}

on_each_backend!(a_swap_is_exact_in_every_kind_of_column, |backend| {
    let mut db = TestDb::new(backend);
    prepare(&mut db);
    for (i, kind) in column_kinds(backend).iter().enumerate() {
        check_column(&mut db, i, kind);
    }
});

#[test]
fn a_swap_is_exact_in_a_sqlite_database_in_wal_mode() {
    let mut db = TestDb::new(Backend::Sqlite);
    assert_eq!(
        db.value("PRAGMA journal_mode = WAL").as_deref(),
        Some("wal")
    );
    for (i, kind) in column_kinds(Backend::Sqlite).iter().enumerate() {
        check_column(&mut db, i, kind);
    }
    assert_eq!(db.value("PRAGMA journal_mode").as_deref(), Some("wal"));
}

#[test]
fn sqlite_keeps_the_type_that_a_value_had() {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v BLOB); INSERT INTO users VALUES (1, 'abc'), (2, x'616263')");
    let mut writer = Writer::of(&db, &credential("users", &["id"], "v"));
    let rows = writer.read();
    assert_eq!(
        rows.iter().map(|row| row.storage).collect::<Vec<_>>(),
        [Storage::Text, Storage::Blob]
    );
    let mut crossed = page(vec![swap_of(&rows[0]), swap_of(&rows[1])]);
    for (item, other) in crossed.items.iter_mut().zip([Storage::Blob, Storage::Text]) {
        if let saltern::store::PageItem::Swap(swap) = item {
            swap.storage = other;
        }
    }

    let outcome = super::setup::committed(writer.commit(&crossed).unwrap());
    assert_eq!((outcome.accounts.done, outcome.accounts.superseded), (0, 2));

    assert_eq!(
        writer
            .swap(rows.iter().map(swap_of).collect())
            .accounts
            .done,
        2
    );
    assert_eq!(
        db.query("SELECT typeof(v) FROM users ORDER BY id"),
        [[Some("text".to_owned())], [Some("blob".to_owned())]]
    );
}

#[test]
fn a_number_that_sqlite_made_of_a_digest_is_seen_as_one() {
    let mut db = TestDb::new(Backend::Sqlite);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, a INTEGER, b STRING)");
    db.exec("INSERT INTO users VALUES (1, '0012', '1e5'), (2, '12345678901234567890123456789012', '0123'), (3, 'abc', 'abc')");
    for (column, wanted) in [
        ("a", [Storage::Number, Storage::Number, Storage::Text]),
        ("b", [Storage::Number, Storage::Number, Storage::Text]),
    ] {
        let rows = Reader::of(&db, &credential("users", &["id"], column)).pages(10);
        assert_eq!(
            rows.iter().map(|row| row.storage).collect::<Vec<_>>(),
            wanted,
            "{column}"
        );
    }
}

#[test]
fn a_plaintext_in_latin1_is_read_as_a_login_would_send_it() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            db.exec("CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(200) CHARACTER SET latin1); INSERT INTO users VALUES (1, 'straße €')");
            let rows = Reader::of(&db, &credential("users", &["id"], "v")).pages(10);

            assert_eq!(rows[0].value(), Some(&b"stra\xdfe \x80"[..]));
            assert_eq!(rows[0].plaintext(), Some("straße €".as_bytes()));
        });
    }
}

#[test]
fn a_charset_in_which_ascii_is_not_ascii_is_refused() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            for charset in ["ucs2", "utf16", "utf16le", "utf32"] {
                db.exec(&format!("DROP TABLE IF EXISTS users; CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(200) CHARACTER SET {charset})"));

                let refused = Reader::open(&db.url(), &credential("users", &["id"], "v"))
                    .err()
                    .map(|error| error.to_string());

                assert!(
                    refused
                        .as_deref()
                        .is_some_and(|text| text.contains(charset)),
                    "{refused:?}"
                );
            }
        });
    }
}

on_each_backend!(
    a_value_that_is_too_long_to_be_compared_whole_is_not_swapped,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, v VARCHAR(5000))");
        db.insert(
            "users",
            &["id", "v"],
            [[Some("1".to_owned()), Some("x".repeat(OLD_BYTES_MAX))]],
        );
        let mut writer = Writer::of(&db, &credential("users", &["id"], "v"));
        let mut swap = swap_of(&writer.read()[0]);
        swap.old = StoredHash::new("x".repeat(OLD_BYTES_MAX + 1));

        assert!(writer.commit(&page(vec![swap])).is_err());
        assert_eq!(db.count("SELECT COUNT(*) FROM users WHERE v LIKE 'x%'"), 1);
    }
);

on_each_backend!(a_last_login_is_read_from_every_type_of_column, |backend| {
    let mut db = TestDb::new(backend);
    let at = 1_447_496_553_000;
    let cases: Vec<(&str, Vec<(&str, LastLogin)>)> = match backend {
        Backend::Postgres => vec![
            (
                "timestamptz",
                vec![
                    ("'2015-11-14 12:22:33+02'", LastLogin::At(at)),
                    ("'infinity'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "timestamp",
                vec![
                    ("'2015-11-14 10:22:33'", LastLogin::At(at)),
                    ("'-infinity'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "date",
                vec![
                    ("'2015-11-14'", LastLogin::At(1_447_459_200_000)),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "bigint",
                vec![
                    ("1447496553", LastLogin::At(at)),
                    ("1447496553000", LastLogin::At(at)),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "text",
                vec![
                    ("'2015-11-14T10:22:33Z'", LastLogin::At(at)),
                    ("'never'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
        ],
        Backend::MariaDb | Backend::MySql => vec![
            (
                "DATETIME NULL",
                vec![
                    ("'2015-11-14 10:22:33'", LastLogin::At(at)),
                    ("'0000-00-00 00:00:00'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "DATETIME NOT NULL",
                vec![
                    ("'2015-11-14 10:22:33'", LastLogin::At(at)),
                    ("'0000-00-00 00:00:00'", LastLogin::Unknown),
                ],
            ),
            (
                "TIMESTAMP NULL",
                vec![
                    ("'2015-11-14 10:22:33'", LastLogin::At(at)),
                    ("'0000-00-00 00:00:00'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "DATE",
                vec![
                    ("'2015-11-14'", LastLogin::At(1_447_459_200_000)),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "INT UNSIGNED",
                vec![
                    ("1447496553", LastLogin::At(at)),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "VARCHAR(40) CHARACTER SET latin1",
                vec![
                    ("'2015-11-14T10:22:33Z'", LastLogin::At(at)),
                    ("'né'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
        ],
        Backend::Sqlite => vec![
            (
                "INTEGER",
                vec![
                    ("1447496553", LastLogin::At(at)),
                    ("'2015-11-14 10:22:33'", LastLogin::At(at)),
                    ("NULL", LastLogin::Never),
                ],
            ),
            (
                "TEXT",
                vec![
                    ("'2015-11-14T10:22:33Z'", LastLogin::At(at)),
                    ("'never'", LastLogin::Unknown),
                    ("NULL", LastLogin::Never),
                ],
            ),
        ],
    };
    for (i, (declared, values)) in cases.into_iter().enumerate() {
        if backend.is_mysql_like() {
            db.exec("SET SESSION sql_mode = '', time_zone = '+00:00'");
        }
        db.exec(&format!(
            "CREATE TABLE t{i} (id INTEGER PRIMARY KEY, v VARCHAR(40), seen {declared})"
        ));
        for (id, (literal, _)) in values.iter().enumerate() {
            db.exec(&format!("INSERT INTO t{i} VALUES ({id}, 'x', {literal})"));
        }
        let mut credential = credential(&format!("t{i}"), &["id"], "v");
        credential.last_login = Some("seen".to_owned());
        let read: Vec<LastLogin> = Reader::of(&db, &credential)
            .pages(10)
            .iter()
            .map(|row| row.last_login)
            .collect();
        assert_eq!(
            read,
            values.iter().map(|(_, wanted)| *wanted).collect::<Vec<_>>(),
            "{declared}"
        );
    }
});
