//! What a command asks of a column.

use crate::config::{Credential, Settings};
use crate::policy::{ResetMode, Target};
use crate::reset::{DeadForm, RANDOM_BYTES};
use crate::scheme::{self, Declared, Dialect, InnerId, Label, Outer, Scheme, ValueMaker};
use crate::store::table::RowChange;

/// What is asked of a column.
#[derive(Clone, Debug)]
pub struct Want {
    /// The hash that a run would make.
    pub outer: Outer,
    /// How it would spell its values.
    pub dialect: Dialect,
    /// The characters of the longest label that a run would give a value; 0 is none.
    pub longest_label: usize,
    /// Whether labels stand in a column of their own.
    pub labels_apart: bool,
    /// Whether rows would be written.
    pub access: Access,
    /// Columns of the same table that other credentials cover.
    pub covered: Vec<String>,
    /// What is written.
    pub(super) values: WrittenValues,
    /// What a value is reset to.
    pub(super) dead: DeadForm,
    /// How rows are reset besides.
    pub(super) resets: Vec<ResetMode>,
}

/// What a command writes into the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrittenValues {
    Hashes,
    Dead,
    /// Nothing: it stays.
    Kept,
}

/// What a command does with the user table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads.
    Read,
    /// It swaps values.
    Write,
}

impl Want {
    /// What a command needs of a credential's column.
    ///
    /// The column must hold the longest value that the target can make.
    pub fn new(target: Target, credential: &Credential, access: Access) -> Self {
        Self {
            outer: target.outer,
            dialect: target.dialect,
            longest_label: longest_label(&target.outer, credential),
            labels_apart: credential.marker_column.is_some(),
            access,
            covered: Vec::new(),
            values: WrittenValues::Hashes,
            dead: credential.on_reset.value.clone(),
            resets: Vec::new(),
        }
    }

    /// What a run needs of a credential's column, knowing what the other credentials cover.
    pub fn of_run(settings: &Settings, credential: &Credential) -> Self {
        let same_table = |other: &&Credential| {
            other.table == credential.table && other.schema == credential.schema
        };
        Self {
            covered: settings
                .credentials
                .iter()
                .filter(same_table)
                .flat_map(|other| {
                    let format = other.format.as_ref().map(|part| part.column.clone());
                    std::iter::once(other.column.clone()).chain(format)
                })
                .collect(),
            resets: [ResetMode::Hard, ResetMode::Soft]
                .into_iter()
                .filter(|how| settings.rules.resets_by(&credential.name, *how))
                .collect(),
            ..Self::new(settings.target, credential, Access::Write)
        }
    }

    /// Takes into account the longest label of rows that were read.
    ///
    /// It is never shorter than what the configuration says, so that `doctor`, `plan` and `run` say
    /// one number, and rows of another scheme that arrive meanwhile have room.
    pub fn has_seen(&mut self, longest_label: usize) {
        self.longest_label = self.longest_label.max(longest_label);
    }

    /// Asks for what a command needs that writes no hash, and resets rows.
    pub fn resets_alone(&mut self) {
        self.values = WrittenValues::Kept;
    }

    /// Asks for what a reset needs besides.
    pub fn resets_too(&mut self, how: ResetMode) {
        if !self.resets.contains(&how) {
            self.resets.push(how);
        }
    }

    /// What is written with the values.
    pub(super) fn change(&self) -> RowChange {
        match self.values {
            WrittenValues::Hashes => RowChange::Wrap,
            WrittenValues::Dead => RowChange::Reset,
            WrittenValues::Kept => RowChange::Soft,
        }
    }

    /// How many characters the longest new value has.
    pub fn longest_new_value(&self) -> usize {
        match self.values {
            WrittenValues::Hashes => {
                scheme::longest(&self.outer, self.dialect, self.label_in_value())
            }
            WrittenValues::Dead => self.dead.chars(),
            WrittenValues::Kept => 0,
        }
    }

    /// Whether a value is written at all.
    pub(super) fn writes_values(&self) -> bool {
        self.values != WrittenValues::Kept
    }

    /// How many characters of the value itself its label takes.
    fn label_in_value(&self) -> usize {
        if self.labels_apart {
            0
        } else {
            self.longest_label
        }
    }

    /// A value of that length, made of nothing.
    pub(super) fn sample(&self) -> String {
        if self.values != WrittenValues::Hashes {
            return String::from_utf8_lossy(self.dead.make(&[0; RANDOM_BYTES]).as_bytes())
                .into_owned();
        }
        // A label that is longer than an id can be has a setting behind the hash.
        let in_id = match self.label_in_value().saturating_sub("--".len()) {
            whole @ 0..=InnerId::LEN_MAX => whole,
            _ => SAMPLE_ID,
        };
        let digest = &[0; 32][..self.outer.digest_len()];
        let inner = InnerId::parse(&"x".repeat(in_id));
        let label = inner.as_ref().map(|inner| Label { inner, is: None });
        let maker = ValueMaker::new(self.outer, self.dialect);
        let mut sample = maker.spell(&[0; 16], digest, label);
        if sample.len() < self.longest_new_value() {
            sample.push_str("$is=");
            sample.push_str(&"A".repeat(self.longest_new_value().saturating_sub(sample.len())));
        }
        sample
    }
}

/// The characters of the longest label that a bare value of this column can get.
///
/// What label a string of another form needs, its row alone tells.
fn longest_label(outer: &Outer, credential: &Credential) -> usize {
    let ids: Vec<InnerId> = match credential.scheme {
        Declared::Scheme(Scheme::PLAINTEXT) => credential
            .normalize
            .map(|_| InnerId::ANSWER1)
            .into_iter()
            .collect(),
        Declared::Scheme(scheme) => scheme.inner_id().into_iter().collect(),
        Declared::Auto => Scheme::all()
            .filter(|scheme| scheme.shape().is_some())
            .filter_map(Scheme::inner_id)
            .collect(),
    };
    let bcrypt = matches!(outer, Outer::Bcrypt { .. });
    let long = ids
        .iter()
        .filter_map(InnerId::long)
        .chain([InnerId::SHA384_B64])
        .filter(|_| bcrypt);
    ids.iter()
        .copied()
        .chain(long)
        .map(|id| scheme::label_len(&id, 0))
        .max()
        .unwrap_or(0)
}

/// The characters of an id in a sample that has a setting too.
const SAMPLE_ID: usize = 8;
