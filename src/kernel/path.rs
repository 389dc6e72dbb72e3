//! Which implementation computes, and whether it can be trusted on this machine.

use std::sync::OnceLock;

use super::selftest;

/// An implementation of the hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// The `argon2` and `bcrypt` crates: the oracle, and the way out.
    Crates,
    /// Our own kernels in plain Rust.
    Portable,
    /// Argon2id in AVX2, bcrypt as in `Portable`.
    Avx2,
    /// Argon2id in AVX-512, bcrypt as in `Portable`.
    Avx512,
}

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
    /// Every path, the fastest last.
    pub const ALL: [Self; 4] = [Self::Crates, Self::Portable, Self::Avx2, Self::Avx512];

    /// The path of that name, as `SALTERN_KERNEL` spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|path| path.name() == name)
    }

    /// `crate`, `portable`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crates => "crate",
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this processor has what the path needs.
    pub fn is_available(self) -> bool {
        match self {
            Self::Crates | Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => super::argon2id::Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => super::argon2id::Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

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
