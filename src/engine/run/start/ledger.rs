//! Before a run leans on the ledger: are its tables there, and does what it says of the unfinished
//! run agree?

use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::retry::retry;
use crate::engine::session::Session;
use crate::scheme::{Recognised, recognise};
use crate::store::ledger::{Names, RunRow, check_run, check_shape, wrapped};
use crate::store::{Key, Link, Row, StoreError, read_keys};

/// Refuses where a table or a column of the ledger is missing, or a right on one.
///
/// # Errors
/// What is missing; whatever the database says.
pub(crate) async fn require_whole_ledger(
    control: &mut Link,
    names: &Names,
) -> Result<(), EngineError> {
    let faults = retry(control, async |conn| check_shape(conn, names).await).await?;
    let Some((first, rest)) = faults.split_first() else {
        return Ok(());
    };
    let more = match rest.len() {
        0 => String::new(),
        more => format!(", and {more} more (`saltern doctor` names them all)"),
    };
    Err(EngineError::refused(
        format!("the ledger is not whole: {}{more}", first.what()),
        "look whether this is the right server: a standby may have been promoted before it had the ledger. Then have someone who may create tables run \
         what `saltern ledger sql` prints, as far as it is lacking. Users' rows are as they are",
    ))
}

/// Refuses to go on with a run of which the ledger's lines do not agree.
///
/// # Errors
/// What does not agree; whatever the database says.
pub(crate) async fn require_agreement(
    control: &mut Link,
    names: &Names,
    run: &RunRow,
) -> Result<(), EngineError> {
    let faults = retry(control, async |conn| {
        check_run(conn, names, &run.id, run.state).await
    })
    .await?;
    match faults.into_iter().next() {
        None => Ok(()),
        Some(what) => Err(StoreError::ledger("looking for an unfinished run", what).into()),
    }
}

/// Tells where the rows that a run wrapped last all hold a weak value again: the table is of an
/// earlier moment than the ledger. They are taken as they stand.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn tell_of_older_rows(
    control: &mut Link,
    session: &Session<'_>,
    run: &RunRow,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let names = &session.names;
    let last = retry(control, async |conn| {
        wrapped::last_page(conn, names, &run.id).await
    })
    .await?;
    let Some((credential, keys)) = last else {
        return Ok(());
    };
    let columns = session.columns.iter().zip(&session.settings.credentials);
    let Some((column, settings)) = columns
        .into_iter()
        .find(|(_, settings)| settings.name == credential)
    else {
        return Ok(());
    };
    let kinds = column.key_kinds();
    let keys: Vec<Key> = keys
        .iter()
        .map(|key| Key::from_ledger(key, &kinds))
        .collect::<Result<_, _>>()?;
    let found = retry(control, async |conn| read_keys(conn, column, &keys).await).await?;
    let found: Vec<Row> = found.into_iter().flatten().collect();
    let is_weak = |row: &Row| {
        matches!(
            recognise(row.value(), settings.scheme),
            Recognised::Digest { .. } | Recognised::Plaintext(_)
        )
    };
    if !found.is_empty() && found.iter().all(is_weak) {
        let text = format!(
            "credential {credential}: the ledger says that {} rows were wrapped last, and the {} of them that are there hold a weak value again: \
             the ledger and the rows are of different moments (a copy that was put back, a standby without the last commits). Every row is taken \
             as it stands; a sweep finds those that the first pass is past",
            keys.len(),
            found.len()
        );
        observer.on(Some(&run.id), &Event::Warning { text });
    }
    Ok(())
}
