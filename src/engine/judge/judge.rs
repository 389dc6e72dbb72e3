//! From a row to what is done with it: recognised, decided by the rules, made into the text that is
//! to be hashed.
//!
//! Nothing is hashed and nothing is drawn at random here: salts are the pool's.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::parts::Proven;
use super::selection::ResetSelection;
use super::work::{Decided, Disposition, Judged, RowFacts, Work};
use crate::census::{Judgement, ListVerdicts, settle_chance};
use crate::config::{Credential, Settings};
use crate::engine::relabel::Relabel;
use crate::engine::request::Job;
use crate::policy::{
    self, Action, Deadlines, Decision, Expected, Facts, Normalize, Reason, Rules, decide,
};
use crate::reset::DeadForm;
use crate::scheme::{Class, Declared, InnerId, Needs, Recognised, Scheme, outer_input, reveal};
use crate::store::ledger::{QuarantineReason, ResetReason};
use crate::store::{Companion, Row, Storage};
use crate::text::answer1;

/// The moment by which ages and deadlines are judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'s> {
    /// The database's clock, in milliseconds of UTC.
    pub(crate) now_ms: i64,
    /// The clocks of the rules' deadlines.
    pub(crate) deadlines: &'s Deadlines,
}

/// What a row is judged by, for one credential.
#[derive(Clone, Debug)]
pub(crate) struct Judge<'s> {
    settings: &'s Settings,
    credential: &'s Credential,
    proven: Proven,
    moment: Moment<'s>,
    /// Where the rules are not asked.
    relabel: Option<Relabel>,
    /// The rows that may be touched; none for all.
    selection: Option<Arc<ResetSelection>>,
    /// What the lists of known passwords said of the column.
    known: Option<Arc<ListVerdicts>>,
    /// Whether there is a rule for which rows may wait.
    has_waits: bool,
    /// What a column of the row says of its value.
    expected: Expected,
}

impl<'s> Judge<'s> {
    /// For one credential.
    pub(crate) fn new(
        settings: &'s Settings,
        credential: &'s Credential,
        proven: Proven,
        moment: Moment<'s>,
    ) -> Self {
        Self {
            settings,
            credential,
            proven,
            moment,
            relabel: None,
            selection: None,
            known: None,
            expected: credential.expected(&settings.target),
            has_waits: settings.rules.waited_for(&credential.name).next().is_some(),
        }
    }

    /// The same, with what the lists of known passwords said.
    pub(crate) fn with_known(mut self, known: Option<Arc<ListVerdicts>>) -> Self {
        self.known = known;
        self
    }

    /// The same, for a job.
    pub(crate) fn for_job(mut self, job: &Job) -> Self {
        self.relabel = match job {
            Job::Rules | Job::Reset(_) => None,
            Job::Relabel(relabel) => Some(relabel.clone()),
        };
        self
    }

    /// The same, where only rows that were chosen are touched, and no default decides.
    pub(crate) fn with_selection(mut self, selection: Option<Arc<ResetSelection>>) -> Self {
        self.selection = selection;
        self
    }

    /// What the ledger keeps of a reset.
    fn reset_reason(&self, decision: &Decision, class: Class) -> ResetReason {
        ResetReason {
            rule: self.settings.rules.label(decision.rule.unwrap_or_default()),
            reason: match &self.selection {
                Some(selection) => selection.reason.clone(),
                None => decision.reason.as_str().to_owned(),
            },
            class: class.as_str(),
            how: self
                .settings
                .rules
                .reset_mode(decision.rule.unwrap_or_default()),
        }
    }

    /// What a value is reset to.
    pub(crate) fn dead_form(&self) -> &'s DeadForm {
        &self.credential.on_reset.value
    }

    /// The rules that it asks.
    pub(crate) fn rules(&self) -> &'s Rules {
        &self.settings.rules
    }

    /// The columns that a row's wrap needs to be opened again, in the order in which
    /// [`Judge::judge`] reads them. None where the credential names none of them, and no scheme of
    /// the column takes anything from elsewhere.
    pub(crate) fn beside(&self) -> &'static [Companion] {
        const BESIDE: [Companion; 3] = [Companion::Salt, Companion::Salt2, Companion::Username];
        let declared = match self.credential.scheme {
            Declared::Scheme(scheme) => Some(scheme),
            Declared::Auto => None,
        };
        let mut schemes = self.proven.schemes().values().copied().chain(declared);
        // A string with a prefix may take a salt or a name from a column too (tt-rss' `MODE2:`).
        let is_named = [
            self.credential.salt.as_deref(),
            self.credential.salt2.as_deref(),
            self.credential.username_column(),
        ]
        .iter()
        .any(Option::is_some)
            || self.credential.other_tables().next().is_some();
        if is_named || schemes.any(|scheme| scheme.needs() != Needs::default()) {
            &BESIDE
        } else {
            &[]
        }
    }

    /// The columns that divide the rows. A row that is judged must carry them, in this order.
    pub(crate) fn dividers(&self) -> &[String] {
        self.proven.dividers()
    }

    /// The decision for a value that is recognised already.
    pub(crate) fn decide_recognised(
        &self,
        recognised: &Recognised<'_>,
        row_facts: RowFacts<'_>,
    ) -> Decided {
        let recognised = &settle_chance(*recognised, |shape| {
            self.proven.get(shape) == Some(Scheme::PLAINTEXT)
        });
        // Rows for which no proof holds are digests of an unknown scheme, whatever the rest is, and
        // whatever the credential says of the whole column.
        let unknown = match *recognised {
            Recognised::Digest { shape, .. } => {
                let value = row_facts.value.unwrap_or_default();
                let is_uncovered = self.proven.is_uncovered(shape, value, row_facts.beside);
                is_uncovered.then_some(Recognised::Digest {
                    shape,
                    scheme: None,
                })
            }
            _ => None,
        };
        let proven = match recognised {
            Recognised::Digest {
                shape,
                scheme: None,
            } if unknown.is_none() => self.proven.get(*shape),
            _ => None,
        };
        let is_uncovered = unknown.is_some();
        let recognised = unknown.as_ref().unwrap_or(recognised);
        let mut facts = Facts::new(
            &self.credential.name,
            recognised,
            &self.settings.target,
            proven,
        );
        facts.normalize = self.credential.normalize;
        facts.contradicts = self.expected.is_contradicted(recognised);
        facts.last_login = row_facts.last_login;
        facts.must_change = row_facts.must_change;
        let known = self
            .known
            .as_ref()
            .and_then(|known| known.judge(row_facts.value, recognised, facts.class, facts.scheme));
        facts.known = known.and_then(Judgement::is_known);
        let mut decision = decide(
            &self.settings.rules,
            &facts,
            self.moment.now_ms,
            self.moment.deadlines,
        );
        if is_uncovered && decision.reason == Reason::Unproven {
            decision.reason = Reason::Uncovered;
        }
        let mut waits_for = None;
        if row_facts.excepted {
            decision = Decision::EXCEPTED;
        } else if self.has_waits {
            waits_for = policy::waits_for(
                &self.settings.rules,
                &facts,
                self.moment.now_ms,
                self.moment.deadlines,
            );
        }
        Decided {
            class: facts.class,
            scheme: facts.scheme,
            decision,
            known,
            waits_for,
        }
    }

    /// Judges a row of a page.
    pub(crate) fn judge(&self, row: &Row) -> Judged {
        if let Some(relabel) = &self.relabel {
            return relabel.judge(row);
        }
        // A plaintext is what a login would send: Unicode text, whatever the column's charset.
        let value = if self.credential.scheme == Declared::Scheme(Scheme::PLAINTEXT) {
            row.plaintext()
        } else {
            row.value()
        };
        let recognised = self.credential.recognise(value).beside(row.salt_beside());
        let row_facts = RowFacts {
            value,
            last_login: row.last_login,
            excepted: row.excepted,
            must_change: row.must_change,
            beside: row,
        };
        let Decided {
            class,
            scheme,
            decision,
            known,
            waits_for,
        } = self.decide_recognised(&recognised, row_facts);
        let is_left_out = self.selection.as_ref().is_some_and(|selection| {
            decision.rule.is_none() || !selection.takes(&self.credential.name, &row.key)
        });
        let disposition = match decision.action {
            _ if is_left_out => Disposition::Keep,
            Action::Wrap | Action::Rehash | Action::Reset if row.storage == Storage::Number => {
                Disposition::Quarantine(QuarantineReason::NotText)
            }
            Action::Keep => Disposition::Keep,
            Action::Reset => Disposition::Reset(self.reset_reason(&decision, class)),
            Action::OnLogin => Disposition::Waits,
            Action::Quarantine => Disposition::Quarantine(quarantine_reason(decision.reason)),
            Action::Wrap => self.wrap(row, scheme),
            Action::Rehash => self.rehash(row, &recognised),
        };
        Judged {
            disposition,
            decision,
            class,
            scheme,
            known: known == Some(Judgement::Known),
            waits_for,
        }
    }

    fn wrap(&self, row: &Row, scheme: Option<Scheme>) -> Disposition {
        let outer = &self.settings.target.outer;
        let made = scheme.and_then(|scheme| Work::wrap(outer, row.value()?, scheme));
        if let (Some(work), Some(scheme)) = (&made, scheme)
            && lacks(row, scheme, work)
        {
            return Disposition::Quarantine(QuarantineReason::NoSalt);
        }
        // What the rules would wrap has an inner text. If not, the row is left alone rather than
        // guessed at.
        made.map_or(
            Disposition::Quarantine(QuarantineReason::Undecodable),
            Disposition::Work,
        )
    }

    fn rehash(&self, row: &Row, recognised: &Recognised<'_>) -> Disposition {
        let made = match *recognised {
            Recognised::Plaintext(value) => self.directly(value),
            // What a login sends is text. Other bytes were written in a charset that nobody names.
            Recognised::Native { scheme, .. } => row
                .plaintext()
                .and_then(|value| reveal(value, scheme))
                .filter(|password| std::str::from_utf8(password).is_ok())
                .and_then(|password| self.directly(&password)),
            _ => None,
        };
        made.map_or(
            Disposition::Quarantine(QuarantineReason::Undecodable),
            Disposition::Work,
        )
    }

    /// The work of hashing a password in the clear.
    fn directly(&self, password: &[u8]) -> Option<Work> {
        match self.credential.normalize {
            None => self.work(password, None),
            Some(Normalize::Answer1) => {
                let normal = Zeroizing::new(answer1(std::str::from_utf8(password).ok()?));
                self.work(normal.as_bytes(), Some(&InnerId::ANSWER1))
            }
        }
    }

    fn work(&self, text: &[u8], inner: Option<&InnerId>) -> Option<Work> {
        let input = outer_input(&self.settings.target.outer, text, inner).ok()?;
        Some(Work {
            text: input.text,
            inner: input.inner,
            setting: None,
        })
    }
}

impl Relabel {
    /// What is done with a row.
    pub(crate) fn judge(&self, row: &Row) -> Judged {
        let made = row
            .value()
            .filter(|_| !row.excepted && row.storage != Storage::Number)
            .and_then(|value| self.apply(value));
        Judged {
            scheme: made.as_ref().and_then(|_| self.scheme()),
            disposition: made.map_or(Disposition::Keep, Disposition::Swap),
            decision: Decision {
                action: Action::Keep,
                rule: None,
                due: false,
                reason: Reason::Wrapped,
            },
            class: Class::Slow,
            known: false,
            waits_for: None,
        }
    }
}

/// Whether the row has NULL where the scheme takes a salt or a name. Nobody could open the wrap of
/// such a value.
fn lacks(row: &Row, scheme: Scheme, work: &Work) -> bool {
    let needs = scheme.needs();
    let own_salt = work.setting.is_some() && scheme.carries_salt();
    let [salt, salt2, username] = [Companion::Salt, Companion::Salt2, Companion::Username]
        .map(|companion| row.companion(&companion).is_none());
    (needs.salt && !own_salt && salt) || (needs.salt2 && salt2) || (needs.username && username)
}

fn quarantine_reason(reason: Reason) -> QuarantineReason {
    match reason {
        Reason::LooksHashed => QuarantineReason::LooksHashed,
        Reason::Undecodable => QuarantineReason::Undecodable,
        Reason::TooLong => QuarantineReason::TooLong,
        Reason::Contradiction => QuarantineReason::Contradiction,
        _ => QuarantineReason::Rule,
    }
}
