//! A password against a stored value that the application has read itself.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::{Checked, Value, admit, check};
use super::shared::{Shared, column};
use crate::auth::AuthError;
use crate::scheme::{Declared, Scheme, VerifyError};
use crate::serve::http::{Condition, Refusal, VerifyAnswer, VerifyRequest, json, read};

/// Check a password against a stored value
///
/// Reads no database and writes nothing: the application does both, under the condition in the answer.
#[utoipa::path(
    post,
    path = "/v1/verify",
    request_body = VerifyRequest,
    responses((status = 200, description = "The password was checked", body = VerifyAnswer), Refusal)
)]
pub(in crate::serve) async fn verify(
    State(app): Shared,
    request: Request,
) -> Result<Response, Refusal> {
    let request: VerifyRequest = read(app.body, request).await?;
    let mut column = column(&app, request.credential.as_ref())?;
    if let Some(scheme) = &request.scheme {
        let known = Scheme::parse(scheme.as_str())
            .map_err(|_| Refusal::Unprocessable("there is no scheme of that name"))?;
        column.declared = Declared::Scheme(known);
    }
    let given = request.given()?;
    let value = Value {
        stored: Some(given.stored),
        salt: given.salt,
        salt2: given.salt2,
        username: given.username,
        user_id: given.user_id,
        charset: given.charset,
    };
    let ticket = admit(&app)?;
    let checked = check(&app, &ticket, column, value, given.password).await?;
    match checked.error {
        // The application's own omission, which it must see before its users do.
        Some(AuthError::Verify(VerifyError::Missing { .. })) => {
            return Err(Refusal::Unprocessable(
                "the scheme needs a salt, a username or a user_id that was not given",
            ));
        }
        Some(_) => app.metrics.unverifiable.add(),
        None => {}
    }
    Ok(json(StatusCode::OK, &VerifyAnswer::of(&checked)))
}

impl VerifyAnswer {
    fn of(checked: &Checked) -> Self {
        let replacement = checked.replacement.as_ref();
        Self {
            outcome: checked.verdict.into(),
            replacement: replacement.map(|better| better.as_str().to_owned()),
            write_if: replacement.map(|_| Condition::StoredIsUnchanged),
        }
    }
}
