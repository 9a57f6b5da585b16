//! Requests to a hub. Each is signed by the device's key, so a token that somebody has copied is of no use.

use std::sync::Arc;
use std::time::Duration;

use form_document::key::{PublicKey, Purpose, SigningKey};
use form_document::roster::SignedEntry;
use form_document::wire::{
    self, Exchange, Invitation, LogStanding, MESSAGE_MAX_BYTES, Page, Publish, Reply, START_MAX_BYTES, Say,
    Start, Tell,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use futures_util::{SinkExt, StreamExt};
use minicbor::Decode;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use reqwest_websocket::{Message, Upgrade, WebSocket};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::problem;

/// How long connecting may take: a slow office line with a proxy answers within this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long one request may take: 4 MiB over a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// The signature over a request.
const PROOF_HEADER: &str = "Huiqian-Proof";
/// The code by which a closed hub takes a new application.
const ADMISSION_HEADER: &str = "Huiqian-Admission";
/// Which device asks for an invite: one that was cut off after using it is answered again.
const DEVICE_HEADER: &str = "Huiqian-Device";
const CBOR: &str = "application/cbor";

/// Makes ring the process' cryptography for TLS, as every HTTP client of this build needs before it is made.
pub fn prepare_tls() {
    // Fails only when a provider was installed before, and then there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A hub as one device talks to it.
#[derive(Debug, Clone)]
pub struct HubConnection {
    http: Client,
    base: String,
    device: Arc<SigningKey>,
    token: Arc<Mutex<Option<String>>>,
}

#[derive(Serialize)]
struct ChallengeRequest {
    device: PublicKey,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
    hub: PublicKey,
}

#[derive(Serialize)]
struct TokenRequest {
    device: PublicKey,
    challenge: String,
    signature: form_document::key::Signature,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl HubConnection {
    /// A connection to the hub at a web address. Nothing is sent yet.
    ///
    /// # Errors
    /// When the machine has no usable TLS set-up.
    pub fn new(url: &str, device: Arc<SigningKey>) -> Result<Self, UserError> {
        prepare_tls();
        let base = url.trim_end_matches('/').to_owned();
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .build()
            .map_err(|error| problem::unreachable(&base, &error))?;
        Ok(Self { http, base, device, token: Arc::default() })
    }

    /// The hub's address.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// The key that the hub's log is signed with, as it says itself.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn key(&self) -> Result<PublicKey, UserError> {
        Ok(self.challenge().await?.hub)
    }

    /// Hands an application over to the hub.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn publish(
        &self,
        id: &ApplicationId,
        publish: &Publish,
        admission: &str,
    ) -> Result<(), UserError> {
        let path = format!("/v1/applications/{id}");
        self.send(Method::PUT, &path, wire::encode(publish), Some(admission)).await.map(|_| ())
    }

    /// One round: hands over, and asks for what is new.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn exchange(&self, id: &ApplicationId, exchange: &Exchange) -> Result<Reply, UserError> {
        let path = format!("/v1/applications/{id}/exchange");
        let response = self.send(Method::POST, &path, wire::encode(exchange), None).await?;
        // A reply holds a page and a receipt.
        self.message(response, 2 * MESSAGE_MAX_BYTES).await
    }

    /// The compact start for a desk that has nothing yet.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn start(&self, id: &ApplicationId) -> Result<Start, UserError> {
        let path = format!("/v1/applications/{id}/start");
        let response = self.send(Method::GET, &path, Vec::new(), None).await?;
        self.message(response, START_MAX_BYTES).await
    }

    /// Gives a hub that was restored from a backup back what it has lost.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn top_up(&self, id: &ApplicationId, page: &Page) -> Result<(), UserError> {
        let path = format!("/v1/applications/{id}/log");
        self.send(Method::POST, &path, wire::encode(page), None).await.map(|_| ())
    }

    /// Where the hub's log stands, and whom a restored hub waits for.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn standing(&self, id: &ApplicationId) -> Result<LogStanding, UserError> {
        let path = format!("/v1/applications/{id}/log");
        let response = self.send(Method::GET, &path, Vec::new(), None).await?;
        self.message(response, START_MAX_BYTES).await
    }

    /// Lets a restored hub go on without what nobody could give back.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn open_epoch(&self, id: &ApplicationId, entry: &SignedEntry) -> Result<(), UserError> {
        let path = format!("/v1/applications/{id}/epochs");
        self.send(Method::POST, &path, wire::encode(entry), None).await.map(|_| ())
    }

    /// What an invite, or a recovery code, leads to.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn invitation(&self, key: &PublicKey) -> Result<Invitation, UserError> {
        let request = self.http.get(self.address(&format!("/v1/invites/{key}")));
        let request = request.header(DEVICE_HEADER, self.device.public().to_string());
        let response = self.answered(request).await?;
        self.message(response, START_MAX_BYTES).await
    }

    /// Enrols this device with an invite, or the recovery code.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn enrol(&self, key: &PublicKey, entry: &SignedEntry) -> Result<(), UserError> {
        let path = format!("/v1/invites/{key}");
        self.send(Method::POST, &path, wire::encode(entry), None).await.map(|_| ())
    }

    /// Opens the live stream of an application.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn live(&self, id: &ApplicationId) -> Result<Live, UserError> {
        let path = format!("/v1/applications/{id}/live");
        let token = self.token().await?;
        let request = self.signed(self.http.get(self.address(&path)), &Method::GET, &path, &[], &token);
        let response =
            request.upgrade().send().await.map_err(|error| problem::unreachable(&self.base, &error))?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.problem(response.into_inner()).await);
        }
        let socket =
            response.into_websocket().await.map_err(|error| problem::unreachable(&self.base, &error))?;
        Ok(Live { socket, hub: self.base.clone() })
    }

    /// A signed request; with a fresh token where the hub no longer knows the old one.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        admission: Option<&str>,
    ) -> Result<Response, UserError> {
        for again in [true, false] {
            let token = self.token().await?;
            let mut request = self.http.request(method.clone(), self.address(path));
            request = self.signed(request, &method, path, &body, &token);
            if let Some(code) = admission.filter(|code| !code.is_empty()) {
                request = request.header(ADMISSION_HEADER, code);
            }
            let request = request.header("Content-Type", CBOR).body(body.clone());
            let sent = request.timeout(REQUEST_TIMEOUT).send().await;
            let response = sent.map_err(|error| problem::unreachable(&self.base, &error))?;
            if response.status() == StatusCode::UNAUTHORIZED && again {
                *self.token.lock().await = None;
                continue;
            }
            return self.checked(response).await;
        }
        Err(problem::refused(&self.base, "token_unknown", String::new()))
    }

    fn signed(
        &self,
        request: RequestBuilder,
        method: &Method,
        path: &str,
        body: &[u8],
        token: &str,
    ) -> RequestBuilder {
        let mut content = format!("{token}\n{method}\n{path}\n").into_bytes();
        content.extend_from_slice(digest(&SHA256, body).as_ref());
        let proof = self.device.sign(Purpose::Request, &content);
        request.bearer_auth(token).header(PROOF_HEADER, proof.to_string())
    }

    async fn token(&self) -> Result<String, UserError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let Challenge { challenge, hub } = self.challenge().await?;
        let bytes: PublicKey =
            challenge.parse().map_err(|_| problem::refused(&self.base, "bad_answer", String::new()))?;
        let content = [hub.0, bytes.0].concat();
        let signature = self.device.sign(Purpose::Challenge, &content);
        let body = TokenRequest { device: self.device.public(), challenge, signature };
        let response = self.answered(self.http.post(self.address("/v1/tokens")).json(&body)).await?;
        let Token { token } =
            response.json().await.map_err(|error| problem::unreachable(&self.base, &error))?;
        Ok(kept.insert(token).clone())
    }

    async fn challenge(&self) -> Result<Challenge, UserError> {
        let body = ChallengeRequest { device: self.device.public() };
        let response = self.answered(self.http.post(self.address("/v1/challenges")).json(&body)).await?;
        response.json().await.map_err(|error| problem::unreachable(&self.base, &error))
    }

    async fn answered(&self, request: RequestBuilder) -> Result<Response, UserError> {
        let sent = request.timeout(REQUEST_TIMEOUT).send().await;
        self.checked(sent.map_err(|error| problem::unreachable(&self.base, &error))?).await
    }

    async fn checked(&self, response: Response) -> Result<Response, UserError> {
        if response.status().is_success() { Ok(response) } else { Err(self.problem(response).await) }
    }

    async fn problem(&self, response: Response) -> UserError {
        let status = response.status();
        match response.bytes().await {
            Ok(body) => problem::read(&self.base, status, &body),
            Err(error) => problem::unreachable(&self.base, &error),
        }
    }

    /// Reads a CBOR answer, no more than `limit` bytes of it.
    async fn message<T: for<'a> Decode<'a, ()>>(
        &self,
        mut response: Response,
        limit: usize,
    ) -> Result<T, UserError> {
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| problem::unreachable(&self.base, &error))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                return Err(problem::refused(&self.base, "answer_too_large", String::new()));
            }
        }
        wire::decode_up_to(&body, limit).map_err(|error| problem::bad_answer(&self.base, &error))
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// An open live stream.
pub struct Live {
    socket: WebSocket,
    hub: String,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live({})", self.hub)
    }
}

impl Live {
    /// Says something.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`] when the line is gone.
    pub async fn say(&mut self, say: &Say) -> Result<(), UserError> {
        let message = Message::Binary(wire::encode(say).into());
        self.socket.send(message).await.map_err(|error| problem::unreachable(&self.hub, &error))
    }

    /// Keeps a proxy from closing a quiet line.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`] when the line is gone.
    pub async fn ping(&mut self) -> Result<(), UserError> {
        let ping = Message::Ping(Vec::new().into());
        self.socket.send(ping).await.map_err(|error| problem::unreachable(&self.hub, &error))
    }

    /// What the hub says next.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`] when the line is gone, [`ErrorCode::HubRefused`] when the hub closes it
    /// with a reason, or says what is no message.
    pub async fn hear(&mut self) -> Result<Tell, UserError> {
        loop {
            let closed = || {
                UserError::new(ErrorCode::HubUnreachable).with("hub", &self.hub).with_pair(
                    "cause",
                    "连接已断开".to_owned(),
                    "the line was closed".to_owned(),
                )
            };
            let next = self.socket.next().await.ok_or_else(closed)?;
            match next.map_err(|error| problem::unreachable(&self.hub, &error))? {
                Message::Binary(bytes) => {
                    return wire::decode_up_to(&bytes, 2 * MESSAGE_MAX_BYTES)
                        .map_err(|error| problem::bad_answer(&self.hub, &error));
                }
                Message::Close { reason, .. } if problem::is_code(&reason) => {
                    return Err(problem::refused(&self.hub, &reason, String::new()));
                }
                Message::Close { .. } => return Err(closed()),
                Message::Text(_) | Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }
}
