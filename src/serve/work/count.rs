//! Counts, once, when the sidecar has begun, the rows whose value costs more than a login may, and
//! times the kinds of rows that the time of a failed login tells apart.
//!
//! It reads whole columns, so it has a thread and a connection of its own. No login waits for
//! it.

use std::sync::Arc;
use std::time::Duration;

use super::app::{App, LoginCredential};
use super::clock::{TimedHashes, Turn};
use super::pad::RowCosts;
use crate::scheme::{Context, HashTally};
use crate::secret::DatabaseUrl;
use crate::serve::event::SidecarEvent;
use crate::serve::login_cost::{ShownKind, ShownRows};
use crate::store::{Link, Role, StoreError, retry};

/// Begins to count. What is found is told to the observer.
pub(in crate::serve) fn count_rows(app: &Arc<App>, url: DatabaseUrl) {
    let app = Arc::clone(app);
    let count = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else { return };
        // Where the database doesn't answer, logins say so.
        runtime.block_on(count_all(&app, &url)).ok();
    };
    // Without the thread nothing is counted, and every login works as well.
    std::thread::Builder::new()
        .name("count".to_owned())
        .spawn(count)
        .ok();
}

async fn count_all(app: &App, url: &DatabaseUrl) -> Result<(), StoreError> {
    let mut link = Link::open(url.clone(), Role::Read).await?;
    let mut all = Vec::new();
    for credential in &app.credentials {
        let with = (credential.site.as_ref(), credential.work_max);
        let costs = retry(&mut link, async |conn| {
            RowCosts::read(conn, &credential.column, &credential.auth, with).await
        });
        let costs = costs.await?;
        if costs.beyond > 0 {
            app.observer.on(&SidecarEvent::BeyondWork {
                credential: credential.name.clone(),
                rows: costs.beyond,
                max: credential.work_max.units(),
            });
        }
        all.push((credential, costs));
    }
    // The timing may wait long for idle threads, and needs no connection.
    link.close().await;
    for (credential, costs) in all {
        // Where every login makes the same hashes, no row shows.
        if credential.pad.is_none()
            && credential.has_login
            && let Some(shown) = shown_rows(app, credential, &costs).await
        {
            app.observer.on(&SidecarEvent::ShownRows {
                credential: credential.name.clone(),
                shown,
            });
        }
    }
    Ok(())
}

/// Times the kinds of rows. None where no thread was free for it.
async fn shown_rows(
    app: &App,
    credential: &LoginCredential,
    costs: &RowCosts,
) -> Option<ShownRows> {
    /// A shorter difference than this part of a login is not told from noise here.
    const PART: u32 = 50;
    /// Nobody reads about more kinds.
    const KINDS_TIMED: usize = 32;
    let auth = &credential.auth;
    let target = auth.all_hashes(&Context::default());
    let time = async |hashes: &HashTally| {
        let timed = TimedHashes {
            hashes: Arc::new(hashes.clone()),
            site: credential.site.clone(),
            work_max: credential.work_max,
        };
        timed.time(&app.hashers, Turn::WhenIdle).await
    };
    let nobody = time(&target).await?;
    let mut kinds = Vec::new();
    for cost in costs.by_rows().into_iter().take(KINDS_TIMED) {
        let all = auth.failed_hashes(&cost.hashes);
        // By the same hashes it takes the same time.
        if all == target {
            continue;
        }
        let took = time(&all).await?;
        let differs: Duration = took.abs_diff(nobody);
        if differs > nobody / PART {
            let each = cost.hashes.hashes().iter().map(ToString::to_string);
            kinds.push(ShownKind {
                hashes: each.collect::<Vec<_>>().join(" and "),
                rows: cost.rows,
                time: took,
            });
        }
    }
    Some(ShownRows { nobody, kinds })
}
