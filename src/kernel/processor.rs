//! What is known of processors: the variant that was measured as the best on those of a kind.

use crate::kernel::{BlockLayout, Distance, InputXor, KernelVariant, NextWrite};

/// Measured on AMD's Zen 4 and Zen 5 (families 25 and 26 of processors with AVX-512).
const OF_ZEN_4_AND_5: KernelVariant = KernelVariant {
    inputs: InputXor::Kept,
    next_write: NextWrite::NotAsked,
    layout: BlockLayout::Beside,
    distance: Distance::Four,
};

impl KernelVariant {
    /// The best that is known of this processor. It is where [`Plan::tune`] begins, and what a plan
    /// keeps that can't be measured.
    ///
    /// [`Plan::tune`]: crate::kernel::Plan::tune
    pub fn of_this_processor() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::sync::OnceLock;
            // Asking is slow in a virtual machine.
            static KNOWN: OnceLock<KernelVariant> = OnceLock::new();
            *KNOWN.get_or_init(|| {
                let has_avx512 = crate::kernel::Implementation::Avx512.is_available();
                match identity() {
                    (vendor, 25 | 26) if vendor == *b"AuthenticAMD" && has_avx512 => OF_ZEN_4_AND_5,
                    _ => Self::DEFAULT,
                }
            })
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self::DEFAULT
    }
}

/// The vendor and the family, as the instruction `cpuid` says them: leaves 0 and 1 in the volume 2A
/// of Intel's manual, and in AMD's publication 24594.
#[cfg(target_arch = "x86_64")]
fn identity() -> ([u8; 12], u32) {
    use std::arch::x86_64::__cpuid;
    let leaf = __cpuid(0);
    let mut vendor = [0; 12];
    for (bytes, register) in vendor.chunks_mut(4).zip([leaf.ebx, leaf.edx, leaf.ecx]) {
        bytes.copy_from_slice(&register.to_le_bytes());
    }
    let signature = __cpuid(1).eax;
    let (base, extended) = (signature >> 8 & 0xf, signature >> 20 & 0xff);
    let family = if base == 0xf { base + extended } else { base };
    (vendor, family)
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn the_family_is_that_of_the_system() {
        let Ok(info) = std::fs::read_to_string("/proc/cpuinfo") else {
            return;
        };
        let value = |name: &str| {
            let mut lines = info.lines();
            let line = lines.find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let (vendor, family) = identity();
        if let (Some(of_system), Some(named)) = (value("cpu family"), value("vendor_id")) {
            assert_eq!(family.to_string(), of_system);
            assert_eq!(vendor, *named.as_bytes());
        }
    }
}
