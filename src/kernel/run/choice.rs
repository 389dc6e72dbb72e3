//! Which implementation computes, and whether it can be trusted on this machine.

use std::sync::OnceLock;

use super::selftest;
use crate::kernel::{Implementation, KernelError, Params, Plan};

/// The implementation chosen for this process, and what was wrong if it is not the one that was wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImplementationChoice {
    /// What computes.
    pub implementation: Implementation,
    /// Why something faster does not.
    pub warning: Option<ImplementationWarning>,
}

/// Why a implementation is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImplementationWarning {
    /// The processor lacks the instructions.
    #[error("this processor does not have the instructions of the hash kernel {}", .0.as_str())]
    Unavailable(Implementation),
    /// A known answer came out wrong; the crates are used.
    #[error("the hash kernel {} gave a wrong digest in its self-test and is not used", .0.as_str())]
    WrongDigest(Implementation),
}

impl Implementation {
    /// Tries `wished`, or else the fastest that there is, against known answers.
    ///
    /// What is unavailable or wrong gives way to the crates with a warning.
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

    /// The fastest implementation that passes the self-test, which is made once in a process.
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
    /// Checks the parameters. What computes them is [`Implementation::best`].
    pub fn new(params: Params) -> Result<Self, KernelError> {
        Self::on(Implementation::best(), params)
    }
}
