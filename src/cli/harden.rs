//! Keeps this process's memory to itself: it holds passwords and the database's URL.

use rustix::process::{Resource, Rlimit, setrlimit};

/// No core is dumped, and no other process of this user reads its memory.
///
/// Where the system refuses, the command goes on: it protects what it can.
pub(super) fn keep_memory_private() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).ok();
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}
