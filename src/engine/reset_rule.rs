//! The rule that a reset request stands for. Asks no database.

use super::error::EngineError;
use super::request::{By, ResetRequest};
use crate::config::{Credential, Settings};
use crate::policy::{Action, ResetMode, Rule, Rules, When};
use crate::store::{Kind, is_condition};

/// The name of the rule in the ledger.
const RULE: &str = "saltern reset";

impl ResetRequest {
    /// Makes the request the only rule of the configuration.
    ///
    /// # Errors
    /// [`EngineError::Configuration`] where the configuration lacks a column that the request is
    /// about, or where the condition can't be added. It must be one SQL expression, and there must
    /// be one credential.
    pub fn apply_to(&self, settings: &mut Settings) -> Result<(), EngineError> {
        if let Some(condition) = &self.condition {
            add_condition(settings, condition)?;
        }
        self.check_columns(settings)?;
        settings.rules = Rules::new(vec![self.rule()]);
        Ok(())
    }

    /// Refuses settings that no request was applied to. What the request says of values stands in
    /// their rule, and the rule alone is asked.
    ///
    /// # Errors
    /// [`EngineError::Configuration`] unless there is exactly one rule, and it resets.
    pub(crate) fn check_applied(settings: &Settings) -> Result<(), EngineError> {
        let mut rules = settings.rules.iter().map(|(_, rule)| rule.action);
        match (rules.next(), rules.next()) {
            (Some(Action::Reset), None) => Ok(()),
            _ => Err(configuration(
                "a reset needs settings whose only rule resets, and these are others",
                "apply the request to the settings first: `ResetRequest::apply_to`",
            )),
        }
    }

    fn rule(&self) -> Rule {
        Rule {
            name: Some(RULE.to_owned()),
            when: When {
                credentials: Vec::new(),
                schemes: self.schemes.clone(),
                classes: self.classes.clone(),
                last_login_before: self.last_login_before,
                weak_parameters: None,
                wrapped: (self.wrapped || self.wrapped_before.is_some()).then_some(true),
                known: self.known.then_some(true),
            },
            action: Action::Reset,
            deadline: None,
            max_rows: self.confirm,
            soft: self.how == ResetMode::Soft,
        }
    }

    /// Whether the credentials name the columns that the request is about.
    fn check_columns(&self, settings: &Settings) -> Result<(), EngineError> {
        let credentials = &settings.credentials;
        // A credential without the column would be passed over without a word.
        if self.last_login_before.is_some()
            && let Some(credential) = credentials.iter().find(|c| c.last_login.is_none())
        {
            return Err(EngineError::Configuration {
                what: format!(
                    "--last-login-before can match no row of credential {:?}: it names a column `last_login` nowhere",
                    credential.name
                ),
                hint:
                    "name it in the configuration, or one credential that has it with --credential"
                        .to_owned(),
            });
        }
        let without = |c: &&Credential| c.on_reset.must_change.is_none();
        if self.how == ResetMode::Soft
            && let Some(credential) = credentials.iter().find(without)
        {
            return Err(EngineError::Configuration {
                what: format!(
                    "--soft needs the column that says who must change the password, and credential {:?} names none",
                    credential.name
                ),
                hint: "name it in the configuration: [credential.on_reset] with must_change; the application must look at it at every login".to_owned(),
            });
        }
        if self.by == By::Login && credentials.iter().any(|c| !c.login.is_named()) {
            return Err(configuration(
                "--by login needs a column `login`, and a credential names none",
                "name it in the configuration, or one credential that has it with --credential",
            ));
        }
        Ok(())
    }
}

/// Narrows the credential to the rows for which the operator's condition is true.
fn add_condition(settings: &mut Settings, condition: &str) -> Result<(), EngineError> {
    let first = settings.credentials.first().map(Credential::file_name);
    let mut all = settings.credentials.iter();
    if !all.all(|credential| Some(credential.file_name()) == first) {
        return Err(configuration(
            "--where is a condition on one table, and the configuration has several credentials",
            "name one with --credential",
        ));
    }
    // A condition that closes a parenthesis which it has not opened would change the condition
    // around it.
    if !Kind::all()
        .into_iter()
        .all(|kind| is_condition(kind, condition))
    {
        return Err(configuration(
            "--where is not one SQL expression",
            "write one condition, its parentheses, quotes and comments closed, without a semicolon",
        ));
    }
    for credential in &mut settings.credentials {
        credential.where_sql = Some(match &credential.where_sql {
            Some(before) => format!("({before}\n) AND ({condition}\n)"),
            None => condition.to_owned(),
        });
    }
    Ok(())
}

fn configuration(what: &str, hint: &str) -> EngineError {
    EngineError::Configuration {
        what: what.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{ConfigFile, parse};
    use crate::policy::Age;

    fn settings(credential: &str) -> Settings {
        let text = format!(
            "[database]\nurl_env = \"X\"\n[[credential]]\nname = \"a\"\ntable = \"t\"\nkey = \"id\"\ncolumn = \"p\"\nscheme = \"auto\"\n{credential}"
        );
        parse(&ConfigFile {
            path: Path::new("saltern.toml"),
            text: &text,
            mode: None,
        })
        .unwrap()
        .settings
    }

    fn refused(request: &ResetRequest, credential: &str, reason: &str) {
        let error = request.apply_to(&mut settings(credential)).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }

    #[test]
    fn a_request_becomes_the_only_rule() {
        let mut settings = settings("");
        let request = ResetRequest {
            wrapped_before: Age::parse("1y"),
            confirm: Some(7),
            ..ResetRequest::default()
        };
        request.apply_to(&mut settings).unwrap();
        let rules: Vec<&Rule> = settings.rules.iter().map(|(_, rule)| rule).collect();
        let [rule] = rules[..] else {
            panic!("{} rules", rules.len());
        };
        assert_eq!(rule.name.as_deref(), Some(RULE));
        assert_eq!(rule.when.wrapped, Some(true));
        assert_eq!(
            (rule.when.known, rule.max_rows, rule.soft),
            (None, Some(7), false)
        );
    }

    #[test]
    fn a_condition_narrows_the_rows_and_keeps_the_one_that_stands_there() {
        let request = ResetRequest {
            condition: Some("id > 1".to_owned()),
            ..ResetRequest::default()
        };
        let mut settings = settings("where = \"id < 9\"\n");
        request.apply_to(&mut settings).unwrap();
        assert_eq!(
            settings.credentials[0].where_sql.as_deref(),
            Some("(id < 9\n) AND (id > 1\n)")
        );
        let open = ResetRequest {
            condition: Some("id > 1) OR (1 = 1".to_owned()),
            ..ResetRequest::default()
        };
        refused(&open, "", "is not one SQL expression");
    }

    #[test]
    fn a_request_about_a_column_that_no_credential_names_is_refused() {
        let long_ago = ResetRequest {
            last_login_before: Age::parse("2y"),
            ..ResetRequest::default()
        };
        refused(&long_ago, "", "names a column `last_login`");
        let soft = ResetRequest {
            how: ResetMode::Soft,
            ..ResetRequest::default()
        };
        refused(&soft, "", "--soft needs the column");
        let by_login = ResetRequest {
            by: By::Login,
            ..ResetRequest::default()
        };
        refused(&by_login, "", "--by login needs a column");
    }

    #[test]
    fn settings_that_no_request_was_applied_to_are_refused() {
        let mut settings = settings("");
        let error = ResetRequest::check_applied(&settings).unwrap_err();
        assert!(matches!(error, EngineError::Configuration { .. }));
        let request = ResetRequest::default();
        request.apply_to(&mut settings).unwrap();
        ResetRequest::check_applied(&settings).unwrap();
        let reset = request.rule();
        let wrap = Rule {
            action: Action::Wrap,
            ..request.rule()
        };
        for rules in [vec![], vec![wrap.clone()], vec![reset, wrap]] {
            settings.rules = Rules::new(rules);
            assert!(ResetRequest::check_applied(&settings).is_err());
        }
    }
}
