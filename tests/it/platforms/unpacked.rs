//! Debian's packages, unpacked into a folder by `tests/run --platforms`: nothing of them is installed or started.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::servers::Missing;

/// A path below the folder of a Debian suite, which has to be there.
pub(super) fn path(suite: &str, below: &str) -> Result<PathBuf, Missing> {
    let Some(root) = std::env::var_os("SALTERN_TEST_PLATFORMS") else {
        return Err(Missing(
            "SALTERN_TEST_PLATFORMS names no folder of packages (tests/run makes one)".to_owned(),
        ));
    };
    let path = Path::new(&root).join(suite).join(below);
    if path.exists() {
        Ok(path)
    } else {
        Err(Missing(format!("no {}", path.display())))
    }
}

/// PHP with extensions of the packages, in the order in which they need each other.
pub(super) fn php(extensions: &[&str]) -> Result<Command, Missing> {
    let mut php = super::php()?;
    let output = Command::new("php")
        .arg("-r")
        .arg("echo ini_get('extension_dir'), \"\\n\", implode(\"\\n\", get_loaded_extensions());")
        .output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    let (folder, loaded) = said.split_once('\n').unwrap();
    // What the extensions need and the machine may not have.
    let machine = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    if let Ok(libraries) = path("own", &machine) {
        php.env("LD_LIBRARY_PATH", libraries);
    }
    for extension in extensions {
        if loaded
            .lines()
            .any(|name| name.eq_ignore_ascii_case(extension))
        {
            continue;
        }
        let file = format!("{}/{extension}.so", folder.trim_start_matches('/'));
        let file = path("own", &file)?;
        php.arg("-d").arg(format!("extension={}", file.display()));
    }
    Ok(php)
}
