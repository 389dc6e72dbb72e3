//! A run that goes on.

use std::collections::HashMap;
use std::sync::Arc;

use crate::census::ListVerdicts;
use crate::engine::error::EngineError;
use crate::engine::event::Observer;
use crate::engine::judge::work::Proven;
use crate::engine::scan::known::{self, KnownQuestion};
use crate::engine::session::Session;

/// What the lists of known passwords say of every column, for a run that goes on.
pub(crate) async fn ask_lists(
    session: &mut Session<'_>,
    proven: &HashMap<String, Proven>,
    observer: &dyn Observer,
) -> Result<HashMap<String, Arc<ListVerdicts>>, EngineError> {
    let mut out = HashMap::new();
    let none = Proven::new();
    let mut time = session.proof.time;
    for at in 0..session.columns.len() {
        let credential = &session.settings.credentials[at].name;
        let judging = KnownQuestion {
            proven: proven.get(credential).unwrap_or(&none),
            time,
        };
        let (known, took) = known::judge(session, at, judging, observer).await?;
        time = time.saturating_sub(took);
        out.extend(known.map(|known| (credential.clone(), known)));
    }
    Ok(out)
}
