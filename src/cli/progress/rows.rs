//! Rows as `--print` shows them.

use crate::cli::output;
use crate::engine::Event;
use crate::report::safe;

/// A row as `--print` shows it: the fields with tabs between them.
fn row_line(event: &Event) -> Option<String> {
    match event {
        Event::Row {
            credential,
            key,
            from,
            action,
        } => {
            // The parts of a composite key come joined by tabs, and `--keys` takes the line back.
            let fields = [credential.as_str()].into_iter().chain(key.split('\t'));
            let fields = fields.chain([from.as_str(), action.as_str()]).map(safe);
            Some(fields.collect::<Vec<_>>().join("\t"))
        }
        _ => None,
    }
}

/// Prints a row; a reader that is gone ends the printing, not the run.
pub(super) fn print_row(event: &Event) {
    if let Some(line) = row_line(event) {
        output::line(&line);
    }
}
