//! Who else may read or write a file: one rule for every file that saltern is given.

use thiserror::Error;

/// What a file means to saltern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHolds {
    /// A secret: a token, a key, a salt, a database's URL.
    Secret,
    /// What saltern acts on: SQL that it runs, lists that it believes.
    Orders,
}

/// The permission bits of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRights(u32);

/// What is wrong with the rights of a file.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RightsFault {
    /// A secret that everybody may read.
    #[error("has mode {mode:04o}: others may read it")]
    Read {
        /// The permission bits.
        mode: u32,
    },
    /// A file that not only its owner may write.
    #[error("has mode {mode:04o}: others may write it")]
    Written {
        /// The permission bits.
        mode: u32,
    },
}

impl FileRights {
    /// The rights of a mode.
    pub fn of_mode(mode: u32) -> Self {
        Self(mode & 0o7777)
    }

    /// The lowest twelve bits of the mode.
    pub fn mode(self) -> u32 {
        self.0
    }

    /// Why a file with these rights is not used; none where it is.
    pub fn fault(self, holds: FileHolds) -> Option<RightsFault> {
        let mode = self.0;
        if mode & 0o022 != 0 {
            Some(RightsFault::Written { mode })
        } else if holds == FileHolds::Secret && mode & 0o004 != 0 {
            Some(RightsFault::Read { mode })
        } else {
            None
        }
    }

    /// Whether a secret is read by its group: it is used, with a warning. A Kubernetes Secret under
    /// `fsGroup` has such rights.
    pub fn is_read_by_group(self, holds: FileHolds) -> bool {
        holds == FileHolds::Secret && self.0 & 0o040 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_the_table_of_the_docs() {
        use FileHolds::{Orders, Secret};
        for (mode, secret, orders) in [
            (0o600, "fine", "fine"),
            (0o400, "fine", "fine"),
            (0o640, "warned", "fine"),
            (0o440, "warned", "fine"),
            (0o444, "read", "fine"),
            (0o644, "read", "fine"),
            (0o604, "read", "fine"),
            (0o660, "written", "written"),
            (0o620, "written", "written"),
            (0o602, "written", "written"),
            (0o666, "written", "written"),
            (0o100_600, "fine", "fine"),
        ] {
            for (holds, expected) in [(Secret, secret), (Orders, orders)] {
                let rights = FileRights::of_mode(mode);
                let found = match rights.fault(holds) {
                    Some(RightsFault::Read { .. }) => "read",
                    Some(RightsFault::Written { .. }) => "written",
                    None if rights.is_read_by_group(holds) => "warned",
                    None => "fine",
                };
                assert_eq!(found, expected, "{mode:04o} {holds:?}");
            }
        }
    }
}
