//! Passwords that were hashed in another charset than UTF-8.

use super::*;

/// A password in UTF-8, a charset that had it, and its bytes there, by Python's codecs.
const HASHED: [(&str, &str, &[u8]); 6] = [
    ("caf\u{e9} \u{20ac}", "windows-1252", b"caf\xe9 \x80"),
    ("caf\u{e9}", "iso-8859-1", b"caf\xe9"),
    ("caf\u{e9} \u{20ac}", "iso-8859-15", b"caf\xe9 \xa4"),
    (
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "koi8-r",
        b"\xd0\xc1\xd2\xcf\xcc\xd8",
    ),
    (
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "windows-1251",
        b"\xef\xe0\xf0\xee\xeb\xfc",
    ),
    ("\u{6f22}\u{5b57}", "shift_jis", b"\x8a\xbf\x8e\x9a"),
];

fn md5_of(bytes: &[u8]) -> String {
    Md5::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn config(charset: &str) -> String {
    let in_charset = format!("{PARENTS}charset = \"{charset}\"\n");
    format!("{in_charset}{CHEAP}")
}

on_each_backend!(
    a_password_of_the_old_charset_opens_and_is_upgraded_as_it_was_typed,
    |backend| {
        let mut db = people(backend, 2);
        for (password, charset, bytes) in HASHED {
            set(&mut db, 0, Some(&md5_of(bytes)));
            set(&mut db, 1, Some(&md5(password)));
            let sidecar = Sidecar::on(&db, &config(charset), UNLIMITED);
            for wrong in ["caf\u{e8}", "caf?", "\u{1f600}", "\u{416}", "cafe"] {
                assert_eq!(
                    sidecar.login("n0@x.org", wrong),
                    mismatch(),
                    "{charset} {wrong}"
                );
            }
            // In UTF-8, too: the application has changed over at some time.
            for id in [0, 1] {
                let login = login_of(id);
                assert_eq!(
                    sidecar.login(&login, password),
                    matched(true),
                    "{charset} {id}"
                );
                let stored = stored(&mut db, id).unwrap();
                assert!(opens(&stored, password), "{charset} {id}");
                assert_eq!(sidecar.login(&login, password), matched(false));
            }
        }
    }
);

on_each_backend!(a_wrapped_value_of_the_old_charset_opens_too, |backend| {
    let (password, charset, bytes) = HASHED[0];
    let mut db = people(backend, 2);
    set(&mut db, 0, Some(&md5_of(bytes)));
    let saltern = saltern_on(&db);
    saltern.configure(&config(charset));
    saltern.run(&["run", "--execute", "-q"]).expect_code(0);
    let wrapped = stored(&mut db, 0).unwrap();
    assert!(wrapped.starts_with("$argon2id--md5$"), "{wrapped}");
    let sidecar = Sidecar::start(&saltern, &config(charset), UNLIMITED);
    assert_eq!(sidecar.login("n0@x.org", "caf\u{e9}"), mismatch());
    let body = json!({ "identifier": "n0@x.org", "password": password });
    let reply = sidecar
        .client()
        .post("/v1/kratos/password-migration", &body);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(opens(&stored(&mut db, 0).unwrap(), password));
    assert_eq!(sidecar.login("n1@x.org", &password_of(1)), matched(true));
});

#[test]
fn a_canary_of_the_old_charset_proves_a_column() {
    let (password, charset, bytes) = HASHED[0];
    let mut db = people(Backend::Sqlite, 30);
    for id in 0..30 {
        set(
            &mut db,
            id,
            Some(&md5_of(format!("nobody guesses {id} this").as_bytes())),
        );
    }
    set(&mut db, 0, Some(&md5_of(bytes)));
    let saltern = saltern_on(&db);
    let file = saltern.folder().join("canary");
    std::fs::write(&file, password).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let auto = config(charset).replace("scheme = \"md5\"", "scheme = \"auto\"");
    let scan = || {
        let scan = saltern.run(&["scan", "--canary-login", "n0@x.org:canary"]);
        scan.stdout
    };
    saltern.configure(&auto);
    let scanned = scan();
    assert!(!scanned.contains("not proven"), "{scanned}");
    saltern.configure(&auto.replace("windows-1252", "koi8-r"));
    let scanned = scan();
    assert!(scanned.contains("not proven"), "{scanned}");
}
