//! Whether the files of site-wide salts are those with which rows were wrapped before.

use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::patient::patiently;
use crate::engine::refusal::Refusal;
use crate::engine::session::Session;
use crate::store::ledger::{SiteCheck, site_check};

/// Compares every file with the check values of the ledger.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn compare(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<Vec<Refusal>, EngineError> {
    let credentials = &session.settings.credentials;
    if credentials
        .iter()
        .all(|credential| credential.site.is_none())
    {
        return Ok(Vec::new());
    }
    let kept = kept(session, observer).await?;
    Ok(compare_with(session, &kept))
}

/// The check values of the ledger.
async fn kept(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<Vec<SiteCheck>, EngineError> {
    patiently(session, observer, async |session| {
        Ok(site_check::all(&mut session.conn, &session.names).await?)
    })
    .await
}

/// Compares every file with these check values.
pub(crate) fn compare_with(session: &Session<'_>, kept: &[SiteCheck]) -> Vec<Refusal> {
    let mut out = Vec::new();
    for credential in &session.settings.credentials {
        let Some(site) = &credential.site else {
            continue;
        };
        for check in kept
            .iter()
            .filter(|kept| kept.credential == credential.file_name())
        {
            if let Err(mismatch) = site.check(check.line, &check.value) {
                out.push(Refusal {
                    what: format!(
                        "credential {}: site_salt_file is not the file that was used before: {mismatch}",
                        credential.name
                    ),
                    hint: format!(
                        "put the file back as it was, each line in its place; only if no row was wrapped with the right one, delete the line of {} and {} from the ledger's table {}",
                        credential.name,
                        check.line,
                        session.names.shown("site_check")
                    ),
                });
            }
        }
    }
    out
}

/// Ends the command before anything is written where a file is another one.
///
/// # Errors
/// The first refusal; whatever the database says.
pub(crate) async fn require_same_files(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    match compare(session, observer).await?.into_iter().next() {
        Some(refusal) => Err(EngineError::refused(refusal.what, refusal.hint)),
        None => Ok(()),
    }
}

/// Tells of a credential that has check values and names no file any more.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn tell_of_missing_key(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let kept = kept(session, observer).await?;
    for credential in &session.settings.credentials {
        let was_used = kept
            .iter()
            .any(|kept| kept.credential == credential.file_name());
        if was_used && credential.site.is_none() {
            let text = format!(
                "credential {}: rows were wrapped with a site-wide salt, and it has no `site_salt_file` any more; as long as such rows are left, no login can open them without it",
                credential.name
            );
            observer.on(None, &Event::Warning { text });
        }
    }
    Ok(())
}
