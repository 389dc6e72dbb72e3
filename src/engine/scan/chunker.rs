//! Where the chunks of a run end, and how long its labels are: found row by row.

use super::column::Purpose;
use super::label_width::LabelWidths;
use crate::config::Settings;
use crate::engine::judge::work::Decided;
use crate::policy::Reason;
use crate::scheme::{Recognised, Shape};
use crate::store::{Key, ScanRow, StoreError};
use crate::text::is_hex;

/// Where chunks may begin and end, and how long the labels are that a run would write: row by row.
pub(crate) struct Chunker {
    purpose: Purpose,
    since_boundary: u64,
    pub(crate) labels: LabelWidths,
    pub(crate) boundaries: Vec<Key>,
}

impl Chunker {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            since_boundary: 0,
            labels: LabelWidths::default(),
            boundaries: Vec::new(),
        }
    }

    /// Whether a row need not be judged: a digest in hex says by its line alone what becomes of it.
    pub(crate) fn passes_over(&self, value: Option<&[u8]>) -> bool {
        match self.purpose {
            Purpose::Count => true,
            Purpose::Plan => value.is_none_or(is_bare_digest),
            Purpose::Chunks(_) => false,
        }
    }

    /// Takes a row into account.
    pub(crate) fn row(
        &mut self,
        settings: &Settings,
        row: &ScanRow<'_>,
        recognised: &Recognised<'_>,
        decided: &Decided,
    ) -> Result<(), StoreError> {
        if self.passes_over(row.value) {
            return Ok(());
        }
        self.labels.note(settings, row.value, recognised, decided);
        let decision = &decided.decision;
        let candidate = decision.is_candidate() || decision.reason == Reason::Unproven;
        self.since_boundary += u64::from(candidate);
        if let Purpose::Chunks(size) = self.purpose
            && self.since_boundary >= size
        {
            self.boundaries.push(row.key()?);
            self.since_boundary = 0;
        }
        Ok(())
    }
}

fn is_bare_digest(value: &[u8]) -> bool {
    Shape::of_digits(value.len()).is_some() && is_hex(value)
}
