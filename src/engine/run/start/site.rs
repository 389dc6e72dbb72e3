//! Keeps check values of the site-wide salts that a run uses, before its first page.

use std::collections::HashMap;
use std::num::NonZeroU8;

use crate::config::Credential;
use crate::engine::error::{EngineError, HasherError};
use crate::engine::judge::parts::Proven;
use crate::engine::plan::site::compare_with;
use crate::engine::retry::retry;
use crate::engine::session::Session;
use crate::scheme::{Declared, Scheme};
use crate::store::Link;
use crate::store::ledger::{SiteCheck, site_check};

/// Keeps the check value of every line that rows are about to be wrapped with, where there is none
/// yet. Then compares the files with all that is kept: another host may have been first.
///
/// # Errors
/// A file that is another one; whatever the database says.
pub(crate) async fn keep_site_checks(
    control: &mut Link,
    session: &Session<'_>,
    proven: &HashMap<String, Proven>,
) -> Result<(), EngineError> {
    let credentials = &session.settings.credentials;
    if credentials
        .iter()
        .all(|credential| credential.site.is_none())
    {
        return Ok(());
    }
    let names = &session.names;
    let kept = retry(control, async |conn| site_check::all(conn, names).await).await?;
    for credential in credentials {
        for line in lines_of(credential, proven.get(&credential.name)) {
            let is_kept = |kept: &SiteCheck| {
                kept.credential == credential.file_name() && kept.line == line.get()
            };
            if kept.iter().any(is_kept) {
                continue;
            }
            if let Some(new) = new_check(session, credential, line)? {
                retry(control, async |conn| {
                    site_check::keep(conn, names, &new).await
                })
                .await?;
            }
        }
    }
    let kept = retry(control, async |conn| site_check::all(conn, names).await).await?;
    match compare_with(session, &kept).into_iter().next() {
        Some(refusal) => Err(EngineError::refused(refusal.what, refusal.hint)),
        None => Ok(()),
    }
}

/// The lines that the schemes of a credential name.
fn lines_of(credential: &Credential, proven: Option<&Proven>) -> Vec<NonZeroU8> {
    let declared = match credential.scheme {
        Declared::Scheme(scheme) => Some(scheme),
        Declared::Auto => None,
    };
    let proven = proven
        .into_iter()
        .flat_map(|proven| proven.schemes().values().copied());
    let mut lines: Vec<NonZeroU8> = declared
        .into_iter()
        .chain(proven)
        .flat_map(Scheme::site_lines)
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn new_check(
    session: &Session<'_>,
    credential: &Credential,
    line: NonZeroU8,
) -> Result<Option<SiteCheck>, EngineError> {
    let Some(site) = &credential.site else {
        return Ok(None);
    };
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(HasherError::Random)?;
    let value = site
        .check_value(line, session.settings.target.outer, &random)
        .map_err(|error| {
            EngineError::refused(
                format!("the target makes no hash: {error}"),
                "choose other parameters in [target]",
            )
        })?;
    Ok(value.map(|value| SiteCheck {
        credential: credential.file_name().to_owned(),
        line: line.get(),
        value,
    }))
}
