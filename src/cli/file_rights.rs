//! Looks at the rights of a file before it is used, by the one rule of [`FileRights`].

use std::fs::{File, Metadata, OpenOptions};
use std::path::Path;

use super::failure::Failure;
use super::output::{self, Notices};
use crate::config::Settings;
use crate::secret::{FileHolds, FileRights};

/// Refuses a file that others may write, or read where it holds a secret.
pub(super) fn check(path: &Path, holds: FileHolds, notices: Notices) -> Result<(), Failure> {
    // What can't be looked at can't be read either, and whoever reads it says so.
    match std::fs::metadata(path) {
        Ok(metadata) => judge(path, &metadata, holds, notices),
        Err(_) => Ok(()),
    }
}

/// The same for a file that is open: its path may name another one by now.
pub(super) fn check_open(
    path: &Path,
    file: &File,
    holds: FileHolds,
    notices: Notices,
) -> Result<(), Failure> {
    match file.metadata() {
        Ok(metadata) => judge(path, &metadata, holds, notices),
        Err(_) => Ok(()),
    }
}

/// Creates files that [`check`] takes as [`FileHolds::Orders`], whatever the umask is.
pub(super) fn to_write_orders() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options
}

/// Takes from all but the owner the right to write a file that is there already, and empties it.
/// Who may read it goes on to. Where the right can't be taken, the file keeps what it holds.
///
/// Open it without `truncate`.
pub(super) fn empty_for_orders(file: &File) -> std::io::Result<()> {
    let metadata = file.metadata()?;
    // A pipe or a device is nobody's file.
    if !metadata.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mut rights = metadata.permissions();
        // Only its owner may change its mode, even to the same.
        if rights.mode() & 0o022 != 0 {
            rights.set_mode(rights.mode() & 0o7755);
            file.set_permissions(rights)?;
        }
    }
    file.set_len(0)
}

/// Looks at the files that the configuration names and every command may read.
pub(super) fn check_named(settings: &Settings, notices: Notices) -> Result<(), Failure> {
    let lists = settings.known.wordlists.iter().chain(&settings.known.pwned);
    for list in lists {
        check(list, FileHolds::Orders, notices)?;
    }
    Ok(())
}

fn judge(
    path: &Path,
    metadata: &Metadata,
    holds: FileHolds,
    notices: Notices,
) -> Result<(), Failure> {
    // A pipe or a device is nobody's file.
    let Some(rights) = rights_of(metadata).filter(|_| metadata.is_file()) else {
        return Ok(());
    };
    let shown = path.display();
    if let Some(fault) = rights.fault(holds) {
        let way = match holds {
            FileHolds::Secret => "chmod 600",
            FileHolds::Orders => "chmod go-w",
        };
        return Err(Failure::refused(
            format!("{shown} {fault}"),
            format!("{way} {shown}"),
        ));
    }
    if rights.is_read_by_group(holds) && notices == Notices::Show {
        output::err(&format!(
            "warning: {shown} has mode {:04o}: its group may read it\n",
            rights.mode()
        ));
    }
    Ok(())
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such bits")]
fn rights_of(metadata: &Metadata) -> Option<FileRights> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(FileRights::of_mode(metadata.permissions().mode()))
}

#[cfg(not(unix))]
fn rights_of(_: &Metadata) -> Option<FileRights> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_of_orders_is_emptied_and_only_its_owner_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("saltern.toml");
        for (before, after) in [(0o664, 0o644), (0o666, 0o644), (0o640, 0o640)] {
            std::fs::write(&path, "old and long").unwrap();
            let rights = std::fs::Permissions::from_mode(before);
            std::fs::set_permissions(&path, rights).unwrap();
            let file = to_write_orders().open(&path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"old and long");
            empty_for_orders(&file).unwrap();
            let now = std::fs::metadata(&path).unwrap();
            let mode = now.permissions().mode() & 0o7777;
            assert_eq!((now.len(), mode), (0, after));
        }
    }

    #[test]
    fn a_device_keeps_its_mode_and_takes_what_is_written() {
        let null = to_write_orders().open("/dev/null").unwrap();
        let mode = |file: &File| file.metadata().unwrap().permissions().mode();
        let before = mode(&null);
        empty_for_orders(&null).unwrap();
        assert_eq!(mode(&null), before);
    }
}
