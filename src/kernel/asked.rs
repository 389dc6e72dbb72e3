//! A kernel as it is asked for: an implementation, and perhaps a variant of it.

use std::fmt;

use crate::kernel::{Implementation, KernelVariant};

/// What is to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel {
    /// The implementation.
    pub implementation: Implementation,
    /// How our own Argon2id is built; none for the best that is known or measured.
    pub variant: Option<KernelVariant>,
}

impl Kernel {
    /// The kernel of that name, as `SALTERN_KERNEL` spells it: `avx512`, or with a variant
    /// `avx512:kept-unasked-beside-4`. None for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        let (implementation, variant) = match name.split_once(':') {
            Some((implementation, variant)) => {
                (implementation, Some(KernelVariant::parse(variant)?))
            }
            None => (name, None),
        };
        let implementation = Implementation::parse(implementation)?;
        // The crates have no variants.
        let is_own = implementation != Implementation::Crates;
        (is_own || variant.is_none()).then_some(Self {
            implementation,
            variant,
        })
    }
}

impl From<Implementation> for Kernel {
    fn from(implementation: Implementation) -> Self {
        Self {
            implementation,
            variant: None,
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.implementation.as_str())?;
        match self.variant {
            Some(variant) => write!(f, ":{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_read_as_it_is_written() {
        for name in ["crate", "avx512", "avx2:loaded-behind-apart-8", "portable"] {
            let kernel = Kernel::parse(name).unwrap();
            assert_eq!(kernel.to_string(), name);
        }
        for wrong in [
            "",
            "avx",
            "crate:kept-unasked-beside-4",
            "avx512:",
            "avx512:kept",
        ] {
            assert_eq!(Kernel::parse(wrong), None, "{wrong}");
        }
    }
}
