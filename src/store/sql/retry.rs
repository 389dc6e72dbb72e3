//! Tries again what a passing fault of the database stopped. It waits longer each time, for a
//! minute; then the error is told.

use super::conn::Conn;
use super::error::StoreError;
use super::error_class::ErrorClass;
use super::limits::Backoff;
use super::link::Link;

/// Runs `ask` on the link's connection until it answers.
///
/// # Errors
/// An error that does not pass; one that has not passed in a minute.
pub(crate) async fn retry<T>(
    link: &mut Link,
    ask: impl AsyncFn(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    retry_further(link, ask, || false).await
}

/// The same for what goes on where it stopped: a try that got further begins a new minute.
///
/// # Errors
/// An error that does not pass; one that has not passed in a minute.
pub(crate) async fn retry_further<T>(
    link: &mut Link,
    ask: impl AsyncFn(&mut Conn) -> Result<T, StoreError>,
    mut got_further: impl FnMut() -> bool,
) -> Result<T, StoreError> {
    let mut backoff = Backoff::new();
    loop {
        let conn = link.conn().await?;
        let answer = ask(conn).await;
        if answer.is_err() && got_further() {
            backoff.reset();
        }
        match answer {
            Ok(answer) => return Ok(answer),
            Err(e) if backoff.allows(&e) => {
                if e.class() == ErrorClass::Gone {
                    link.lost();
                }
                backoff.wait().await;
            }
            Err(e) => return Err(e),
        }
    }
}
