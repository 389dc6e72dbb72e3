//! What a row is judged from, and what the judgement is: data, no rules.

use zeroize::Zeroizing;

use super::parts::DividedRow;
use crate::census::Judgement;
use crate::policy::{Decision, LastLogin};
use crate::scheme::{Class, InnerId, Outer, Scheme, label_len, outer_input, take};
use crate::secret::{InnerSalt, StoredHash};
use crate::store::ledger::{QuarantineReason, ResetReason};

/// A row's work.
#[derive(Clone)]
pub struct Work {
    /// What goes into the outer hash.
    pub text: Zeroizing<Vec<u8>>,
    /// The id to label the result with.
    pub inner: Option<InnerId>,
    /// What the legacy string carried besides its digest: it goes behind the outer hash.
    pub setting: Option<InnerSalt>,
}

impl Work {
    /// The wrap of a stored value. None where it is not of the scheme's form, or where the outer
    /// hash can't take it.
    pub(crate) fn wrap(outer: &Outer, value: &[u8], scheme: Scheme) -> Option<Self> {
        // The label has to say which line of the site-wide salts it is.
        let inner = scheme.inner_id().filter(|_| !scheme.is_open())?;
        let taken = take(value, scheme)?;
        let input = outer_input(outer, taken.text.as_bytes(), Some(&inner)).ok()?;
        Some(Self {
            text: input.text,
            inner: input.inner,
            setting: (!taken.setting.is_empty()).then(|| InnerSalt::new(taken.setting)),
        })
    }

    /// How many characters its label takes.
    pub(crate) fn label_len(&self) -> usize {
        let setting = self.setting.as_ref().map_or(0, |s| s.as_bytes().len());
        self.inner.map_or(0, |inner| label_len(&inner, setting))
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work(.., {:?})", self.inner)
    }
}

/// What is done with a row.
#[derive(Debug)]
pub(crate) enum Disposition {
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

/// A disposition, and what led to it.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What is done.
    pub disposition: Disposition,
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
pub(crate) struct Decided {
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

/// What a scan knows of a row without keeping it.
#[derive(Clone, Copy)]
pub(crate) struct RowFacts<'v> {
    /// The value; none for NULL.
    pub value: Option<&'v [u8]>,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds.
    pub excepted: bool,
    /// Whether its user must change the password already.
    pub must_change: bool,
    /// The columns that divide the rows, as far as the row carries them.
    pub beside: &'v dyn DividedRow,
}
