//! What is asked again and again beside a run: the operator's query, the server's load, the check
//! over HTTP.

use std::cell::Cell;
use std::time::Duration;

use super::http::answer_of;
use super::signal::{Reading, Readings};
use crate::engine::error::EngineError;
use crate::engine::event::Observer;
use crate::engine::patient::patiently;
use crate::engine::request::{LoadBound, ThrottleOptions};
use crate::engine::session::Session;
use crate::machine::host_load;
use crate::store::{Conn, Link, Role, StoreError, can_see_load, measure, server_load};

/// How often everything is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// A query that has not answered by then is asked again on another connection. Pages wait
/// meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How often it is looked whether the run is over.
const LOOK: Duration = Duration::from_millis(50);

/// What is watched beside a run, and where what is read is put.
#[derive(Clone, Copy)]
pub(crate) struct Watched<'a> {
    pub(crate) throttle: &'a ThrottleOptions,
    /// Set when the run is over.
    pub(crate) over: &'a Cell<bool>,
    pub(crate) readings: &'a Readings,
}

/// Asks everything once, before anything is written.
///
/// # Errors
/// What can't be asked, or gives no number; a load that is critical already.
pub(crate) async fn try_watched(
    session: &mut Session<'_>,
    throttle: &ThrottleOptions,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    try_query(session, throttle, observer).await?;
    try_load(session, throttle, observer).await?;
    if throttle.max_host_load.is_some() && host_load().is_none() {
        return Err(EngineError::refused(
            "--max-host-load: this system does not tell its load",
            "it is read from /proc/loadavg, which Linux has; leave the option away",
        ));
    }
    Ok(())
}

async fn try_query(
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

async fn try_load(
    session: &mut Session<'_>,
    throttle: &ThrottleOptions,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let bounds = bounds(throttle);
    if bounds.is_empty() {
        return Ok(());
    }
    patiently(session, observer, async |session| {
        can_see_load(&mut session.conn).await?;
        load(&mut session.conn, &bounds).await?;
        Ok(())
    })
    .await
}

/// Every number of the server that is asked for, those of `--max-load` first.
fn bounds(throttle: &ThrottleOptions) -> Vec<LoadBound> {
    [&throttle.max_load[..], &throttle.critical_load].concat()
}

async fn load(conn: &mut Conn, bounds: &[LoadBound]) -> Result<Vec<f64>, StoreError> {
    let names: Vec<&str> = bounds.iter().map(|bound| bound.name.as_str()).collect();
    server_load(conn, &names).await
}

/// Asks the database again and again on a connection of its own, until the run is over. `critical`
/// hears of a load at which the run must end.
pub(crate) async fn watch_database(
    session: &Session<'_>,
    watch: Watched<'_>,
    critical: impl Fn(&LoadBound, f64),
) {
    let Watched {
        throttle,
        over,
        readings,
    } = watch;
    let bounds = bounds(throttle);
    if throttle.lag.is_none() && bounds.is_empty() {
        return;
    }
    let mut link: Option<Link> = None;
    while !over.get() {
        let asked = async {
            let link = match &mut link {
                Some(link) => link,
                none => none.insert(Link::try_open(session.url.clone(), Role::Read).await?),
            };
            let conn = link.conn().await?;
            let mut numbers = (None, None);
            if !bounds.is_empty() {
                numbers.0 = Some(load(conn, &bounds).await?);
            }
            // An operator's query may fail alone.
            if let Some(lag) = &throttle.lag {
                numbers.1 = Some(ask(conn, &lag.query).await);
            }
            Ok::<_, StoreError>(numbers)
        };
        let answer = tokio::select! {
            answer = tokio::time::timeout(ANSWER_WITHIN, asked) => answer,
            () = ended(over) => break,
        };
        // Whatever it was, it may be over with another connection. Until then nobody knows.
        let (loads, lag) = match answer {
            Ok(Ok(numbers)) => numbers,
            Ok(Err(_)) | Err(_) => {
                link = None;
                (None, None)
            }
        };
        let lag = match lag {
            Some(Ok(Some(number))) => Reading::Is(number),
            Some(Err(_)) => {
                link = None;
                Reading::Unknown
            }
            Some(Ok(None)) | None => Reading::Unknown,
        };
        readings.lag.replace(lag);
        let loads = match loads {
            Some(numbers) => {
                let critical_numbers = &numbers[throttle.max_load.len()..];
                let bounds = throttle.critical_load.iter();
                for (bound, now) in bounds.zip(critical_numbers) {
                    if *now > bound.max {
                        critical(bound, *now);
                    }
                }
                Reading::Is(numbers)
            }
            None => Reading::Unknown,
        };
        readings.load.replace(loads);
        tokio::select! {
            () = tokio::time::sleep(ASK_EVERY) => {}
            () = ended(over) => break,
        }
    }
}

/// Asks the address again and again, until the run is over.
pub(crate) async fn watch_http(watch: Watched<'_>) {
    let Watched {
        throttle,
        over,
        readings,
    } = watch;
    let Some(check) = &throttle.http else {
        return;
    };
    while !over.get() {
        let check = check.clone();
        // A thread of its own: the look-up of a name waits, too.
        let asked = tokio::task::spawn_blocking(move || answer_of(&check));
        let answer = tokio::select! {
            answer = tokio::time::timeout(ANSWER_WITHIN, asked) => answer,
            () = ended(over) => break,
        };
        let code = match answer {
            Ok(Ok(Some(code))) => Reading::Is(code),
            _ => Reading::Unknown,
        };
        readings.http.replace(code);
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
