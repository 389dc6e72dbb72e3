//! A refusal for machines.

use serde::Serialize;

use crate::engine::Refusal;

/// Why a job would refuse, and what the operator can do.
#[derive(Serialize)]
pub(in crate::report) struct RefusalObject<'a> {
    what: &'a str,
    what_to_do: &'a str,
}

impl<'a> RefusalObject<'a> {
    pub(in crate::report) fn of(refusal: &'a Refusal) -> Self {
        Self {
            what: &refusal.what,
            what_to_do: &refusal.hint,
        }
    }
}
