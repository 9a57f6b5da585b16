//! Requests to a hub. Each is signed by the device's key, so a token that somebody has copied is of no use.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use form_document::key::{Nonce, PublicKey, Purpose, Signature, SigningKey};
use form_document::log::Position;
use form_document::roster::{Hub, SignedEntry};
use form_document::session::{answer_content, challenge_content, request_content};
use form_document::wire::{
    self, Exchange, HeldWork, Invitation, LogStanding, MESSAGE_MAX_BYTES, Page, Publish, Reply,
    START_MAX_BYTES, Say, Start, Tell,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use futures_util::{SinkExt, StreamExt};
use minicbor::Decode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use reqwest_websocket::{Message, Upgrade, WebSocket};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::hub_line::HubLine;
use super::line::{self, Line};
use super::problem;
use crate::cause::because;

/// How long one request may take: 4 MiB over a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// How long the hub may take to open a live stream: a proxy that swallows the question answers never.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(20);
/// The request's number, and the signature over it all.
const PROOF_HEADER: &str = "Huiqian-Proof";
/// The code by which a closed hub takes a new application.
const ADMISSION_HEADER: &str = "Huiqian-Admission";
/// Which device asks for an invite: one that was cut off after using it is answered again.
const DEVICE_HEADER: &str = "Huiqian-Device";
const CBOR: &str = "application/cbor";
/// A body is packed from here on, in bytes: a smaller one travels in one packet either way.
const PACK_FROM_BYTES: usize = 1_400;

/// A hub as one device talks to it.
#[derive(Debug, Clone)]
pub struct HubConnection {
    line: Line,
    base: String,
    device: Arc<SigningKey>,
    /// The hub's key by the roster; `None` while no roster is known.
    key: Option<PublicKey>,
    session: Arc<Mutex<Option<Session>>>,
}

/// A token, and how many requests were made under it.
#[derive(Debug)]
struct Session {
    token: String,
    sent: u64,
}

/// What one request is signed with.
struct Ticket {
    token: String,
    /// Counts once under its token.
    number: u64,
}

#[derive(Serialize)]
struct ChallengeRequest {
    device: PublicKey,
    nonce: Nonce,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: Nonce,
    hub: PublicKey,
    proof: Signature,
}

#[derive(Serialize)]
struct TokenRequest {
    device: PublicKey,
    challenge: Nonce,
    signature: Signature,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl HubConnection {
    /// A connection to the hub that a roster names. Nothing is sent yet; and nothing is sent to whoever at that
    /// address does not have the hub's key.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn to(hub: &Hub, device: Arc<SigningKey>) -> Result<Self, UserError> {
        Ok(Self::new(&hub.url, device)?.expecting(hub.key))
    }

    /// A connection to a hub of which nothing but the web address is known.
    ///
    /// # Errors
    /// When the machine has no usable TLS set-up, or `HUIQIAN_CA_FILE` names no file with certificates.
    pub fn new(url: &str, device: Arc<SigningKey>) -> Result<Self, UserError> {
        Self::trusting(url, device, &line::authorities()?)
    }

    /// [`Self::new`], with certificates (PEM) of authorities that count beside the system's.
    ///
    /// # Errors
    /// When they are no certificates, or the machine has no usable TLS set-up.
    pub fn trusting(url: &str, device: Arc<SigningKey>, authorities: &[u8]) -> Result<Self, UserError> {
        let base = url.trim_end_matches('/').to_owned();
        let line = Line::new(&base, authorities)?;
        Ok(Self { line, base, device, key: None, session: Arc::default() })
    }

    /// The same, to the hub with this key alone.
    #[must_use]
    pub fn expecting(self, key: PublicKey) -> Self {
        Self { key: Some(key), session: Arc::default(), ..self }
    }

    /// Whether it leads to that hub.
    pub fn leads_to(&self, hub: &Hub) -> bool {
        self.base == hub.url.trim_end_matches('/') && self.key == Some(hub.key)
    }

    /// The hub's address.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// The key that the hub's log is signed with, as it says and proves itself.
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
        self.get(&format!("/v1/applications/{id}/start")).await
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
        self.get(&format!("/v1/applications/{id}/log")).await
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
        let request = self.line.http.get(self.address(&format!("/v1/invites/{key}")));
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
        for again in [true, false] {
            let ticket = self.ticket().await?;
            let request = self.line.upgrading.get(self.address(&path));
            let request = self.signed(request, &Method::GET, &path, &[], &ticket).upgrade();
            let answer = timeout(UPGRADE_TIMEOUT, request.send()).await;
            let answer = answer.map_err(|late| problem::unreachable(&self.base, &late))?;
            let response = answer.map_err(|error| problem::unreachable(&self.base, &error))?;
            match response.status() {
                StatusCode::SWITCHING_PROTOCOLS => {
                    let socket = response.into_websocket().await;
                    let socket = socket.map_err(|error| problem::unreachable(&self.base, &error))?;
                    return Ok(Live { socket, hub: self.base.clone() });
                }
                StatusCode::UNAUTHORIZED if again => self.forget(&ticket).await,
                _ => return Err(self.problem(response.into_inner()).await),
            }
        }
        Err(problem::refused(&self.base, "token_unknown", String::new()))
    }

    /// Asks for what is as large as a compact start at the most.
    async fn get<T: for<'a> Decode<'a, ()>>(&self, path: &str) -> Result<T, UserError> {
        let response = self.send(Method::GET, path, Vec::new(), None).await?;
        self.message(response, START_MAX_BYTES).await
    }

    /// A signed request whose body, if it has one, is bytes of a file, which the file's own hash covers; whatever is
    /// answered, whenever it comes. `body` makes it anew for each try.
    pub(super) async fn asked(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: impl Fn() -> Body,
    ) -> Result<Response, UserError> {
        for again in [true, false] {
            let ticket = self.ticket().await?;
            let mut request = self.line.http.request(method.clone(), self.address(path));
            request = self.signed(request, &method, path, &[], &ticket);
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            let sent = request.body(body()).send().await;
            let response = sent.map_err(|error| problem::unreachable(&self.base, &error))?;
            if response.status() == StatusCode::UNAUTHORIZED && again {
                self.forget(&ticket).await;
                continue;
            }
            return Ok(response);
        }
        Err(problem::refused(&self.base, "token_unknown", String::new()))
    }

    /// A signed request; with a fresh token where the hub no longer takes the old one.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        admission: Option<&str>,
    ) -> Result<Response, UserError> {
        let packed = packed(&body);
        let body = packed.as_deref().unwrap_or(&body);
        for again in [true, false] {
            let ticket = self.ticket().await?;
            let mut request = self.line.http.request(method.clone(), self.address(path));
            if packed.is_some() {
                request = request.header(CONTENT_ENCODING, "gzip");
            }
            request = self.signed(request, &method, path, body, &ticket);
            if let Some(code) = admission.filter(|code| !code.is_empty()) {
                request = request.header(ADMISSION_HEADER, code);
            }
            let request = request.header(CONTENT_TYPE, CBOR).body(body.to_vec());
            let sent = request.timeout(REQUEST_TIMEOUT).send().await;
            let response = sent.map_err(|error| problem::unreachable(&self.base, &error))?;
            if response.status() == StatusCode::UNAUTHORIZED && again {
                self.forget(&ticket).await;
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
        Ticket { token, number }: &Ticket,
    ) -> RequestBuilder {
        let content = request_content(token, *number, method.as_str(), path, body);
        let proof = self.device.sign(Purpose::Request, &content);
        request.bearer_auth(token).header(PROOF_HEADER, format!("{number} {proof}"))
    }

    /// What the next request is signed with; gets a token where there is none.
    async fn ticket(&self) -> Result<Ticket, UserError> {
        let mut kept = self.session.lock().await;
        let session = match &mut *kept {
            Some(session) => session,
            none => none.insert(Session { token: self.token().await?, sent: 0 }),
        };
        session.sent += 1;
        Ok(Ticket { token: session.token.clone(), number: session.sent })
    }

    /// The hub no longer takes a token; another request may have got a new one since.
    async fn forget(&self, ticket: &Ticket) {
        let mut kept = self.session.lock().await;
        kept.take_if(|session| session.token == ticket.token);
    }

    async fn token(&self) -> Result<String, UserError> {
        let Challenge { challenge, hub, .. } = self.challenge().await?;
        let device = self.device.public();
        let signature = self.device.sign(Purpose::Challenge, &challenge_content(&hub, &challenge));
        let body = TokenRequest { device, challenge, signature };
        let response = self.answered(self.line.http.post(self.address("/v1/tokens")).json(&body)).await?;
        let Token { token } =
            response.json().await.map_err(|error| problem::unreachable(&self.base, &error))?;
        Ok(token)
    }

    /// A challenge by the hub that is meant, which has proved to be it.
    async fn challenge(&self) -> Result<Challenge, UserError> {
        let mut nonce = Nonce([0; 32]);
        let unreachable = || UserError::new(ErrorCode::HubUnreachable).with("hub", &self.base);
        SystemRandom::new().fill(&mut nonce.0).map_err(|error| because(unreachable(), &error))?;
        let device = self.device.public();
        let body = ChallengeRequest { device, nonce };
        let response = self.answered(self.line.http.post(self.address("/v1/challenges")).json(&body)).await?;
        let answer: Challenge =
            response.json().await.map_err(|error| problem::unreachable(&self.base, &error))?;
        let content = answer_content(&nonce, &device, &answer.challenge);
        let proven = answer.hub.verify(Purpose::HubAnswer, &content, &answer.proof).is_ok();
        if !proven || self.key.is_some_and(|key| key != answer.hub) {
            return Err(problem::refused(&self.base, problem::ANOTHER_HUB, String::new()));
        }
        Ok(answer)
    }

    async fn answered(&self, request: RequestBuilder) -> Result<Response, UserError> {
        let sent = request.timeout(REQUEST_TIMEOUT).send().await;
        self.checked(sent.map_err(|error| problem::unreachable(&self.base, &error))?).await
    }

    pub(super) async fn checked(&self, response: Response) -> Result<Response, UserError> {
        if response.status().is_success() { Ok(response) } else { Err(self.problem(response).await) }
    }

    async fn problem(&self, response: Response) -> UserError {
        let status = response.status();
        match timeout(REQUEST_TIMEOUT, response.bytes()).await {
            Ok(Ok(body)) => problem::read(&self.base, status, &body),
            Ok(Err(error)) => problem::unreachable(&self.base, &error),
            Err(late) => problem::unreachable(&self.base, &late),
        }
    }

    /// Reads a CBOR answer, no more than `limit` bytes of it.
    pub(super) async fn message<T: for<'a> Decode<'a, ()>>(
        &self,
        response: Response,
        limit: usize,
    ) -> Result<T, UserError> {
        let body = self.body(response, limit).await?;
        wire::decode_up_to(&body, limit).map_err(|error| problem::bad_answer(&self.base, &error))
    }

    /// Reads an answer's body, no more than `limit` bytes of it.
    pub(super) async fn body(&self, mut response: Response, limit: usize) -> Result<Vec<u8>, UserError> {
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| problem::unreachable(&self.base, &error))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > limit {
                return Err(problem::refused(&self.base, "answer_too_large", String::new()));
            }
        }
        Ok(body)
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl HubLine for HubConnection {
    fn url(&self) -> &str {
        Self::url(self)
    }

    async fn exchange(&self, id: &ApplicationId, exchange: &Exchange) -> Result<Reply, UserError> {
        Self::exchange(self, id, exchange).await
    }

    async fn start(&self, id: &ApplicationId) -> Result<Start, UserError> {
        Self::start(self, id).await
    }

    async fn standing(&self, id: &ApplicationId) -> Result<LogStanding, UserError> {
        Self::standing(self, id).await
    }

    async fn top_up(&self, id: &ApplicationId, page: &Page) -> Result<(), UserError> {
        Self::top_up(self, id, page).await
    }

    async fn held(&self, id: &ApplicationId, after: Position) -> Result<HeldWork, UserError> {
        self.get(&format!("/v1/applications/{id}/held?after={after}")).await
    }
}

/// A body as gzip packs it, where that saves anything.
fn packed(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < PACK_FROM_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail; if it did, the plain body would do.
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < body.len())
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn a_body_is_packed_where_that_saves_anything() {
        let body = "引进来走出去".repeat(PACK_FROM_BYTES).into_bytes();
        let small = packed(&body).expect("it repeats itself");
        assert!(small.len() * 10 < body.len(), "{}", small.len());
        let mut again = Vec::new();
        GzDecoder::new(small.as_slice()).read_to_end(&mut again).unwrap();
        assert_eq!(again, body);
        assert_eq!(packed(&body[..PACK_FROM_BYTES - 1]), None, "it travels in one packet either way");
        let mut noise = vec![0; PACK_FROM_BYTES * 2];
        SystemRandom::new().fill(&mut noise).unwrap();
        assert_eq!(packed(&noise), None);
    }
}
