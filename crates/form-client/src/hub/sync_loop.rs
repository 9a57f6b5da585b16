//! Keeps one application in step with its hub for as long as the program runs: connects, catches up, stays on the
//! live stream, and tries again with growing pauses when the line breaks.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use form_document::key::{PublicKey, SigningKey};
use form_document::log::Reason;
use form_document::wire::{Exchange, Offer, Page, PageEntry, Presence, Receipt, Say, Tell};
use form_model::command::{Event, Link};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceKey;
use form_model::id::ApplicationId;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::connection::{HubConnection, Live};
use super::hub_line::HubLine;
use super::log_watch::LogWatch;
use super::problem;
use super::restored::{Remedy, remedy};
use super::transfer::carry;
use crate::clock;
use crate::workspace::Workspace;

/// The first pause after a broken line; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// The longest pause: a hub that comes back is noticed within a minute.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// The pause while a restored hub waits for others: what the hub asks for.
const RESTORED_PAUSE: Duration = Duration::from_secs(5);
/// How long a quiet line may be before it is tried: below the 60 s after which common proxies close it.
const PING_EVERY: Duration = Duration::from_secs(25);
/// How often the hub is asked where a proxy lets no live stream through.
const ASK_EVERY: Duration = Duration::from_secs(3);
/// How long the hub is asked before the live stream is tried again: a proxy seldom changes its ways, a crowded hub
/// soon has room.
const STREAM_AGAIN: Duration = Duration::from_secs(300);

/// The way to the desk, which belongs to another thread.
pub trait Ask: Clone + Send + Sync {
    /// Does some work on the desk.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> Result<T, UserError> + Send + 'static,
    ) -> impl Future<Output = Result<T, UserError>> + Send;

    /// Tells the view of an application.
    fn tell(&self, application: &ApplicationId, events: Vec<Event>) -> impl Future<Output = ()> + Send;
}

/// What wakes the loop: an edit, a person who wants to sync now, or who has moved to another field.
#[derive(Clone, Debug, Default)]
pub struct Wake {
    /// Something is to be handed over.
    pub changed: Arc<Notify>,
    /// Do not wait for the pause to end.
    pub now: Arc<Notify>,
    /// A file of evidence is to be sent or fetched.
    pub files: Arc<Notify>,
    /// Where this person is.
    pub presence: watch::Sender<Presence>,
}

/// Keeps an application in step with its hub until the task is dropped.
pub async fn run<A: Ask>(desk: A, application: ApplicationId, device: Arc<SigningKey>, wake: Wake) {
    let mut log = LogWatch::default();
    let mut sync = SyncLoop {
        desk,
        application,
        device,
        wake,
        stepped: Arc::clone(&log.stepped),
        connection: None,
        offline_since: None,
        restored: false,
        heard: false,
    };
    let mut pause = PAUSE_FIRST;
    loop {
        let error = match sync.connect(&mut log).await {
            Ok(never) => match never {},
            Err(error) => error,
        };
        if std::mem::take(&mut sync.heard) {
            pause = PAUSE_FIRST;
        }
        if stops(&error) {
            pause = PAUSE_MAX;
        }
        sync.broken(error).await;
        // Half of the pause by chance, so that a hub that comes back is not asked by everybody at once.
        let chance = Duration::from_millis(fastrand::u64(0..=pause.as_millis().try_into().unwrap_or(0) / 2));
        let waiting = pause / 2 + chance;
        let _ = timeout(waiting, sync.wake.now.notified()).await;
        pause = (pause * 2).min(if sync.restored { RESTORED_PAUSE } else { PAUSE_MAX });
    }
}

/// This device's key, with time for a person to unlock the keyring meanwhile: the desk goes on with other work.
///
/// # Errors
/// [`ErrorCode::KeyringSilent`], [`ErrorCode::KeyMissing`].
pub async fn device_key<A: Ask>(desk: &A) -> Result<Arc<SigningKey>, UserError> {
    let device = desk.ask(|desk| Ok(desk.device().clone())).await?;
    let key = tokio::task::spawn_blocking(move || device.key_when_unlocked()).await;
    key.map_err(|error| UserError::new(ErrorCode::KeyringSilent).with("cause", error))?
}

/// Never made: the loop ends only by an error.
pub(super) enum Never {}

struct SyncLoop<A> {
    desk: A,
    application: ApplicationId,
    device: Arc<SigningKey>,
    wake: Wake,
    /// The roster has moved, or may have: a receipt may be missing.
    stepped: Arc<Notify>,
    connection: Option<HubConnection>,
    /// Milliseconds since 1970-01-01 UTC; `None` while the hub is heard and followed.
    offline_since: Option<i64>,
    /// The hub was heard and followed since the last break.
    heard: bool,
    /// The hub was restored from a backup and waits for others. The person is told so until it goes on: what they
    /// may press must not come and go with every try.
    restored: bool,
}

impl<A: Ask> SyncLoop<A> {
    async fn broken(&mut self, error: UserError) {
        let now = clock::system();
        let restored = matches!(problem::code(&error), Some(problem::RECOVERING | problem::LOG_FORKED));
        self.restored = restored && self.hub_restored().await.is_ok();
        if self.restored {
            return;
        }
        // Whatever it is, the next try says nothing before it has come to something else.
        let since_ms = *self.offline_since.get_or_insert(now);
        let link = if stops(&error) {
            Link::Stopped { error }
        } else {
            match of_this_machine(error) {
                Some(error) => Link::Hindered { error },
                None => Link::Offline { since_ms },
            }
        };
        self.link(link).await;
        self.show(Vec::new()).await;
    }

    /// The hub was restored: says for whom it waits.
    async fn hub_restored(&self) -> Result<(), UserError> {
        let Some(connection) = &self.connection else { return Err(UserError::new(ErrorCode::NoHub)) };
        let awaited = connection.standing(&self.application).await?.awaited;
        let id = self.application.clone();
        let events = self.desk.ask(move |desk| desk.hub_restored(&id, &awaited)).await?;
        self.desk.tell(&self.application, events).await;
        Ok(())
    }

    async fn link(&self, link: Link) {
        let id = self.application.clone();
        // Fails only when the desk is gone, and then nobody looks at the line.
        if let Ok(events) = self.desk.ask(move |desk| desk.linked(&id, link)).await {
            self.desk.tell(&self.application, events).await;
        }
    }

    async fn connect(&mut self, log: &mut LogWatch) -> Result<Never, UserError> {
        let id = self.application.clone();
        let hub = self.desk.ask(move |desk| desk.hub(&id)).await?;
        if !self.connection.as_ref().is_some_and(|connection| connection.leads_to(&hub)) {
            self.connection = Some(HubConnection::to(&hub, Arc::clone(&self.device))?);
        }
        let Some(connection) = self.connection.clone() else { return Err(UserError::new(ErrorCode::NoHub)) };
        if self.offline_since.is_none() && !self.restored {
            self.link(Link::Connecting).await;
        }
        catch_up(&self.desk, &connection, &self.application).await?;
        (self.offline_since, self.restored, self.heard) = (None, false, true);
        check_start(&self.desk, &self.application).await?;
        let id = self.application.clone();
        let forgotten = self.desk.ask(move |desk| {
            desk.forget_moving(&id);
            Ok(())
        });
        forgotten.await?;
        let carrying =
            carry(self.desk.clone(), connection.clone(), self.application.clone(), self.wake.files.clone());
        let (desk, application) = (self.desk.clone(), self.application.clone());
        let looking = log.run(&desk, &connection, &application);
        tokio::select! {
            ended = self.talk(&connection) => ended,
            never = carrying => match never {},
            never = looking => match never {},
        }
    }

    /// Stays on the live stream; asks where none gets through.
    async fn talk(&mut self, connection: &HubConnection) -> Result<Never, UserError> {
        loop {
            match connection.live(&self.application).await {
                Ok(live) => return self.stay(connection, live).await,
                Err(error) if turns_away(&error) => return Err(error),
                // The hub has just answered: something on the way lets no stream through, or the hub has no more
                // to give. Asking does as well, only later.
                Err(_) => self.ask_again(connection).await?,
            }
        }
    }

    /// No live stream gets through: asks every few seconds, until it is time to try the stream again.
    async fn ask_again(&mut self, connection: &HubConnection) -> Result<(), UserError> {
        self.link(Link::Live).await;
        let until = Instant::now() + STREAM_AGAIN;
        while Instant::now() < until {
            let _ = timeout(ASK_EVERY, self.wake.changed.notified()).await;
            catch_up(&self.desk, connection, &self.application).await?;
            self.stepped.notify_one();
        }
        Ok(())
    }

    /// On the live stream.
    async fn stay(&mut self, connection: &HubConnection, mut live: Live) -> Result<Never, UserError> {
        let id = self.application.clone();
        let hello = self.desk.ask(move |desk| {
            desk.reconnect(&id)?;
            desk.hello(&id)
        });
        live.say(&Say::Hello(hello.await?)).await?;
        self.link(Link::Live).await;
        let mut present = People::default();
        let mut presence = self.wake.presence.subscribe();
        presence.mark_changed();
        // One offer at a time: what is typed meanwhile goes with the next.
        let mut answered = true;
        let mut last = Instant::now();
        loop {
            if answered && let Some(offer) = self.offer().await? {
                live.say(&Say::Offer(offer)).await?;
                answered = false;
            }
            tokio::select! {
                heard = live.hear() => {
                    last = Instant::now();
                    match heard? {
                        Tell::Page(page) => self.follow(connection, page).await?,
                        Tell::Receipt(receipt) => {
                            self.receipt(receipt).await?;
                            answered = true;
                        }
                        Tell::Presence(device, who) => self.show(present.moved(device, who)).await,
                    }
                }
                () = self.wake.changed.notified() => {}
                changed = presence.changed() => {
                    if changed.is_ok() {
                        let who = presence.borrow_and_update().clone();
                        live.say(&Say::Presence(who)).await?;
                    }
                }
                () = sleep(PING_EVERY.saturating_sub(last.elapsed())) => {
                    live.ping().await?;
                    last = Instant::now();
                }
            }
        }
    }

    async fn offer(&self) -> Result<Option<Offer>, UserError> {
        let id = self.application.clone();
        self.desk.ask(move |desk| desk.offer(&id)).await
    }

    async fn follow(&self, connection: &HubConnection, page: Page) -> Result<(), UserError> {
        let id = self.application.clone();
        let stepped = page.entries.iter().any(|entry| matches!(entry, PageEntry::Roster(_)));
        let held = |entry: &PageEntry| matches!(entry, PageEntry::Refused { reason: Reason::Held, .. });
        let held = page.entries.iter().any(held);
        let events = self.desk.ask(move |desk| desk.follow(&id, &page)).await?;
        if events.iter().any(names_a_file) {
            self.wake.files.notify_one();
        }
        self.desk.tell(&self.application, events).await;
        if stepped {
            self.stepped.notify_one();
        }
        if held { fetch_held(&self.desk, connection, &self.application).await } else { Ok(()) }
    }

    async fn receipt(&self, receipt: Receipt) -> Result<(), UserError> {
        let id = self.application.clone();
        let events = self.desk.ask(move |desk| desk.receipt(&id, &receipt)).await?;
        self.desk.tell(&self.application, events).await;
        Ok(())
    }

    async fn show(&self, people: Vec<(PublicKey, Presence)>) {
        let id = self.application.clone();
        // Fails only when the application cannot be read, and then nobody looks at it.
        if let Ok(events) = self.desk.ask(move |desk| desk.hear_people(&id, people)).await {
            self.desk.tell(&self.application, events).await;
        }
    }
}

/// Whether an event tells of a file of evidence.
fn names_a_file(event: &Event) -> bool {
    let Event::Answered { answers } = event else { return false };
    answers.iter().any(|state| EvidenceKey::read(&state.answer).is_some())
}

/// Exchanges with the hub until both sides have everything. A desk that has nothing yet starts compactly; a hub
/// that was restored from a backup gets back what it has lost.
///
/// # Errors
/// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`], [`ErrorCode::HubBroken`], [`ErrorCode::NotSaved`].
pub async fn catch_up<A: Ask, H: HubLine>(
    desk: &A,
    connection: &H,
    application: &ApplicationId,
) -> Result<(), UserError> {
    let id = application.clone();
    let empty = desk
        .ask(move |desk| {
            desk.reconnect(&id)?;
            desk.is_empty(&id)
        })
        .await?;
    if empty {
        let (id, start) = (application.clone(), connection.start(application).await?);
        let events = desk.ask(move |desk| desk.begin(&id, &start)).await?;
        desk.tell(application, events).await;
    }
    loop {
        let id = application.clone();
        let exchange = desk.ask(move |desk| {
            let hello = desk.hello(&id)?;
            Ok(Exchange { hello, offer: desk.offer(&id)?.unwrap_or_default() })
        });
        let reply = match connection.exchange(application, &exchange.await?).await {
            Ok(reply) => reply,
            Err(error) => match remedy(desk, connection, application, error).await? {
                Remedy::Done => continue,
                Remedy::None(error) => {
                    if turned_away(&error) {
                        let (id, why) = (application.clone(), error.clone());
                        let events = desk.ask(move |desk| desk.turned_away(&id, why)).await?;
                        desk.tell(application, events).await;
                    }
                    return Err(error);
                }
            },
        };
        let id = application.clone();
        let more = reply.more;
        let (events, open) = desk
            .ask(move |desk| {
                match desk.follow(&id, &reply.page) {
                    Ok(mut events) => {
                        events.extend(desk.receipt(&id, &reply.receipt)?);
                        Ok((events, more || desk.has_offer(&id)?))
                    }
                    // It had taken more for known than it has, and asks once more, for all bytes.
                    Err(error) if error.code == ErrorCode::HubUnreachable => Ok((Vec::new(), true)),
                    Err(error) => Err(error),
                }
            })
            .await?;
        desk.tell(application, events).await;
        if !open {
            return fetch_held(desk, connection, application).await;
        }
    }
}

/// Fetches the work that the log has refused because the revision was final and that is not here: it is shown to those
/// who fill that part, who may write it again once it is open.
async fn fetch_held<A: Ask, H: HubLine>(
    desk: &A,
    connection: &H,
    application: &ApplicationId,
) -> Result<(), UserError> {
    let id = application.clone();
    let Some(mut after) = desk.ask(move |desk| desk.held_after(&id)).await? else { return Ok(()) };
    loop {
        let (id, held) = (application.clone(), connection.held(application, after).await?);
        after = held.position;
        let Some(events) = desk.ask(move |desk| desk.take_held(&id, held)).await? else { return Ok(()) };
        desk.tell(application, events).await;
    }
}

/// Looks at a compact start, beside the desk's own work; until then nothing of it is trusted.
///
/// # Errors
/// [`ErrorCode::HubBroken`] when it is not sound.
pub async fn check_start<A: Ask>(desk: &A, application: &ApplicationId) -> Result<(), UserError> {
    let id = application.clone();
    let Some(unchecked) = desk.ask(move |desk| desk.unchecked_start(&id)).await? else { return Ok(()) };
    let checked = tokio::task::spawn_blocking(move || unchecked.check()).await;
    let verified = checked.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))??;
    let id = application.clone();
    let events = desk.ask(move |desk| desk.checked_start(&id, &verified)).await?;
    desk.tell(application, events).await;
    Ok(())
}

/// Whether trying again is of no use until somebody does something.
fn stops(error: &UserError) -> bool {
    let code = problem::code(error);
    error.code == ErrorCode::HubBroken
        || turned_away(error)
        || matches!(code, Some("application_unknown" | problem::LOG_FORKED | problem::ANOTHER_HUB))
}

/// Whether the hub does not let this desk in, whatever it brings.
fn turned_away(error: &UserError) -> bool {
    matches!(problem::code(error), Some("not_a_member" | "device_revoked"))
}

/// What is the matter on this machine, where the line is not to blame.
fn of_this_machine(mut error: UserError) -> Option<UserError> {
    if matches!(error.code, ErrorCode::HubUnreachable | ErrorCode::HubRefused) {
        return None;
    }
    // The sentence of an edit that was not saved asks to type it again.
    if error.code == ErrorCode::NotSaved {
        error.code = ErrorCode::NewsNotSaved;
    }
    Some(error)
}

/// Whether the hub turns this desk away, so that asking in another manner is of no use either.
fn turns_away(error: &UserError) -> bool {
    stops(error) || problem::code(error) == Some(problem::RECOVERING)
}

/// Who is in the form, by device.
#[derive(Default)]
struct People(BTreeMap<PublicKey, Presence>);

impl People {
    fn moved(&mut self, device: PublicKey, presence: Presence) -> Vec<(PublicKey, Presence)> {
        if presence.here {
            self.0.insert(device, presence);
        } else {
            self.0.remove(&device);
        }
        self.0.iter().map(|(device, presence)| (*device, presence.clone())).collect()
    }
}
