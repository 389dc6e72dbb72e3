//! The line of a row, as `--print` shows it.

use crate::cli::output;
use crate::engine::Event;
use crate::report::safe;

/// The fields of a row with tabs between them. None for any other event.
fn row_line(event: &Event) -> Option<String> {
    match event {
        Event::Row {
            credential,
            key,
            from,
            action,
        } => {
            // The parts of a composite key come joined by tabs. `--keys` accepts the whole line as
            // input.
            let fields = [credential.as_str()].into_iter().chain(key.split('\t'));
            let fields = fields.chain([from.as_str(), action.as_str()]).map(safe);
            Some(fields.collect::<Vec<_>>().join("\t"))
        }
        _ => None,
    }
}

/// Prints a row. A reader that has gone ends the printing and not the run.
pub(super) fn print_row(event: &Event) {
    if let Some(line) = row_line(event) {
        output::line(&line);
    }
}
