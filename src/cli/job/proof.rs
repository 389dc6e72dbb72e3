//! The options of the proof, as the engine takes them.

use crate::cli::args::ProofArgs;
use crate::cli::failure::Failure;
use crate::engine::{CanaryLogin, ProofOptions};
use crate::secret::Password;

/// The options that were typed. The password of the canary login is read from its file.
pub(in crate::cli) fn proof(
    args: &ProofArgs,
    threads: Option<usize>,
) -> Result<ProofOptions, Failure> {
    Ok(ProofOptions {
        time: args.proof_seconds,
        threads,
        canary: args.canary_login.as_deref().map(canary).transpose()?,
    })
}

fn canary(typed: &str) -> Result<CanaryLogin, Failure> {
    let Some((login, file)) = typed
        .split_once(':')
        .filter(|(login, file)| !login.is_empty() && !file.is_empty())
    else {
        return Err(Failure::usage(
            "--canary-login takes LOGIN:FILE".to_owned(),
            "put the account's password in a file of its own and name that behind the login and a colon".to_owned(),
        ));
    };
    let read = std::fs::read(file).map_err(|error| {
        Failure::usage(
            format!("cannot read the password of --canary-login in {file}: {error}"),
            "put the account's password in that file, on one line".to_owned(),
        )
    })?;
    let line = zeroize::Zeroizing::new(read);
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let password = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(CanaryLogin {
        login: login.to_owned(),
        password: Password::new(password),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_files_line_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pw");
        for (text, expected) in [
            ("pass word\n", "pass word"),
            ("pass\r\n", "pass"),
            ("p ", "p "),
        ] {
            std::fs::write(&file, text).unwrap();
            let read = canary(&format!("anna@example.org:{}", file.display())).unwrap();
            assert_eq!(read.login, "anna@example.org");
            assert_eq!(read.password, Password::new(expected));
        }
    }

    #[test]
    fn what_names_no_file_that_can_be_read_is_a_wrong_usage() {
        for typed in ["anna", "anna:", ":file", "anna:/nowhere/at/all"] {
            let failure = canary(typed).unwrap_err();
            assert_eq!(failure.exit, crate::cli::exit::Exit::Usage, "{typed}");
        }
    }
}
