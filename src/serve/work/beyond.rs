//! Counts the rows whose value costs more than a login may, once, when the sidecar has begun.
//!
//! It reads whole columns, so it has a thread and a connection of its own. No login waits for
//! it.

use std::sync::Arc;

use super::app::{App, LoginCredential};
use crate::scheme::{Context, Weigher, recognise};
use crate::secret::DatabaseUrl;
use crate::serve::event::{SidecarEvent, SidecarObserver};
use crate::store::{Conn, Order, Role, StoreError, scan};

/// Begins to count. Each credential with such rows is told to the observer.
pub(in crate::serve) fn count_beyond_work(app: &App, url: DatabaseUrl) {
    let credentials = app.credentials.clone();
    let observer = Arc::clone(&app.observer);
    let count = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else { return };
        // Where the database doesn't answer, logins say so.
        runtime
            .block_on(count_all(&credentials, &url, observer.as_ref()))
            .ok();
    };
    // Without the thread nothing is counted, and every login works as well.
    std::thread::Builder::new()
        .name("count".to_owned())
        .spawn(count)
        .ok();
}

async fn count_all(
    credentials: &[Arc<LoginCredential>],
    url: &DatabaseUrl,
    observer: &dyn SidecarObserver,
) -> Result<(), StoreError> {
    let mut conn = Conn::open(url, Role::Read).await?;
    for credential in credentials {
        let context = Context {
            site: credential.site.as_ref(),
            work_max: credential.work_max,
            ..Context::default()
        };
        let declared = credential.auth.declared;
        let mut weigher = Weigher::new(declared, context);
        let mut rows = 0_u64;
        scan(&mut conn, &credential.column, Order::Any, &mut |row| {
            if let Some(value) = row.value
                && weigher.is_beyond(value, &recognise(Some(value), declared))
            {
                rows += 1;
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        if rows > 0 {
            observer.on(&SidecarEvent::BeyondWork {
                credential: credential.name.clone(),
                rows,
                max: credential.work_max.units(),
            });
        }
    }
    conn.close().await;
    Ok(())
}
