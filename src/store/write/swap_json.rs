//! A batch as one JSON text, for the databases without arrays.

use serde_json::Value;

use super::item::{Swap, storage_name};
use crate::store::sql::StoreError;
use crate::store::table::{CredentialColumn, KeyPart, RowChange, hex};

/// Which of a batch's fields a statement needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonFields {
    /// All that a swap of values needs.
    Swap,
    /// The old value alone.
    Keep,
    /// None beside the key.
    ReadBack,
}

/// One field of a row behind its key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonField {
    /// The length of the new text.
    Length,
    /// The new text.
    New,
    /// The old bytes in hex.
    Old,
    /// The new text's label.
    Label,
    /// How SQLite stores the old value.
    Storage,
}

impl JsonFields {
    /// Those that a change needs.
    pub(super) fn of(change: RowChange) -> Self {
        if change.keeps_value() {
            Self::Keep
        } else {
            Self::Swap
        }
    }

    /// What stands in the array of a row behind its key, in this order.
    ///
    /// MariaDB reads an array from its beginning for every field that is asked for. So the short
    /// fields come first, and what no statement needs is left out.
    pub(super) fn list(self, column: &CredentialColumn) -> Vec<JsonField> {
        let mut fields = match self {
            Self::ReadBack => return Vec::new(),
            Self::Keep => vec![JsonField::Old],
            Self::Swap => vec![JsonField::Length, JsonField::New, JsonField::Old],
        };
        if self == Self::Swap && column.label.is_some() {
            fields.push(JsonField::Label);
        }
        if column.kind.words().types_values {
            fields.push(JsonField::Storage);
        }
        fields
    }

    /// The batch as JSON: an array of arrays, the key's parts and then the fields.
    pub(super) fn json(
        self,
        column: &CredentialColumn,
        batch: &[Swap],
    ) -> Result<String, StoreError> {
        let fields = self.list(column);
        let mut rows = Vec::with_capacity(batch.len());
        for swap in batch {
            let mut row = Vec::with_capacity(swap.key.0.len() + fields.len());
            row.extend(swap.key.0.iter().map(|key| match key {
                KeyPart::Int(v) => Value::from(*v),
                KeyPart::Uint(v) => Value::from(*v),
                other => Value::from(other.text()),
            }));
            let new = match self {
                Self::Swap => Some(swap.new_text(column)?),
                Self::Keep | Self::ReadBack => None,
            };
            row.extend(fields.iter().map(|field| match (field, &new) {
                (JsonField::Length, Some(new)) => Value::from(new.native.len()),
                (JsonField::New, Some(new)) => Value::from(new.native.as_str()),
                (JsonField::Label, Some(new)) => Value::from(new.label.as_str()),
                (JsonField::Old, _) => Value::from(hex(swap.old.as_bytes())),
                (JsonField::Storage, _) => Value::from(storage_name(swap.storage)),
                (JsonField::Length | JsonField::New | JsonField::Label, None) => Value::Null,
            }));
            rows.push(Value::Array(row));
        }
        Ok(Value::Array(rows).to_string())
    }
}
