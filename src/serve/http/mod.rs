//! What goes over the wire: bodies in and out as types, with their limits. It knows no database and hashes nothing.

mod answers;
mod refusal;
mod request;

pub(super) use answers::{
    Condition, FinishAnswer, FinishOutcome, HashAnswer, Health, KratosAnswer, LoginAnswer, Outcome,
    StartAnswer, VerifyAnswer,
};
pub(super) use refusal::{Problem, Refusal, json};
pub(super) use request::{
    BodyLimits, Chosen, FinishRequest, HashRequest, KratosRequest, LoginRequest, Secret,
    StartRequest, VerifyRequest, read,
};
