//! What goes over the wire: the bodies of requests and answers as types, with their limits.
//!
//! It reads no database and makes no hash.

mod answers;
mod form;
mod refusal;
mod request;

pub(super) use answers::{
    Condition, FinishAnswer, FinishOutcome, HashAnswer, Health, KratosAnswer, LoginAnswer,
    PasswordOutcome, StartAnswer, Unready, VerifyAnswer,
};
pub(super) use refusal::{ApiRefusal, RefusalBody, json};
pub(super) use request::{
    BodyLimits, FinishRequest, HashRequest, KratosRequest, LoginRequest, NewPassword,
    ResetStartRequest, SecretText, VerifyRequest, client, read, read_form,
};
