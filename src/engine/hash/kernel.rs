//! Which kernel hashes, and its plan for a target.

use crate::engine::event::{Event, Observer};
use crate::kernel::{HugePages, Kernel, KernelError, Params, Plan, huge_pages};
use crate::scheme::Outer;

/// The plan of a target's hashes, computed by `kernel`.
///
/// # Errors
/// Parameters that the kernel does not take.
pub fn plan_for(outer: &Outer, kernel: Kernel) -> Result<Plan, KernelError> {
    let params = match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => Params::Argon2id {
            memory_kib,
            iterations,
            parallelism,
            output_len: outer.digest_len(),
        },
        Outer::Bcrypt { cost, .. } => Params::Bcrypt { cost },
        Outer::Pbkdf2Sha256 { iterations } => Params::Pbkdf2Sha256 { iterations },
    };
    kernel.plan(params)
}

/// The kernel that passes its self-test. Warns where it is not the one that was wished, and where
/// it will be slower than it could be.
pub(crate) fn choose_kernel(
    wished: Option<Kernel>,
    outer: &Outer,
    observer: &dyn Observer,
) -> Kernel {
    let chosen = Kernel::choose(wished);
    if let Some(warning) = chosen.warning {
        observer.on(
            None,
            &Event::Warning {
                text: warning.to_string(),
            },
        );
    }
    if matches!(outer, Outer::Argon2id { .. }) && huge_pages() == HugePages::Refused {
        observer.on(
            None,
            &Event::Warning {
                text: "this system gives no huge pages, so hashing is slower by about a sixth; \
                       `madvise` in /sys/kernel/mm/transparent_hugepage/enabled gives them"
                    .to_owned(),
            },
        );
    }
    chosen.kernel
}
