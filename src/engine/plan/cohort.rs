//! The rows of a reset with a limit: a heap that keeps the best candidates in bounded memory.

use std::collections::BinaryHeap;

use crate::policy::LastLogin;
use crate::store::Key;

/// The rows of a cohort: those whose users have been away longest. Where two have been away equally
/// long, the earlier in the order of columns and keys.
pub(crate) struct Cohort(pub(crate) BinaryHeap<Member>, usize, u64);

/// A row of it. The greatest is the first to make room.
pub(crate) struct Member {
    pub(crate) away: i64,
    pub(crate) number: u64,
    pub(crate) column: usize,
    pub(crate) key: Key,
}

impl Cohort {
    pub(crate) fn new(limit: Option<u64>) -> Self {
        let size = limit.map_or(0, |rows| usize::try_from(rows).unwrap_or(usize::MAX));
        Self(BinaryHeap::new(), size, 0)
    }

    pub(crate) fn offer(&mut self, column: usize, last_login: LastLogin, key: Key) {
        let away = match last_login {
            LastLogin::Never => i64::MIN,
            LastLogin::At(ms) => ms,
            // Users without a known last login come last.
            LastLogin::Unknown => i64::MAX,
        };
        self.2 += 1;
        let member = Member {
            away,
            number: self.2,
            column,
            key,
        };
        if self.0.len() < self.1 {
            self.0.push(member);
        } else if self.0.peek().is_some_and(|last| member < *last) {
            self.0.pop();
            self.0.push(member);
        }
    }
}

impl Member {
    fn order(&self) -> (i64, u64) {
        (self.away, self.number)
    }
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Member {}

impl PartialOrd for Member {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Member {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cohort_is_who_has_been_away_longest() {
        let mut cohort = Cohort::new(Some(3));
        let logins = [
            LastLogin::At(30),
            LastLogin::Unknown,
            LastLogin::At(10),
            LastLogin::Never,
            LastLogin::At(20),
            LastLogin::At(10),
        ];
        for (n, login) in logins.into_iter().enumerate() {
            let key = Key::from_ledger(&format!("[\"{n}\"]"), &[KIND]).expect("a key");
            cohort.offer(0, login, key);
        }
        let keys: Vec<String> = cohort
            .0
            .into_sorted_vec()
            .iter()
            .map(|member| member.key.to_string())
            .collect();
        assert_eq!(keys, ["3", "2", "5"]);
    }

    const KIND: crate::store::KeyKind = crate::store::KeyKind::Int;
}
