//! The canonical text of a plan. The ledger keeps it and its digest.

use std::fmt::{Display, Write as _};

use crate::config::settings::{
    AcceptedPart, Assignment, CompanionSettings, Credential, FormatPart, FormatRows, FormatWrite,
    OnReset, OtherTable, Settings, word_of,
};
use crate::policy::{Deadline, Rule, SchemeGroup, Target, When};
use crate::reset::DeadForm;
use crate::scheme::{Declared, Outer, REGISTRY_VERSION, Scheme};
use crate::text::Charset;

/// The version of the canonical text's form. It changes whenever the form does.
const VERSION: u32 = 1;

/// The canonical text of a plan: a line for each fact in a fixed order, `subject TAB field TAB
/// value`.
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
        // Every field is named, so that a new one can't be forgotten here.
        let Credential {
            name,
            schema,
            table,
            key,
            column,
            scheme,
            login,
            charset,
            username,
            salt,
            separator,
            salt2,
            companions,
            site_salt_file,
            site: _,
            last_login,
            where_sql,
            except_sql,
            accept,
            normalize,
            marker_column,
            preserve,
            readers_ready: _,
            plaintext_is_certain: _,
            last_login_null_is_never: _,
            on_reset,
            format,
            on_wrap,
            on_login: _,
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
        // Of several columns the first may be a salt, and no other is more than a name.
        self.optional(&subject, "login", login.first());
        // What opens a value, and so what a proof proves.
        self.optional(&subject, "charset", charset.map(Charset::name));
        self.optional(&subject, "username", username.as_ref());
        self.optional(&subject, "salt", salt.as_ref());
        self.optional(&subject, "separator", separator.map(char::from));
        self.optional(&subject, "salt2", salt2.as_ref());
        self.companions(&subject, companions);
        // Where the file lies is each host's own business, and what stands in it is a secret: the
        // ledger has check values of its lines.
        let site = site_salt_file.as_ref().map(|_| "a file");
        self.optional(&subject, "site_salt", site);
        self.optional(&subject, "last_login", last_login.as_ref());
        self.optional(&subject, "where", where_sql.as_ref());
        self.optional(&subject, "except", except_sql.as_ref());
        self.list(&subject, "accept", accept.iter().map(AcceptedPart::text));
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
        for Assignment { column, value } in on_wrap {
            self.fact(&subject, &format!("on_wrap.set.{column:?}"), value);
        }
        if let Some(part) = format {
            self.format(&subject, part);
        }
    }

    fn format(&mut self, subject: &str, part: &FormatPart) {
        // The other values have credentials of their own.
        let FormatPart {
            of: _,
            column,
            rows,
            group,
            write,
            named: _,
        } = part;
        self.fact(subject, "format.column", column);
        let (field, values) = match rows {
            FormatRows::Listed(value) => ("format.value", std::slice::from_ref(value)),
            FormatRows::Written(values) => ("format.written", &values[..]),
        };
        // A quoted word is no NULL.
        let shown = values.iter().map(|value| match value {
            Some(value) => format!("{value:?}"),
            None => word_of(value).to_owned(),
        });
        self.list(subject, field, shown);
        self.optional(subject, "format.scheme", group.map(SchemeGroup::as_str));
        if let Some(FormatWrite {
            wrapped,
            native,
            dead,
        }) = write
        {
            self.fact(subject, "format.write.wrapped", wrapped);
            self.fact(subject, "format.write.native", native);
            self.fact(subject, "format.write.dead", dead);
        }
    }

    fn companions(&mut self, subject: &str, companions: &CompanionSettings) {
        let CompanionSettings {
            char_padding,
            empty_salt,
            salt,
            salt2,
            username,
        } = companions;
        let padding = char_padding.map(|padding| padding.as_str());
        self.optional(subject, "char_padding", padding);
        let empty = empty_salt.map(|empty| empty.as_str());
        self.optional(subject, "empty_salt", empty);
        for (field, other) in [("salt", salt), ("salt2", salt2), ("username", username)] {
            let Some(other) = other else { continue };
            let OtherTable {
                schema,
                table,
                key,
                column,
                where_sql,
            } = other;
            self.optional(subject, &format!("{field}.schema"), schema.as_ref());
            self.fact(subject, &format!("{field}.table"), table);
            self.list(subject, &format!("{field}.key"), key);
            self.fact(subject, &format!("{field}.column"), column);
            self.optional(subject, &format!("{field}.where"), where_sql.as_ref());
        }
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
