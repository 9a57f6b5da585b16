//! Acknowledged and durable changes a second, with 1 to 256 devices in one application, and what a change costs the
//! hub and the line.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use form_client::hub::{HubConnection, Live};
use form_document::wire::{Say, Tell, encode};
use form_model::id::ApplicationId;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::light::Light;
use super::stage::Stage;
use super::work::Step;
use crate::bench::Samples;

/// How many of its changes each device lets be on their way at once; the same for every peer.
pub const WINDOW: usize = 32;

/// How long and how often a device tries again to open its stream: for as long as the hub counts what an address asks
/// for.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
const OPEN_TRIES: u32 = 60;

/// How large the head of a client's WebSocket message is, in bytes (RFC 6455, section 5.2), mask included.
const HEAD_BYTES: usize = 6;
/// Beyond this length the head has two bytes more.
const SHORT_BYTES: usize = 125;

/// What a run has shown.
#[derive(Debug)]
pub struct Load {
    pub clients: usize,
    pub changes: usize,
    pub took: Duration,
    /// The hub's processor time.
    pub processor: Duration,
    /// From making a change to knowing that it is accepted and durable.
    pub verdicts: Samples,
    /// On the line, to the hub.
    pub bytes_up: usize,
}

impl Load {
    /// Acknowledged and durable changes a second.
    pub fn rate(&self) -> u128 {
        self.changes as u128 * 1_000_000 / self.took.as_micros().max(1)
    }

    /// The hub's processor time a change.
    pub fn cost(&self) -> Duration {
        self.processor / u32::try_from(self.changes).unwrap_or(u32::MAX).max(1)
    }
}

/// Lets so many devices write as fast as each gets its verdicts, until so many changes are accepted.
///
/// # Errors
/// When the hub refuses a change or closes a stream.
pub async fn run(stage: &Stage, clients: usize, changes: usize) -> anyhow::Result<Load> {
    let act = stage.act(clients).await?;
    let barrier = Arc::new(Barrier::new(clients + 1));
    let share = changes / clients;
    let mut tasks = JoinSet::new();
    for (member, light) in stage.members(&act)?.into_iter().enumerate() {
        let connection = stage.line(&act, member)?;
        let live = opened(&connection, &light.application).await?;
        tasks.spawn(Writer::new(light, live, WINDOW).write(share, Arc::clone(&barrier)));
    }
    barrier.wait().await;
    let (started, before) = (Instant::now(), stage.processor_time()?);
    let (mut verdicts, mut bytes_up) = (Samples::default(), 0);
    while let Some(done) = tasks.join_next().await {
        let writer = done??;
        verdicts.extend(writer.verdicts);
        bytes_up += writer.bytes_up;
    }
    let (took, after) = (started.elapsed(), stage.processor_time()?);
    Ok(Load { clients, changes: share * clients, took, processor: after - before, verdicts, bytes_up })
}

/// Opens a live stream. All devices here share an address, which may ask for so many challenges a minute only: as a
/// desk does, tries again.
async fn opened(connection: &HubConnection, application: &ApplicationId) -> anyhow::Result<Live> {
    for _ in 0..OPEN_TRIES {
        if let Ok(live) = connection.live(application).await {
            return Ok(live);
        }
        sleep(OPEN_AGAIN).await;
    }
    Ok(connection.live(application).await?)
}

/// One device on its live stream.
#[derive(Debug)]
pub struct Writer {
    light: Light,
    live: Live,
    window: usize,
    made: VecDeque<Instant>,
    pub verdicts: Samples,
    pub bytes_up: usize,
}

impl Writer {
    /// A device that lets `window` changes be on their way.
    pub fn new(light: Light, live: Live, window: usize) -> Self {
        Self { light, live, window, made: VecDeque::new(), verdicts: Samples::default(), bytes_up: 0 }
    }

    /// Writes so many changes, from when all others are ready too.
    ///
    /// # Errors
    /// When the hub refuses one.
    pub async fn write(mut self, changes: usize, ready: Arc<Barrier>) -> anyhow::Result<Self> {
        self.greet().await?;
        ready.wait().await;
        self.write_so_many(changes).await?;
        Ok(self)
    }

    /// Writes until the line breaks.
    ///
    /// # Errors
    /// That it broke.
    pub async fn write_on(&mut self) -> anyhow::Result<()> {
        self.greet().await?;
        self.write_so_many(usize::MAX).await
    }

    async fn write_so_many(&mut self, changes: usize) -> anyhow::Result<()> {
        let (mut left, mut answered) = (changes, true);
        while left > 0 || !self.made.is_empty() {
            while left > 0 && self.made.len() < self.window {
                self.type_one(left)?;
                left -= 1;
            }
            if answered && let Some(offer) = self.light.offer(self.window) {
                // As the real client: one offer at a time, what is made meanwhile goes with the next.
                self.say(&Say::Offer(offer)).await?;
                answered = false;
            }
            answered |= self.hear().await?;
        }
        Ok(())
    }

    /// Says hello and hears the first page.
    ///
    /// # Errors
    /// When the stream closes.
    pub async fn greet(&mut self) -> anyhow::Result<()> {
        let hello = Say::Hello(self.light.hello());
        self.say(&hello).await?;
        self.hear().await.map(drop)
    }

    /// Makes the next character.
    ///
    /// # Errors
    /// When the form does not take it.
    pub fn type_one(&mut self, number: usize) -> anyhow::Result<()> {
        self.made.push_back(Instant::now());
        self.light.make(&Step::character(number))
    }

    /// Hands over at most so many changes.
    ///
    /// # Errors
    /// When the stream is closed.
    pub async fn hand_over(&mut self, most: usize) -> anyhow::Result<bool> {
        let Some(offer) = self.light.offer(most) else { return Ok(false) };
        self.say(&Say::Offer(offer)).await?;
        Ok(true)
    }

    async fn say(&mut self, say: &Say) -> anyhow::Result<()> {
        self.bytes_up += message_bytes(encode(say).len());
        Ok(self.live.say(say).await?)
    }

    /// Hears one message; whether it is the receipt of an offer.
    ///
    /// # Errors
    /// When the hub refuses something or the stream closes.
    pub async fn hear(&mut self) -> anyhow::Result<bool> {
        match self.live.hear().await? {
            Tell::Page(page) => {
                for _ in 0..self.light.follow(&page)? {
                    let made = self.made.pop_front().context("more accepted than made")?;
                    self.verdicts.push(made.elapsed());
                }
                Ok(false)
            }
            Tell::Receipt(receipt) => {
                ensure!(receipt.faults.is_empty() && receipt.waiting.is_empty(), "{receipt:?}");
                Ok(true)
            }
            Tell::Presence(..) => Ok(false),
        }
    }
}

/// What a message from a client takes on the line, in bytes.
pub fn message_bytes(content: usize) -> usize {
    content + HEAD_BYTES + if content > SHORT_BYTES { 2 } else { 0 }
}
