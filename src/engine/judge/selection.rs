//! The rows that a reset may touch, once the operator's lists have become keys. The lists are read
//! elsewhere.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use crate::store::Key;

/// The keys of a credential's rows, in the ledger's form.
pub(crate) type KeySet = HashSet<String>;

/// A request whose lists have become keys.
#[derive(Debug, Default)]
pub(crate) struct ResetSelection {
    pub(crate) users: Option<HashMap<String, KeySet>>,
    pub(crate) except: HashMap<String, KeySet>,
    /// Rows that were wrapped too short a time ago.
    pub(crate) lately: HashMap<String, HashSet<KeyPrint>>,
    pub(crate) reason: String,
}

/// What is kept of a key where there may be millions: the first half of its SHA-256.
pub(crate) type KeyPrint = [u8; 16];

impl ResetSelection {
    /// Whether a row is among those that the lists leave.
    pub(crate) fn takes(&self, credential: &str, key: &Key) -> bool {
        if self.users.is_none() && self.except.is_empty() && self.lately.is_empty() {
            return true;
        }
        let line = key.to_ledger();
        let has = |keys: Option<&KeySet>| keys.is_some_and(|keys| keys.contains(&line));
        let lately = self.lately.get(credential);
        !has(self.except.get(credential))
            && !lately.is_some_and(|prints| prints.contains(&print_of(&line)))
            && self
                .users
                .as_ref()
                .is_none_or(|users| has(users.get(credential)))
    }
}

pub(crate) fn print_of(key: &str) -> KeyPrint {
    let digest = Sha256::digest(key.as_bytes());
    digest.first_chunk().copied().expect("a SHA-256 is longer")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: crate::store::KeyKind = crate::store::KeyKind::Int;

    #[test]
    fn a_list_of_exceptions_wins_over_a_list_of_users() {
        let keys = |of: &[&str]| {
            HashMap::from([(
                "parents".to_owned(),
                of.iter().map(|key| format!("[\"{key}\"]")).collect(),
            )])
        };
        let key = |n: &str| Key::from_ledger(&format!("[\"{n}\"]"), &[KIND]).expect("a key");
        let selection = ResetSelection {
            users: Some(keys(&["1", "2"])),
            except: keys(&["2", "3"]),
            reason: String::new(),
            lately: HashMap::new(),
        };
        let taken: Vec<&str> = ["1", "2", "3", "4"]
            .into_iter()
            .filter(|n| selection.takes("parents", &key(n)))
            .collect();
        assert_eq!(taken, ["1"]);
        assert!(!selection.takes("kids", &key("1")));
    }
}
