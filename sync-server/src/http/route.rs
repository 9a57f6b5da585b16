//! Every address of the hub, in one table; the description of the API is made from it.

use std::sync::Arc;

use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::describe::{Description, complete};
use super::state::HubState;
use super::{
    application, blob, invite, layer, live, log, place, seal, session, submission, ticket, upload, verify,
};
use crate::error::{ErrorCode, HubError};

/// All routes.
pub(super) fn table() -> OpenApiRouter<HubState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::challenge))
        .routes(routes!(session::token))
        .routes(routes!(application::list))
        .routes(routes!(application::publish))
        .routes(routes!(application::exchange))
        .routes(routes!(application::start))
        .routes(routes!(application::held))
        .routes(routes!(log::standing, log::adopt))
        .routes(routes!(log::open_epoch))
        .routes(routes!(submission::obstacles))
        .routes(routes!(submission::finalise))
        .routes(routes!(submission::receipt))
        .routes(routes!(seal::root))
        .routes(routes!(seal::checkpoint))
        .routes(routes!(seal::consistency))
        .routes(routes!(seal::keys))
        .routes(routes!(seal::known))
        .routes(routes!(live::live))
        .routes(routes!(upload::options, upload::begin))
        .routes(routes!(ticket::give))
        .routes(routes!(upload::state, upload::append, upload::end))
        .routes(routes!(blob::get, blob::has))
        .routes(routes!(blob::known))
        .routes(routes!(invite::show, invite::enrol))
        .routes(routes!(place::health))
        .routes(routes!(place::metrics))
        .routes(routes!(place::description))
}

/// The hub as something that answers requests.
pub(crate) fn router(state: HubState) -> Router {
    let (router, routes) = table().split_for_parts();
    let description = Arc::new(complete(&routes).to_string());
    let router = router
        // Laid out by C2SP tlog-tiles, which describes it.
        .route("/v1/log/tile/{*path}", get(seal::tile))
        // For people, not programs.
        .route("/verify", get(verify::page).post(verify::answer))
        .layer(Extension(description))
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
