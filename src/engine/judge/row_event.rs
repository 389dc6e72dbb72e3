//! A judged row as `--print` shows it. Nothing of the value is in it.

use super::work::{Disposition, Judged};
use crate::engine::event::Event;
use crate::policy::Action;
use crate::store::Row;

/// A row as `--print` shows it.
pub(crate) fn row_event(credential: &str, row: &Row, judged: &Judged) -> Event {
    let action = match &judged.disposition {
        Disposition::Keep => "keep",
        Disposition::Waits => "on-login",
        Disposition::Quarantine(_) => "quarantine",
        Disposition::Swap(_) => "relabel",
        Disposition::Reset(_) => "reset",
        Disposition::Work(_) if judged.decision.action == Action::Rehash => "rehash",
        Disposition::Work(_) => "wrap",
    };
    Event::Row {
        credential: credential.to_owned(),
        key: row.key.to_string(),
        from: judged
            .scheme
            .map_or_else(|| judged.class.as_str().to_owned(), |s| s.name().to_owned()),
        action: action.to_owned(),
    }
}
