//! The only way out of the page: the shell's commands and its events.

use std::collections::BTreeMap;

use form_model::error::UserError;
use form_model::language::Language;
use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::text;

#[wasm_bindgen(module = "/js/shell.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = invoke)]
    async fn invoke_json(
        command: &str,
        arguments: &str,
        on_event: Option<&Closure<dyn FnMut(String)>>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = invokeBytes)]
    async fn invoke_bytes(command: &str, bytes: &Uint8Array, headers: &str) -> Result<JsValue, JsValue>;
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The shell said why.
    Told(UserError),
    /// The shell did not answer in our terms: the text is its own.
    Untold(String),
}

impl Failure {
    /// What is wrong and what to do.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Self::Told(error) => error.sentence(language),
            Self::Untold(cause) => text::NO_ANSWER.fill(language, &[("cause", cause)]),
        }
    }
}

#[derive(Serialize)]
struct Request<'a, T> {
    request: &'a T,
}

/// A command's only argument where it is about one application as a whole.
#[derive(Serialize)]
pub struct About<'a> {
    pub id: &'a form_model::id::ApplicationId,
}

/// Calls a command that takes one request.
///
/// # Errors
/// What the shell answers instead.
pub async fn request<Q: Serialize, A: DeserializeOwned>(command: &str, request: &Q) -> Result<A, Failure> {
    call(command, &Request { request }, None).await
}

/// Calls a command whose parameters are the properties of `arguments`. `on_event`, where given, becomes the
/// channel `events` and must outlive it.
///
/// # Errors
/// What the shell answers instead.
pub async fn call<Q: Serialize, A: DeserializeOwned>(
    command: &str,
    arguments: &Q,
    on_event: Option<&Closure<dyn FnMut(String)>>,
) -> Result<A, Failure> {
    let arguments = serde_json::to_string(arguments).map_err(untold)?;
    read(invoke_json(command, &arguments, on_event).await)
}

/// Calls a command whose body is bytes.
///
/// # Errors
/// What the shell answers instead.
pub async fn send<A: DeserializeOwned>(
    command: &str,
    bytes: &Uint8Array,
    headers: &BTreeMap<&str, &str>,
) -> Result<A, Failure> {
    let headers = serde_json::to_string(headers).map_err(untold)?;
    read(invoke_bytes(command, bytes, &headers).await)
}

fn read<A: DeserializeOwned>(answer: Result<JsValue, JsValue>) -> Result<A, Failure> {
    let answer = answer.map_err(|problem| {
        let problem = problem.as_string().unwrap_or_default();
        serde_json::from_str(&problem).map_or(Failure::Untold(problem), Failure::Told)
    })?;
    serde_json::from_str(&answer.as_string().unwrap_or_default()).map_err(untold)
}

#[allow(clippy::needless_pass_by_value)] // The shape that map_err wants.
fn untold(cause: serde_json::Error) -> Failure {
    Failure::Untold(cause.to_string())
}
