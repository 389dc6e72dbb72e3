//! Which implementation computes, and whether it can be trusted on this machine.

use std::sync::OnceLock;

use super::selftest;
use crate::kernel::{KernelError, Params, Path, Plan};

/// The path chosen for this process, and what was wrong if it is not the one that was wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// What computes.
    pub path: Path,
    /// Why something faster does not.
    pub warning: Option<Warning>,
}

/// Why a path is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// The processor lacks the instructions.
    #[error("this processor does not have the instructions of the hash kernel {}", .0.name())]
    Unavailable(Path),
    /// A known answer came out wrong; the crates are used.
    #[error("the hash kernel {} gave a wrong digest in its self-test and is not used", .0.name())]
    WrongDigest(Path),
}

impl Path {
    /// Tries `wished`, or else the fastest that there is, against known answers.
    ///
    /// What is unavailable or wrong gives way to the crates with a warning.
    pub fn choose(wished: Option<Self>) -> Chosen {
        let path = match wished {
            Some(path) if !path.is_available() => {
                return Chosen {
                    path: Self::best(),
                    warning: Some(Warning::Unavailable(path)),
                };
            }
            Some(path) => path,
            None => Self::fastest(),
        };
        if selftest::passes(path) {
            Chosen {
                path,
                warning: None,
            }
        } else {
            Chosen {
                path: Self::Crates,
                warning: Some(Warning::WrongDigest(path)),
            }
        }
    }

    /// The fastest path that passes the self-test, which is made once in a process.
    pub fn best() -> Self {
        static BEST: OnceLock<Path> = OnceLock::new();
        *BEST.get_or_init(|| Self::choose(None).path)
    }

    fn fastest() -> Self {
        Self::ALL
            .into_iter()
            .rfind(|path| path.is_available())
            .unwrap_or(Self::Crates)
    }
}

impl Plan {
    /// Checks the parameters. What computes them is [`Path::best`].
    pub fn new(params: Params) -> Result<Self, KernelError> {
        Self::on(Path::best(), params)
    }
}
