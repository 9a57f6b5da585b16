//! Every address of the hub, in one table; the description of the API is made from it.

use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::HubState;
use super::{application, invite, layer, live, log, place, session};
use crate::error::{ErrorCode, HubError};

/// What stands at the head of the API's description.
#[derive(OpenApi)]
#[openapi(info(
    title = "Huiqian hub",
    description = "Requests with the security scheme `device` bear `Authorization: Bearer <token>` and \
                   `Huiqian-Proof: <number> <signature>`. The number is the request's under its token, in \
                   decimal, and counts once: it grows, and may come out of order by 127 at most. The signature is \
                   the device's (Ed25519) over token, number, method, path and query, and SHA-256 of the body, \
                   with line feeds between."
))]
struct Description;

/// All routes.
fn table() -> OpenApiRouter<HubState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::challenge))
        .routes(routes!(session::token))
        .routes(routes!(application::list))
        .routes(routes!(application::publish))
        .routes(routes!(application::exchange))
        .routes(routes!(application::start))
        .routes(routes!(log::standing, log::adopt))
        .routes(routes!(log::open_epoch))
        .routes(routes!(live::live))
        .routes(routes!(invite::show, invite::enrol))
        .routes(routes!(place::health))
        .routes(routes!(place::metrics))
}

/// The hub as something that answers requests.
pub(crate) fn router(state: HubState) -> Router {
    let (router, mut description) = table().split_for_parts();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("device", SecurityScheme::Http(scheme));
    let description = move || {
        let description = description.clone();
        async move { Json(description) }
    };
    let router = router
        .route("/openapi.json", get(description))
        .fallback(unknown)
        .method_not_allowed_fallback(other_method)
        .with_state(state);
    layer::apply(router)
}

async fn unknown() -> impl IntoResponse {
    HubError::new(ErrorCode::NotFound, "the hub has no such address; /openapi.json lists them")
}

async fn other_method() -> impl IntoResponse {
    HubError::new(ErrorCode::MethodNotAllowed, "the address takes other methods; /openapi.json lists them")
}
