//! Listens for orders of operators while a run works, and does what they say.

use std::time::{Duration, Instant};

use super::context::Execution;
use super::heartbeat::LATE_MAX;
use super::orders::{ASK_EVERY, is_final};
use crate::store::ledger::control;

/// How often it looks whether the run is over.
const LOOK: Duration = Duration::from_millis(50);

impl Execution<'_> {
    /// Listens while the run works.
    pub(crate) async fn listen(&self) {
        while !self.over.get() {
            self.obey();
            let until = Instant::now() + ASK_EVERY;
            while Instant::now() < until && !self.over.get() {
                tokio::time::sleep(LOOK).await;
            }
            let mut link = tokio::select! {
                link = self.control.lock() => link,
                () = self.over_since(LATE_MAX) => return,
            };
            let after = self.orders.steering.borrow().heard;
            let asked = async {
                let conn = link.conn().await?;
                control::since(conn, &self.session.names, Some(self.run), after).await
            };
            let heard = tokio::select! {
                heard = asked => Some(heard),
                () = self.over_since(LATE_MAX) => None,
            };
            match heard {
                Some(Ok(orders)) => self.orders.hear(Some(self.run), &orders),
                Some(Err(e)) if is_final(&e) => return self.health.end(e),
                // The heartbeat says what it means that the ledger can't be asked.
                Some(Err(e)) => {
                    if e.is_transient() {
                        link.lost();
                    }
                }
                // The run has ended in the middle of a statement.
                None => return link.lost(),
            }
        }
    }

    /// Does what is ordered. The throttle looks at the orders by itself.
    fn obey(&self) {
        let budget = self.measured.budget.threads;
        let ordered = self.orders.steering.borrow().threads();
        let threads = ordered.unwrap_or(budget);
        if threads != self.hasher.threads() {
            // What was hashed until now was hashed by the threads of now.
            self.throttle_look();
            self.hasher.set_threads(threads);
        }
        if let Some(end) = self.orders.stop() {
            self.health.end_early(end);
        }
    }
}
