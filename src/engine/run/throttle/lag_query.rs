//! The operator's query for a number, asked again and again beside a run.

use std::cell::Cell;
use std::time::Duration;

use super::throttle::Lag;
use crate::engine::error::EngineError;
use crate::engine::event::Observer;
use crate::engine::patient::patiently;
use crate::engine::request::{MaxLag, ThrottleOptions};
use crate::engine::session::Session;
use crate::store::{Conn, Link, Role, StoreError, measure};

/// How often the query is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// A query that has not answered by then is asked again on another connection. Pages wait
/// meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How often it is looked whether the run is over.
const LOOK: Duration = Duration::from_millis(50);

/// Asks the operator's query once, before anything is written.
///
/// # Errors
/// A query that fails or gives no number.
pub(crate) async fn try_query(
    session: &mut Session<'_>,
    throttle: &ThrottleOptions,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let Some(lag) = &throttle.lag else {
        return Ok(());
    };
    let hint = "--lag-query is a SELECT of one number in the users' database; COALESCE(…, 0) where no answer means no lag";
    let asked = patiently(session, observer, async |session| {
        Ok(ask(&mut session.conn, &lag.query).await?)
    });
    match asked.await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(EngineError::refused(
            "--lag-query gives no number but NULL",
            hint,
        )),
        Err(EngineError::Store(e)) if !e.is_transient() => Err(EngineError::refused(
            format!("--lag-query can't be asked: {e}"),
            hint,
        )),
        Err(e) => Err(e),
    }
}

/// Asks the operator's query again and again on a connection of its own, until the run is over.
/// `note` hears each answer.
pub(crate) async fn watch_lag(
    session: &Session<'_>,
    lag: &MaxLag,
    over: &Cell<bool>,
    note: impl Fn(Lag),
) {
    let mut link: Option<Link> = None;
    while !over.get() {
        let asked = async {
            let link = match &mut link {
                Some(link) => link,
                none => none.insert(Link::try_open(session.url.clone(), Role::Read).await?),
            };
            ask(link.conn().await?, &lag.query).await
        };
        let answer = tokio::select! {
            answer = tokio::time::timeout(ANSWER_WITHIN, asked) => answer,
            () = ended(over) => break,
        };
        let now = match answer {
            Ok(Ok(Some(number))) => Lag::Is(number),
            Ok(Ok(None)) => Lag::Unknown,
            // Whatever it was, it may be over with another connection. Until then nobody knows.
            Ok(Err(_)) | Err(_) => {
                link = None;
                Lag::Unknown
            }
        };
        note(now);
        tokio::select! {
            () = tokio::time::sleep(ASK_EVERY) => {}
            () = ended(over) => break,
        }
    }
}

/// The query's number; none for NULL, or for what is no number.
async fn ask(conn: &mut Conn, query: &str) -> Result<Option<f64>, StoreError> {
    Ok(measure(conn, query).await?.filter(|n| n.is_finite()))
}

/// Returns when the run is over.
async fn ended(over: &Cell<bool>) {
    while !over.get() {
        tokio::time::sleep(LOOK).await;
    }
}
