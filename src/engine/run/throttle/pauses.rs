//! Pauses: the pause file, and `saltern control pause`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use super::signal::{Hold, ThrottleLook, ThrottleSignal};
use crate::engine::event::HeldBy;
use crate::engine::steering::{Steering, by_whom};

/// Pages wait while the file exists.
#[derive(Debug)]
pub(crate) struct PauseFile(pub(crate) PathBuf);

impl ThrottleSignal for PauseFile {
    fn held_by(&self) -> HeldBy {
        HeldBy::PauseFile
    }

    fn check(&mut self, _: &ThrottleLook) -> Option<Hold> {
        let is_there = self.0.exists();
        is_there.then(|| Hold::because("the pause file is there".to_owned()))
    }
}

/// Pages wait while an order to pause stands.
#[derive(Debug)]
pub(crate) struct OrderedPause(pub(crate) Rc<RefCell<Steering>>);

impl ThrottleSignal for OrderedPause {
    fn held_by(&self) -> HeldBy {
        HeldBy::Control
    }

    fn check(&mut self, _: &ThrottleLook) -> Option<Hold> {
        let steering = self.0.borrow();
        Some(Hold::because(by_whom(steering.pause()?)))
    }
}
