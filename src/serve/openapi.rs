//! The OpenAPI document: its head here, its routes from the handlers.

use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use super::answer::Problem;
use super::api;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "saltern serve",
        description = "Checks passwords against whatever is stored, and replaces weak hashes by strong ones."
    ),
    components(schemas(Problem)),
    modifiers(&Bearer),
    security((), ("token" = []))
)]
struct Head;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}

/// Everything but the routes.
pub(super) fn head() -> utoipa::openapi::OpenApi {
    Head::openapi()
}

/// The document in JSON.
pub fn document() -> String {
    let (_, document) = api::routes().split_for_parts();
    let mut text = document
        .to_pretty_json()
        .expect("the document can always be written as JSON");
    text.push('\n');
    text
}
