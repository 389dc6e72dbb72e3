//! The files of site-wide salts. Each is a secret: nobody else may read it, and nothing of it is
//! shown.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::failure::Failure;
use super::file_rights;
use super::output::Notices;
use crate::config::Settings;
use crate::secret::{FileHolds, SiteSalts};

/// The longest file: as many of the longest lines as there may be, with their ends.
const BYTES_MAX: u64 = (SiteSalts::LINES_MAX * (SiteSalts::LINE_BYTES_MAX + 2)) as u64;

/// Reads the files that the credentials name.
pub(super) fn read_all(settings: &mut Settings, notices: Notices) -> Result<(), Failure> {
    let mut read_before: HashMap<PathBuf, SiteSalts> = HashMap::new();
    for credential in &mut settings.credentials {
        let Some(path) = credential.site_salt_file.clone() else {
            continue;
        };
        let site = match read_before.get(&path) {
            Some(site) => site.clone(),
            None => read(&path, notices)?,
        };
        read_before.insert(path.clone(), site.clone());
        credential.set_site(site).map_err(|error| {
            Failure::refused(
                format!(
                    "credential {}: site_salt_file {}: {error}",
                    credential.name,
                    path.display()
                ),
                "name the file that the application's salts stand in, a line each".to_owned(),
            )
        })?;
    }
    Ok(())
}

/// Reads one file.
pub(super) fn read(path: &Path, notices: Notices) -> Result<SiteSalts, Failure> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        Failure::refused(
            format!("cannot read the site-wide salts in {shown}: {error}"),
            "put the application's site-wide salt in that file, one a line, and nothing else"
                .to_owned(),
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    file_rights::check_open(path, &file, FileHolds::Secret, notices)?;
    let mut text = Zeroizing::new(Vec::with_capacity(BYTES_MAX as usize + 1));
    file.by_ref()
        .take(BYTES_MAX + 1)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    let refused = |error: String| {
        Failure::refused(
            format!("the site-wide salts in {shown}: {error}"),
            "one salt a line; the line's end is no part of it, and blanks are".to_owned(),
        )
    };
    if text.len() as u64 > BYTES_MAX {
        return Err(refused(format!("the file has more than {BYTES_MAX} bytes")));
    }
    SiteSalts::of_file(&text).map_err(|error| refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::cli::exit::Exit;

    fn failure(text: &str, mode: u32) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.salt");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let failure = read(&path, Notices::Hide).err()?;
        assert_eq!(failure.exit, Exit::Refused);
        Some(failure.text().replace(&path.display().to_string(), "FILE"))
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        assert_eq!(failure("hunter2\n", 0o600), None);
        assert_eq!(failure("hunter2\n", 0o400), None);
        assert_eq!(failure("hunter2\n", 0o640), None);
        let open = failure("hunter2\n", 0o644).unwrap();
        assert!(open.contains("has mode 0644: others may read it"), "{open}");
        assert!(!open.contains("hunter2"), "{open}");
    }

    #[test]
    fn what_is_wrong_in_the_file_is_said_by_its_line_and_nothing_of_it_is_shown() {
        let twice = failure("hunter2\nhunter2\n", 0o600).unwrap();
        assert!(
            twice.contains("FILE: line 2 is the same as line 1"),
            "{twice}"
        );
        assert!(!twice.contains("hunter2"), "{twice}");
        let long = failure(&"x".repeat(9_000), 0o600).unwrap();
        assert!(long.contains("the file has more than 8208 bytes"), "{long}");
    }

    #[test]
    fn a_file_that_is_not_there_is_refused() {
        let failure = read(Path::new("/nowhere/at/all"), Notices::Hide).unwrap_err();
        assert_eq!(failure.exit, Exit::Refused);
    }
}
