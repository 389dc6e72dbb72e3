//! How long the labels are that a run would write: the column must have room for them.
//!
//! Bare digests of one scheme get labels of the same length, so a census says it. Each other value
//! carries what goes behind its own hash.

use super::column::Group;
use crate::census::ColumnCensus;
use crate::config::{Credential, Settings};
use crate::engine::judge::work::{Decided, Work};
use crate::policy::Action;
use crate::scheme::{InnerId, Outer, Recognised, Scheme, label_len, outer_input};

/// What was seen of single rows.
#[derive(Debug, Default)]
pub(crate) struct LabelWidths {
    /// The longest label of a string of its own form.
    longest: usize,
    /// The longest salt behind a digest and a colon, whose scheme may be known at the end alone.
    joined_salt_bytes: usize,
}

impl LabelWidths {
    /// Takes a row into account.
    pub(crate) fn note(
        &mut self,
        settings: &Settings,
        value: Option<&[u8]>,
        recognised: &Recognised<'_>,
        decided: &Decided,
    ) {
        let Decided {
            scheme, decision, ..
        } = *decided;
        let Some(value) = value else { return };
        match (recognised, scheme) {
            (Recognised::Digest { shape, .. }, _) if shape.is_joined() => {
                let salt = value.len().saturating_sub(shape.digits() + ":".len());
                self.joined_salt_bytes = self.joined_salt_bytes.max(salt);
            }
            (Recognised::Native { .. }, Some(scheme)) if decision.action == Action::Wrap => {
                if let Some(work) = Work::wrap(&settings.target.outer, value, scheme) {
                    self.longest = self.longest.max(work.label_len());
                }
            }
            _ => {}
        }
    }

    /// The longest label of all, with what the lines of the census say.
    pub(crate) fn longest(
        &self,
        settings: &Settings,
        credential: &Credential,
        census: &ColumnCensus,
        groups: &[Group],
    ) -> usize {
        let outer = &settings.target.outer;
        let of_group = |group: &Group| {
            let line = &census.lines[group.line];
            match (group.decision.action, &line.specimen) {
                (Action::Wrap, Recognised::Digest { shape, .. }) => {
                    let salt = if shape.is_joined() {
                        self.joined_salt_bytes
                    } else {
                        0
                    };
                    line.scheme
                        .and_then(Scheme::inner_id)
                        .map_or(0, |inner| of_text(outer, shape.digits(), &inner, salt))
                }
                (Action::Rehash, _) => of_plaintext(outer, credential),
                _ => 0,
            }
        };
        groups
            .iter()
            .map(of_group)
            .max()
            .unwrap_or(0)
            .max(self.longest)
    }
}

/// The label of a text of so many characters.
fn of_text(outer: &Outer, characters: usize, inner: &InnerId, setting_bytes: usize) -> usize {
    let text = vec![b'0'; characters];
    outer_input(outer, &text, Some(inner))
        .ok()
        .and_then(|input| input.inner)
        .map_or(0, |inner| label_len(&inner, setting_bytes))
}

/// The longest label of a value in the clear: that of an answer, or of a password that bcrypt can't
/// take as it is.
fn of_plaintext(outer: &Outer, credential: &Credential) -> usize {
    match (outer, credential.normalize) {
        (Outer::Bcrypt { .. }, Some(_)) => InnerId::ANSWER1
            .long()
            .map_or(0, |inner| label_len(&inner, 0)),
        (_, Some(_)) => label_len(&InnerId::ANSWER1, 0),
        (Outer::Bcrypt { .. }, None) => label_len(&InnerId::SHA384_B64, 0),
        (_, None) => 0,
    }
}
