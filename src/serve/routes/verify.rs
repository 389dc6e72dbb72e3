//! Checks a password against a stored value that the application has read itself.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::password::{PasswordCheck, Value, admit, check};
use super::shared::{AppState, column};
use crate::auth::AuthError;
use crate::scheme::{Declared, Scheme, VerifyError};
use crate::serve::http::{ApiRefusal, Condition, VerifyAnswer, VerifyRequest, json, read};

/// Check a password against a stored value
///
#[doc = " Reads no database and writes nothing: the application does both, under the condition \
         in the answer."]
#[utoipa::path(
    post,
    path = "/v1/verify",
    request_body = VerifyRequest,
    responses((status = 200, description = "The password was checked", body = VerifyAnswer), ApiRefusal)
)]
pub(in crate::serve) async fn verify(
    State(app): AppState,
    request: Request,
) -> Result<Response, ApiRefusal> {
    let request: VerifyRequest = read(app.body, request).await?;
    let mut column = column(&app, request.credential.as_ref())?;
    if let Some(scheme) = &request.scheme {
        let known = Scheme::parse(scheme.as_str())
            .map_err(|_| ApiRefusal::Unprocessable("there is no scheme of that name"))?;
        column.declared = Declared::Scheme(known);
    }
    let named = request.credential.as_ref();
    let site = named.and_then(|name| app.credential(name.as_str())?.site.clone());
    let given = request.into_value()?;
    let value = Value {
        stored: Some(given.stored),
        otherwise: None,
        salt: given.salt,
        salt2: given.salt2,
        username: given.username,
        user_id: given.user_id,
        site,
        charset: given.charset,
    };
    let what = PasswordCheck {
        column,
        value,
        password: given.password,
    };
    let ticket = admit(&app)?;
    let checked = check(&app, &ticket, what).await?;
    match checked.error {
        // The application left something out. It must see that before its users do.
        Some(AuthError::Verify(VerifyError::Missing { .. })) => {
            return Err(ApiRefusal::Unprocessable(
                "the scheme needs a salt, a username or a user_id that was not given",
            ));
        }
        Some(_) => app.metrics.unverifiable.add(),
        None => {}
    }
    let replacement = checked.replacement.as_ref();
    let answer = VerifyAnswer {
        outcome: checked.outcome,
        replacement: replacement.map(|better| better.as_str().to_owned()),
        write_if: replacement.map(|_| Condition::StoredIsUnchanged),
    };
    Ok(json(StatusCode::OK, &answer))
}
