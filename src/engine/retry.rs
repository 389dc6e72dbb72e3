//! Trying again what a passing fault of the database stopped: with a back-off, for a minute, then the error is told.

use std::time::{Duration, Instant};

use crate::store::{Conn, ErrorClass, Link, PATIENCE, StoreError};

/// Runs `ask` on the link's connection until it answers.
pub(crate) async fn retry<T>(
    link: &mut Link,
    ask: impl AsyncFn(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let since = Instant::now();
    let mut wait = Duration::from_millis(100);
    loop {
        let conn = link.conn().await?;
        match ask(conn).await {
            Ok(answer) => return Ok(answer),
            Err(e) if e.is_transient() && since.elapsed() < PATIENCE => {
                if e.class() == ErrorClass::Gone {
                    link.lost();
                }
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(2));
            }
            Err(e) => return Err(e),
        }
    }
}
