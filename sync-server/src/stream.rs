//! Live streams: who follows which application, how far each has been told, and what waits to be sent to it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_document::ActorId;
use form_document::key::PublicKey;
use form_document::log::LogState;
use form_document::wire::{Have, Hello, Presence, Receipt, Tell, WireActor, encode};
use form_model::id::ApplicationId;
use tokio::sync::{Notify, mpsc};

use crate::error::{ErrorCode, HubError};
use crate::limit::{
    PRESENT_TOLD, STREAM_QUEUE_BYTES, STREAM_QUEUE_MESSAGES, STREAMS_MAX, STREAMS_PER_DEVICE,
};
use crate::metric;

/// Why a stream is closed: a WebSocket close code (RFC 6455, section 7.4) and a word for a client to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Close {
    /// The hub stops.
    pub(crate) fn going_away() -> Self {
        Self { code: 1001, reason: "stopping".to_owned() }
    }

    /// The receiver reads too slowly: it catches up by an exchange, and comes back.
    pub(crate) fn too_slow() -> Self {
        Self { code: 4408, reason: "too_slow".to_owned() }
    }

    /// The receiver has not been heard of.
    pub(crate) fn silent() -> Self {
        Self { code: 4408, reason: "silent".to_owned() }
    }

    /// A failure: 4000 and its HTTP status; the reason is the problem's code.
    pub(crate) fn of(error: &HubError) -> Self {
        Self { code: 4000 + error.code.status(), reason: error.code.name().to_owned() }
    }
}

/// One open live stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) device: PublicKey,
    pub(crate) application: ApplicationId,
    queue: mpsc::Sender<Arc<[u8]>>,
    /// In bytes.
    queued: AtomicUsize,
    closing: Mutex<Option<Close>>,
    pub(crate) closed: Notify,
    follower: Mutex<Follower>,
    /// Where its member said last to be; `None` once the member has left.
    presence: Mutex<Option<Presence>>,
}

/// How far a stream's receiver has been told of the log.
#[derive(Debug, Default)]
struct Follower {
    /// Up to there; `None` before its hello.
    told: Option<LogState>,
    /// Whether more of the log is there than it was told, and it gets page after page.
    behind: bool,
    have: BTreeMap<ActorId, u64>,
    /// Receipts whose verdicts it was not told yet.
    owed: VecDeque<Receipt>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream {
    /// A stream, and what waits to be sent to it.
    pub(crate) fn new(
        device: PublicKey,
        application: ApplicationId,
    ) -> (Arc<Self>, mpsc::Receiver<Arc<[u8]>>) {
        let (queue, receiver) = mpsc::channel(STREAM_QUEUE_MESSAGES);
        let stream = Self {
            device,
            application,
            queue,
            queued: AtomicUsize::new(0),
            closing: Mutex::new(None),
            closed: Notify::new(),
            follower: Mutex::default(),
            presence: Mutex::default(),
        };
        (Arc::new(stream), receiver)
    }

    /// Closes the stream; the first reason counts.
    pub(crate) fn close(&self, close: Close) {
        lock(&self.closing).get_or_insert(close);
        self.closed.notify_one();
    }

    /// Why the stream is to be closed, if it is.
    pub(crate) fn closing(&self) -> Option<Close> {
        lock(&self.closing).clone()
    }

    /// A message was sent. Whether a lagging receiver has room for its next page.
    pub(crate) fn sent(&self, bytes: usize) -> bool {
        let before = self.queued.fetch_sub(bytes, Ordering::Relaxed);
        before == bytes && lock(&self.follower).behind
    }

    /// Whether nothing waits to be sent: then nothing but the next change would remind a lagging receiver.
    pub(crate) fn is_free(&self) -> bool {
        self.queued.load(Ordering::Relaxed) == 0
    }

    fn send(&self, bytes: Arc<[u8]>) {
        let length = bytes.len();
        let queued = self.queued.fetch_add(length, Ordering::Relaxed);
        if queued.saturating_add(length) > STREAM_QUEUE_BYTES.max(length)
            || self.queue.try_send(bytes).is_err()
        {
            self.close(Close::too_slow());
        }
    }

    /// The receiver has said where it stands.
    pub(crate) fn greet(&self, told: LogState, have: BTreeMap<ActorId, u64>) {
        let mut follower = lock(&self.follower);
        follower.told = Some(told);
        follower.behind = true;
        follower.have = have;
    }

    /// What the receiver has besides, from what it handed over.
    pub(crate) fn has(&self, more: BTreeMap<ActorId, u64>) {
        let mut follower = lock(&self.follower);
        for (actor, seq) in more {
            let have = follower.have.entry(actor).or_insert(0);
            *have = seq.max(*have);
        }
    }

    /// Where a lagging receiver stands; `None` when it does not lag.
    pub(crate) fn lag(&self) -> Option<Hello> {
        let follower = lock(&self.follower);
        let told = follower.told.filter(|_| follower.behind)?;
        let have = follower
            .have
            .iter()
            .map(|(actor, seq)| Have { actor: WireActor::from(actor), seq: *seq })
            .collect();
        Some(Hello { after: told.position, log: told.hash, have })
    }

    /// Sends a lagging receiver a page that ends at `after`.
    pub(crate) fn tell_lag(&self, page: Vec<u8>, after: LogState, more: bool) {
        let mut follower = lock(&self.follower);
        follower.told = Some(after);
        follower.behind = more;
        self.send(page.into());
        self.settle(&mut follower);
    }

    /// What the receiver has of these actors' changes, if it has been told all of the log up to `before`.
    pub(crate) fn expects(
        &self,
        before: LogState,
        actors: &BTreeSet<&ActorId>,
    ) -> Option<BTreeMap<ActorId, u64>> {
        let mut follower = lock(&self.follower);
        if follower.told != Some(before) {
            // It was not told of something: from here on it gets pages until it is up to date.
            let waits = follower.told.is_some() && !follower.behind;
            follower.behind |= waits;
            return None;
        }
        if follower.behind {
            return None;
        }
        let own = follower.have.iter().filter(|(actor, _)| actors.contains(actor));
        Some(own.map(|(actor, seq)| (actor.clone(), *seq)).collect())
    }

    /// The next stretch is too large for one message.
    pub(crate) fn fall_behind(&self) {
        lock(&self.follower).behind = true;
    }

    /// Sends a receiver that is up to date the next stretch.
    pub(crate) fn tell_page(&self, bytes: Arc<[u8]>, after: LogState) {
        let mut follower = lock(&self.follower);
        follower.told = Some(after);
        self.send(bytes);
        self.settle(&mut follower);
    }

    /// Sends a receipt, after the pages with its verdicts.
    pub(crate) fn tell_receipt(&self, receipt: Receipt) {
        let mut follower = lock(&self.follower);
        follower.owed.push_back(receipt);
        self.settle(&mut follower);
    }

    fn settle(&self, follower: &mut Follower) {
        let told = follower.told.map_or(0, |state| state.position);
        while follower.owed.front().is_some_and(|receipt| receipt.position <= told) {
            if let Some(receipt) = follower.owed.pop_front() {
                self.send(encode(&Tell::Receipt(receipt)).into());
            }
        }
    }
}

/// All open streams.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    by_application: BTreeMap<ApplicationId, Vec<Arc<Stream>>>,
    by_device: BTreeMap<PublicKey, usize>,
    all: usize,
}

impl Streams {
    /// Takes a stream in.
    ///
    /// # Errors
    /// [`ErrorCode::TooMany`].
    pub(crate) fn add(&self, stream: &Arc<Stream>) -> Result<(), HubError> {
        let mut open = lock(&self.open);
        if open.all >= STREAMS_MAX {
            return Err(
                HubError::new(ErrorCode::TooMany, "the hub has too many live streams").retry_after(30)
            );
        }
        let count = open.by_device.entry(stream.device).or_insert(0);
        if *count >= STREAMS_PER_DEVICE {
            let detail = format!("this device has {STREAMS_PER_DEVICE} live streams open");
            return Err(HubError::new(ErrorCode::TooMany, detail).retry_after(30));
        }
        *count += 1;
        open.all += 1;
        open.by_application.entry(stream.application.clone()).or_default().push(Arc::clone(stream));
        metric::stream_opened();
        Ok(())
    }

    /// Lets a stream go.
    pub(crate) fn remove(&self, stream: &Arc<Stream>) {
        let mut open = lock(&self.open);
        if let Some(streams) = open.by_application.get_mut(&stream.application) {
            streams.retain(|other| !Arc::ptr_eq(other, stream));
            if streams.is_empty() {
                open.by_application.remove(&stream.application);
            }
        }
        if let Some(count) = open.by_device.get_mut(&stream.device) {
            *count -= 1;
            if *count == 0 {
                open.by_device.remove(&stream.device);
            }
        }
        open.all = open.all.saturating_sub(1);
        metric::stream_closed();
    }

    /// The streams of an application.
    pub(crate) fn of(&self, application: &ApplicationId) -> Vec<Arc<Stream>> {
        lock(&self.open).by_application.get(application).cloned().unwrap_or_default()
    }

    /// Tells a newcomer who is here: those who sit still say nothing by themselves.
    pub(crate) fn tell_who_is_here(&self, to: &Arc<Stream>) {
        let streams = self.of(&to.application);
        let others = streams.iter().filter(|stream| !Arc::ptr_eq(stream, to));
        let here = others.filter_map(|stream| Some((stream.device, lock(&stream.presence).clone()?)));
        for (device, presence) in here.take(PRESENT_TOLD) {
            to.send(encode(&Tell::Presence(device, presence)).into());
        }
    }

    /// A member's stream has ended: tells the others that the member left, or where they are by another stream.
    pub(crate) fn tell_gone(&self, stream: &Arc<Stream>) {
        let streams = self.of(&stream.application);
        let mut own = streams.iter().filter(|other| other.device == stream.device);
        let elsewhere = own.find_map(|other| lock(&other.presence).clone());
        self.tell_presence(stream, elsewhere.unwrap_or_default());
    }

    /// Tells the others where a member is now.
    pub(crate) fn tell_presence(&self, from: &Arc<Stream>, presence: Presence) {
        *lock(&from.presence) = presence.here.then(|| presence.clone());
        let streams = self.of(&from.application);
        let bytes: Arc<[u8]> = encode(&Tell::Presence(from.device, presence)).into();
        for stream in streams.iter().filter(|stream| !Arc::ptr_eq(stream, from)) {
            stream.send(Arc::clone(&bytes));
        }
    }

    /// Closes every stream.
    pub(crate) fn close_all(&self, close: &Close) {
        let open = lock(&self.open);
        open.by_application.values().flatten().for_each(|stream| stream.close(close.clone()));
    }
}

#[cfg(test)]
mod tests {
    use form_document::log::LogState;

    use super::*;

    fn stream(device: u8) -> (Arc<Stream>, mpsc::Receiver<Arc<[u8]>>) {
        Stream::new(PublicKey([device; 32]), ApplicationId("a".repeat(64)))
    }

    fn state(position: u64) -> LogState {
        LogState { position, hash: [0; 32] }
    }

    #[test]
    fn a_receiver_that_lags_too_far_is_dropped_by_messages_and_by_bytes() {
        let (many, _queue) = stream(1);
        many.greet(state(0), BTreeMap::new());
        many.tell_lag(vec![0], state(1), false);
        for position in 2..=STREAM_QUEUE_MESSAGES as u64 {
            many.tell_page(vec![0].into(), state(position));
        }
        assert_eq!(many.closing(), None);
        many.tell_page(vec![0].into(), state(1_000));
        assert_eq!(many.closing(), Some(Close::too_slow()));
        let (large, _queue) = stream(1);
        large.tell_page(vec![0; STREAM_QUEUE_BYTES].into(), state(1));
        assert_eq!(large.closing(), None, "one message is never too large");
        large.tell_page(vec![0].into(), state(2));
        assert_eq!(large.closing(), Some(Close::too_slow()));
    }

    #[test]
    fn a_receipt_waits_for_the_pages_with_its_verdicts() {
        let (stream, mut queue) = stream(1);
        stream.greet(state(3), BTreeMap::new());
        stream.tell_receipt(Receipt { position: 5, ..Receipt::default() });
        assert!(queue.try_recv().is_err());
        stream.tell_lag(vec![1], state(4), true);
        assert_eq!(*queue.try_recv().unwrap(), [1]);
        assert!(queue.try_recv().is_err());
        stream.tell_lag(vec![2], state(5), false);
        assert_eq!(*queue.try_recv().unwrap(), [2]);
        assert_eq!(
            *queue.try_recv().unwrap(),
            *encode(&Tell::Receipt(Receipt { position: 5, ..Receipt::default() }))
        );
    }

    #[test]
    fn a_receiver_that_missed_a_stretch_gets_no_later_one_before_it_has_caught_up() {
        let (stream, _queue) = stream(1);
        assert_eq!(stream.expects(state(0), &BTreeSet::new()), None, "it has not said hello");
        assert_eq!(stream.lag(), None);
        stream.greet(state(1), BTreeMap::new());
        stream.tell_lag(vec![1], state(2), false);
        assert_eq!(stream.expects(state(2), &BTreeSet::new()), Some(BTreeMap::new()));
        assert_eq!(stream.expects(state(3), &BTreeSet::new()), None);
        assert_eq!(stream.lag().unwrap().after, 2);
        assert_eq!(stream.expects(state(2), &BTreeSet::new()), None, "it gets pages now");
    }

    #[test]
    fn a_device_has_so_many_streams_and_no_more() {
        let streams = Streams::default();
        let open: Vec<_> = (0..STREAMS_PER_DEVICE).map(|_| stream(1).0).collect();
        open.iter().for_each(|stream| streams.add(stream).unwrap());
        assert_eq!(streams.add(&stream(1).0).unwrap_err().code, ErrorCode::TooMany);
        streams.add(&stream(2).0).unwrap();
        streams.remove(&open[0]);
        streams.add(&stream(1).0).unwrap();
    }
}
