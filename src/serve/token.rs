//! The token that every request over TCP must carry, and the file that it is read from.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crate::secret::{self, FileHolds, FileRights, RightsFault};

/// The shortest token, in characters. With it passwords can be tried as fast as the machine hashes,
/// so it must not be guessed: 32 hex digits are 128 bits.
const CHARS_MIN: usize = 32;

/// A token of requests.
#[derive(Clone, Debug)]
pub struct BearerToken(secret::Token);

/// The token of a sidecar that runs. Another one may take its place.
#[derive(Clone, Debug)]
pub struct CurrentToken(Arc<RwLock<BearerToken>>);

impl CurrentToken {
    /// Begins with this one.
    pub fn new(token: BearerToken) -> Self {
        Self(Arc::new(RwLock::new(token)))
    }

    /// From now on requests must carry this one.
    pub fn replace(&self, token: BearerToken) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Whether a request's `Authorization` carries it.
    pub(super) fn is_in(&self, authorization: Option<&[u8]>) -> bool {
        let token = self.0.read().unwrap_or_else(PoisonError::into_inner);
        token.is_in(authorization)
    }
}

/// Why a file gives no token. Nothing of the file is shown.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file can't be read.
    #[error("cannot read the token")]
    Unreadable(#[source] std::io::Error),
    /// Other users may read or write it.
    #[error("the token's file {0}")]
    Open(RightsFault),
    /// The text is too short, or can't stand in a header.
    #[error(
        "the token must be one line of at least {CHARS_MIN} letters, digits and signs, without blanks"
    )]
    Unfit,
}

impl BearerToken {
    /// Reads the token from a file that no other user may read.
    ///
    /// # Errors
    /// As [`TokenError`] says.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        use std::io::Read as _;
        use std::os::unix::fs::PermissionsExt as _;
        let mut file = std::fs::File::open(path).map_err(TokenError::Unreadable)?;
        // The mode is that of the open file, because the path may name another one by now.
        let metadata = file.metadata().map_err(TokenError::Unreadable)?;
        let rights = FileRights::of_mode(metadata.permissions().mode());
        if let Some(fault) = rights.fault(FileHolds::Secret) {
            return Err(TokenError::Open(fault));
        }
        // So long that it is not copied while it is read.
        let mut text = zeroize::Zeroizing::new(String::with_capacity(64 << 10));
        file.read_to_string(&mut text)
            .map_err(TokenError::Unreadable)?;
        Self::new(text.trim())
    }

    fn new(text: &str) -> Result<Self, TokenError> {
        let fit = text.len() >= CHARS_MIN && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fit {
            Ok(Self(secret::Token::new(text)))
        } else {
            Err(TokenError::Unfit)
        }
    }

    /// Whether a request's `Authorization` carries it. The time that this takes tells nothing of
    /// the token.
    pub(super) fn is_in(&self, authorization: Option<&[u8]>) -> bool {
        let Some((scheme, given)) = authorization.and_then(|value| value.split_at_checked(7))
        else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Bearer ") && self.0 == secret::Token::new(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_request_is_let_in_by_the_token_alone() {
        let token = BearerToken::new(TOKEN).expect("long enough");
        let is_in = |header: &str| token.is_in(Some(header.as_bytes()));
        assert!(is_in(&format!("Bearer {TOKEN}")));
        assert!(is_in(&format!("bearer {TOKEN}")));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            TOKEN,
            &format!("Basic {TOKEN}"),
            &format!("Bearer {TOKEN}0"),
            "Bearer é",
        ] {
            assert!(!is_in(wrong), "{wrong}");
        }
        assert!(!token.is_in(None));
    }

    #[test]
    fn a_short_token_and_one_with_blanks_are_refused() {
        for unfit in [
            "",
            "secret",
            &TOKEN[1..],
            &format!("{TOKEN}\n{TOKEN}"),
            &format!("{TOKEN} x"),
        ] {
            assert!(BearerToken::new(unfit).is_err());
        }
    }

    #[test]
    fn a_token_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        std::fs::write(&path, TOKEN).expect("written");
        for (mode, refused) in [
            (0o600, false),
            (0o400, false),
            (0o640, false),
            (0o644, true),
            (0o620, true),
        ] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, permissions).expect("set");
            assert_eq!(BearerToken::read(&path).is_err(), refused, "{mode:o}");
        }
        assert!(BearerToken::read(&folder.path().join("none")).is_err());
    }
}
