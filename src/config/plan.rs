//! What makes two configurations the same plan: a canonical text, its digest, and the differences by name.
//!
//! It covers credentials, rules, target and the registry's version. It leaves out the database's URL, the lists of known
//! passwords (a rule that asks for them is in it, what stands in them is not), and `readers_ready`: a canary is run without it and the same
//! run goes on with it.

use std::fmt::{Display, Write as _};

use sha2::{Digest as _, Sha256};

use super::settings::{Assignment, Credential, OnReset, Settings};
use crate::policy::{Deadline, Rule, Target, When};
use crate::reset::DeadForm;
use crate::scheme::{Declared, Outer, REGISTRY_VERSION, Scheme};

/// Changes whenever the form of the canonical text does.
const VERSION: u32 = 1;

/// The canonical text of a plan: a line for each fact, `subject TAB field TAB value`, in a fixed order.
pub fn canonical(settings: &Settings) -> String {
    let mut text = Canonical(String::new());
    text.fact("plan", "version", VERSION);
    text.fact("registry", "version", REGISTRY_VERSION);
    text.target(&settings.target);
    for credential in &settings.credentials {
        text.credential(credential);
    }
    for (number, rule) in settings.rules.iter() {
        text.rule(number + 1, rule);
    }
    text.0
}

/// The digest of a plan: 64 hex digits.
pub fn plan_digest(settings: &Settings) -> String {
    digest_of(&canonical(settings))
}

/// The digest of a canonical text.
pub fn digest_of(canonical: &str) -> String {
    let digest = Sha256::digest(canonical.as_bytes());
    digest
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// What differs between two canonical texts, one sentence each; none where they are the same plan.
pub fn differences(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (facts(old), facts(new));
    let mut found = Vec::new();
    for subject in subjects(&old, &new) {
        let (before, after) = (of(&old, subject), of(&new, subject));
        match (before.is_empty(), after.is_empty()) {
            (false, true) => found.push(format!("{subject} is gone")),
            (true, false) => found.push(format!("{subject} is new")),
            _ => {
                for field in fields(&before, &after) {
                    let value = |facts: &[Fact<'_>]| {
                        let fact = facts.iter().find(|fact| fact.field == field);
                        fact.map_or("not set".to_owned(), |fact| fact.value.to_owned())
                    };
                    let (was, is) = (value(&before), value(&after));
                    if was != is {
                        found.push(format!("{subject}: {field} was {was}, is {is}"));
                    }
                }
            }
        }
    }
    found
}

/// A canonical text in the making.
struct Canonical(String);

impl Canonical {
    fn fact(&mut self, subject: &str, field: &str, value: impl Display) {
        let value = value
            .to_string()
            .replace('\\', "\\\\")
            .replace('\t', "\\t")
            .replace('\n', "\\n");
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{subject}\t{field}\t{value}");
    }

    fn optional(&mut self, subject: &str, field: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.fact(subject, field, value);
        }
    }

    fn list(&mut self, subject: &str, field: &str, values: impl IntoIterator<Item = impl Display>) {
        let quoted: Vec<String> = values
            .into_iter()
            .map(|value| format!("{:?}", value.to_string()))
            .collect();
        self.optional(
            subject,
            field,
            (!quoted.is_empty()).then(|| quoted.join(" ")),
        );
    }

    fn target(&mut self, target: &Target) {
        let Target { outer, dialect } = target;
        match outer {
            Outer::Argon2id {
                memory_kib,
                iterations,
                parallelism,
            } => {
                self.fact("target", "algorithm", "argon2id");
                self.fact("target", "memory_kib", memory_kib);
                self.fact("target", "iterations", iterations);
                self.fact("target", "parallelism", parallelism);
            }
            Outer::Bcrypt { cost, prefix } => {
                self.fact("target", "algorithm", "bcrypt");
                self.fact("target", "cost", cost);
                self.fact("target", "prefix", prefix.as_str());
            }
            Outer::Pbkdf2Sha256 { iterations } => {
                self.fact("target", "algorithm", "pbkdf2-sha256");
                self.fact("target", "iterations", iterations);
            }
        }
        self.fact("target", "dialect", dialect.as_str());
    }

    fn credential(&mut self, credential: &Credential) {
        // Taken apart in full, so that a new field can't be forgotten here.
        let Credential {
            name,
            schema,
            table,
            key,
            column,
            scheme,
            login,
            username,
            salt,
            salt2,
            last_login,
            where_sql,
            except_sql,
            normalize,
            marker_column,
            preserve,
            readers_ready: _,
            on_reset,
            line: _,
        } = credential;
        let subject = format!("credential {name:?}");
        self.optional(&subject, "schema", schema.as_ref());
        self.fact(&subject, "table", table);
        self.list(&subject, "key", key);
        self.fact(&subject, "column", column);
        let scheme = match scheme {
            Declared::Auto => "auto",
            Declared::Scheme(scheme) => scheme.name(),
        };
        self.fact(&subject, "scheme", scheme);
        self.optional(&subject, "login", login.as_ref());
        self.optional(&subject, "username", username.as_ref());
        self.optional(&subject, "salt", salt.as_ref());
        self.optional(&subject, "salt2", salt2.as_ref());
        self.optional(&subject, "last_login", last_login.as_ref());
        self.optional(&subject, "where", where_sql.as_ref());
        self.optional(&subject, "except", except_sql.as_ref());
        self.optional(
            &subject,
            "normalize",
            normalize.map(|normalize| normalize.as_str()),
        );
        self.optional(&subject, "marker_column", marker_column.as_ref());
        self.list(&subject, "preserve", preserve);
        let OnReset {
            set,
            sql,
            done,
            must_change,
            value,
        } = on_reset;
        for (key, assignments) in [("set", set), ("done", done)] {
            for Assignment { column, value } in assignments {
                self.fact(&subject, &format!("on_reset.{key}.{column:?}"), value);
            }
        }
        let other = (*value != DeadForm::default()).then(|| value.as_str());
        self.optional(&subject, "on_reset.value", other);
        self.list(&subject, "on_reset.sql", sql);
        self.optional(&subject, "on_reset.must_change", must_change.as_ref());
    }

    fn rule(&mut self, number: usize, rule: &Rule) {
        let Rule {
            name,
            when,
            action,
            deadline,
            max_rows,
            soft,
        } = rule;
        let subject = match name {
            Some(name) => format!("rule {name:?}"),
            None => format!("rule {number}"),
        };
        self.fact(&subject, "place", number);
        let When {
            credentials,
            schemes,
            classes,
            last_login_before,
            weak_parameters,
            wrapped,
            known,
        } = when;
        self.list(&subject, "when.credential", credentials);
        self.list(
            &subject,
            "when.scheme",
            schemes.iter().map(|scheme| Scheme::name(*scheme)),
        );
        self.list(&subject, "when.class", classes);
        self.optional(
            &subject,
            "when.last_login_before",
            last_login_before.as_ref(),
        );
        self.optional(&subject, "when.weak_parameters", weak_parameters.as_ref());
        self.optional(&subject, "when.wrapped", wrapped.as_ref());
        self.optional(&subject, "when.known", known.as_ref());
        self.fact(&subject, "do", action);
        if let Some(Deadline {
            after,
            then,
            since_ms,
        }) = deadline
        {
            self.fact(&subject, "deadline", after);
            self.fact(&subject, "then", then.as_str());
            self.optional(&subject, "since_ms", since_ms.as_ref());
        }
        self.optional(&subject, "max_rows", max_rows.as_ref());
        self.optional(&subject, "soft", soft.then_some(true));
    }
}

/// One line of a canonical text.
#[derive(Clone, Copy)]
struct Fact<'a> {
    subject: &'a str,
    field: &'a str,
    value: &'a str,
}

fn facts(canonical: &str) -> Vec<Fact<'_>> {
    canonical
        .lines()
        .map(|line| {
            let mut parts = line.splitn(3, '\t');
            let mut part = || parts.next().unwrap_or_default();
            Fact {
                subject: part(),
                field: part(),
                value: part(),
            }
        })
        .collect()
}

fn of<'a>(facts: &[Fact<'a>], subject: &str) -> Vec<Fact<'a>> {
    facts
        .iter()
        .filter(|fact| fact.subject == subject)
        .copied()
        .collect()
}

/// The subjects of both, those of the old first, each once.
fn subjects<'a>(old: &[Fact<'a>], new: &[Fact<'a>]) -> Vec<&'a str> {
    once(old.iter().chain(new).map(|fact| fact.subject))
}

fn fields<'a>(old: &[Fact<'a>], new: &[Fact<'a>]) -> Vec<&'a str> {
    once(old.iter().chain(new).map(|fact| fact.field))
}

fn once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::settings;

    const SMALL: &str = r#"
[database]
url_env = "DATABASE_URL"
[[credential]]
name = "parents"
table = "parent"
key = "id"
column = "password"
scheme = "md5"
last_login = "seen"
[[rule]]
name = "stale"
when = { class = ["weak"], last_login_before = "2y" }
do = "wrap"
"#;

    fn check_differs(from: &str, to: &str, expected: &[&str]) {
        let (old, new) = (settings(SMALL), settings(&SMALL.replacen(from, to, 1)));
        assert_eq!(differences(&canonical(&old), &canonical(&new)), expected);
        assert_eq!(plan_digest(&old) == plan_digest(&new), expected.is_empty());
    }

    #[test]
    fn the_canonical_text_is_what_the_ledger_keeps() {
        assert_eq!(
            canonical(&settings(SMALL)),
            format!(
                "plan\tversion\t1\nregistry\tversion\t{REGISTRY_VERSION}\n\
                 target\talgorithm\targon2id\ntarget\tmemory_kib\t19456\ntarget\titerations\t2\n\
                 target\tparallelism\t1\ntarget\tdialect\tphc\n\
                 credential \"parents\"\ttable\tparent\ncredential \"parents\"\tkey\t\"id\"\n\
                 credential \"parents\"\tcolumn\tpassword\ncredential \"parents\"\tscheme\tmd5\n\
                 credential \"parents\"\tlast_login\tseen\n\
                 rule \"stale\"\tplace\t1\nrule \"stale\"\twhen.class\t\"weak\"\n\
                 rule \"stale\"\twhen.last_login_before\t2y\nrule \"stale\"\tdo\twrap\n"
            )
        );
    }

    /// Every key that is part of a plan, so that a change of any line's spelling shows.
    const LARGE: &str = r#"
[database]
url_env = "DATABASE_URL"
[[credential]]
name = "answers"
schema = "lodge"
table = "Parent"
key = ["tenant", "id"]
column = "answer"
scheme = "md5(pass.salt)"
login = "email"
username = "nick"
salt = "grain"
last_login = "seen"
where = "tenant = 3"
except = "is_service"
normalize = "answer1"
marker_column = "mark"
preserve = ["updated_at", "touched"]
readers_ready = true
[credential.on_reset]
value = "!saltern:{random}"
set = { must_reset = true, tries = -1, reset_at = "now()" }
done = { must_reset = false }
must_change = "must_reset"
[[credential]]
name = "parents"
table = "parent"
key = "id"
column = "password"
scheme = "auto"
[credential.on_reset]
sql = "DELETE FROM session WHERE parent IN (:keys)"
[target]
algorithm = "bcrypt"
cost = 11
prefix = "2y"
[[rule]]
name = "grace"
when = { credential = "answers", scheme = ["md5(pass.salt)"], class = ["weak"], last_login_before = "2y", known = true }
do = "wrap"
deadline = "90d"
then = "reset"
since = "2026-01-01"
max_rows = 1000
soft = true
[[rule]]
when = { weak_parameters = true, wrapped = false }
do = "on-login"
"#;

    #[test]
    fn the_digest_of_a_plan_with_every_key_never_changes() {
        assert_eq!(
            plan_digest(&settings(LARGE)),
            "30a6fe72239c3cef1649a0166c6aba0b63e2c3582146a64a88d6a2357397b243"
        );
    }

    #[test]
    fn the_digest_is_sha_256_in_hex() {
        assert_eq!(
            digest_of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn the_database_is_not_part_of_a_plan() {
        check_differs("DATABASE_URL", "OTHER_URL", &[]);
    }

    #[test]
    fn readers_ready_is_not_part_of_a_plan() {
        check_differs(
            "scheme = \"md5\"",
            "scheme = \"md5\"\nreaders_ready = true",
            &[],
        );
    }

    #[test]
    fn spelling_and_comments_are_not_part_of_a_plan() {
        check_differs("key = \"id\"", "key = ['id'] # the key", &[]);
        check_differs("\"2y\"", "\"730d\"", &[]);
        check_differs("class = [\"weak\"]", "class = 'weak'", &[]);
    }

    #[test]
    fn the_lists_of_known_passwords_are_not_part_of_a_plan() {
        check_differs(
            "[[credential]]",
            "[known]\nwordlist = \"words.txt\"\n[[credential]]",
            &[],
        );
    }

    #[test]
    fn the_ledgers_names_are_not_part_of_a_plan() {
        check_differs(
            "[[credential]]",
            "[ledger]\nprefix = \"x_\"\n[[credential]]",
            &[],
        );
    }

    #[test]
    fn a_changed_value_is_named_with_both() {
        check_differs(
            "scheme = \"md5\"",
            "scheme = \"ntlm\"",
            &["credential \"parents\": scheme was md5, is ntlm"],
        );
        check_differs(
            "do = \"wrap\"",
            "do = \"keep\"",
            &["rule \"stale\": do was wrap, is keep"],
        );
    }

    #[test]
    fn a_value_that_came_or_went_is_named() {
        check_differs(
            "column = ",
            "where = \"tenant = 3\"\ncolumn = ",
            &["credential \"parents\": where was not set, is tenant = 3"],
        );
        check_differs(
            ", last_login_before = \"2y\"",
            "",
            &["rule \"stale\": when.last_login_before was 2y, is not set"],
        );
    }

    #[test]
    fn a_subject_that_came_or_went_is_named_once() {
        check_differs(
            "name = \"parents\"",
            "name = \"people\"",
            &[
                "credential \"parents\" is gone",
                "credential \"people\" is new",
            ],
        );
    }

    #[test]
    fn another_order_of_the_rules_is_another_plan() {
        check_differs(
            "[[rule]]",
            "[[rule]]\nname = \"first\"\ndo = \"keep\"\n[[rule]]",
            &["rule \"stale\": place was 1, is 2", "rule \"first\" is new"],
        );
    }

    #[test]
    fn another_target_names_its_parameters() {
        check_differs(
            "[[rule]]",
            "[target]\nalgorithm = \"argon2id\"\nmemory_kib = 47104\n[[rule]]",
            &["target: memory_kib was 19456, is 47104"],
        );
    }

    #[test]
    fn a_tab_or_a_line_break_in_a_value_does_not_make_another_fact() {
        let text = SMALL.replacen("column = ", "where = \"a\\tb\\nc\"\ncolumn = ", 1);
        assert!(canonical(&settings(&text)).contains("where\ta\\tb\\nc\n"));
    }
}
