//! The implementations of the hashes, and which of them this processor can run.

/// An implementation of the hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implementation {
    /// The `argon2` and `bcrypt` crates: what ours are checked against, and what replaces them.
    Crates,
    /// Our own kernels in plain Rust.
    Portable,
    /// Argon2id in AVX2, bcrypt as in `Portable`.
    Avx2,
    /// Argon2id in AVX-512, bcrypt as in `Portable`.
    Avx512,
}

impl Implementation {
    /// Every implementation, the fastest last.
    pub const ALL: [Self; 4] = [Self::Crates, Self::Portable, Self::Avx2, Self::Avx512];

    /// The implementation of that name, as `SALTERN_KERNEL` spells it; none for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|implementation| implementation.as_str() == name)
    }

    /// `crate`, `portable`, `avx2` or `avx512`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crates => "crate",
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this processor has the instructions that the implementation needs.
    ///
    /// `unsafe` code relies on it: `Avx2` and `Avx512` exist only where this is true.
    pub fn is_available(self) -> bool {
        match self {
            Self::Crates | Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }
}
