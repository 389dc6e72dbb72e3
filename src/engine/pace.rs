//! What holds a run back although it could go on: a rate, a pause file, and a number that a query of the operator's gives.
//!
//! The reader asks before each page; what is being hashed or written then goes on.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::error::EngineError;
use super::event::RunStatus;
use super::pass::Limits;
use super::run::Execution;
use super::session::Session;
use crate::store::{Conn, Link, Role, StoreError, measure};

/// How often the query is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A query that has not answered by then is asked again on another connection; pages wait meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How often it is looked whether the run is over.
const LOOK: Duration = Duration::from_millis(50);
/// How long a page waits before it looks again.
const HOLD: Duration = Duration::from_millis(200);

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// At most so many rows a second.
    pub max_rate: Option<f64>,
    /// Wait while this file exists.
    pub pause_file: Option<PathBuf>,
    /// Wait while a query's number is too high.
    pub lag: Option<MaxLag>,
}

/// A query, and the highest number at which pages go on.
#[derive(Clone, Debug, PartialEq)]
pub struct MaxLag {
    /// A SELECT of one number.
    pub query: String,
    /// The highest good one; seconds, where the query gives seconds.
    pub max: f64,
}

/// Where a run stands against its pace.
#[derive(Debug)]
pub(crate) struct Held {
    pace: Pace,
    /// Rows that were let through, and since when.
    let_through: (f64, Instant),
    lag: Lag,
}

/// What the query said last.
#[derive(Clone, Copy, Debug)]
enum Lag {
    Is(f64),
    Unknown,
}

/// Why a page waits, and for how long before it looks again.
#[derive(Debug, PartialEq)]
pub(crate) struct Hold {
    pub(crate) wait: Duration,
    pub(crate) status: RunStatus,
    pub(crate) reason: String,
}

impl Held {
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            pace,
            let_through: (0.0, Instant::now()),
            lag: Lag::Unknown,
        }
    }

    /// Notes a row that was let through.
    pub(crate) fn let_through(&mut self) {
        self.let_through.0 += 1.0;
    }

    /// Why the next page has to wait, if it has to.
    pub(crate) fn hold(&mut self) -> Option<Hold> {
        if self.pace.pause_file.as_deref().is_some_and(|f| f.exists()) {
            return Some(Hold {
                wait: HOLD,
                status: RunStatus::Paused,
                reason: "the pause file is there".to_owned(),
            });
        }
        if let Some(reason) = self.lags() {
            return Some(Hold {
                wait: HOLD,
                status: RunStatus::Throttled,
                reason,
            });
        }
        let rate = self.pace.max_rate?;
        let ahead = self.let_through.0 / rate - self.let_through.1.elapsed().as_secs_f64();
        if ahead > 0.0 {
            return Some(Hold {
                wait: Duration::from_secs_f64(ahead).min(HOLD),
                status: RunStatus::Throttled,
                reason: "--max-rate".to_owned(),
            });
        }
        // A pause is not made up for by a burst.
        if ahead < -1.0 {
            self.let_through = (0.0, Instant::now());
        }
        None
    }

    fn lags(&self) -> Option<String> {
        let max = self.pace.lag.as_ref()?.max;
        match self.lag {
            Lag::Is(now) if now <= max => None,
            Lag::Is(now) => Some(format!("--lag-query gives {now}, above --max-lag {max}")),
            Lag::Unknown => Some("--lag-query gives no number".to_owned()),
        }
    }
}

/// Asks the operator's query once, before anything is written.
///
/// # Errors
/// A query that fails or gives no number.
pub(super) async fn try_query(session: &mut Session<'_>, pace: &Pace) -> Result<(), EngineError> {
    let Some(lag) = &pace.lag else {
        return Ok(());
    };
    let hint = "--lag-query is a SELECT of one number in the users' database; COALESCE(…, 0) where no answer means no lag";
    match ask(&mut session.conn, &lag.query).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(EngineError::refused(
            "--lag-query gives no number but NULL",
            hint,
        )),
        Err(e) if e.is_transient() => Err(e.into()),
        Err(e) => Err(EngineError::refused(
            format!("--lag-query can't be asked: {e}"),
            hint,
        )),
    }
}

/// The query's number; none for NULL, or for what is no number.
async fn ask(conn: &mut Conn, query: &str) -> Result<Option<f64>, StoreError> {
    Ok(measure(conn, query).await?.filter(|n| n.is_finite()))
}

impl Execution<'_> {
    /// Asks the operator's query again and again on a connection of its own.
    pub(super) async fn watch_lag(&self, limits: &RefCell<Limits>, over: &Cell<bool>) {
        let Some(lag) = &self.options.pace.lag else {
            return;
        };
        let mut link: Option<Link> = None;
        while !over.get() {
            let asked = async {
                let link = match &mut link {
                    Some(link) => link,
                    none => none.insert(Link::open(self.session.url.clone(), Role::Read).await?),
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
                // Whatever it was, it may be over with another connection; until then nobody knows the lag.
                Ok(Err(_)) | Err(_) => {
                    link = None;
                    Lag::Unknown
                }
            };
            limits.borrow_mut().held.lag = now;
            tokio::select! {
                () = tokio::time::sleep(ASK_EVERY) => {}
                () = ended(over) => break,
            }
        }
    }
}

/// Returns when the run is over.
async fn ended(over: &Cell<bool>) {
    while !over.get() {
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lagging(lag: Lag) -> Held {
        let mut held = Held::new(Pace {
            lag: Some(MaxLag {
                query: "SELECT 1".to_owned(),
                max: 5.0,
            }),
            ..Pace::default()
        });
        held.lag = lag;
        held
    }

    #[test]
    fn a_page_waits_while_the_number_is_above_the_bound() {
        assert_eq!(lagging(Lag::Is(5.0)).hold(), None);
        let hold = lagging(Lag::Is(5.5)).hold().expect("it waits");
        assert_eq!(hold.status, RunStatus::Throttled);
        assert_eq!(hold.reason, "--lag-query gives 5.5, above --max-lag 5");
    }

    #[test]
    fn a_page_waits_where_the_number_is_not_known() {
        assert!(lagging(Lag::Unknown).hold().is_some());
    }

    #[test]
    fn rows_beyond_the_rate_wait_for_their_time() {
        let mut held = Held::new(Pace {
            max_rate: Some(0.001),
            ..Pace::default()
        });
        assert_eq!(held.hold(), None);
        held.let_through();
        assert_eq!(held.hold().expect("it waits").reason, "--max-rate");
    }

    #[test]
    fn without_a_pace_nothing_waits() {
        let mut held = Held::new(Pace::default());
        held.let_through();
        assert_eq!(held.hold(), None);
    }
}
