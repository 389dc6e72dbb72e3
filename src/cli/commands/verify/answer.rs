//! Verifies one password against one value: under the scheme that was named, or under every scheme
//! that the value may be of.

use std::sync::{Mutex, PoisonError};

use super::input::Request;
use crate::report::VerifiedLine;
use crate::scheme::{
    Class, Context, Declared, Recognised, Scheme, Strength, VerifyError, identify, recognise,
    verify, verify_as,
};
use crate::secret::StoredHash;

/// The answer to one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) outcome: VerifyOutcome,
    /// The scheme that matched. Without a match, the scheme that was tried, where it was only one.
    pub(super) scheme: Option<Scheme>,
    /// Why it could not be verified.
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerifyOutcome {
    /// The password opens the value.
    Match,
    /// The password does not open the value.
    Mismatch,
    /// No scheme that the value may be of can be verified with what the line has.
    Unsupported,
    /// The line or the value is malformed, or verifying costs more than a login may.
    Error,
}

/// Values that need more memory than this are verified one at a time. So the memory does not grow
/// with the number of cores.
const MEMORY_KIB_SHARED_MAX: u64 = 128 * 1024;

/// Answers one line.
pub(super) fn answer(request: &Request) -> Answer {
    let Some(stored) = &request.stored else {
        return Answer::new(VerifyOutcome::Mismatch, None);
    };
    match request.scheme {
        Some(scheme) => verify_under(stored, scheme, request),
        None => verify_under_all(stored, request),
    }
}

/// Verifies under the scheme that was named. Locked markers, dead values and wrapped values are
/// recognised all the same.
fn verify_under(stored: &StoredHash, scheme: Scheme, request: &Request) -> Answer {
    let recognised = recognise(Some(stored.as_bytes()), Declared::Scheme(scheme));
    let opens = match recognised {
        Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::Dead => {
            Ok(false)
        }
        Recognised::TooLong => return Answer::error("the value is longer than 4 KiB"),
        Recognised::Wrapped { .. } => opens_wrapped(stored, &recognised, request),
        _ => opens(stored, scheme, &recognised, request),
    };
    match opens {
        Ok(true) => Answer::new(VerifyOutcome::Match, Some(scheme)),
        Ok(false) => Answer::new(VerifyOutcome::Mismatch, Some(scheme)),
        Err(error) => Answer::of_error(&error, Some(scheme)),
    }
}

/// Verifies under every scheme that the value may be of, the cheap ones first.
fn verify_under_all(stored: &StoredHash, request: &Request) -> Answer {
    let mut candidates = Vec::new();
    let recognised = identify(stored.as_bytes(), &mut candidates);
    match recognised {
        Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::Dead => {
            return Answer::new(VerifyOutcome::Mismatch, None);
        }
        Recognised::TooLong => return Answer::error("the value is longer than 4 KiB"),
        Recognised::Wrapped { outer, .. } => {
            return match opens_wrapped(stored, &recognised, request) {
                Ok(true) => Answer::new(VerifyOutcome::Match, Some(outer)),
                Ok(false) => Answer::new(VerifyOutcome::Mismatch, Some(outer)),
                Err(error) => Answer::of_error(&error, Some(outer)),
            };
        }
        _ => {}
    }
    let mut schemes: Vec<Scheme> = Vec::new();
    for candidate in candidates {
        // An application's name and the name of its formula are the same scheme.
        if !schemes.contains(&candidate.scheme) {
            schemes.push(candidate.scheme);
        }
    }
    // The sort is stable: within each half the likeliest scheme stays first.
    schemes.sort_by_key(|scheme| scheme.class() == Class::Slow);
    let only = match schemes[..] {
        [only] => Some(only),
        _ => None,
    };
    let mut verified = false;
    let mut failed: Option<VerifyError> = None;
    for scheme in schemes {
        match opens(stored, scheme, &recognised, request) {
            Ok(true) => return Answer::new(VerifyOutcome::Match, Some(scheme)),
            Ok(false) => verified = true,
            // A candidate that costs too much may be the right one. So no mismatch is reported.
            Err(error @ (VerifyError::TooCostly { .. } | VerifyError::TooMuchWork { .. })) => {
                return Answer::of_error(&error, Some(scheme));
            }
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match failed {
        _ if verified => Answer::new(VerifyOutcome::Mismatch, only),
        Some(error) => Answer {
            outcome: VerifyOutcome::Unsupported,
            ..Answer::of_error(&error, only)
        },
        None => Answer {
            reason: Some("the value is of no known scheme".to_owned()),
            ..Answer::new(VerifyOutcome::Unsupported, None)
        },
    }
}

fn opens(
    stored: &StoredHash,
    scheme: Scheme,
    recognised: &Recognised<'_>,
    request: &Request,
) -> Result<bool, VerifyError> {
    in_memory(recognised, || {
        verify_as(stored, &request.password, scheme, &context(request))
    })
}

fn opens_wrapped(
    stored: &StoredHash,
    recognised: &Recognised<'_>,
    request: &Request,
) -> Result<bool, VerifyError> {
    in_memory(recognised, || {
        verify(stored, &request.password, Declared::Auto, &context(request))
    })
}

/// The salts and names of the line. Where a user's name is the salt, it may be given as `salt` or
/// as `username`.
fn context(request: &Request) -> Context<'_> {
    let name = request.username.as_deref().map(String::as_str);
    let salt = request.salt.as_ref();
    Context {
        salt,
        salt2: request.salt2.as_ref(),
        username: name.or_else(|| std::str::from_utf8(salt?.as_bytes()).ok()),
        user_id: request.user_id.as_deref().map(String::as_str),
        site: request.site.as_ref(),
        ..Context::default()
    }
}

/// Does the work. Work that needs much memory runs alone.
fn in_memory<T>(recognised: &Recognised<'_>, work: impl FnOnce() -> T) -> T {
    static ALONE: Mutex<()> = Mutex::new(());
    let params = match recognised {
        Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => *params,
        _ => Strength::Fast,
    };
    let _alone = (params.memory_kib() > MEMORY_KIB_SHARED_MAX)
        .then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner));
    work()
}

impl Answer {
    fn new(outcome: VerifyOutcome, scheme: Option<Scheme>) -> Self {
        Self {
            outcome,
            scheme,
            reason: None,
        }
    }

    /// A line that could not be answered.
    pub(super) fn error(reason: &str) -> Self {
        Self {
            reason: Some(reason.to_owned()),
            ..Self::new(VerifyOutcome::Error, None)
        }
    }

    fn of_error(error: &VerifyError, scheme: Option<Scheme>) -> Self {
        let outcome = match error {
            VerifyError::Unsupported { .. }
            | VerifyError::UnknownInner { .. }
            | VerifyError::Undeclared { .. } => VerifyOutcome::Unsupported,
            VerifyError::Missing { .. }
            | VerifyError::Unrecognised
            | VerifyError::TooCostly { .. }
            | VerifyError::TooMuchWork { .. }
            | VerifyError::Parameters => VerifyOutcome::Error,
        };
        Self {
            reason: Some(error.to_string()),
            ..Self::new(outcome, scheme)
        }
    }

    /// What is printed of it, for a line of the input.
    pub(super) fn at(&self, line: u64) -> VerifiedLine<'_> {
        VerifiedLine {
            line,
            outcome: self.outcome.as_str(),
            scheme: self.scheme.map(Scheme::name),
            reason: self.reason.as_deref(),
        }
    }
}

impl VerifyOutcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::Unsupported => "unsupported",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{InnerSalt, Password};

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
    const BCRYPT: &str = "$2a$04$abcdefghijklmnopqrstuujzhP54E3nDKxLTbGbyrFiW3EkV.7ERC";

    fn request(stored: &str, password: &str) -> Request {
        Request {
            stored: Some(StoredHash::new(stored)),
            ..Request::new(Password::new(password))
        }
    }

    fn check(request: &Request, outcome: VerifyOutcome, scheme: Option<Scheme>) {
        let answer = answer(request);
        assert_eq!(
            (answer.outcome, answer.scheme),
            (outcome, scheme),
            "{answer:?}"
        );
    }

    #[test]
    fn the_scheme_that_matches_is_named() {
        check(
            &request(MD5, "password"),
            VerifyOutcome::Match,
            Some(Scheme::MD5),
        );
        check(
            &request("8846f7eaee8fb117ad06bdd830b7586c", "password"),
            VerifyOutcome::Match,
            Some(Scheme::NTLM),
        );
        check(
            &request(BCRYPT, "dragon"),
            VerifyOutcome::Match,
            Some(Scheme::BCRYPT_2A),
        );
    }

    #[test]
    fn a_mismatch_under_several_candidates_names_none() {
        check(&request(MD5, "passwore"), VerifyOutcome::Mismatch, None);
    }

    #[test]
    fn a_salt_that_is_given_feeds_the_salted_candidates() {
        // MD5 of "passwordsalt".
        let stored = "b305cadbb3bce54f3aa59c64fec00dea";
        let mut salted = request(stored, "password");
        check(&salted, VerifyOutcome::Mismatch, None);
        salted.salt = Some(InnerSalt::new("salt"));
        check(&salted, VerifyOutcome::Match, Some(Scheme::MD5_PS));
    }

    #[test]
    fn a_users_name_may_be_given_as_the_salt() {
        // SHA-1 of "adminpassword".
        let mut named = request("efacc4001e857f7eba4ae781c2932dedf843865e", "password");
        named.salt = Some(InnerSalt::new("Admin"));
        named.scheme = Some(Scheme::SMF);
        check(&named, VerifyOutcome::Match, Some(Scheme::SMF));
    }

    #[test]
    fn a_named_scheme_is_the_only_one_that_is_tried() {
        let mut named = request(MD5, "password");
        named.scheme = Some(Scheme::NTLM);
        check(&named, VerifyOutcome::Mismatch, Some(Scheme::NTLM));
        named.scheme = Some(Scheme::MD5);
        check(&named, VerifyOutcome::Match, Some(Scheme::MD5));
        named.scheme = Some(Scheme::MD5_PS);
        check(&named, VerifyOutcome::Error, Some(Scheme::MD5_PS));
        named.scheme = Some(Scheme::SHA1);
        check(&named, VerifyOutcome::Error, Some(Scheme::SHA1));
    }

    #[test]
    fn no_password_opens_null_an_empty_value_or_a_marker() {
        for scheme in [None, Some(Scheme::MD5), Some(Scheme::PLAINTEXT)] {
            for stored in [
                None,
                Some(""),
                Some("!saltern:reset:0123456789abcdefghijkl"),
            ] {
                let request = Request {
                    stored: stored.map(StoredHash::new),
                    scheme,
                    ..Request::new(Password::new(stored.unwrap_or_default()))
                };
                assert_eq!(answer(&request).outcome, VerifyOutcome::Mismatch);
            }
        }
        check(&request("!", "!"), VerifyOutcome::Mismatch, None);
    }

    #[test]
    fn what_nothing_can_verify_is_unsupported() {
        check(
            &request("hunter2 hunter2", "hunter2 hunter2"),
            VerifyOutcome::Unsupported,
            None,
        );
    }

    #[test]
    fn what_costs_more_than_a_login_may_is_an_error_that_names_the_bound() {
        let dear = BCRYPT.replacen("$04$", "$16$", 1);
        let answer = answer(&request(&dear, "dragon"));
        assert_eq!(answer.outcome, VerifyOutcome::Error);
        let line = answer.at(3).json();
        assert!(
            line.contains("login_work_max") && line.starts_with('{') && line.ends_with("}\n"),
            "{line}"
        );
    }

    #[test]
    fn what_needs_much_memory_is_known_by_its_parameters() {
        let scrypt = Strength::Scrypt {
            log_n: 20,
            r: 8,
            p: 1,
        };
        assert_eq!(scrypt.memory_kib(), 1024 * 1024);
        assert_eq!(Strength::Bcrypt { cost: 31 }.memory_kib(), 0);
        assert!(
            Strength::Scrypt {
                log_n: u32::MAX,
                r: u32::MAX,
                p: 1
            }
            .memory_kib()
                > 0
        );
    }
}
