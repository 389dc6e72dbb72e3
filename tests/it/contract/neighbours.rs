//! The columns beside a value: read where they are asked for, as the bytes that an application has in its hands, and never else.

use saltern::config::Credential;
use saltern::store::{Bounds, Companion, Key, KeyPart, Order, StoreError};

use super::setup::{Reader, credential};
use crate::db::TestDb;
use crate::servers::Backend;

fn people(backend: Backend) -> (TestDb, Credential) {
    let mut db = TestDb::new(backend);
    let (bytes, latin, raw) = match backend {
        Backend::Postgres => ("bytea", "text", r"'\x00ff61'::bytea"),
        Backend::MariaDb | Backend::MySql => (
            "VARBINARY(16)",
            "VARCHAR(20) CHARACTER SET latin1",
            "x'00ff61'",
        ),
        Backend::Sqlite => ("BLOB", "TEXT", "x'00ff61'"),
    };
    db.exec(&format!(
        "CREATE TABLE people (id INTEGER, part INTEGER, v VARCHAR(40), login VARCHAR(40), nick {latin}, grain CHAR(4), pepper {bytes}, \
         born INTEGER, PRIMARY KEY (id, part))"
    ));
    db.exec(&format!(
        "INSERT INTO people VALUES (7, 1, 'a', 'zoe@example.org', 'Zo\u{e9}', 'ab', {raw}, -12), (7, 2, 'b', 'max@example.org', NULL, NULL, NULL, NULL)"
    ));
    let credential = Credential {
        login: saltern::config::LoginColumns::of("login"),
        username: Some("nick".to_owned()),
        salt: Some("pepper".to_owned()),
        ..credential("people", &["id", "part"], "v")
    };
    (db, credential)
}

const WANTED: [Companion; 5] = [
    Companion::Salt,
    Companion::Salt2,
    Companion::Username,
    Companion::UserId,
    Companion::Login,
];

on_each_backend!(rows_carry_the_neighbours_that_were_asked_for, |backend| {
    let (db, credential) = people(backend);
    let mut reader = Reader::of(&db, &credential);
    let mut wanted = WANTED.to_vec();
    wanted.extend(["grain", "born"].map(|name| Companion::Named(name.to_owned())));
    reader.column = reader.column.with_companions(&wanted).unwrap();
    // A program reads PostgreSQL's char(4) with its blanks, MySQL's without.
    let grain: &[u8] = if backend == Backend::Postgres {
        b"ab  "
    } else {
        b"ab"
    };
    let expected: [Vec<Option<&[u8]>>; 2] = [
        vec![
            Some(b"\x00\xffa"),
            None,
            Some("Zo\u{e9}".as_bytes()),
            Some(b"7"),
            Some(b"zoe@example.org"),
            Some(grain),
            Some(b"-12"),
        ],
        vec![
            None,
            None,
            None,
            Some(b"7"),
            Some(b"max@example.org"),
            None,
            None,
        ],
    ];
    let keys: Vec<Key> = [1, 2]
        .map(|part| Key(vec![KeyPart::Int(7), KeyPart::Int(part)]))
        .into();
    let paged = reader.pages(10);
    let single = reader.keys(&keys).unwrap();
    for (i, expected) in expected.iter().enumerate() {
        for row in [&paged[i], single[i].as_ref().unwrap()] {
            let found: Vec<_> = wanted.iter().map(|one| row.companion(one)).collect();
            let found: Vec<_> = found.iter().map(Option::as_deref).collect();
            assert_eq!(&found, expected);
        }
        assert!(!format!("{:?}", paged[i]).contains("example"));
    }
    for order in [Order::Any, Order::Key] {
        let scanned = reader.scan_companions(order, &wanted).unwrap();
        assert_eq!(
            scanned,
            expected.each_ref().map(|row| owned(row)),
            "{order:?}"
        );
    }
});

on_each_backend!(
    a_neighbour_that_is_not_there_is_refused_by_name,
    |backend| {
        let (db, credential) = people(backend);
        let reader = Reader::of(&db, &credential);
        let error = reader
            .column
            .with_companions(&[Companion::Named("grains".to_owned())])
            .unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        assert!(error.to_string().contains("grains"), "{error}");
    }
);

on_each_backend!(
    without_a_name_of_its_own_the_login_is_the_users_name,
    |backend| {
        let (db, mut credential) = people(backend);
        credential.username = None;
        let mut reader = Reader::of(&db, &credential);
        reader.column = reader
            .column
            .with_companions(&[Companion::Username])
            .unwrap();
        let rows = reader
            .page(Bounds {
                after: None,
                up_to: None,
                limit: 10,
            })
            .unwrap();
        assert_eq!(
            rows[0].companion(&Companion::Username).as_deref(),
            Some(&b"zoe@example.org"[..])
        );
        assert_eq!(
            rows[0].companion(&Companion::Salt).as_deref(),
            None,
            "only what was asked for"
        );
    }
);

fn owned(row: &[Option<&[u8]>]) -> Vec<Option<Vec<u8>>> {
    row.iter().map(|v| v.map(<[u8]>::to_vec)).collect()
}
