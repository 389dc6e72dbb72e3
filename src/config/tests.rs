//! What a configuration may say.
//!
//! What it may not say is in `refusals` and `rules`. That no secret leaves it is in `secrets`, and
//! that the reference page is true in `page`.

mod format;
mod on_reset;
mod page;
mod reads_rules;
mod reads_target;
mod refusals;
mod rules;
mod secrets;

use std::path::{Path, PathBuf};

use super::*;
use crate::policy::{Action, Age, Normalize, Target, Then};
use crate::scheme::{BcryptPrefix, Class, Declared, Needs, Outer, Scheme};

/// Lines 1 and 2.
const DATABASE: &str = "[database]\nurl_env = \"DATABASE_URL\"\n";
/// Lines 3 to 8.
const CREDENTIAL: &str = "[[credential]]\nname = \"parents\"\ntable = \"parent\"\nkey = \"id\"\ncolumn = \"password\"\nscheme = \"auto\"\n";

/// Reads a text as `etc/saltern.toml` that nobody else can read.
pub(super) fn load(text: &str) -> Result<Loaded, ConfigError> {
    parse(&ConfigFile {
        path: Path::new("etc/saltern.toml"),
        text,
        mode: Some(0o600),
    })
}

/// The settings of a text that is in order.
pub(super) fn settings(text: &str) -> Settings {
    load(text)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .settings
}

/// A file with a database and a credential, and more lines behind them: the first is line 9.
fn with(lines: &str) -> String {
    format!("{DATABASE}{CREDENTIAL}{lines}\n")
}

fn database(line: &str) -> DatabaseSource {
    settings(&format!("[database]\n{line}\n{CREDENTIAL}")).database
}

fn check_warnings(lines: &str, expected: &[&str]) {
    let loaded = load(&with(lines)).unwrap_or_else(|error| panic!("{error}"));
    let warnings: Vec<String> = loaded.warnings.iter().map(Warning::to_string).collect();
    assert_eq!(warnings, expected);
}

#[test]
fn a_small_file_gets_the_defaults() {
    let settings = settings(&with(""));
    assert!(matches!(&settings.database, DatabaseSource::Env(name) if name == "DATABASE_URL"));
    assert_eq!(settings.target, Target::default());
    assert!(settings.rules.is_empty());
    assert_eq!(settings.ledger, LedgerNames::default());
    assert_eq!(
        settings.credentials,
        [Credential {
            name: "parents".to_owned(),
            schema: None,
            table: "parent".to_owned(),
            key: vec!["id".to_owned()],
            column: "password".to_owned(),
            scheme: Declared::Auto,
            login: crate::config::LoginColumns::default(),
            charset: None,
            username: None,
            salt: None,
            salt2: None,
            companions: crate::config::CompanionSettings::default(),
            site_salt_file: None,
            site: None,
            last_login: None,
            where_sql: None,
            except_sql: None,
            accept: Vec::new(),
            normalize: None,
            marker_column: None,
            preserve: vec![],
            readers_ready: false,
            separator: None,
            plaintext_is_certain: false,
            last_login_null_is_never: false,
            on_reset: OnReset::default(),
            format: None,
            on_wrap: Vec::new(),
            on_login: Vec::new(),
            line: 3,
        }]
    );
}

#[test]
fn every_key_of_a_credential_is_read() {
    let settings = settings(&format!(
        "{DATABASE}[[credential]]\nname = 'answers'\nschema = 'learning_lodge'\ntable = 'Parent'\n\
         key = ['tenant', 'id']\ncolumn = 'answer'\nscheme = 'auto'\nlogin = 'email'\nusername = 'nick'\n\
         salt = 's'\nsalt2 = 't'\nlast_login = 'seen'\nwhere = 'tenant = 3'\nexcept = 'is_service'\n\
         normalize = 'answer1'\npreserve = 'updated_at'\nreaders_ready = true\n"
    ));
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        settings.credential("answers"),
        Some(&Credential {
            name: "answers".to_owned(),
            schema: text("learning_lodge"),
            table: "Parent".to_owned(),
            key: vec!["tenant".to_owned(), "id".to_owned()],
            column: "answer".to_owned(),
            scheme: Declared::Auto,
            login: LoginColumns::of("email"),
            charset: None,
            username: text("nick"),
            salt: text("s"),
            salt2: text("t"),
            companions: crate::config::CompanionSettings::default(),
            site_salt_file: None,
            site: None,
            last_login: text("seen"),
            where_sql: text("tenant = 3"),
            except_sql: text("is_service"),
            accept: Vec::new(),
            normalize: Some(Normalize::Answer1),
            marker_column: None,
            preserve: vec!["updated_at".to_owned()],
            readers_ready: true,
            separator: None,
            plaintext_is_certain: false,
            last_login_null_is_never: false,
            on_reset: OnReset::default(),
            format: None,
            on_wrap: Vec::new(),
            on_login: Vec::new(),
            line: 3,
        })
    );
}

#[test]
fn the_user_name_defaults_to_the_login() {
    let settings = settings(&with("login = 'email'"));
    assert_eq!(settings.credentials[0].username_column(), Some("email"));
}

#[test]
fn a_scheme_may_be_an_expression_with_the_columns_that_it_needs() {
    let credential = |scheme: &str, more: &str| {
        let text = with(more).replace("\"auto\"", &format!("\"{scheme}\""));
        settings(&text).credentials.remove(0)
    };
    let vbulletin = credential("md5( md5(pass) . salt )", "salt = 'grain'");
    assert_eq!(vbulletin.scheme, Declared::Scheme(Scheme::VBULLETIN));
    assert_eq!(vbulletin.salt.as_deref(), Some("grain"));
    let own = credential("sha1('x'.md5(pass).username.userid)", "login = 'email'");
    assert_eq!(
        own.scheme,
        Declared::Scheme(Scheme::parse("sha1('x'.md5(pass).username.userid)").expect("good"))
    );
    assert_eq!(credential("md5(pass.salt)", "salt = false").salt, None);
    let when = settings(&with(
        "[[rule]]\ndo = 'keep'\nwhen = { scheme = 'md5(pass.salt)' }",
    ));
    let rule = when.rules.get(0).expect("there is a rule");
    assert_eq!(rule.when.schemes, [Scheme::MD5_PS]);
}

#[test]
fn every_scheme_that_takes_nothing_from_another_column_can_be_declared() {
    for scheme in Scheme::all().filter(|scheme| scheme.needs() == Needs::default()) {
        let text = with("").replace("\"auto\"", &format!("{:?}", scheme.name()));
        assert_eq!(
            settings(&text).credentials[0].scheme,
            Declared::Scheme(scheme)
        );
    }
}

#[test]
fn the_three_ways_to_the_database_are_read() {
    assert!(
        matches!(database("url_env = 'PG_URL'"), DatabaseSource::Env(name) if name == "PG_URL")
    );
    assert!(
        matches!(database("url = 'sqlite:users.db'"), DatabaseSource::Url(url) if url.expose() == "sqlite:users.db")
    );
}

#[test]
fn a_relative_file_counts_from_the_folder_of_the_configuration() {
    let file = |line| match database(line) {
        DatabaseSource::File(path) => path,
        _ => PathBuf::new(),
    };
    assert_eq!(file("url_file = 'db.url'"), PathBuf::from("etc/db.url"));
    assert_eq!(
        file("url_file = '/run/db.url'"),
        PathBuf::from("/run/db.url")
    );
}

#[test]
fn a_password_may_stand_in_a_file_that_nobody_else_can_read() {
    let text = format!("[database]\nurl = 'postgres://u:p@h/d'\n{CREDENTIAL}");
    for mode in [0o600, 0o400, 0o100_600 & 0o7777] {
        let config = ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode: Some(mode),
        };
        assert!(parse(&config).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_url_without_a_password_may_stand_in_any_file() {
    let text = format!("[database]\nurl = 'postgres://u@h/d'\n{CREDENTIAL}");
    for mode in [None, Some(0o644)] {
        let config = ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode,
        };
        assert!(parse(&config).is_ok(), "{mode:?}");
    }
}

#[test]
fn the_lists_of_known_passwords_count_from_the_files_folder() {
    let known = |lines: &str| settings(&with(&format!("[known]\n{lines}"))).known;
    let folder = Path::new("etc");
    assert_eq!(
        known("wordlist = ['a.txt', '/lists/b.txt']\npwned = 'sha1.txt'"),
        KnownPasswords {
            wordlists: vec![folder.join("a.txt"), "/lists/b.txt".into()],
            pwned: Some(folder.join("sha1.txt")),
        }
    );
    assert_eq!(
        known("wordlist = 'a.txt'").wordlists,
        [folder.join("a.txt")]
    );
    assert_eq!(settings(&with("")).known, KnownPasswords::default());
}

#[test]
fn the_ledgers_names_are_read() {
    let settings = settings(&with("[ledger]\nschema = 'ops'\nprefix = 'ops_saltern_'"));
    assert_eq!(
        settings.ledger,
        LedgerNames {
            schema: "ops".to_owned(),
            prefix: "ops_saltern_".to_owned()
        }
    );
}

#[test]
fn lists_of_tables_may_be_written_inline() {
    let settings = settings(
        "database = { url_env = 'A' }\n\
         credential = [{ name = 'a', table = 't', key = 'id', column = 'c', scheme = 'md5' }]\n\
         rule = [{ do = 'keep' }]\n",
    );
    assert_eq!(settings.credentials[0].line, 2);
    assert_eq!(settings.rules.len(), 1);
}

#[test]
fn a_dot_in_a_tables_name_warns_where_no_schema_is_named() {
    let text = with("").replace("\"parent\"", "\"public.parent\"");
    let loaded = load(&text).expect("it is in order");
    assert_eq!(
        loaded
            .warnings
            .iter()
            .map(Warning::to_string)
            .collect::<Vec<_>>(),
        [
            "line 5: the dot in the table \"public.parent\" is part of its name; a schema goes into `schema`"
        ]
    );
    assert_eq!(loaded.settings.credentials[0].table, "public.parent");
    assert!(
        load(&(text + "schema = 's'\n"))
            .expect("it is in order")
            .warnings
            .is_empty()
    );
}

#[test]
fn a_file_from_windows_is_read_and_its_lines_are_counted() {
    let text = format!("\u{feff}{}", with("colum = 1").replace('\n', "\r\n"));
    let error = load(&text).expect_err("there is no such key");
    assert_eq!(error.place.line, 9);
    assert_eq!(
        error.excerpt.as_deref(),
        Some("  |\n9 | colum = 1\n  | ^^^^^")
    );
}
