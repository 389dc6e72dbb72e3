//! No error shows a secret, whatever is wrong with the file.

use super::*;

const CANARY: &str = "s3cretCanary";

fn check_silent(text: &str) {
    let shown = match load(text) {
        Ok(loaded) => format!("{loaded:?} {:?}", loaded.warnings),
        Err(error) => format!("{error} {error:?} {}", error.below()),
    };
    assert!(!shown.contains(CANARY), "{shown}");
}

/// A file whose database section is this.
fn file(database: &str) -> String {
    format!("{database}\n{CREDENTIAL}")
}

#[test]
fn a_url_that_is_in_order_is_not_shown() {
    check_silent(&file("[database]\nurl = 'postgres://u:s3cretCanary@h/d'"));
}

#[test]
fn a_url_in_the_wrong_place_is_not_shown() {
    for line in [
        "url_env = 'postgres://u:s3cretCanary@h/d'",
        "url_file = 'postgres://u:s3cretCanary@h/d'",
        "ulr = 'postgres://u:s3cretCanary@h/d'",
        "'postgres://u:s3cretCanary@h/d' = 1",
        "password = 's3cretCanary'",
        "url = ['s3cretCanary']",
        "url = 's3cretCanary'",
        "url = 'http://u:s3cretCanary@h'",
        "url_env = 's3cretCanary!'",
    ] {
        check_silent(&file(&format!("[database]\n{line}")));
    }
    check_silent(&with(
        "[target]\nalgorithm = 'postgres://u:s3cretCanary@h/d'",
    ));
    check_silent(&with("[[rule]]\ndo = 'u:s3cretCanary@h'"));
    check_silent(&with("normalize = 'mysql://u:s3cretCanary@h'"));
}

#[test]
fn a_url_in_a_file_that_is_no_toml_is_not_shown() {
    for line in [
        "url = postgres://u:s3cretCanary@h/d",
        "url = 'postgres://u:s3cretCanary@h/d",
        "url = \"postgres://u:s3cretCanary\\@h/d\"",
        "url == 's3cretCanary'",
        "s3cretCanary",
        "url = '''\ns3cretCanary",
        "url = 'x' s3cretCanary",
        "password s3cretCanary",
    ] {
        check_silent(&file(&format!("[database]\n{line}")));
    }
    check_silent(&file("database = { url = postgres://u:s3cretCanary@h/d }"));
    check_silent(&file("database.url = s3cretCanary"));
}

#[test]
fn a_url_in_an_open_file_is_not_shown() {
    let text = file("[database]\nurl = 'postgres://u:s3cretCanary@h/d'");
    for mode in [Some(0o644), None] {
        let config = ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode,
        };
        let error = parse(&config).expect_err("others may read it");
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }
}

/// A file with a secret in it, and everything else that a file may have.
fn whole() -> String {
    file("[database] # ours\nurl = 'postgres://u:s3cretCanary@h/d'")
        + "[target]\nalgorithm = 'bcrypt'\n[[rule]]\nname = 'x'\nwhen = { class = ['weak'] }\ndo = 'wrap'\n"
}

#[test]
fn no_file_that_ends_too_early_shows_a_secret() {
    let whole = whole();
    for end in 0..=whole.len() {
        check_silent(&whole[..end]);
    }
}

#[test]
fn no_slip_of_one_character_shows_a_secret() {
    let whole = whole();
    for at in 0..whole.len() {
        for slip in ["", "'", "\"", "=", "[", "]", "\n", "#", "\\", "\0", "é"] {
            check_silent(&format!("{}{slip}{}", &whole[..at], &whole[at + 1..]));
            check_silent(&format!("{}{slip}{}", &whole[..at], &whole[at..]));
        }
    }
}

#[test]
fn a_quoted_piece_that_may_be_a_secret_warns_and_is_not_shown() {
    for (scheme, warns) in [
        ("md5('s3cretCanary'.pass)", true),
        ("hmac-sha1(key='four')", true),
        ("sha1('--'.pass.'-:-')", false),
        ("md5(md5(pass).salt)", false),
    ] {
        let text = with("salt = 's'").replace("\"auto\"", &format!("\"{scheme}\""));
        let text = if scheme.contains("salt") {
            text
        } else {
            text.replace("salt = 's'", "")
        };
        let loaded = load(&text).expect(scheme);
        let said: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), usize::from(warns), "{scheme}: {said:?}");
        for said in said {
            assert!(said.contains("more than 3 characters"), "{said}");
            assert!(!said.contains(CANARY), "{said}");
        }
    }
}

#[test]
fn a_site_wide_salt_needs_its_file_and_a_file_needs_such_a_salt() {
    let with_scheme = |scheme: &str, more: &str| {
        let text = with(more).replace("\"auto\"", &format!("\"{scheme}\""));
        load(&text).map(|_| ()).map_err(|error| error.to_string())
    };
    let file = "site_salt_file = 'site.salt'";
    assert_eq!(with_scheme("md5(site.pass)", file), Ok(()));
    assert_eq!(with_scheme("auto", file), Ok(()));
    let missing = with_scheme("md5(site2.pass)", "").unwrap_err();
    assert!(
        missing.contains("takes a site-wide salt, and `site_salt_file` names no file of it"),
        "{missing}"
    );
    let unused = with_scheme("md5", file).unwrap_err();
    assert!(unused.contains("`site_salt_file` is set"), "{unused}");
}
