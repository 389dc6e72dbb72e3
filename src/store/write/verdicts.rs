//! Keeps in the ledger which of the rows that were just written have a password that is known.

use super::item::{KeptVerdict, Swap};
use crate::census::Fingerprint;
use crate::secret::StoredHash;
use crate::store::ledger::Names;
use crate::store::ledger::known::{self, KnownRow, Respelt};
use crate::store::read::Row;
use crate::store::sql::{Conn, StoreError};
use crate::store::table::CredentialColumn;

/// Whether the ledger says of the row's value that its password is known. Where its table is not
/// there, or can't be read, nothing is known.
///
/// # Errors
/// Whatever else the database says.
pub async fn is_row_known(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    row: &Row,
) -> Result<bool, StoreError> {
    let Some(stored) = row.stored.as_ref().map(StoredHash::as_bytes) else {
        return Ok(false);
    };
    let row_key = row.key.to_ledger_line();
    let known = KnownRow {
        row_key: &row_key,
        value: Fingerprint::of_value(&stored[..stored.len() - column.form.padding(stored)]),
    };
    known::is_kept(conn, names, &column.file_credential, known).await
}

/// Keeps the verdicts on rows that were just written.
pub(super) async fn keep_verdicts(
    conn: &mut Conn,
    names: &Names,
    column: &CredentialColumn,
    swaps: &[&Swap],
) -> Result<(), StoreError> {
    // A row that is written may be in another part afterwards, and what is known of it stays true.
    let credential = &column.file_credential;
    let keys: Vec<String> = swaps.iter().map(|s| s.key.to_ledger_line()).collect();
    let mut known = Vec::new();
    for (swap, row_key) in swaps.iter().zip(&keys) {
        let new = Fingerprint::of_value(swap.new.as_bytes());
        match swap.verdict {
            KeptVerdict::None => {}
            KeptVerdict::Known => known.push(KnownRow {
                row_key,
                value: new,
            }),
            KeptVerdict::Follows => {
                let stored = swap.old.as_bytes();
                let value = &stored[..stored.len() - column.form.padding(stored)];
                let row = Respelt {
                    credential,
                    row_key,
                    from: Fingerprint::of_value(value),
                    to: new,
                };
                known::follow(conn, names, row).await?;
            }
        }
    }
    known::keep(conn, names, credential, &known).await
}
