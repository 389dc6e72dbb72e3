//! `[[rule]]`: a condition, an action and a deadline.
//!
//! Which action is impossible for which value, `policy` says. Here an impossible pair gets its
//! place in the file.

use std::ops::Range;

use super::date::midnight_ms;
use super::name::{LABEL, is_label};
use super::scheme::read_scheme;
use crate::config::document::{Section, SourceFile, Spanned};
use crate::config::error::{ConfigError, ConfigProblem};
use crate::config::keys::{RuleKey, SectionKey, WhenKey};
use crate::config::settings::Credential;
use crate::policy::{
    Action, Age, Deadline, Impossible, Rule, Rules, Then, When, possible_for_class,
    possible_for_declared, possible_for_scheme, possible_for_wrapped,
};
use crate::scheme::{Class, Scheme};

/// Reads the rules one after the other, and keeps those that it has read.
pub(super) struct RuleReader<'a> {
    file: &'a SourceFile<'a>,
    credentials: &'a [Credential],
    rules: Vec<Rule>,
    lines: Vec<usize>,
}

/// A condition, and where each part of it stands.
struct PlacedWhen {
    when: When,
    credentials: Vec<Spanned<String>>,
    schemes: Vec<Spanned<Scheme>>,
    classes: Vec<Spanned<Class>>,
    wrapped: Range<usize>,
}

impl<'a> RuleReader<'a> {
    pub(super) fn new(file: &'a SourceFile<'a>, credentials: &'a [Credential]) -> Self {
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
    pub(super) fn read(&mut self, section: &Section<'_, RuleKey>) -> Result<(), ConfigError> {
        let name = self.name(section)?;
        let known = Action::ALL.map(Action::as_str);
        let action = section
            .word(RuleKey::Do, Action::parse, &known)?
            .ok_or_else(|| section.missing(RuleKey::Do))?;
        let placed = self.when(section)?;
        self.refuse_impossible(&placed, action.value)?;
        let deadline = self.deadline(section, action.value, name.as_deref())?;
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
        rule.max_rows = max_rows(section, &rule)?;
        rule.soft = self.soft(section, &rule)?;
        self.lines.push(section.line());
        self.rules.push(rule);
        Ok(())
    }

    fn name(&self, section: &Section<'_, RuleKey>) -> Result<Option<String>, ConfigError> {
        let Some(name) = section.text(RuleKey::Name)? else {
            return Ok(None);
        };
        if !is_label(&name.value) {
            let problem = ConfigProblem::Name {
                key: RuleKey::Name.as_str(),
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
                let problem = ConfigProblem::Twice {
                    what: "rule",
                    name: name.value,
                    first_line: self.lines[other],
                };
                Err(section.refuse(name.span, problem))
            }
            None => Ok(Some(name.value)),
        }
    }

    fn when(&self, section: &Section<'_, RuleKey>) -> Result<PlacedWhen, ConfigError> {
        let Some(section) = section.section::<WhenKey>(RuleKey::When)? else {
            return Ok(PlacedWhen {
                when: When::default(),
                credentials: Vec::new(),
                schemes: Vec::new(),
                classes: Vec::new(),
                wrapped: section.span(),
            });
        };
        if section.has(WhenKey::Users) {
            let (key, when) = (WhenKey::Users.as_str(), WhenKey::SECTION);
            let problem = ConfigProblem::NotYet(format!("`{key}` in {when}"));
            return Err(section.refuse(section.key_span(WhenKey::Users), problem));
        }
        let credentials = self.credential_names(&section)?;
        let schemes = section
            .texts(WhenKey::Scheme)?
            .into_iter()
            .map(|text| read_scheme(&section, WhenKey::Scheme, text))
            .collect::<Result<Vec<_>, _>>()?;
        let classes = words(&section, WhenKey::Class, Class::parse, || {
            Class::ALL.map(Class::as_str).to_vec()
        })?;
        let last_login_before = age(&section, WhenKey::LastLoginBefore)?;
        let when = When {
            credentials: self.parts_of(&credentials),
            // A condition on a site-wide salt is one on each of its lines.
            schemes: values(&schemes)
                .into_iter()
                .flat_map(Scheme::with_every_site_line)
                .collect(),
            classes: values(&classes),
            last_login_before: last_login_before.map(|age| age.value),
            weak_parameters: section.boolean(WhenKey::WeakParameters)?,
            wrapped: section.boolean(WhenKey::Wrapped)?,
            known: section.boolean(WhenKey::Known)?,
        };
        let has_last_login = self
            .credentials
            .iter()
            .any(|credential| when.names(&credential.name) && credential.last_login.is_some());
        if when.last_login_before.is_some() && !has_last_login {
            let place = section.key_span(WhenKey::LastLoginBefore);
            return Err(section.refuse(place, ConfigProblem::NoLastLogin));
        }
        Ok(PlacedWhen {
            when,
            credentials,
            schemes,
            classes,
            wrapped: section.key_span(WhenKey::Wrapped),
        })
    }

    /// The names of credentials in a condition, each of which must be there.
    fn credential_names(
        &self,
        section: &Section<'_, WhenKey>,
    ) -> Result<Vec<Spanned<String>>, ConfigError> {
        let named = section.texts(WhenKey::Credential)?;
        // A credential that a column divides is named as a whole, or part by part.
        let names = || {
            self.credentials
                .iter()
                .flat_map(|credential| [credential.file_name(), credential.name.as_str()])
        };
        let unknown = named
            .iter()
            .find(|name| !names().any(|known| known == name.value));
        match unknown {
            Some(unknown) => {
                let span = unknown.span.clone();
                let key = WhenKey::Credential;
                Err(section.unknown_value(key, &unknown.value, span, names()))
            }
            None => Ok(named),
        }
    }

    /// Refuses an action that can never be done to what the condition names.
    fn refuse_impossible(&self, placed: &PlacedWhen, action: Action) -> Result<(), ConfigError> {
        let refuse = |span: &Range<usize>, result: Result<(), Impossible>| {
            result.map_err(|impossible| {
                self.file
                    .refuse(span.clone(), ConfigProblem::Impossible(impossible))
            })
        };
        for class in &placed.classes {
            refuse(&class.span, possible_for_class(action, class.value))?;
        }
        if placed.when.wrapped == Some(true) {
            // The scheme is the inner one then. It has been wrapped, so only the wrap can be in the
            // way.
            return refuse(&placed.wrapped, possible_for_wrapped(action));
        }
        for scheme in &placed.schemes {
            refuse(&scheme.span, possible_for_scheme(action, scheme.value))?;
        }
        if action == Action::Rehash && !placed.schemes.is_empty() {
            // Most reversible values have a prefix of their own and may stand in any column.
            return Ok(());
        }
        for name in &placed.credentials {
            let declared = self
                .named(&name.value)
                .map(|credential| possible_for_declared(action, credential.scheme));
            // Of a divided credential one part is enough.
            let mut last = Ok(());
            for possible in declared {
                last = possible;
                if last.is_ok() {
                    break;
                }
            }
            refuse(&name.span, last)?;
        }
        Ok(())
    }

    /// The credential of that name, or the parts of one that a column divides.
    fn named<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Credential> {
        self.credentials
            .iter()
            .filter(move |credential| credential.name == name || credential.file_name() == name)
    }

    /// The names, those of divided credentials by their parts'.
    fn parts_of(&self, names: &[Spanned<String>]) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for name in names {
            for credential in self.named(&name.value) {
                if !parts.contains(&credential.name) {
                    parts.push(credential.name.clone());
                }
            }
        }
        parts
    }

    /// Whether the rule's resets are soft.
    fn soft(&self, section: &Section<'_, RuleKey>, rule: &Rule) -> Result<bool, ConfigError> {
        let refuse = |problem| Err(section.refuse(section.key_span(RuleKey::Soft), problem));
        match section.boolean(RuleKey::Soft)? {
            Some(_) if !rule.resets() => refuse(ConfigProblem::Alone {
                key: RuleKey::Soft.as_str(),
                other: "a reset",
            }),
            Some(true) => {
                let without = self.credentials.iter().find(|credential| {
                    rule.when.names(&credential.name) && credential.on_reset.must_change.is_none()
                });
                match without {
                    Some(credential) => {
                        refuse(ConfigProblem::SoftWithoutColumn(credential.name.clone()))
                    }
                    None => Ok(true),
                }
            }
            _ => Ok(false),
        }
    }

    fn deadline(
        &self,
        section: &Section<'_, RuleKey>,
        action: Action,
        name: Option<&str>,
    ) -> Result<Option<Deadline>, ConfigError> {
        let known = Then::ALL.map(Then::as_str);
        let then = section.word(RuleKey::Then, Then::parse, &known)?;
        let since_ms = since(section)?;
        let Some(after) = age(section, RuleKey::Deadline)? else {
            let alone = [RuleKey::Then, RuleKey::Since];
            return match alone.into_iter().find(|key| section.has(*key)) {
                Some(key) => {
                    let problem = ConfigProblem::Alone {
                        key: key.as_str(),
                        other: "a `deadline`",
                    };
                    Err(section.refuse(section.key_span(key), problem))
                }
                None => Ok(None),
            };
        };
        let refuse = |problem| Err(section.refuse(section.key_span(RuleKey::Deadline), problem));
        if !matches!(action, Action::OnLogin | Action::Wrap) {
            return refuse(ConfigProblem::NoDeadline(action.as_str()));
        }
        if name.is_none() {
            let other = "a `name`: the ledger keeps its clock under the rule's name";
            return refuse(ConfigProblem::Alone {
                key: RuleKey::Deadline.as_str(),
                other,
            });
        }
        if let Some(then) = &then
            && action == Action::Wrap
            && then.value == Then::Wrap
        {
            return Err(section.refuse(then.span.clone(), ConfigProblem::WrapThenWrap));
        }
        Ok(Some(Deadline {
            after: after.value,
            then: then.map_or(Then::Reset, |then| then.value),
            since_ms,
        }))
    }
}

/// The limit of a rule that resets. Such a rule must have one, and no other rule may.
fn max_rows(section: &Section<'_, RuleKey>, rule: &Rule) -> Result<Option<u64>, ConfigError> {
    let most = section.number(RuleKey::MaxRows, 1..=i64::MAX)?;
    match (most, rule.resets()) {
        (Some(most), true) => Ok(Some(most.value.cast_unsigned())),
        (None, false) => Ok(None),
        (Some(_), false) => {
            let problem = ConfigProblem::Alone {
                key: RuleKey::MaxRows.as_str(),
                other: "a reset",
            };
            Err(section.refuse(section.key_span(RuleKey::MaxRows), problem))
        }
        (None, true) => {
            let key = if rule.action == Action::Reset {
                RuleKey::Do
            } else {
                RuleKey::Deadline
            };
            Err(section.refuse(section.key_span(key), ConfigProblem::NoResetLimit))
        }
    }
}

fn values<T: Clone>(placed: &[Spanned<T>]) -> Vec<T> {
    placed.iter().map(|placed| placed.value.clone()).collect()
}

/// A word or a list of words.
fn words<T>(
    section: &Section<'_, WhenKey>,
    key: WhenKey,
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

fn age<K: SectionKey>(
    section: &Section<'_, K>,
    key: K,
) -> Result<Option<Spanned<Age>>, ConfigError> {
    let Some(text) = section.string(key)? else {
        return Ok(None);
    };
    match Age::parse(text.value) {
        Some(value) => Ok(Some(Spanned {
            value,
            span: text.span,
        })),
        None => Err(section.refuse(text.span, ConfigProblem::Age { key: key.as_str() })),
    }
}

/// A date, as a string or as TOML's own.
fn since(section: &Section<'_, RuleKey>) -> Result<Option<i64>, ConfigError> {
    let Some(item) = section.item(RuleKey::Since) else {
        return Ok(None);
    };
    let text = match (item.value.as_str(), item.value.as_datetime()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(date)) => date.to_string(),
        (None, None) => return Err(section.wrong_type(RuleKey::Since.as_str(), "a date", &item)),
    };
    match midnight_ms(&text) {
        Some(ms) => Ok(Some(ms)),
        None => Err(section.refuse(item.span, ConfigProblem::Date(RuleKey::Since.as_str()))),
    }
}
