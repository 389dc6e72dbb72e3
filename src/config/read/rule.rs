//! `[[rule]]`
//!
//! Which pairs of action and value are impossible is the policy's to say; here they get their place in the file.

use std::ops::Range;

use super::date::midnight_ms;
use super::name::{LABEL, is_label};
use super::scheme::read_scheme;
use crate::config::document::{File, Section, Spanned, table};
use crate::config::error::{ConfigError, Problem};
use crate::config::keys;
use crate::config::settings::Credential;
use crate::policy::{
    Action, Age, Deadline, Impossible, Rule, Rules, Then, When, possible_for_class,
    possible_for_declared, possible_for_scheme, possible_for_wrapped,
};
use crate::scheme::{Class, Scheme};

/// Reads the rules one after the other.
pub(super) struct Reader<'a> {
    file: &'a File<'a>,
    credentials: &'a [Credential],
    rules: Vec<Rule>,
    lines: Vec<usize>,
}

/// A condition, and where each part of it stands.
struct Placed {
    when: When,
    credentials: Vec<Spanned<String>>,
    schemes: Vec<Spanned<Scheme>>,
    classes: Vec<Spanned<Class>>,
    wrapped: Range<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a File<'a>, credentials: &'a [Credential]) -> Self {
        Self {
            file,
            credentials,
            rules: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// The rules in their order.
    pub(super) fn finish(self) -> Rules {
        Rules::new(self.rules)
    }

    /// Reads one rule.
    pub(super) fn read(&mut self, section: Section<'_>) -> Result<(), ConfigError> {
        let name = self.name(&section)?;
        let known = Action::ALL.map(Action::as_str);
        let action = section
            .word("do", Action::parse, &known)?
            .ok_or_else(|| section.missing("do"))?;
        let placed = self.when(&section)?;
        self.refuse_impossible(&placed, action.value)?;
        let deadline = self.deadline(&section, action.value, name.is_some())?;
        if let Some(deadline) = deadline {
            self.refuse_impossible(&placed, deadline.then.action())?;
        }
        let mut rule = Rule {
            name,
            when: placed.when,
            action: action.value,
            deadline,
            max_rows: None,
            soft: false,
        };
        rule.max_rows = max_rows(&section, &rule)?;
        rule.soft = self.soft(&section, &rule)?;
        self.lines.push(section.line());
        self.rules.push(rule);
        Ok(())
    }

    fn name(&self, section: &Section<'_>) -> Result<Option<String>, ConfigError> {
        let Some(name) = section.text("name")? else {
            return Ok(None);
        };
        if !is_label(&name.value) {
            let problem = Problem::Name {
                key: "name",
                expected: LABEL,
            };
            return Err(section.refuse(name.span, problem));
        }
        match self
            .rules
            .iter()
            .position(|rule| rule.name.as_ref() == Some(&name.value))
        {
            Some(other) => {
                let problem = Problem::Twice {
                    what: "rule",
                    name: name.value,
                    first_line: self.lines[other],
                };
                Err(section.refuse(name.span, problem))
            }
            None => Ok(Some(name.value)),
        }
    }

    fn when(&self, section: &Section<'_>) -> Result<Placed, ConfigError> {
        let item = section.item("when").map(|item| item.value);
        let Some(table) = table(self.file, "when", item)? else {
            return Ok(Placed {
                when: When::default(),
                credentials: Vec::new(),
                schemes: Vec::new(),
                classes: Vec::new(),
                wrapped: section.span(),
            });
        };
        let section = Section::open(self.file, keys::WHEN, table.value, table.span)?;
        let credentials = section.texts("credential")?;
        let names = || {
            self.credentials
                .iter()
                .map(|credential| credential.name.as_str())
        };
        if let Some(unknown) = credentials
            .iter()
            .find(|name| !names().any(|known| known == name.value))
        {
            return Err(section.unknown_value(
                "credential",
                &unknown.value,
                unknown.span.clone(),
                names(),
            ));
        }
        let schemes = section
            .texts("scheme")?
            .into_iter()
            .map(|text| read_scheme(&section, "scheme", text))
            .collect::<Result<Vec<_>, _>>()?;
        let classes = each(&section, "class", Class::parse, || {
            Class::ALL.map(Class::as_str).to_vec()
        })?;
        let when = When {
            credentials: values(&credentials),
            schemes: values(&schemes),
            classes: values(&classes),
            last_login_before: age(&section, "last_login_before")?.map(|age| age.value),
            weak_parameters: section.boolean("weak_parameters")?,
            wrapped: section.boolean("wrapped")?,
            known: section.boolean("known")?,
        };
        let dated = self
            .credentials
            .iter()
            .any(|credential| when.names(&credential.name) && credential.last_login.is_some());
        if when.last_login_before.is_some() && !dated {
            return Err(section.refuse(section.key_span("last_login_before"), Problem::NoLastLogin));
        }
        let wrapped = section.key_span("wrapped");
        Ok(Placed {
            when,
            credentials,
            schemes,
            classes,
            wrapped,
        })
    }

    /// Refuses what the condition itself makes certain never to work.
    fn refuse_impossible(&self, placed: &Placed, action: Action) -> Result<(), ConfigError> {
        let refuse = |span: &Range<usize>, result: Result<(), Impossible>| {
            result.map_err(|impossible| {
                self.file
                    .refuse(span.clone(), Problem::Impossible(impossible))
            })
        };
        for class in &placed.classes {
            refuse(&class.span, possible_for_class(action, class.value))?;
        }
        if placed.when.wrapped == Some(true) {
            // The scheme is the inner one then, and it has been wrapped: only the wrap itself can be in the way.
            return refuse(&placed.wrapped, possible_for_wrapped(action));
        }
        for scheme in &placed.schemes {
            refuse(&scheme.span, possible_for_scheme(action, scheme.value))?;
        }
        if action == Action::Rehash && !placed.schemes.is_empty() {
            // What is reversible says so in any column, whatever the credential declares.
            return Ok(());
        }
        for name in &placed.credentials {
            let declared = self
                .credentials
                .iter()
                .find(|credential| credential.name == name.value);
            if let Some(credential) = declared {
                refuse(&name.span, possible_for_declared(action, credential.scheme))?;
            }
        }
        Ok(())
    }

    /// Whether a reset leaves the value as it is.
    fn soft(&self, section: &Section<'_>, rule: &Rule) -> Result<bool, ConfigError> {
        let refuse = |problem| Err(section.refuse(section.key_span("soft"), problem));
        match section.boolean("soft")? {
            Some(_) if !rule.resets() => refuse(Problem::Alone {
                key: "soft",
                other: "a reset",
            }),
            Some(true) => {
                let without = self.credentials.iter().find(|credential| {
                    rule.when.names(&credential.name) && credential.on_reset.must_change.is_none()
                });
                match without {
                    Some(credential) => refuse(Problem::SoftWithoutColumn(credential.name.clone())),
                    None => Ok(true),
                }
            }
            _ => Ok(false),
        }
    }

    fn deadline(
        &self,
        section: &Section<'_>,
        action: Action,
        named: bool,
    ) -> Result<Option<Deadline>, ConfigError> {
        let known = Then::ALL.map(Then::as_str);
        let then = section.word("then", Then::parse, &known)?;
        let since_ms = since(section)?;
        let Some(after) = age(section, "deadline")? else {
            return match ["then", "since"].into_iter().find(|key| section.has(key)) {
                Some(key) => {
                    let problem = Problem::Alone {
                        key,
                        other: "a `deadline`",
                    };
                    Err(section.refuse(section.key_span(key), problem))
                }
                None => Ok(None),
            };
        };
        let refuse = |problem| Err(section.refuse(section.key_span("deadline"), problem));
        if !matches!(action, Action::OnLogin | Action::Wrap) {
            return refuse(Problem::NoDeadline(action.as_str()));
        }
        if !named {
            let other = "a `name`: the ledger keeps its clock under the rule's name";
            return refuse(Problem::Alone {
                key: "deadline",
                other,
            });
        }
        if let Some(then) = &then
            && action == Action::Wrap
            && then.value == Then::Wrap
        {
            return Err(section.refuse(then.span.clone(), Problem::WrapThenWrap));
        }
        Ok(Some(Deadline {
            after: after.value,
            then: then.map_or(Then::Reset, |then| then.value),
            since_ms,
        }))
    }
}

/// The brake of a rule that resets, which it must have; no other has one.
fn max_rows(section: &Section<'_>, rule: &Rule) -> Result<Option<u64>, ConfigError> {
    let most = section.number("max_rows", 1..=i64::MAX)?;
    match (most, rule.resets()) {
        (Some(most), true) => Ok(Some(most.value.cast_unsigned())),
        (None, false) => Ok(None),
        (Some(_), false) => {
            let problem = Problem::Alone {
                key: "max_rows",
                other: "a reset",
            };
            Err(section.refuse(section.key_span("max_rows"), problem))
        }
        (None, true) => {
            let key = if rule.action == Action::Reset {
                "do"
            } else {
                "deadline"
            };
            Err(section.refuse(section.key_span(key), Problem::NoBrake))
        }
    }
}

fn values<T: Clone>(placed: &[Spanned<T>]) -> Vec<T> {
    placed.iter().map(|placed| placed.value.clone()).collect()
}

/// A word or a list of words.
fn each<T>(
    section: &Section<'_>,
    key: &'static str,
    read: impl Fn(&str) -> Option<T>,
    known: impl Fn() -> Vec<&'static str>,
) -> Result<Vec<Spanned<T>>, ConfigError> {
    section
        .texts(key)?
        .into_iter()
        .map(|text| match read(&text.value) {
            Some(value) => Ok(Spanned {
                value,
                span: text.span,
            }),
            None => Err(section.unknown_value(key, &text.value, text.span, known())),
        })
        .collect()
}

fn age(section: &Section<'_>, key: &'static str) -> Result<Option<Spanned<Age>>, ConfigError> {
    let Some(text) = section.string(key)? else {
        return Ok(None);
    };
    match Age::parse(text.value) {
        Some(value) => Ok(Some(Spanned {
            value,
            span: text.span,
        })),
        None => Err(section.refuse(text.span, Problem::Age { key })),
    }
}

/// A date, as a string or as TOML's own.
fn since(section: &Section<'_>) -> Result<Option<i64>, ConfigError> {
    let Some(item) = section.item("since") else {
        return Ok(None);
    };
    let text = match (item.value.as_str(), item.value.as_datetime()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(date)) => date.to_string(),
        (None, None) => return Err(section.wrong_type("since", "a date", &item)),
    };
    match midnight_ms(&text) {
        Some(ms) => Ok(Some(ms)),
        None => Err(section.refuse(item.span, Problem::Date("since"))),
    }
}
