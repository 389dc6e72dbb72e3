//! One row of an answer, read by position.

use super::error::StoreError;
use sqlx::Row as _;
#[cfg(feature = "postgres")]
use sqlx::{ValueRef as _, postgres::PgValueFormat};

/// One row of an answer, read by position.
pub(crate) enum RowRef<'r> {
    #[cfg(feature = "postgres")]
    Pg(&'r sqlx::postgres::PgRow),
    #[cfg(feature = "mysql")]
    My(&'r sqlx::mysql::MySqlRow),
    #[cfg(feature = "sqlite")]
    Lite(&'r sqlx::sqlite::SqliteRow),
}

macro_rules! on_row {
    ($self:expr, $row:ident => $body:expr) => {
        match $self {
            #[cfg(feature = "postgres")]
            RowRef::Pg($row) => $body,
            #[cfg(feature = "mysql")]
            RowRef::My($row) => $body,
            #[cfg(feature = "sqlite")]
            RowRef::Lite($row) => $body,
        }
    };
}

fn column_error(i: usize) -> StoreError {
    StoreError::unexpected(
        "reading a row",
        format!("column {} is of an unexpected type", i + 1),
    )
}

impl<'r> RowRef<'r> {
    /// The bytes of a text or binary column, as they came.
    pub(crate) fn bytes(&self, i: usize) -> Result<Option<&'r [u8]>, StoreError> {
        // What a text or a bytea is in the binary form is what it is.
        #[cfg(feature = "postgres")]
        if let Self::Pg(row) = self {
            match row.try_get_raw(i) {
                Ok(raw) if raw.is_null() => return Ok(None),
                Ok(raw) if raw.format() == PgValueFormat::Binary => {
                    return raw.as_bytes().map(Some).map_err(|_| column_error(i));
                }
                _ => {}
            }
        }
        on_row!(self, r => r.try_get_unchecked::<Option<&'r [u8]>, usize>(i))
            .map_err(|_| column_error(i))
    }

    /// A text column.
    pub(crate) fn text(&self, i: usize) -> Result<Option<&'r str>, StoreError> {
        self.bytes(i)?
            .map(|b| std::str::from_utf8(b).map_err(|_| column_error(i)))
            .transpose()
    }

    /// A signed 64-bit integer column.
    pub(crate) fn int(&self, i: usize) -> Result<Option<i64>, StoreError> {
        // A scan reads several in each row.
        #[cfg(feature = "postgres")]
        if let Self::Pg(row) = self {
            match row.try_get_raw(i) {
                Ok(raw) if raw.is_null() => return Ok(None),
                Ok(raw) if raw.format() == PgValueFormat::Binary => {
                    if let Some(number) =
                        raw.as_bytes().ok().and_then(|bytes| bytes.try_into().ok())
                    {
                        return Ok(Some(i64::from_be_bytes(number)));
                    }
                }
                _ => {}
            }
        }
        on_row!(self, r => r.try_get_unchecked::<Option<i64>, usize>(i))
            .map_err(|_| column_error(i))
    }

    /// An unsigned 64-bit integer column (MySQL's alone).
    pub(crate) fn uint(&self, i: usize) -> Result<Option<u64>, StoreError> {
        match self {
            #[cfg(feature = "mysql")]
            RowRef::My(r) => r
                .try_get_unchecked::<Option<u64>, usize>(i)
                .map_err(|_| column_error(i)),
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            _ => Ok(self.int(i)?.map(|n| n.cast_unsigned())),
        }
    }

    /// A floating-point column.
    pub(crate) fn real(&self, i: usize) -> Result<Option<f64>, StoreError> {
        on_row!(self, r => r.try_get_unchecked::<Option<f64>, usize>(i))
            .map_err(|_| column_error(i))
    }

    /// A text column that is never NULL.
    pub(crate) fn owned(&self, i: usize) -> Result<String, StoreError> {
        self.text(i)?
            .map(str::to_owned)
            .ok_or_else(|| column_error(i))
    }

    /// An integer column that is never NULL.
    pub(crate) fn number(&self, i: usize) -> Result<i64, StoreError> {
        self.int(i)?.ok_or_else(|| column_error(i))
    }
}
