//! Paging in key order: every type of key, any page size, bounds, conditions.

use std::collections::BTreeSet;

use saltern::store::{Bounds, Key, KeyPart, Order};

use super::setup::{Reader, Writer, credential, new_value, swaps_of};
use crate::db::TestDb;
use crate::servers::Backend;

/// A key column: its declaration and, for each value, its literal.
struct KeyType {
    name: &'static str,
    declared: String,
    literals: Vec<String>,
}

fn key_type(
    name: &'static str,
    declared: &str,
    literals: impl IntoIterator<Item = String>,
) -> KeyType {
    KeyType {
        name,
        declared: declared.to_owned(),
        literals: literals.into_iter().collect(),
    }
}

const TEXTS: [&str; 14] = [
    "alice",
    "Bob",
    "carol",
    "d'Artagnan",
    r"back\slash",
    "\"quoted\"",
    "émile",
    "Zoë",
    "~",
    "!",
    "a b",
    "tab\there",
    "0",
    "",
];

/// Keys that a latin1 column can't hold.
const WIDE: [&str; 5] = ["日本", "😀", "😀😀", "ſ", "\u{10ffff}x"];

fn uuids() -> impl Iterator<Item = String> {
    (0..23_u64).map(|i| {
        let mixed = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            mixed >> 32,
            mixed & 0xffff,
            i,
            (mixed >> 16) & 0xfff,
            mixed & 0xffff_ffff_ffff
        )
    })
}

fn key_types(backend: Backend) -> Vec<KeyType> {
    let text = |values: &[&str]| -> Vec<String> {
        values
            .iter()
            .map(|value| backend.literal(Some(value)))
            .collect()
    };
    let wide: Vec<&str> = TEXTS.iter().chain(&WIDE).copied().collect();
    let quoted = |values: &mut dyn Iterator<Item = String>| -> Vec<String> {
        values.map(|v| format!("'{v}'")).collect()
    };
    let signed = || {
        [i64::MIN, -1, 0, 1, i64::MAX]
            .into_iter()
            .chain(5..30)
            .map(|n| n.to_string())
    };
    let mut types = Vec::new();
    match backend {
        Backend::Postgres => {
            types.push(key_type("bigint", "bigint", signed()));
            types.push(key_type(
                "smallint",
                "smallint",
                (-9..9).map(|n: i32| n.to_string()),
            ));
            types.push(key_type("uuid", "uuid", quoted(&mut uuids())));
            types.push(key_type("text", "text", text(&wide)));
            types.push(key_type("text in C", "text COLLATE \"C\"", text(&wide)));
            types.push(key_type("varchar", "varchar(40)", text(&wide)));
            types.push(key_type("citext", "citext", text(&wide)));
            types.push(key_type("char", "char(12)", text(&wide)));
            types.push(key_type("domain", "user_name", text(&wide)));
            types.push(key_type("ci", "text COLLATE ci", text(&wide)));
        }
        Backend::MariaDb | Backend::MySql => {
            types.push(key_type("bigint", "BIGINT", signed()));
            types.push(key_type("int", "INT", (-9..9).map(|n: i32| n.to_string())));
            let unsigned = [0, u64::MAX, u64::MAX - 1, 1 << 63]
                .into_iter()
                .chain(5..30)
                .map(|n: u64| n.to_string());
            types.push(key_type("bigint unsigned", "BIGINT UNSIGNED", unsigned));
            types.push(key_type(
                "uuid as text",
                "CHAR(36) CHARACTER SET ascii",
                quoted(&mut uuids()),
            ));
            types.push(key_type(
                "uuid as bytes",
                "BINARY(16)",
                uuids().map(|u| format!("x'{}'", u.replace('-', ""))),
            ));
            let bytes = ["00", "0000", "27", "5c", "5c27", "ff", "ff00", "6100"];
            types.push(key_type(
                "varbinary",
                "VARBINARY(600)",
                bytes
                    .iter()
                    .map(|b| format!("x'{b}'"))
                    .chain([format!("x'{}'", "ab".repeat(600))]),
            ));
            types.push(key_type(
                "latin1",
                "VARCHAR(40) CHARACTER SET latin1",
                text(&TEXTS),
            ));
            types.push(key_type(
                "latin1_bin",
                "VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin",
                text(&TEXTS),
            ));
            types.push(key_type(
                "utf8mb4_bin",
                "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                text(&wide),
            ));
            types.push(key_type(
                "utf8mb4_general_ci",
                "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                text(&["alice", "Bob", "émile", r"b\s", "q'q", "日本", "😀"]),
            ));
            types.push(key_type(
                "the default collation",
                "VARCHAR(40)",
                text(&TEXTS),
            ));
            types.push(key_type(
                "utf8mb3",
                "VARCHAR(40) CHARACTER SET utf8mb3",
                text(&TEXTS),
            ));
            types.push(key_type(
                "char",
                "CHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                text(&TEXTS),
            ));
            types.push(key_type(
                "with NUL",
                "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                [r"'a\0b'", r"'a\0'", "'a'", r"'\0'"].map(str::to_owned),
            ));
            if backend == Backend::MariaDb {
                types.push(key_type("uuid", "UUID", quoted(&mut uuids())));
            }
        }
        Backend::Sqlite => {
            types.push(key_type("integer primary key", "INTEGER", signed()));
            types.push(key_type("bigint", "BIGINT", signed()));
            types.push(key_type("text", "TEXT", text(&wide)));
            types.push(key_type(
                "nocase",
                "VARCHAR(40) COLLATE NOCASE",
                text(&wide),
            ));
            types.push(key_type(
                "blob",
                "BLOB",
                ["00", "27", "5c27", "ff", "ff00"].map(|b| format!("x'{b}'")),
            ));
            types.push(key_type(
                "with NUL",
                "TEXT",
                [
                    "'a'",
                    "CAST(x'610062' AS TEXT)",
                    "CAST(x'6100' AS TEXT)",
                    "CAST(x'00' AS TEXT)",
                ]
                .map(str::to_owned),
            ));
        }
    }
    types
}

fn prepare(db: &mut TestDb) {
    if db.backend() == Backend::Postgres {
        db.exec("CREATE EXTENSION citext; CREATE DOMAIN user_name AS varchar(40) CHECK (length(VALUE) < 40); \
                 CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }
}

/// A table whose values are "v0" to "vN" in no order of the key; every fifth is NULL.
fn fill(db: &mut TestDb, declared: &[&KeyType]) -> Vec<Option<String>> {
    let columns: Vec<String> = declared
        .iter()
        .enumerate()
        .map(|(i, t)| format!("k{i} {} NOT NULL", t.declared))
        .collect();
    let key: Vec<String> = (0..declared.len()).map(|i| format!("k{i}")).collect();
    db.exec("DROP TABLE IF EXISTS users");
    db.exec(&format!(
        "CREATE TABLE users ({}, v VARCHAR(200), PRIMARY KEY ({}))",
        columns.join(", "),
        key.join(", ")
    ));
    // Every combination, where the key has several parts; the last part turns fastest.
    let mut keys: Vec<Vec<String>> = vec![vec![]];
    for part in declared {
        keys = keys
            .iter()
            .flat_map(|start| {
                part.literals
                    .iter()
                    .map(|l| [start.clone(), vec![l.clone()]].concat())
            })
            .collect();
    }
    let mut values = Vec::new();
    let mut rows = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let value = (i % 5 != 4).then(|| format!("v{i}"));
        rows.push(format!(
            "({}, {})",
            key.join(", "),
            db.backend().literal(value.as_deref())
        ));
        values.push(value);
    }
    // Put in backwards, so that the order of insertion is not the key's.
    rows.reverse();
    for some in rows.chunks(200) {
        db.exec(&format!("INSERT INTO users VALUES {}", some.join(", ")));
    }
    values
}

/// Reads the table in every page size, between every pair of bounds, and by single keys; then swaps all of it.
fn check_paging(db: &mut TestDb, declared: &[&KeyType]) {
    let name: Vec<&str> = declared.iter().map(|t| t.name).collect();
    let name = name.join(" + ");
    let values = fill(db, declared);
    let key: Vec<String> = (0..declared.len()).map(|i| format!("k{i}")).collect();
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    let credential = credential("users", &key, "v");
    let order = db.query(&format!("SELECT v FROM users ORDER BY {}", key.join(", ")));
    let order: Vec<Option<Vec<u8>>> = order
        .into_iter()
        .map(|mut row| row.remove(0).map(String::into_bytes))
        .collect();
    assert_eq!(order.len(), values.len());
    let mut reader = Reader::of(db, &credential);
    let mut writer = Writer::of(db, &credential);
    let all = reader.pages(1000);
    let keys: Vec<Key> = all.iter().map(|row| row.key.clone()).collect();
    assert_eq!(
        keys.iter()
            .map(Key::to_ledger)
            .collect::<BTreeSet<_>>()
            .len(),
        values.len(),
        "{name}"
    );

    for limit in [1, 2, 3, 7, values.len(), values.len() + 1] {
        let read: Vec<Option<Vec<u8>>> = reader
            .pages(limit)
            .iter()
            .map(|row| row.value().map(<[u8]>::to_vec))
            .collect();
        assert_eq!(read, order, "{name}, {limit} rows a page");
    }
    let step = (keys.len() / 4).max(1);
    for from in (0..keys.len()).step_by(step) {
        for to in (from..keys.len()).step_by(step) {
            let kinds = reader.column.key_kinds();
            let lo = Key::from_ledger(&keys[from].to_ledger(), &kinds).unwrap();
            let hi = Key::from_ledger(&keys[to].to_ledger(), &kinds).unwrap();
            let between: Vec<Key> = reader
                .pages_between(Some(&lo), Some(&hi), 3)
                .into_iter()
                .map(|row| row.key)
                .collect();
            assert_eq!(
                between,
                keys[from + 1..=to],
                "{name}: behind {lo} up to {hi}"
            );
            let open: Vec<Key> = reader
                .pages_between(None, Some(&hi), 5)
                .into_iter()
                .map(|row| row.key)
                .collect();
            assert_eq!(open, keys[..=to], "{name}: up to {hi}");
        }
    }
    let single = reader.keys(&keys).unwrap();
    for (one, row) in single.iter().zip(&all) {
        assert_eq!(
            one.as_ref().map(|one| (&one.key, one.value())),
            Some((&row.key, row.value())),
            "{name}"
        );
    }
    let scanned = reader.scan(Order::Key).unwrap();
    assert_eq!(
        scanned
            .iter()
            .map(|row| row.key.clone().unwrap())
            .collect::<Vec<_>>(),
        keys,
        "{name}"
    );
    assert_eq!(reader.scan(Order::Any).unwrap().len(), keys.len());

    let outcome = writer.swap(swaps_of(&all));
    let full = values.iter().flatten().count();
    assert_eq!(
        outcome.accounts.done,
        i64::try_from(full).unwrap(),
        "{name}: {outcome:?}"
    );
    for row in reader.pages(1000) {
        let was = all.iter().find(|was| was.key == row.key).unwrap();
        let wanted = was.value().map(|_| new_value(&row.key).into_bytes());
        assert_eq!(
            row.value().map(<[u8]>::to_vec),
            wanted,
            "{name}, key {}",
            row.key
        );
    }
}

on_each_backend!(
    every_type_of_key_is_paged_in_its_own_order_and_swapped,
    |backend| {
        let mut db = TestDb::new(backend);
        prepare(&mut db);
        for one in key_types(backend) {
            check_paging(&mut db, &[&one]);
            db.drop_ledger();
        }
    }
);

on_each_backend!(
    every_composite_key_is_paged_in_its_own_order_and_swapped,
    |backend| {
        let mut db = TestDb::new(backend);
        prepare(&mut db);
        let mut types = key_types(backend);
        for one in &mut types {
            one.literals.truncate(5);
        }
        let find = |name: &str| types.iter().find(|t| t.name == name).unwrap();
        let (a, b, c) = match backend {
            Backend::Postgres => ("bigint", "citext", "uuid"),
            Backend::MariaDb => ("bigint unsigned", "latin1", "uuid as bytes"),
            Backend::MySql => ("bigint unsigned", "the default collation", "uuid as bytes"),
            Backend::Sqlite => ("bigint", "nocase", "blob"),
        };
        for parts in [
            vec![a, b],
            vec![b, a],
            vec![c, a],
            vec![a, b, c],
            vec![b, c, a],
        ] {
            let parts: Vec<&KeyType> = parts.into_iter().map(find).collect();
            check_paging(&mut db, &parts);
            db.drop_ledger();
        }
    }
);

on_each_backend!(only_rows_for_which_where_is_true_are_seen, |backend| {
    let mut db = TestDb::new(backend);
    db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, tenant INTEGER, v VARCHAR(100))");
    db.exec("INSERT INTO users VALUES (1, 3, 'a'), (2, 4, 'b'), (3, NULL, 'c'), (4, 3, NULL)");
    let mut credential = credential("users", &["id"], "v");
    credential.where_sql = Some("tenant = 3 -- ours ?".to_owned());
    let mut reader = Reader::of(&db, &credential);

    let seen: Vec<Key> = reader.pages(2).into_iter().map(|row| row.key).collect();

    assert_eq!(seen, [1, 4].map(|n| Key(vec![KeyPart::Int(n)])));
    assert_eq!(reader.scan(Order::Any).unwrap().len(), 2);
    let keys = [1, 2, 3, 9].map(|n| Key(vec![KeyPart::Int(n)]));
    let found: Vec<bool> = reader
        .keys(&keys)
        .unwrap()
        .iter()
        .map(Option::is_some)
        .collect();
    assert_eq!(found, [true, false, false, false]);
});

on_each_backend!(
    a_row_is_excepted_only_where_the_condition_is_true,
    |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, is_service INTEGER, v VARCHAR(100))");
        db.exec("INSERT INTO users VALUES (1, 1, 'a'), (2, 0, 'b'), (3, NULL, 'c')");
        let mut credential = credential("users", &["id"], "v");
        credential.except_sql = Some("is_service = 1".to_owned());
        let mut reader = Reader::of(&db, &credential);

        assert_eq!(
            reader
                .pages(10)
                .iter()
                .map(|row| row.excepted)
                .collect::<Vec<_>>(),
            [true, false, false]
        );
        assert_eq!(
            reader
                .scan(Order::Key)
                .unwrap()
                .iter()
                .map(|row| row.excepted)
                .collect::<Vec<_>>(),
            [true, false, false]
        );
    }
);

#[test]
fn an_operators_question_mark_reaches_postgresql() {
    crate::servers::on(Backend::Postgres, |backend| {
        let mut db = TestDb::new(backend);
        db.exec("CREATE TABLE users (id bigint PRIMARY KEY, flags jsonb, v text)");
        db.exec(r#"INSERT INTO users VALUES (1, '{"a": 1}', 'x'), (2, '{"b": 1}', 'y')"#);
        let mut credential = credential("users", &["id"], "v");
        credential.where_sql = Some("flags ? 'a'".to_owned());

        let rows = Reader::of(&db, &credential)
            .page(Bounds {
                after: Some(&Key(vec![KeyPart::Int(0)])),
                up_to: None,
                limit: 5,
            })
            .unwrap();

        assert_eq!(rows.len(), 1);
    });
}

#[test]
fn a_sqlite_key_that_is_not_of_its_columns_type_is_refused_and_never_guessed() {
    let mut db = TestDb::new(Backend::Sqlite);
    for (declared, odd) in [
        ("BIGINT", "'abc'"),
        ("TEXT", "x'616263'"),
        ("BLOB", "'abc'"),
        ("TEXT", "NULL"),
    ] {
        db.exec(&format!("DROP TABLE IF EXISTS users; CREATE TABLE users (id {declared} PRIMARY KEY, v TEXT); INSERT INTO users VALUES ({odd}, 'x')"));
        let mut reader = Reader::of(&db, &credential("users", &["id"], "v"));

        let read = reader.page(Bounds {
            after: None,
            up_to: None,
            limit: 5,
        });

        assert!(read.is_err(), "{declared} with {odd}: {read:?}");
    }
}

#[test]
fn names_that_differ_only_in_case_are_two_tables_on_mysql() {
    for backend in [Backend::MariaDb, Backend::MySql] {
        crate::servers::on(backend, |backend| {
            let mut db = TestDb::new(backend);
            db.exec("CREATE TABLE Users (ID INT PRIMARY KEY, other INT, v VARCHAR(50)); CREATE TABLE users (id INT PRIMARY KEY, v VARCHAR(99))");
            let reader = Reader::of(&db, &credential("users", &["id"], "v"));

            assert_eq!(reader.column.info.max_len, Some(99));
            assert_eq!(reader.column.table.columns.len(), 2);
        });
    }
}
