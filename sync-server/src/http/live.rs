//! The live stream: a WebSocket (RFC 6455) that carries `Say` one way and `Tell` the other.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::ws::{
    CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection,
};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use form_document::wire::{MESSAGE_MAX_BYTES, Say};
use form_model::id::ApplicationId;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use super::named::Named;
use super::signed::{cbor, signed_parts};
use super::state::HubState;
use crate::error::{ErrorCode, HubError};
use crate::limit::{PING_INTERVAL, PRESENCE_ANSWER_BYTES, PRESENCES_PER_MINUTE, SILENCE_MAX, STOP_WAIT};
use crate::stream::{Close, Stream};

/// Opens a live stream: binary messages, CBOR. Says `Hello` first; is told pages from there on.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/live",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 101, description = "A WebSocket; closed with 4000 and an HTTP status when something fails")
    )
)]
pub(super) async fn live(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let (mut parts, _) = request.into_parts();
    let device = signed_parts(&state, &parts)?;
    let application = ApplicationId(id);
    let known = application.clone();
    state.arbiter.with(device, move |core| core.admit(&device, &known)).await?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &state).await;
    let bad = |bad: WebSocketUpgradeRejection| HubError::new(ErrorCode::BadMessage, bad.to_string());
    let upgrade = upgrade.map_err(bad)?;
    let (stream, queue) = Stream::new(device, application);
    state.streams.add(&stream)?;
    let lost = (Arc::clone(&state.streams), Arc::clone(&stream));
    Ok(upgrade
        .max_message_size(MESSAGE_MAX_BYTES)
        .max_frame_size(MESSAGE_MAX_BYTES)
        .on_failed_upgrade(move |_| lost.0.remove(&lost.1))
        .on_upgrade(move |socket| serve(state, stream, queue, socket)))
}

async fn serve(state: HubState, stream: Arc<Stream>, queue: mpsc::Receiver<Arc<[u8]>>, socket: WebSocket) {
    let (sink, source) = socket.split();
    let mut writer = tokio::spawn(write(state.clone(), Arc::clone(&stream), queue, sink));
    let read = read(&state, &stream, source);
    tokio::select! {
        close = read => {
            if let Some(close) = close {
                stream.close(close);
                // The writer says why, and then ends; a line that is gone ends it too.
                let _ = tokio::time::timeout(STOP_WAIT, &mut writer).await;
            }
        }
        _ = &mut writer => {}
    }
    writer.abort();
    state.streams.remove(&stream);
    state.streams.tell_gone(&stream);
}

/// The stream's one writer.
async fn write(
    state: HubState,
    stream: Arc<Stream>,
    mut queue: mpsc::Receiver<Arc<[u8]>>,
    mut sink: SplitSink<WebSocket, Message>,
) {
    let mut pings = interval(PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    loop {
        if let Some(close) = stream.closing() {
            let frame = CloseFrame { code: close.code, reason: close.reason.into() };
            // The receiver may have gone.
            let _ = sink.send(Message::Close(Some(frame))).await;
            return;
        }
        let sent = tokio::select! {
            biased;
            () = stream.closed.notified() => continue,
            message = queue.recv() => {
                let Some(message) = message else { return };
                let length = message.len();
                let sent = sink.send(Message::Binary(axum::body::Bytes::from_owner(message))).await;
                if stream.sent(length) && let Err(error) = state.arbiter.next(&stream) {
                    stream.close(Close::of(&error));
                }
                sent
            }
            _ = pings.tick() => sink.send(Message::Ping(axum::body::Bytes::new())).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Reads what the client says. Why the stream is to be closed, unless the client has closed it.
async fn read(state: &HubState, stream: &Arc<Stream>, mut source: SplitStream<WebSocket>) -> Option<Close> {
    let mut said = Said { hello: false, presences: presences() };
    loop {
        let deadline = tokio::time::Instant::from_std(Instant::now() + SILENCE_MAX);
        let message = match timeout_at(deadline, source.next()).await {
            Err(_) => return Some(Close::silent()),
            Ok(None | Some(Err(_)) | Some(Ok(Message::Close(_)))) => return None,
            Ok(Some(Ok(message))) => message,
        };
        let result = match message {
            Message::Binary(bytes) => said.take(state, stream, &bytes),
            Message::Text(_) => Err(HubError::new(ErrorCode::BadMessage, "messages are binary")),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        };
        if let Err(error) = result {
            return Some(Close::of(&error));
        }
    }
}

fn presences() -> DefaultDirectRateLimiter {
    let rate = std::num::NonZeroU32::new(PRESENCES_PER_MINUTE).unwrap_or(std::num::NonZeroU32::MIN);
    RateLimiter::direct(Quota::per_minute(rate))
}

/// What a client has said so far.
struct Said {
    hello: bool,
    presences: DefaultDirectRateLimiter,
}

impl Said {
    fn take(&mut self, state: &HubState, stream: &Arc<Stream>, bytes: &[u8]) -> Result<(), HubError> {
        match cbor(bytes, MESSAGE_MAX_BYTES)? {
            Say::Hello(hello) => {
                state.limiter.request(stream.device)?;
                state.arbiter.hello(stream, hello)?;
                // Once: who says hello again knows.
                if !std::mem::replace(&mut self.hello, true) {
                    state.streams.tell_who_is_here(stream);
                }
                Ok(())
            }
            Say::Offer(_) if !self.hello => {
                Err(HubError::new(ErrorCode::BadMessage, "the first word is a hello"))
            }
            Say::Offer(offer) => {
                state.limiter.request(stream.device)?;
                state.limiter.changes(stream.device, offer.changes.len())?;
                state.arbiter.say(stream, offer, bytes.len())
            }
            Say::Presence(presence) => {
                let long =
                    presence.answer.as_ref().is_some_and(|answer| answer.len() > PRESENCE_ANSWER_BYTES);
                if long {
                    return Err(HubError::new(ErrorCode::BadMessage, "no answer has so long a name"));
                }
                // One too many is not worth a word: the next says where they are.
                if self.hello && self.presences.check().is_ok() {
                    state.streams.tell_presence(stream, presence);
                }
                Ok(())
            }
        }
    }
}
