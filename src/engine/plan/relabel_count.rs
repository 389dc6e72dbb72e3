//! Counts the wrapped values that carry a label, column by column. Writes nothing.

use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::patient::patiently;
use crate::engine::relabel::Relabel;
use crate::engine::session::Session;
use crate::store::{Key, Order, StoreError, scan};

/// A chunk has about so many candidates: nothing is hashed, so they are soon done.
const CHUNK_ROWS: u64 = 100_000;

/// What was counted of one column.
#[derive(Debug)]
pub(crate) struct Labelled {
    /// The credential's name.
    pub(crate) credential: String,
    /// Rows read.
    pub(crate) rows: u64,
    /// Rows that carry the old label.
    pub(crate) candidates: u64,
    /// The keys at which a chunk may end.
    pub(crate) boundaries: Vec<Key>,
}

/// Counts what carries the old label, in the order of the keys. Where a connection is lost the
/// count begins anew.
///
/// # Errors
/// Whatever the database says that does not pass in a minute.
pub(crate) async fn count(
    session: &mut Session<'_>,
    relabel: &Relabel,
    observer: &dyn Observer,
) -> Result<Vec<Labelled>, EngineError> {
    patiently(session, observer, async |session| {
        count_once(session, relabel, observer).await
    })
    .await
}

async fn count_once(
    session: &mut Session<'_>,
    relabel: &Relabel,
    observer: &dyn Observer,
) -> Result<Vec<Labelled>, EngineError> {
    let mut all = Vec::with_capacity(session.columns.len());
    for column in &session.columns {
        observer.on(
            None,
            &Event::Preparing {
                what: format!("counting {}", column.credential),
            },
        );
        let mut counted = Labelled {
            credential: column.credential.clone(),
            rows: 0,
            candidates: 0,
            boundaries: Vec::new(),
        };
        scan(&mut session.conn, column, Order::Key, &mut |row| {
            counted.rows += 1;
            let carries = !row.excepted && row.value.is_some_and(|v| relabel.apply(v).is_some());
            if carries {
                counted.candidates += 1;
                if counted.candidates.is_multiple_of(CHUNK_ROWS) {
                    counted.boundaries.push(row.key()?);
                }
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        all.push(counted);
    }
    Ok(all)
}
