//! Which implementation computes, and whether it can be trusted on this machine.

use std::sync::OnceLock;

use super::selftest;
use crate::kernel::{Implementation, Kernel, KernelError, KernelVariant, Params, Plan};

/// The kernel chosen for this process, and why it is not the one that was wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelChoice {
    /// What computes.
    pub kernel: Kernel,
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

impl Kernel {
    /// Tries `wished`, or else the fastest available implementation, against known answers.
    ///
    /// Where `wished` is unavailable, [`Implementation::best`] is chosen, with a warning. Where the
    /// self-test fails, the crates are chosen, with a warning.
    pub fn choose(wished: Option<Self>) -> KernelChoice {
        let kernel = match wished {
            Some(wished) if !wished.implementation.is_available() => {
                return KernelChoice {
                    kernel: Implementation::best().into(),
                    warning: Some(ImplementationWarning::Unavailable(wished.implementation)),
                };
            }
            Some(wished) => wished,
            None => Implementation::fastest().into(),
        };
        let variant = kernel
            .variant
            .unwrap_or_else(KernelVariant::of_this_processor);
        if selftest::passes(kernel.implementation, variant) {
            KernelChoice {
                kernel,
                warning: None,
            }
        } else {
            KernelChoice {
                kernel: Implementation::Crates.into(),
                warning: Some(ImplementationWarning::WrongDigest(kernel.implementation)),
            }
        }
    }
}

impl Kernel {
    /// Checks the parameters, which this kernel will compute.
    ///
    /// # Errors
    /// As [`Plan::on`].
    pub fn plan(self, params: Params) -> Result<Plan, KernelError> {
        let plan = Plan::on(self.implementation, params)?;
        Ok(match self.variant {
            Some(variant) => plan.with_named_variant(variant),
            None => plan,
        })
    }
}

impl Implementation {
    /// The fastest implementation that passes the self-test. The test runs once in a process.
    pub fn best() -> Self {
        static BEST: OnceLock<Implementation> = OnceLock::new();
        *BEST.get_or_init(|| Kernel::choose(None).kernel.implementation)
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
