//! Files with one key or one login a line. What a line means is the engine's to say.

use std::path::Path;

use crate::cli::failure::Failure;

/// The lines of a file of keys. Empty lines stay, so that messages can name a line by its number.
pub(in crate::cli) fn lines_of(file: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(
            format!("cannot read the keys in {}: {error}", file.display()),
            "name a file with one key a line, the parts of a composite key separated by a tab"
                .to_owned(),
        )
    })?;
    // Editors on Windows write a byte order mark before the first line.
    let keys: Vec<String> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.trim_end_matches('\r').to_owned())
        .collect();
    if keys.iter().all(String::is_empty) {
        let what = format!("there is no key in {}", file.display());
        return Err(Failure::usage(
            what,
            "write one key a line into it".to_owned(),
        ));
    }
    Ok(keys)
}
