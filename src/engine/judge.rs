//! From a row to the work that it means: recognised, decided by the rules, made into the text that is to be hashed.
//!
//! Pure but for the random salts' absence: those are the hasher's.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::choose::Chosen;
use super::options::Job;
use super::relabel::Relabel;
use crate::census::{Judgement, Known};
use crate::config::{Credential, Settings};
use crate::policy::{
    self, Action, Deadlines, Decision, Facts, LastLogin, Normalize, Reason, Rules, decide,
};
use crate::reset::DeadForm;
use crate::scheme::{
    Class, Declared, InnerId, Needs, Outer, Recognised, Scheme, Shape, mark_len, outer_input,
    recognise, reveal, take,
};
use crate::secret::{InnerSalt, StoredHash};
use crate::store::ledger::{QuarantineReason, ResetReason};
use crate::store::{Neighbour, Row, Storage};
use crate::text::answer1;

/// The schemes that were proven for the shapes of a column.
pub(super) type Proven = HashMap<Shape, Scheme>;

/// A row's work.
#[derive(Clone)]
pub struct Work {
    /// What goes into the outer hash.
    pub text: Zeroizing<Vec<u8>>,
    /// The id to mark the result with.
    pub inner: Option<InnerId>,
    /// What the legacy string carried besides its digest: it goes behind the outer hash.
    pub setting: Option<InnerSalt>,
}

impl Work {
    /// The wrap of a stored value; none where it is not of the scheme's form, or where the outer hash can't take it.
    pub(super) fn wrap(outer: &Outer, value: &[u8], scheme: Scheme) -> Option<Self> {
        let inner = scheme.inner_id()?;
        let taken = take(value, scheme)?;
        let input = outer_input(outer, taken.text.as_bytes(), Some(&inner)).ok()?;
        Some(Self {
            text: input.text,
            inner: input.inner,
            setting: (!taken.setting.is_empty()).then(|| InnerSalt::new(taken.setting)),
        })
    }

    /// How many characters its mark takes.
    pub(super) fn mark_len(&self) -> usize {
        let setting = self.setting.as_ref().map_or(0, |s| s.as_bytes().len());
        self.inner.map_or(0, |inner| mark_len(&inner, setting))
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work(.., {:?})", self.inner)
    }
}

/// What is done with a row.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing.
    Keep,
    /// Nothing: it waits for a login.
    Waits,
    /// It is hashed and swapped.
    Work(Work),
    /// It is swapped for this, and nothing is hashed.
    Swap(StoredHash),
    /// It is swapped for a dead value, and the ledger keeps why.
    Reset(ResetReason),
    /// It is left alone and listed.
    Quarantine(QuarantineReason),
}

/// A verdict with what led to it.
#[derive(Debug)]
pub(super) struct Judged {
    /// What is done.
    pub verdict: Verdict,
    /// What the rules said.
    pub decision: Decision,
    /// The value's class.
    pub class: Class,
    /// Its scheme, where it is known.
    pub scheme: Option<Scheme>,
    /// Whether a list has its password.
    pub known: bool,
    /// The rule for which it waits.
    pub waits_for: Option<usize>,
}

/// What is decided about a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decided {
    /// The value's class.
    pub class: Class,
    /// Its scheme, where it is known.
    pub scheme: Option<Scheme>,
    /// What the rules said.
    pub decision: Decision,
    /// Whether a list has its password; none where nobody asks, or where it holds no password.
    pub known: Option<Judgement>,
    /// The rule for which it waits.
    pub waits_for: Option<usize>,
}

/// What a row is judged by, for one credential.
#[derive(Clone, Debug)]
pub(super) struct Judge<'s> {
    settings: &'s Settings,
    credential: &'s Credential,
    proven: Proven,
    now_ms: i64,
    deadlines: &'s Deadlines,
    /// Where the rules are not asked.
    relabel: Option<Relabel>,
    /// The rows that may be touched; none for all.
    chosen: Option<Arc<Chosen>>,
    /// What the lists of known passwords said of the column.
    known: Option<Arc<Known>>,
    /// Whether there is a rule for which rows may wait.
    has_waits: bool,
}

/// What a scan knows of a row without keeping it.
#[derive(Clone, Copy)]
pub(super) struct Glance<'v> {
    /// The value; none for NULL.
    pub value: Option<&'v [u8]>,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds.
    pub excepted: bool,
    /// Whether its user must change the password already.
    pub must_change: bool,
}

impl<'s> Judge<'s> {
    /// For one credential; `now_ms` is the database's clock.
    pub(super) fn new(
        settings: &'s Settings,
        credential: &'s Credential,
        proven: Proven,
        now_ms: i64,
        deadlines: &'s Deadlines,
    ) -> Self {
        Self {
            settings,
            credential,
            proven,
            now_ms,
            deadlines,
            relabel: None,
            chosen: None,
            known: None,
            has_waits: settings.rules.waited_for(&credential.name).next().is_some(),
        }
    }

    /// The same, with what the lists of known passwords said.
    pub(super) fn knowing(mut self, known: Option<Arc<Known>>) -> Self {
        self.known = known;
        self
    }

    /// The same, for a job.
    pub(super) fn doing(mut self, job: &Job) -> Self {
        self.relabel = match job {
            Job::Rules | Job::Reset(_) => None,
            Job::Relabel(relabel) => Some(*relabel),
        };
        self
    }

    /// The same, where only rows that were chosen are touched, and no default decides.
    pub(super) fn among(mut self, chosen: Option<Arc<Chosen>>) -> Self {
        self.chosen = chosen;
        self
    }

    /// What the ledger keeps of a reset.
    fn reset_reason(&self, decision: &Decision, class: Class) -> ResetReason {
        ResetReason {
            rule: self.settings.rules.label(decision.rule.unwrap_or_default()),
            reason: match &self.chosen {
                Some(chosen) => chosen.reason.clone(),
                None => decision.reason.as_str().to_owned(),
            },
            class: class.as_str(),
            how: self.settings.rules.how(decision.rule.unwrap_or_default()),
        }
    }

    /// What a value is reset to.
    pub(super) fn dead_form(&self) -> &'s DeadForm {
        &self.credential.on_reset.value
    }

    /// The rules that it asks.
    pub(super) fn rules(&self) -> &'s Rules {
        &self.settings.rules
    }

    /// The columns whose content a row must have for its wrap to be opened again, in the order in which [`Judge::judge`] looks at them;
    /// none where no scheme of the column takes anything from elsewhere.
    pub(super) fn beside(&self) -> &'static [Neighbour] {
        const BESIDE: [Neighbour; 3] = [Neighbour::Salt, Neighbour::Salt2, Neighbour::Username];
        let declared = match self.credential.scheme {
            Declared::Scheme(scheme) => Some(scheme),
            Declared::Auto => None,
        };
        let mut schemes = self.proven.values().copied().chain(declared);
        if schemes.any(|scheme| scheme.needs() != Needs::default()) {
            &BESIDE
        } else {
            &[]
        }
    }

    /// The decision for a value that is recognised already.
    pub(super) fn decide_recognised(
        &self,
        recognised: &Recognised<'_>,
        glance: Glance<'_>,
    ) -> Decided {
        let proven = match recognised {
            Recognised::Digest {
                shape,
                scheme: None,
            } => self.proven.get(shape).copied(),
            _ => None,
        };
        let mut facts = Facts::new(
            &self.credential.name,
            recognised,
            &self.settings.target,
            proven,
        );
        facts.normalize = self.credential.normalize;
        facts.last_login = glance.last_login;
        facts.must_change = glance.must_change;
        let known = self
            .known
            .as_ref()
            .and_then(|known| known.judge(glance.value, recognised, facts.class, facts.scheme));
        facts.known = known.and_then(Judgement::is_known);
        let mut decision = decide(&self.settings.rules, &facts, self.now_ms, self.deadlines);
        let mut waits_for = None;
        if glance.excepted {
            decision = Decision::EXCEPTED;
        } else if self.has_waits {
            waits_for =
                policy::waits_for(&self.settings.rules, &facts, self.now_ms, self.deadlines);
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
    pub(super) fn judge(&self, row: &Row) -> Judged {
        if let Some(relabel) = &self.relabel {
            return relabel.judge(row);
        }
        // A plaintext is what a login would send: Unicode text, where the column has another charset.
        let value = if self.credential.scheme == Declared::Scheme(Scheme::PLAINTEXT) {
            row.plaintext()
        } else {
            row.value()
        };
        let recognised = recognise(value, self.credential.scheme);
        let glance = Glance {
            value,
            last_login: row.last_login,
            excepted: row.excepted,
            must_change: row.must_change,
        };
        let Decided {
            class,
            scheme,
            decision,
            known,
            waits_for,
        } = self.decide_recognised(&recognised, glance);
        let is_left_out = self.chosen.as_ref().is_some_and(|chosen| {
            decision.rule.is_none() || !chosen.takes(&self.credential.name, &row.key)
        });
        let verdict = match decision.action {
            _ if is_left_out => Verdict::Keep,
            Action::Wrap | Action::Rehash | Action::Reset if row.storage == Storage::Number => {
                Verdict::Quarantine(QuarantineReason::NotText)
            }
            Action::Keep => Verdict::Keep,
            Action::Reset => Verdict::Reset(self.reset_reason(&decision, class)),
            Action::OnLogin => Verdict::Waits,
            Action::Quarantine => Verdict::Quarantine(quarantine_reason(decision.reason)),
            Action::Wrap => self.wrap(row, scheme),
            Action::Rehash => self.rehash(row, &recognised),
        };
        Judged {
            verdict,
            decision,
            class,
            scheme,
            known: known == Some(Judgement::Known),
            waits_for,
        }
    }

    fn wrap(&self, row: &Row, scheme: Option<Scheme>) -> Verdict {
        let outer = &self.settings.target.outer;
        let made = scheme.and_then(|scheme| Work::wrap(outer, row.value()?, scheme));
        if let (Some(work), Some(scheme)) = (&made, scheme)
            && lacks(row, scheme.needs(), work)
        {
            return Verdict::Quarantine(QuarantineReason::NoSalt);
        }
        // What the rules would wrap has an inner text; if not, it is left alone rather than guessed at.
        made.map_or(
            Verdict::Quarantine(QuarantineReason::Undecodable),
            Verdict::Work,
        )
    }

    fn rehash(&self, row: &Row, recognised: &Recognised<'_>) -> Verdict {
        let made = match *recognised {
            Recognised::Plaintext(value) => self.directly(value),
            // What a login sends is text; bytes that are none were written in a charset that nobody names.
            Recognised::Native { scheme, .. } => row
                .plaintext()
                .and_then(|value| reveal(value, scheme))
                .filter(|password| std::str::from_utf8(password).is_ok())
                .and_then(|password| self.directly(&password)),
            _ => None,
        };
        made.map_or(
            Verdict::Quarantine(QuarantineReason::Undecodable),
            Verdict::Work,
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

/// Whether the row has NULL where the scheme takes a salt or a name: nobody could open the wrap of such a value.
fn lacks(row: &Row, needs: Needs, work: &Work) -> bool {
    let [salt, salt2, username] = [0, 1, 2].map(|at| row.beside(at).is_none());
    (needs.salt && work.setting.is_none() && salt)
        || (needs.salt2 && salt2)
        || (needs.username && username)
}

fn quarantine_reason(reason: Reason) -> QuarantineReason {
    match reason {
        Reason::LooksHashed => QuarantineReason::LooksHashed,
        Reason::Undecodable => QuarantineReason::Undecodable,
        Reason::TooLong => QuarantineReason::TooLong,
        _ => QuarantineReason::Rule,
    }
}
