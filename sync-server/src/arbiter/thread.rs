//! The thread that owns the core: takes what waits, round by round, and wakes those who asked.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use form_document::ActorId;
use form_document::key::PublicKey;
use form_document::wire::{Exchange, Hello, Offer, Receipt, Reply, Tell, encode};
use form_model::id::ApplicationId;
use tokio::sync::oneshot;

use super::core::Core;
use super::enrol::enrolled;
use super::queue::{Queue, Waiting};
use super::round::{Answer, Ask, Stretch};
use crate::error::{ErrorCode, HubError};
use crate::limit::{
    PAGE_BYTES, ROUND_BYTES, ROUND_OFFERS, ROUNDS_BETWEEN_FOLDS, WAITING_MAX, WAITING_PER_DEVICE,
};
use crate::metric;
use crate::storage::record::Place;
use crate::stream::{Close, Stream, Streams};

/// A closure that works with the core.
type Work = Box<dyn FnOnce(&mut Core) -> Vec<Stretch> + Send>;

enum Job {
    Exchange {
        device: PublicKey,
        application: ApplicationId,
        exchange: Box<Exchange>,
        reply: oneshot::Sender<Result<Vec<u8>, HubError>>,
    },
    Enrol {
        ask: Ask,
        reply: oneshot::Sender<Result<(), HubError>>,
    },
    /// An offer on a live stream.
    Say {
        stream: Arc<Stream>,
        offer: Box<Offer>,
    },
    /// A stream's first word, or its word after a gap.
    Hello {
        stream: Arc<Stream>,
        hello: Box<Hello>,
    },
    /// A stream that lags has room again.
    Next {
        stream: Arc<Stream>,
    },
    Work(Work),
    Stop,
}

/// How to reach the thread. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Arbiter {
    sender: SyncSender<Waiting<Job>>,
    /// How many jobs of each device wait.
    waiting: Arc<Mutex<BTreeMap<PublicKey, usize>>>,
}

impl Arbiter {
    /// Starts the thread.
    pub(crate) fn start(core: Core, streams: Arc<Streams>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let waiting = Arc::new(Mutex::new(BTreeMap::new()));
        let arbiter = Self { sender, waiting: Arc::clone(&waiting) };
        let bench = Bench { core, streams, receiver, waiting, queue: Queue::new(), worn: BTreeSet::new() };
        let thread = std::thread::Builder::new().name("arbiter".to_owned()).spawn(move || bench.run())?;
        Ok((arbiter, thread))
    }

    /// Hands over an exchange; the answer is a [`Reply`] in CBOR.
    pub(crate) async fn exchange(
        &self,
        device: PublicKey,
        application: ApplicationId,
        exchange: Exchange,
        bytes: usize,
    ) -> Result<Vec<u8>, HubError> {
        let (reply, answer) = oneshot::channel();
        let exchange = Box::new(exchange);
        self.submit(device, bytes, Job::Exchange { device, application, exchange, reply })?;
        answer.await.map_err(|_| stopping())?
    }

    /// Hands over an enrolment; the invite's key stands in for a device.
    pub(crate) async fn enrol(&self, lane: PublicKey, ask: Ask) -> Result<(), HubError> {
        let (reply, answer) = oneshot::channel();
        self.submit(lane, 0, Job::Enrol { ask, reply })?;
        answer.await.map_err(|_| stopping())?
    }

    /// Runs something on the core.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        lane: PublicKey,
        work: impl FnOnce(&mut Core) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        self.with_stretch(lane, |core| work(core).map(|value| (value, None))).await
    }

    /// Runs something that may add to a log.
    pub(crate) async fn with_stretch<T: Send + 'static>(
        &self,
        lane: PublicKey,
        work: impl FnOnce(&mut Core) -> Result<(T, Option<Stretch>), HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |core: &mut Core| {
            let (result, stretch) = match work(core) {
                Ok((value, stretch)) => (Ok(value), stretch),
                Err(error) => (Err(error), None),
            };
            // Whoever asked may have gone.
            let _ = reply.send(result);
            stretch.into_iter().collect()
        });
        self.submit(lane, 0, Job::Work(job))?;
        answer.await.map_err(|_| stopping())?
    }

    pub(crate) fn say(&self, stream: &Arc<Stream>, offer: Offer, bytes: usize) -> Result<(), HubError> {
        let job = Job::Say { stream: Arc::clone(stream), offer: Box::new(offer) };
        self.submit(stream.device, bytes, job)
    }

    pub(crate) fn hello(&self, stream: &Arc<Stream>, hello: Hello) -> Result<(), HubError> {
        let job = Job::Hello { stream: Arc::clone(stream), hello: Box::new(hello) };
        self.submit(stream.device, 0, job)
    }

    pub(crate) fn next(&self, stream: &Arc<Stream>) -> Result<(), HubError> {
        self.submit(stream.device, 0, Job::Next { stream: Arc::clone(stream) })
    }

    /// Lets the thread finish what waits, and end.
    pub(crate) fn stop(&self) {
        let lane = PublicKey([0; 32]);
        // A full queue is no reason to go on: the thread also ends when nobody can reach it any more.
        let _ = self.sender.send(Waiting { lane, bytes: 0, job: Job::Stop });
    }

    fn submit(&self, lane: PublicKey, bytes: usize, job: Job) -> Result<(), HubError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.get(&lane).copied().unwrap_or(0);
        if count >= WAITING_PER_DEVICE {
            let detail = format!("{WAITING_PER_DEVICE} requests of this device wait already");
            return Err(HubError::new(ErrorCode::TooMany, detail).retry_after(1));
        }
        match self.sender.try_send(Waiting { lane, bytes, job }) {
            Ok(()) => {
                waiting.insert(lane, count + 1);
                Ok(())
            }
            Err(TrySendError::Full(_)) => {
                Err(HubError::new(ErrorCode::Busy, "the hub has more to do than it takes in").retry_after(1))
            }
            Err(TrySendError::Disconnected(_)) => Err(stopping()),
        }
    }
}

fn stopping() -> HubError {
    HubError::new(ErrorCode::Busy, "the hub is stopping").retry_after(5)
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

/// The thread's own.
struct Bench {
    core: Core,
    streams: Arc<Streams>,
    receiver: Receiver<Waiting<Job>>,
    waiting: Arc<Mutex<BTreeMap<PublicKey, usize>>>,
    queue: Queue<Job>,
    /// Applications whose logs want to be folded.
    worn: BTreeSet<ApplicationId>,
}

/// What a judged offer goes back to.
enum From {
    Exchange { hello: Hello, reply: oneshot::Sender<Result<Vec<u8>, HubError>> },
    Enrol(oneshot::Sender<Result<(), HubError>>),
    Stream(Arc<Stream>),
}

impl Bench {
    fn run(mut self) {
        let (mut rounds, mut stopping) = (0, false);
        while !(stopping && self.queue.is_empty()) {
            match self.gather(stopping) {
                Ok(stop) => stopping |= stop,
                Err(RecvError) => stopping = true,
            }
            let taken = self.queue.take(ROUND_OFFERS, ROUND_BYTES);
            self.forget_waiting(&taken);
            self.round(taken);
            rounds += 1;
            if self.queue.is_empty() || rounds >= ROUNDS_BETWEEN_FOLDS {
                rounds = 0;
                self.fold_one();
            }
        }
    }

    /// Takes in all that has come; waits for something when there is nothing to do. Whether to stop.
    fn gather(&mut self, stopping: bool) -> Result<bool, RecvError> {
        let mut stop = false;
        let mut take = |queue: &mut Queue<Job>, next: Waiting<Job>| match next.job {
            Job::Stop => stop = true,
            _ => queue.push(next),
        };
        if self.queue.is_empty() && self.worn.is_empty() && !stopping {
            let next = self.receiver.recv()?;
            take(&mut self.queue, next);
        }
        loop {
            match self.receiver.try_recv() {
                Ok(next) => take(&mut self.queue, next),
                Err(TryRecvError::Empty) => return Ok(stop),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
            }
        }
    }

    fn forget_waiting(&self, taken: &[Waiting<Job>]) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for Waiting { lane, .. } in taken {
            if let Some(count) = waiting.get_mut(lane) {
                *count -= 1;
                if *count == 0 {
                    waiting.remove(lane);
                }
            }
        }
    }

    fn round(&mut self, taken: Vec<Waiting<Job>>) {
        let start = Instant::now();
        let (mut asks, mut origins) = (Vec::new(), Vec::new());
        for Waiting { job, .. } in taken {
            let ready = catch_unwind(AssertUnwindSafe(|| self.prepare(job))).unwrap_or_else(|_| {
                tracing::error!("a job panicked");
                None
            });
            if let Some((ask, origin)) = ready {
                asks.push(ask);
                origins.push(origin);
            }
        }
        if asks.is_empty() {
            return;
        }
        let round = self.core.round(&asks);
        self.tell_all(&asks, &origins, &round.stretches);
        for ((ask, from), answer) in asks.iter().zip(origins).zip(round.answers) {
            self.answer(ask, from, answer);
        }
        metric::round(start.elapsed(), asks.len(), self.core.open_ledgers());
    }

    /// Does a job, unless it is an offer that is to be judged with the others.
    fn prepare(&mut self, job: Job) -> Option<(Ask, From)> {
        match job {
            Job::Exchange { device, application, exchange, reply } => {
                let Exchange { hello, offer } = *exchange;
                match self.core.greet(&device, &application, &hello) {
                    Err(error) => {
                        let _ = reply.send(Err(error));
                    }
                    Ok(_) if !offer.is_empty() => {
                        let ask = Ask { device: Some(device), application, offer };
                        return Some((ask, From::Exchange { hello, reply }));
                    }
                    Ok(_) => {
                        let _ = reply.send(self.reply(&application, &hello, None));
                    }
                }
            }
            Job::Enrol { ask, reply } => return Some((ask, From::Enrol(reply))),
            Job::Say { stream, offer } => {
                let (device, application) = (Some(stream.device), stream.application.clone());
                return Some((Ask { device, application, offer: *offer }, From::Stream(stream)));
            }
            Job::Hello { stream, hello } => self.hello(&stream, &hello),
            Job::Next { stream } => self.catch_up(&stream),
            Job::Work(work) => {
                let mut stretches = work(&mut self.core);
                stretches.extend(self.core.take_untold());
                self.tell_all(&[], &[], &stretches);
            }
            Job::Stop => {}
        }
        None
    }

    fn reply(
        &mut self,
        application: &ApplicationId,
        hello: &Hello,
        receipt: Option<Receipt>,
    ) -> Result<Vec<u8>, HubError> {
        let (page, more) = self.core.page(application, hello)?;
        let receipt = receipt
            .unwrap_or_else(|| Receipt { position: self.core.position(application), ..Receipt::default() });
        Ok(encode(&Reply { page, more, receipt }))
    }

    fn answer(&mut self, ask: &Ask, from: From, answer: Result<Answer, HubError>) {
        // Whoever asked may have gone: what was stored is stored.
        match from {
            From::Exchange { hello, reply } => {
                let bytes =
                    answer.and_then(|answer| self.reply(&ask.application, &hello, Some(answer.receipt)));
                let _ = reply.send(bytes);
            }
            From::Enrol(reply) => {
                let _ = reply.send(answer.and_then(|answer| enrolled(&answer)));
            }
            From::Stream(stream) => match answer {
                Ok(answer) => stream.tell_receipt(answer.receipt),
                Err(error) => stream.close(Close::of(&error)),
            },
        }
    }

    fn hello(&mut self, stream: &Arc<Stream>, hello: &Hello) {
        match self.core.greet(&stream.device, &stream.application, hello) {
            Ok(state) => {
                stream.greet(state, super::page::have(&hello.have));
                self.catch_up(stream);
            }
            Err(error) => stream.close(Close::of(&error)),
        }
    }

    /// Sends a stream that is not up to date the next page.
    fn catch_up(&mut self, stream: &Arc<Stream>) {
        let Some(hello) = stream.lag() else { return };
        let result = self.core.page(&stream.application, &hello).and_then(|(page, more)| {
            let after = self.core.state_at(&stream.application, page.head.position)?;
            Ok((page, after, more))
        });
        match result {
            Ok((page, after, more)) => {
                stream.tell_lag(encode(&Tell::Page(page)), after, more);
            }
            Err(error) => stream.close(Close::of(&error)),
        }
    }

    /// Tells the followers of what was added to logs.
    fn tell_all(&mut self, asks: &[Ask], origins: &[From], stretches: &[Stretch]) {
        for stretch in stretches {
            if self.core.wants_fold(&stretch.application) {
                self.worn.insert(stretch.application.clone());
            }
            let streams = self.streams.of(&stretch.application);
            if streams.is_empty() {
                continue;
            }
            for (ask, origin) in asks.iter().zip(origins) {
                if let From::Stream(stream) = origin
                    && ask.application == stretch.application
                {
                    stream.has(handed_over(&ask.offer, stretch));
                }
            }
            self.tell(&streams, stretch);
        }
    }

    fn tell(&mut self, streams: &[Arc<Stream>], stretch: &Stretch) {
        let actors: BTreeSet<&ActorId> = stretch.actors().collect();
        let large = stretch.size() > PAGE_BYTES;
        // Receivers that have the same of these changes get the same bytes.
        let mut pages: BTreeMap<BTreeMap<ActorId, u64>, Arc<[u8]>> = BTreeMap::new();
        for stream in streams {
            if stretch.roster
                && let Err(error) = self.core.admit(&stream.device, &stretch.application)
            {
                stream.close(Close::of(&error));
                continue;
            }
            let Some(have) = stream.expects(stretch.before, &actors) else {
                if stream.is_free() {
                    self.catch_up(stream);
                }
                continue;
            };
            if large {
                stream.fall_behind();
                self.catch_up(stream);
                continue;
            }
            if !pages.contains_key(&have) {
                match self.core.live_page(stretch, &have) {
                    Ok(page) => {
                        pages.insert(have.clone(), encode(&Tell::Page(page)).into());
                    }
                    Err(error) => {
                        stream.close(Close::of(&error));
                        continue;
                    }
                }
            }
            if let Some(bytes) = pages.get(&have) {
                stream.tell_page(Arc::clone(bytes), stretch.head.state);
            }
        }
    }

    fn fold_one(&mut self) {
        let Some(id) = self.worn.pop_first() else { return };
        if let Err(error) = self.core.fold(&id) {
            tracing::warn!(application = %id, %error, "the log could not be folded; it stays as it is");
        }
    }
}

/// How far a stretch takes an offer's own changes, by actor: whoever handed them over has them.
fn handed_over(offer: &Offer, stretch: &Stretch) -> BTreeMap<ActorId, u64> {
    let given: BTreeSet<&[u8]> = offer.changes.iter().map(|change| change.0.as_slice()).collect();
    let mut have = BTreeMap::new();
    for record in &stretch.records {
        if let Place::Accepted { actor, seq, bytes, .. } = &record.place
            && given.contains(bytes.as_slice())
        {
            have.insert(actor.clone(), *seq);
        }
    }
    have
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_is_turned_away_leaves_nothing_behind() {
        // Nobody takes anything from it, as when all places are taken.
        let (sender, receiver) = sync_channel(0);
        let waiting = Arc::new(Mutex::new(BTreeMap::new()));
        let arbiter = Arbiter { sender, waiting: Arc::clone(&waiting) };
        let refused = |lane: u8| arbiter.submit(PublicKey([lane; 32]), 0, Job::Stop).unwrap_err().code;
        assert_eq!([refused(1), refused(2)], [ErrorCode::Busy; 2]);
        drop(receiver);
        assert_eq!(refused(3), ErrorCode::Busy);
        assert_eq!(
            *waiting.lock().unwrap(),
            BTreeMap::new(),
            "whoever asks with ever new keys fills no memory"
        );
    }
}
