//! What operators order by `saltern control`, as one invocation has heard it.
//!
//! The orders stand in the ledger. What is heard is told as an event, once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use super::health::EarlyEnd;
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event, Observer, Ordered};
use crate::engine::retry::retry;
use crate::engine::steering::{Steering, by_whom};
use crate::secret::DatabaseUrl;
use crate::store::ledger::{ControlLine, Names, control};
use crate::store::{ErrorClass, Link, Role, StoreError};

/// How often the ledger is asked. An order is heard within two seconds.
pub(crate) const ASK_EVERY: Duration = Duration::from_secs(1);

/// The orders of one invocation.
pub(crate) struct Orders<'a> {
    observer: &'a dyn Observer,
    names: Names,
    /// What they come to; signals look at it.
    pub(crate) steering: Rc<RefCell<Steering>>,
    /// The numbers of those that were told.
    told: RefCell<HashSet<i64>>,
}

impl std::fmt::Debug for Orders<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orders")
            .field("steering", &self.steering)
            .finish_non_exhaustive()
    }
}

impl<'a> Orders<'a> {
    /// Nothing was heard yet.
    pub(crate) fn new(names: &Names, observer: &'a dyn Observer) -> Self {
        Self {
            observer,
            names: names.clone(),
            steering: Rc::default(),
            told: RefCell::default(),
        }
    }

    /// Hears everything that was ever ordered for every run and for this one, and tells what
    /// stands.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) async fn hear_all(
        &self,
        link: &mut Link,
        run: &str,
    ) -> Result<Option<EarlyEnd>, StoreError> {
        let all = retry(link, async |conn| {
            control::since(conn, &self.names, Some(run), 0).await
        })
        .await?;
        let steering = Steering::of(&all);
        for order in steering.standing() {
            self.tell(None, order);
        }
        self.steering.replace(steering);
        Ok(self.stop())
    }

    /// Listens while a run is being prepared, over a connection of its own. Returns when it must
    /// stop.
    ///
    /// # Errors
    /// What no later try will mend.
    pub(crate) async fn listen_apart(
        &self,
        url: DatabaseUrl,
        run: &str,
    ) -> Result<EarlyEnd, EngineError> {
        let mut link: Option<Link> = None;
        loop {
            tokio::time::sleep(ASK_EVERY).await;
            let asked = async {
                let link = match &mut link {
                    Some(link) => link,
                    none => none.insert(Link::try_open(url.clone(), Role::Read).await?),
                };
                let after = self.steering.borrow().heard;
                control::since(link.conn().await?, &self.names, Some(run), after).await
            };
            match asked.await {
                Ok(orders) => self.hear(None, &orders),
                Err(e) if is_final(&e) => return Err(e.into()),
                Err(_) => link = None,
            }
            if let Some(end) = self.stop() {
                return Ok(end);
            }
        }
    }

    /// Hears new orders and tells them.
    pub(crate) fn hear(&self, run: Option<&str>, orders: &[ControlLine]) {
        for order in orders {
            self.steering.borrow_mut().hear(order);
            self.tell(run, order);
        }
    }

    fn tell(&self, run: Option<&str>, order: &ControlLine) {
        if self.told.borrow_mut().insert(order.no) {
            let event = Event::Control(Ordered {
                verb: order.verb.as_str(),
                amount: order.amount,
                reason: order.reason.clone(),
                who: order.who.clone(),
                at_ms: order.at_ms,
            });
            self.observer.on(run, &event);
        }
    }

    /// The end that is ordered, if one is.
    pub(crate) fn stop(&self) -> Option<EarlyEnd> {
        let steering = self.steering.borrow();
        Some(EarlyEnd {
            end: End::ControlStop,
            reason: format!("stopped by {}", by_whom(steering.stop()?)),
        })
    }
}

/// Rights that were taken away, a table that is gone: no later try gets through.
pub(crate) fn is_final(error: &StoreError) -> bool {
    matches!(error.class(), ErrorClass::Denied | ErrorClass::Missing)
}
