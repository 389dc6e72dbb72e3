//! Which implementation computes, and whether it can be trusted on this machine.

use std::sync::OnceLock;

use super::selftest;
use crate::kernel::{Implementation, KernelError, Params, Plan};

/// The implementation chosen for this process, and why it is not the one that was wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImplementationChoice {
    /// What computes.
    pub implementation: Implementation,
    /// Why the wished or the fastest one does not; `None` if it does.
    pub warning: Option<ImplementationWarning>,
}

/// Why an implementation is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImplementationWarning {
    /// The processor lacks the instructions.
    #[error("this processor does not have the instructions of the hash kernel {}", .0.as_str())]
    Unavailable(Implementation),
    /// It gave a wrong digest for a known input, so the crates are used.
    #[error("the hash kernel {} gave a wrong digest in its self-test and is not used", .0.as_str())]
    WrongDigest(Implementation),
}

impl Implementation {
    /// Tries `wished`, or else the fastest available one, against known answers.
    ///
    /// Where `wished` is unavailable, [`Self::best`] is chosen, with a warning. Where the self-test
    /// fails, the crates are chosen, with a warning.
    pub fn choose(wished: Option<Self>) -> ImplementationChoice {
        let implementation = match wished {
            Some(implementation) if !implementation.is_available() => {
                return ImplementationChoice {
                    implementation: Self::best(),
                    warning: Some(ImplementationWarning::Unavailable(implementation)),
                };
            }
            Some(implementation) => implementation,
            None => Self::fastest(),
        };
        if selftest::passes(implementation) {
            ImplementationChoice {
                implementation,
                warning: None,
            }
        } else {
            ImplementationChoice {
                implementation: Self::Crates,
                warning: Some(ImplementationWarning::WrongDigest(implementation)),
            }
        }
    }

    /// The fastest implementation that passes the self-test. The test runs once in a process.
    pub fn best() -> Self {
        static BEST: OnceLock<Implementation> = OnceLock::new();
        *BEST.get_or_init(|| Self::choose(None).implementation)
    }

    fn fastest() -> Self {
        Self::ALL
            .into_iter()
            .rfind(|implementation| implementation.is_available())
            .unwrap_or(Self::Crates)
    }
}

impl Plan {
    /// Checks the parameters, which [`Implementation::best`] will compute.
    ///
    /// # Errors
    /// Where a parameter is out of range.
    pub fn new(params: Params) -> Result<Self, KernelError> {
        Self::on(Implementation::best(), params)
    }
}
