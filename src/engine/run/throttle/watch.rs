//! What is asked again and again beside a run: the operator's query, the server's load, the check
//! over HTTP.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::bounds::above;
use super::http::answer_of;
use super::signal::{Reading, Readings};
use crate::engine::error::EngineError;
use crate::engine::event::Observer;
use crate::engine::patient::patiently;
use crate::engine::request::{LoadBound, ThrottleOptions};
use crate::engine::session::Session;
use crate::machine::host_load;
use crate::secret::DatabaseUrl;
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

/// Asks everything once, before anything is written. Returns the load that is critical already.
///
/// # Errors
/// What can't be asked, or gives no number.
pub(crate) async fn try_watched(
    session: &mut Session<'_>,
    throttle: &ThrottleOptions,
    observer: &dyn Observer,
) -> Result<Option<(LoadBound, f64)>, EngineError> {
    try_query(session, throttle, observer).await?;
    let loaded = try_load(session, throttle, observer).await?;
    if throttle.max_host_load.is_some() && host_load().is_none() {
        return Err(EngineError::refused(
            "--max-host-load: this system does not tell its load",
            "it is read from /proc/loadavg, which Linux has; leave the option away",
        ));
    }
    Ok(loaded)
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
) -> Result<Option<(LoadBound, f64)>, EngineError> {
    let bounds = bounds(throttle);
    if bounds.is_empty() {
        return Ok(None);
    }
    let numbers = patiently(session, observer, async |session| {
        can_see_load(&mut session.conn).await?;
        Ok(load(&mut session.conn, &bounds).await?)
    })
    .await?;
    Ok(critical_of(throttle, &numbers).map(|(bound, now)| (bound.clone(), now)))
}

/// The first number that is critical, among those of [`bounds`].
fn critical_of<'t>(throttle: &'t ThrottleOptions, numbers: &[f64]) -> Option<(&'t LoadBound, f64)> {
    let numbers = numbers.get(throttle.max_load.len()..)?;
    above(&throttle.critical_load, numbers)
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
    url: &DatabaseUrl,
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
        // The load comes first: an operator's query may take its time, or fail alone.
        let mut is_there = true;
        if !bounds.is_empty() {
            let asked = async { load(conn_of(&mut link, url).await?, &bounds).await };
            let Some(numbers) = soon(over, asked).await else {
                break;
            };
            is_there = numbers.is_some();
            if let Some((bound, now)) = numbers.as_ref().and_then(|n| critical_of(throttle, n)) {
                critical(bound, now);
            }
            readings
                .load
                .replace(numbers.map_or(Reading::Unknown, Reading::Is));
        }
        if let Some(lag) = throttle.lag.as_ref().filter(|_| is_there) {
            let asked = async { ask(conn_of(&mut link, url).await?, &lag.query).await };
            let Some(number) = soon(over, asked).await else {
                break;
            };
            is_there = number.is_some();
            let number = number.flatten();
            readings
                .lag
                .replace(number.map_or(Reading::Unknown, Reading::Is));
        }
        // Whatever it was, it may be over with another connection. Until then nobody knows.
        if !is_there {
            link = None;
            readings.lag.replace(Reading::Unknown);
        }
        tokio::select! {
            () = tokio::time::sleep(ASK_EVERY) => {}
            () = ended(over) => break,
        }
    }
}

/// Returns when the server's load is critical. It asks again and again, on a connection of its own.
pub(crate) async fn until_critical(
    url: &DatabaseUrl,
    throttle: &ThrottleOptions,
) -> (LoadBound, f64) {
    let alone = ThrottleOptions {
        critical_load: throttle.critical_load.clone(),
        ..ThrottleOptions::default()
    };
    let (over, readings, found) = (Cell::new(false), Readings::new(), RefCell::new(None));
    let watch = Watched {
        throttle: &alone,
        over: &over,
        readings: &readings,
    };
    watch_database(url, watch, |bound, now| {
        found.replace(Some((bound.clone(), now)));
        over.set(true);
    })
    .await;
    match found.take() {
        Some(found) => found,
        None => std::future::pending().await,
    }
}

/// The connection, opened where there is none.
async fn conn_of<'l>(
    link: &'l mut Option<Link>,
    url: &DatabaseUrl,
) -> Result<&'l mut Conn, StoreError> {
    let link = match link {
        Some(link) => link,
        none => none.insert(Link::try_open(url.clone(), Role::Read).await?),
    };
    link.conn().await
}

/// What was asked, if the answer comes in time. None where the run is over.
async fn soon<T>(
    over: &Cell<bool>,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Option<Option<T>> {
    tokio::select! {
        answer = tokio::time::timeout(ANSWER_WITHIN, asked) => Some(answer.ok().and_then(Result::ok)),
        () = ended(over) => None,
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
