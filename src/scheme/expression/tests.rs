//! The language by example. What digests come out right is proven by the vectors.

use super::*;
use crate::scheme::Scheme;
use crate::scheme::{Prf, Strength};
use crate::secret::SiteSalts;

fn parse(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refuse(text: &str, message: &str) {
    let error = Expression::parse(text).expect_err(text).to_string();
    assert!(error.contains(message), "{text}: {error}");
}

fn made(text: &str) -> String {
    let inputs = Inputs {
        pass: b"pass",
        salt: b"salt",
        salt2: b"2",
        username: "Ünal".as_bytes(),
        user_id: b"7",
        site: None,
    };
    let text = parse(text).text(&inputs).expect("inputs that it takes");
    text.to_string()
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    for scheme in Scheme::all() {
        if let Some(expression) = scheme.expression() {
            assert!(parse(&expression.to_string()) == *expression, "{scheme}");
        }
    }
    for text in [
        "md5(md5(pass).salt)",
        "hmac-sha256(key=salt)",
        "hmac-sha256_bin(key='it''s',pass.salt)",
        "sha1(salt1.pass.salt2)",
        "repeat(20,sha512(it),pass.salt)",
        "base64(sha1_bin(pass))",
        "cut(md5(pass),8,16)",
        "sha1(site2.pass.site)",
        "md5(unhex(salt).strtoupper(pass).utf16be(username).lower(userid))",
    ] {
        let text_of_parsed = parse(text).to_string();
        assert_eq!(text_of_parsed.trim_start_matches("hex("), text);
    }
}

#[test]
fn two_spellings_of_one_expression_are_the_same() {
    for (one, other) in [
        ("md5", "md5(pass)"),
        (" md5 ( pass . salt1 ) ", "md5(pass.salt)"),
        ("md5(upper(md5(pass)))", "md5(strtoupper(md5(pass)))"),
        ("hmac-md5(key=pass,salt)", "hmac-md5(key=pass)"),
    ] {
        assert!(parse(one) == parse(other), "{one}");
    }
}

#[test]
fn the_pieces_mean_what_they_say() {
    assert_eq!(made("sha1_bin(pass)"), made("sha1(pass)"));
    assert_eq!(made("base64(sha1_bin(pass))"), made("sha1(pass)"));
    assert_eq!(made("strtoupper(sha1(pass))"), made("sha1(pass)"));
    assert_eq!(made("md5(unhex(hex(pass)))"), made("md5(pass)"));
    assert_eq!(made("md5(unbase64(base64(pass)))"), made("md5(pass)"));
    assert_eq!(made("md5(pass.lower(username))"), made("md5(pass.'ünal')"));
    assert_eq!(made("md5(pass.userid.salt2)"), made("md5(pass.'72')"));
    assert_eq!(made("repeat(2,md5(it),pass)"), made("md5(md5(pass))"));
    assert_eq!(
        made("repeat(2,sha1_bin(it.salt),pass)"),
        made("sha1(sha1_bin(pass.salt).salt)")
    );
    assert_eq!(made("cut(md5(pass),8,16)"), made("md5(pass)")[8..24]);
    assert_eq!(
        made("md5(utf16le('é'.pass))"),
        made("md5(unhex('e9007000610073007300').cut(pass,0,0))")
    );
}

#[test]
fn a_site_wide_salt_is_that_of_the_line_which_is_named() {
    let site = SiteSalts::new(["one", "two"]).expect("two lines");
    let made = |text: &str| {
        let inputs = Inputs {
            pass: b"pass",
            salt: b"salt",
            salt2: b"",
            username: b"",
            user_id: b"",
            site: Some(&site),
        };
        parse(text).text(&inputs).map(|text| text.to_string())
    };
    assert_eq!(made("md5(site2.pass)"), made("md5('two'.pass)"));
    assert_eq!(
        made("hmac-sha1(key=site1,pass.salt)"),
        made("hmac-sha1(key='one',pass.salt)")
    );
    assert_eq!(made("md5(site3.pass)"), None);
    assert_eq!(made("md5(site.pass)"), None);
    let of_line = parse("md5(site.pass)").with_site_line(std::num::NonZeroU8::MIN);
    assert_eq!(of_line.to_string(), "md5(site1.pass)");
    for text in ["md5(site0.pass)", "md5(site01.pass)", "md5(site9.pass)"] {
        refuse(text, "is neither a hash function");
    }
}

#[test]
fn the_label_of_a_wrap_names_the_line() {
    let site = SiteSalts::new(["one", "two"]).expect("two lines");
    let open = Scheme::parse("md5(site.pass)").expect("an expression");
    let lines = open.with_site_lines(&site);
    let names: Vec<&str> = lines.iter().map(|scheme| scheme.name()).collect();
    assert_eq!(names, ["md5(site1.pass)", "md5(site2.pass)"]);
    // base32(sha256("md5(site1.pass)")) and that of site2, made by Python's base64 and hashlib.
    let ids = lines.iter().map(|scheme| scheme.inner_id().expect("an id"));
    assert_eq!(
        ids.map(|id| id.as_str().to_owned()).collect::<Vec<_>>(),
        ["x-4kyajmaz", "x-qiatqw25"]
    );
    assert!(open.is_open() && !lines[0].is_open());
    assert!(!open.salted());
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    refuse(
        "",
        "a name or a quoted text expected at character 1, not the end",
    );
    refuse(
        "md5(pass",
        "a closing bracket expected at character 9, not the end",
    );
    refuse(
        "md5(pass))",
        "the end or a dot expected at character 10, not ')'",
    );
    refuse("md5(sha9(pass))", "`sha9` at character 5 is neither");
    refuse("hmac-md5(pass)", "`key=` expected at character 10");
    refuse("md5('pass)", "a quote that ends the text");
    refuse("cut(md5(pass),x,16)", "a number expected at character 15");
    refuse("md5(it.pass)", "`it` at character 5");
}

#[test]
fn what_gives_no_digest_of_the_password_is_refused() {
    for text in [
        "pass",
        "md5(pass).salt",
        "utf16le(md5(pass))",
        "cut(md5(pass),30,16)",
        "cut(md5(pass),0,8)",
    ] {
        refuse(text, "what comes out is no digest");
    }
    refuse("md5(salt)", "takes no part");
    refuse("repeat(0,md5(it),pass)", "no digest");
}

#[test]
fn what_could_cost_too_much_is_refused() {
    refuse(&format!("md5({})", "pass.".repeat(200)), "bytes");
    refuse(
        &format!("{}pass{}", "md5(".repeat(17), ")".repeat(17)),
        "levels",
    );
    refuse("repeat(5000001,md5(it),pass)", "5000000 times");
    refuse(
        "repeat(3000,md5(it.repeat(3000,sha1(it),pass)),pass)",
        "5000000 times",
    );
    refuse("repeat(10,it.it,pass)", "longer");
    refuse(
        &format!("md5({}pass{})", "hex(".repeat(7), ")".repeat(7)),
        "longer",
    );
}

#[test]
fn what_is_kept_of_an_expression_can_be_read_again() {
    // Beside a second salt the first one is written out as `salt1`.
    let typed = |letters: usize| {
        let (letters, salts) = ("a".repeat(letters), "salt.".repeat(40));
        format!("md5('{letters}'.{salts}salt2.pass)")
    };
    let longest = parse(&typed(254)).to_string();
    assert_eq!(longest.len(), 512);
    assert_eq!(parse(&longest).to_string(), longest);
    refuse(&typed(255), "513 bytes");
}

#[test]
fn many_rounds_make_a_password_hash() {
    assert_eq!(parse("repeat(10,sha1(it),pass)").strength(), Strength::Fast);
    assert_eq!(
        parse("repeat(1000,sha512(it),pass)").strength(),
        Strength::Rounds {
            prf: Prf::Sha512,
            rounds: 1_000
        }
    );
}

#[test]
fn an_expression_of_the_registry_is_the_registrys_scheme() {
    assert_eq!(Scheme::parse("md5( pass )"), Ok(Scheme::MD5));
    assert_eq!(Scheme::parse("md5(md5(pass).salt)"), Ok(Scheme::VBULLETIN));
    assert_eq!(Scheme::parse("ntlm"), Ok(Scheme::NTLM));
}

#[test]
fn an_expression_of_ones_own_is_one_scheme_with_an_id_of_its_text() {
    let own = Scheme::parse("md5('a'.pass.'b')").expect("an expression");
    assert_eq!(Scheme::parse(" md5('a' . pass . 'b')"), Ok(own));
    assert_eq!(own.name(), "md5('a'.pass.'b')");
    let id = own.inner_id().expect("it can be wrapped");
    // base32(sha256("md5('a'.pass.'b')")), made by Python's base64 and hashlib.
    assert_eq!(id.as_str(), "x-pmygp55p");
    assert_eq!(Scheme::by_inner_id(&id), Some(own));
}
