use super::*;
use crate::scheme::{Context, Scheme, Shape, make};
use crate::secret::{InnerSalt, SiteSalts};

const WORDS: [&str; 4] = ["123456", "password", "dragon", "monkey"];

fn column(name: &str, tried_as: &[Need], declared_as: &[Need]) -> Beside {
    Beside {
        name: name.to_owned(),
        tried_as: tried_as.to_vec(),
        declared_as: declared_as.to_vec(),
    }
}

fn pw_salt() -> Vec<Beside> {
    vec![
        column("pw_salt", &[Need::Salt], &[]),
        column("login", &[Need::Salt, Need::Username], &[Need::Username]),
        column("id", &[Need::Salt, Need::UserId], &[Need::UserId]),
    ]
}

/// The digest of a word under a scheme, with these for its needs.
fn made(scheme: Scheme, word: &str, salt: &str, login: &str) -> String {
    let salt = InnerSalt::new(salt);
    let context = Context {
        salt: Some(&salt),
        username: Some(login),
        ..Context::default()
    };
    make(scheme, &[], word.as_bytes(), &context)
        .expect("all that it needs")
        .expect("a digest")
        .to_string()
}

/// A trial over rows of these words under a scheme, each with a salt and a login of its own.
fn trial(scheme: Scheme, beside: Vec<Beside>, words: &[&str]) -> Trial {
    let shape = scheme.shape().expect("a digest");
    let mut trial = Trial::new(shape, beside).expect("something to try");
    for (at, word) in words.iter().enumerate() {
        let (salt, login) = (format!("s{at}"), format!("User{at}"));
        let value = made(scheme, word, &salt, &login);
        let id = at.to_string();
        trial.row(
            value.as_bytes(),
            [&salt, &login, &id].map(|value| Some(value.as_bytes())),
        );
    }
    trial
}

fn check(mut trial: Trial, verdict: TrialVerdict, first: &str) {
    trial.run(u64::MAX);
    let evidence = trial.evidence();
    assert_eq!(evidence.verdict, verdict, "{:?}", evidence.found);
    let found = evidence.found.first().map(TrialWay::to_string);
    assert_eq!(found.unwrap_or_default(), first);
    assert!(evidence.expected_by_chance < 1e-9);
}

#[test]
fn a_salt_in_a_column_that_is_called_a_salt_is_found_and_named() {
    check(
        trial(Scheme::MD5_SP, pw_salt(), &WORDS),
        TrialVerdict::Proven,
        "md5(salt.pass) with salt = column \"pw_salt\"",
    );
    check(
        trial(Scheme::VBULLETIN, pw_salt(), &WORDS),
        TrialVerdict::Proven,
        "vbulletin with salt = column \"pw_salt\"",
    );
}

#[test]
fn a_user_name_that_salts_is_found_and_named() {
    check(
        trial(Scheme::SMF, pw_salt(), &WORDS),
        TrialVerdict::Proven,
        "smf with user name = column \"login\"",
    );
    check(
        trial(Scheme::MD5_PU, pw_salt(), &WORDS),
        TrialVerdict::Proven,
        "md5(pass.username) with user name = column \"login\"",
    );
}

#[test]
fn a_salt_behind_the_digest_is_tried_without_any_column() {
    let mut trial = Trial::new(Shape::Hex32.with_salt(), Vec::new()).expect("something to try");
    for (at, word) in WORDS.iter().enumerate() {
        let salt = format!("x{at}");
        let value = format!("{}:{salt}", made(Scheme::MD5_PS, word, &salt, ""));
        trial.row(value.as_bytes(), []);
    }
    check(
        trial,
        TrialVerdict::Proven,
        "md5(pass.salt) with the salt in the value itself",
    );
}

#[test]
fn one_word_or_two_rows_prove_nothing() {
    let one = ["123456"; 4];
    check(
        trial(Scheme::MD5_SP, pw_salt(), &one),
        TrialVerdict::TooFew,
        "md5(salt.pass) with salt = column \"pw_salt\"",
    );
    check(
        trial(Scheme::MD5_SP, pw_salt(), &WORDS[..2]),
        TrialVerdict::TooFew,
        "md5(salt.pass) with salt = column \"pw_salt\"",
    );
}

#[test]
fn uncommon_passwords_leave_it_open() {
    check(
        trial(
            Scheme::MD5_SP,
            pw_salt(),
            &["%unheard of%", "%nor this one%"],
        ),
        TrialVerdict::TooFew,
        "",
    );
}

#[test]
fn a_mixture_proves_nothing() {
    let mut both = trial(Scheme::MD5_SP, pw_salt(), &WORDS);
    let value = made(Scheme::MD5_PS, "monkey", "zz", "");
    both.row(value.as_bytes(), [Some(&b"zz"[..]), None, None]);
    check(
        both,
        TrialVerdict::Mixed,
        "md5(salt.pass) with salt = column \"pw_salt\"",
    );
}

/// 40 rows of people under a scheme, each with a salt and a login of its own.
fn people(scheme: Scheme) -> Trial {
    let words: Vec<&str> = crate::census::words().take(40).collect();
    trial(scheme, pw_salt(), &words)
}

#[test]
fn one_row_that_its_user_chose_stops_nothing() {
    let mut chosen = people(Scheme::MD5_UP);
    // The user's id is 6: `12345` makes what `md5(pass.userid)` gives for it, and `xx` before the
    // password what another name gives.
    let value = crate::scheme::digest(Scheme::MD5, b"1234566").expect("a digest");
    chosen.row(value.as_bytes(), [Some(&b"zz"[..]), Some(b"1"), Some(b"6")]);
    chosen.run(u64::MAX);
    let evidence = chosen.evidence();
    assert_eq!(evidence.verdict, TrialVerdict::Proven);
    let found = evidence.proven().expect("a way");
    assert_eq!(found.scheme, Scheme::MD5_UP);
}

#[test]
fn a_real_mixture_of_two_salted_schemes_is_told() {
    let mut both = people(Scheme::MD5_SP);
    for (at, word) in crate::census::words().take(12).enumerate() {
        let salt = format!("z{at}");
        let value = made(Scheme::VBULLETIN, word, &salt, "");
        both.row(value.as_bytes(), [Some(salt.as_bytes()), None, None]);
    }
    both.run(u64::MAX);
    assert_eq!(both.evidence().verdict, TrialVerdict::Mixed);
}

#[test]
fn a_probe_finds_again_what_the_trial_proved() {
    let mut proven = people(Scheme::VBULLETIN);
    proven.run(u64::MAX);
    let evidence = proven.evidence();
    let way = evidence.proven().expect("a way");
    let probe = WayProbe::new(Shape::Hex32, pw_salt(), way).expect("the same columns");
    let try_row = |word: &str, salt: &str| {
        let value = made(Scheme::VBULLETIN, word, "s1", "");
        let read = BesideValue {
            read: Some(InnerSalt::new(salt)),
            otherwise: None,
        };
        probe.try_row(value.as_bytes(), [read])
    };
    assert_eq!(try_row("password", "s1"), Some(1));
    assert_eq!(try_row("password", "s2"), None);
    assert_eq!(try_row("%unheard of%", "s1"), None);
}

/// Rows that are salted by a login which also stands in another column.
fn twins(declared: &[Need], other: impl Fn(usize) -> String) -> Trial {
    let beside = vec![
        column("nick", &[Need::Username], &[]),
        column("login", &[Need::Username], declared),
    ];
    let mut trial = Trial::new(Shape::Hex32, beside).expect("something to try");
    for (at, word) in WORDS.iter().enumerate() {
        let login = format!("user{at}");
        let value = made(Scheme::MD5_PU, word, "", &login);
        let nick = other(at);
        trial.row(
            value.as_bytes(),
            [Some(nick.as_bytes()), Some(login.as_bytes())],
        );
    }
    trial
}

#[test]
fn columns_that_hold_the_same_are_not_told_apart_unless_one_is_named() {
    let same = |at| format!("user{at}");
    check(
        twins(&[], same),
        TrialVerdict::Ambiguous,
        "md5(pass.username) with user name = column \"nick\"",
    );
    check(
        twins(&[Need::Username], same),
        TrialVerdict::Proven,
        "md5(pass.username) with user name = column \"login\"",
    );
    check(
        twins(&[], |at| format!("nick{at}")),
        TrialVerdict::Proven,
        "md5(pass.username) with user name = column \"login\"",
    );
}

#[test]
fn a_row_without_a_salt_is_not_tried_with_one() {
    let mut bare = Trial::new(Shape::Hex32, pw_salt()).expect("something to try");
    for word in WORDS {
        let value = crate::scheme::digest(Scheme::MD5, word.as_bytes()).expect("a digest");
        bare.row(value.as_bytes(), [Some(&b""[..]), None, None]);
    }
    bare.run(u64::MAX);
    assert_eq!(
        (bare.tries, bare.evidence().verdict),
        (0, TrialVerdict::TooFew)
    );
    assert!(bare.evidence().complete);
}

#[test]
fn a_users_own_expression_is_tried_where_it_is_declared() {
    let own = Scheme::parse("md5(salt.'-'.pass.salt)").expect("an expression");
    check(
        trial(Scheme::MD5_SP, pw_salt(), &WORDS[..1]).with(own),
        TrialVerdict::TooFew,
        "md5(salt.pass) with salt = column \"pw_salt\"",
    );
    let mut of_own = Trial::new(Shape::Hex32, pw_salt())
        .expect("something to try")
        .with(own);
    for (at, word) in WORDS.iter().enumerate() {
        let salt = at.to_string();
        let value = made(own, word, &salt, "");
        of_own.row(value.as_bytes(), [Some(salt.as_bytes()), None, None]);
    }
    check(
        of_own,
        TrialVerdict::Proven,
        &format!("{own} with salt = column \"pw_salt\""),
    );
}

#[test]
fn debug_shows_nothing_of_the_sample() {
    let trial = trial(Scheme::MD5_SP, pw_salt(), &WORDS);
    assert_eq!(format!("{trial:?}"), "Trial { shape: \"hex32\", .. }");
}

/// A trial of digests that some salt of the site has made, in a column with salts beside it.
fn of_site(formula: &str, lines: &[&str]) -> Trial {
    let site = SiteSalts::new(lines).expect("lines");
    let sources = TrialSources {
        beside: pw_salt(),
        site: Some(site.clone()),
    };
    let scheme = Scheme::parse(formula).expect("an expression");
    let mut trial = Trial::with_sources(Shape::Hex40, sources).expect("something to try");
    for (at, word) in WORDS.iter().enumerate() {
        let salt = InnerSalt::new(format!("x{at}"));
        let name = format!("User{at}");
        let context = Context {
            salt: Some(&salt),
            username: Some(&name),
            site: Some(&site),
            ..Context::default()
        };
        let value = make(scheme, &[], word.as_bytes(), &context)
            .expect("all that it needs")
            .expect("a digest");
        let beside = [Some(salt.as_bytes()), Some(name.as_bytes()), None];
        trial.row(value.as_bytes(), beside);
    }
    trial
}

#[test]
fn a_site_wide_salt_is_found_with_its_line() {
    check(
        of_site("sha1(site2.pass)", &["one", "two"]),
        TrialVerdict::Proven,
        "sha1(site2.pass)",
    );
    check(
        of_site("sha1(pass.site1)", &["one"]),
        TrialVerdict::Proven,
        "sha1(pass.site1)",
    );
    check(
        of_site(
            "repeat(10,sha1(it.'--'.salt.'--'.pass.'--'.site1),site1)",
            &["one"],
        ),
        TrialVerdict::Proven,
        "repeat(10,sha1(it.'--'.salt.'--'.pass.'--'.site1),site1) with salt = column \"pw_salt\"",
    );
}

#[test]
fn a_site_wide_salt_that_is_another_proves_nothing() {
    let mut trial = of_site("sha1(site1.pass)", &["one"]);
    trial = {
        let other = TrialSources {
            beside: pw_salt(),
            site: Some(SiteSalts::new(["another"]).expect("a line")),
        };
        let mut blind = Trial::with_sources(Shape::Hex40, other).expect("something to try");
        for row in &trial.rows {
            blind.row(row.digest.as_bytes(), [None, None, None]);
        }
        blind
    };
    check(trial, TrialVerdict::TooFew, "");
}
