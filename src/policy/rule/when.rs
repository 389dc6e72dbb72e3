//! Which facts a rule matches.

use crate::policy::{Age, Facts, LastLogin};
use crate::scheme::{Class, Recognised, Scheme};

/// The condition of a rule. Every part that is there must hold; a list holds if one entry does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Names of credentials; none for all.
    pub credentials: Vec<String>,
    /// Schemes; none for all. For a wrapped value it is the outer scheme, and the inner one where
    /// `wrapped` is true.
    pub schemes: Vec<Scheme>,
    /// Classes; none for all.
    pub classes: Vec<Class>,
    /// The last login is longer ago than this, or there never was one.
    pub last_login_before: Option<Age>,
    /// Whether the parameters of a slow hash are weaker than the target's.
    pub weak_parameters: Option<bool>,
    /// Whether the value is one of saltern's wrapped values.
    pub wrapped: Option<bool>,
    /// Whether a list holds the password. A row that was not looked up is neither.
    pub known: Option<bool>,
}

impl When {
    /// Whether the rule is for this credential at all.
    pub fn names(&self, credential: &str) -> bool {
        self.credentials.is_empty() || self.credentials.iter().any(|name| name == credential)
    }

    /// Whether a row is matched.
    pub fn matches(&self, facts: &Facts<'_>, now_ms: i64) -> bool {
        let scheme = match (facts.recognised, self.wrapped) {
            (Recognised::Wrapped { inner, .. }, Some(true)) => Scheme::by_inner_id(inner),
            _ => facts.scheme,
        };
        self.names(facts.credential)
            && self.holds_scheme(scheme)
            && (self.classes.is_empty() || self.classes.contains(&facts.class))
            && self.holds_last_login(facts, now_ms)
            && self.weak_parameters.is_none_or(|weak| {
                has_parameters(facts.recognised) && weak == (facts.class < Class::Strong)
            })
            && self
                .wrapped
                .is_none_or(|wrapped| wrapped == is_wrapped(facts.recognised))
            && self.holds_known(facts)
    }

    /// Whether a wrapped row matched before its wrap: by its inner scheme, without the class and
    /// the parameters, which the wrap has changed.
    pub(in crate::policy) fn matched_before_wrap(&self, facts: &Facts<'_>, now_ms: i64) -> bool {
        let Recognised::Wrapped { inner, .. } = facts.recognised else {
            return false;
        };
        self.names(facts.credential)
            && self.holds_scheme(Scheme::by_inner_id(inner))
            && self.holds_last_login(facts, now_ms)
            && self.holds_known(facts)
    }

    /// A row that was not looked up is neither known nor unknown.
    fn holds_known(&self, facts: &Facts<'_>) -> bool {
        self.known.is_none_or(|known| facts.known == Some(known))
    }

    fn holds_scheme(&self, scheme: Option<Scheme>) -> bool {
        self.schemes.is_empty() || scheme.is_some_and(|scheme| self.schemes.contains(&scheme))
    }

    fn holds_last_login(&self, facts: &Facts<'_>, now_ms: i64) -> bool {
        let Some(age) = self.last_login_before else {
            return true;
        };
        match facts.last_login {
            LastLogin::Never => true,
            LastLogin::Unknown => false,
            LastLogin::At(ms) => ms < now_ms.saturating_sub(age.millis()),
        }
    }
}

/// Whether a value has parameters that could be weak: a bare digest has none.
fn has_parameters(recognised: &Recognised<'_>) -> bool {
    matches!(
        recognised,
        Recognised::Native { .. } | Recognised::Wrapped { .. }
    )
}

fn is_wrapped(recognised: &Recognised<'_>) -> bool {
    matches!(recognised, Recognised::Wrapped { .. })
}
