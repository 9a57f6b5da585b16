//! Carries files of evidence between this desk and its hub: asked-for ones first, then the smallest, a few at a time, each
//! from where it broke off. A file counts as on the hub only when the hub has said so after comparing all of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use form_model::error::UserError;
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::connection::HubConnection;
use super::porter::Porter;
use super::sync_loop::{Ask, Never};

/// How many files are under way at once: enough that a slow disk does not hold up the line, few enough that typing
/// still gets through.
const AT_ONCE: usize = 3;

/// How often the hub is asked for files that colleagues have yet to send: soon enough that nobody reloads a page.
const ROUND_EVERY: Duration = Duration::from_secs(15);

/// How often the hub is asked about all files: one that it has lost meanwhile is brought again within this.
const ALL_EVERY: Duration = Duration::from_secs(600);

/// On a line that costs money larger files wait until somebody asks for them, in bytes: a page of a scan.
pub const METERED_MAX_BYTES: u64 = 512 << 10;

/// Which files are to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As the desk is set: all that stand in slots; or small and asked-for ones; or none.
    AsSet,
    /// All that stand in slots.
    All,
    /// Those that were taken out, too.
    Ever,
    /// The one with this hash.
    One(String),
}

/// Where a file is carried to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the hub.
    Up,
    /// To this desk.
    Down,
}

/// One file to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    pub file: EvidenceFile,
    /// Where an upload goes on; empty when none was begun.
    pub upload: String,
    /// Whether a person asked for it.
    pub wanted: bool,
    pub way: Way,
}

/// A lane takes one file after the other until there is none for it.
type Lane<'p> = Pin<Box<dyn Future<Output = Result<(), UserError>> + Send + 'p>>;

/// Carries what is to be carried, once. What one file meets does not hold up the others; the first trouble is answered
/// when everything else has been tried.
///
/// # Errors
/// [`form_model::error::ErrorCode::HubUnreachable`], [`form_model::error::ErrorCode::HubRefused`],
/// [`form_model::error::ErrorCode::DiskFull`], [`form_model::error::ErrorCode::NotSaved`].
pub async fn transfer<A: Ask>(
    desk: &A,
    connection: &HubConnection,
    application: &ApplicationId,
    extent: Extent,
) -> Result<(), UserError> {
    let porter = Porter::new(desk, connection, application, extent).await?;
    porter.confirm(true).await?;
    porter.look().await?;
    let lanes: FuturesUnordered<_> = (0..AT_ONCE).map(|_| porter.lane(false)).collect();
    let results: Vec<_> = lanes.collect().await;
    results.into_iter().collect()
}

/// Carries files for as long as the line lasts: at once, when something is added or asked for, and now and then for
/// what colleagues have sent to the hub meanwhile. What goes wrong is told at each file.
pub(super) async fn carry<A: Ask>(
    desk: A,
    connection: HubConnection,
    application: ApplicationId,
    files: Arc<Notify>,
) -> Never {
    loop {
        // The hub or the disk gave no list: asked again with the next round.
        if let Ok(porter) = Porter::new(&desk, &connection, &application, Extent::AsSet).await {
            let _ = carry_on(&porter, &files).await;
        }
        sleep_until(Instant::now() + ROUND_EVERY).await;
    }
}

/// Keeps the lanes busy until the desk gives no list.
async fn carry_on<A: Ask>(porter: &Porter<'_, A>, files: &Notify) -> Result<Never, UserError> {
    let (mut lanes, mut asked_for) =
        (FuturesUnordered::<Lane<'_>>::new(), FuturesUnordered::<Lane<'_>>::new());
    let mut asking = FuturesUnordered::<Lane<'_>>::new();
    porter.confirm(true).await?;
    let (mut round, mut all) = (Instant::now() + ROUND_EVERY, Instant::now() + ALL_EVERY);
    loop {
        porter.look().await?;
        while lanes.len() < AT_ONCE {
            lanes.push(Box::pin(porter.lane(false)));
        }
        // What a person waits for goes beside the others, however long those take.
        if asked_for.is_empty() {
            asked_for.push(Box::pin(porter.lane(true)));
        }
        loop {
            // What a file meets is told at the file; a question that found no answer is asked again.
            tokio::select! {
                Some(_) = lanes.next() => {}
                Some(_) = asked_for.next() => {}
                Some(_) = asking.next() => {
                    round = Instant::now() + ROUND_EVERY;
                    break;
                }
                () = files.notified() => break,
                () = sleep_until(round), if asking.is_empty() => {
                    let of_all = Instant::now() >= all;
                    if of_all {
                        all = Instant::now() + ALL_EVERY;
                    }
                    asking.push(Box::pin(porter.confirm(of_all)));
                }
            }
        }
    }
}
