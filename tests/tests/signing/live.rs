//! What comes to a desk while its window is open.

use std::path::Path;
use std::sync::{Arc, Mutex};

use form_client::hub::{self, HeardDesk, LocalDesk, Wake};
use form_model::command::{Event, Link, SetAsideRequest};
use form_model::id::ApplicationId;
use huiqian_tests::scene::workspace;
use huiqian_tests::signed_off::{SignedOff, well};
use huiqian_tests::wait::{PATIENCE, until};
use tokio::task::JoinHandle;

/// A desk as its window keeps it, and what the window is told.
pub struct Open {
    pub desk: LocalDesk,
    pub id: ApplicationId,
    told: Arc<Mutex<Vec<Event>>>,
    syncing: JoinHandle<()>,
}

impl Open {
    pub fn new(home: &Path, id: &str) -> Self {
        let (workspace, id) = (workspace(home).unwrap(), ApplicationId(id.to_owned()));
        Self::of(LocalDesk::new(workspace), id)
    }

    pub fn of(desk: LocalDesk, id: ApplicationId) -> Self {
        let told: Arc<Mutex<Vec<Event>>> = Arc::default();
        let heard = Arc::clone(&told);
        let window = HeardDesk::new(desk.clone(), move |event| heard.lock().unwrap().push(event));
        let (key, wake): (_, Wake) = desk.with(|desk| Ok((desk.device_key()?, desk.wake(&id)))).unwrap();
        let syncing = tokio::spawn(hub::run(window, id.clone(), key, wake));
        Self { desk, id, told, syncing }
    }

    /// Closes the window, so that another program can open the desk.
    pub async fn close(mut self) {
        self.syncing.abort();
        let _ = (&mut self.syncing).await;
    }

    /// Whether the window was told something so.
    pub fn was_told(&self, is: impl Fn(&Event) -> bool) -> bool {
        self.told.lock().unwrap().iter().any(is)
    }

    /// How often the window was told something so.
    pub fn times_told(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.told.lock().unwrap().iter().filter(|event| is(event)).count()
    }

    pub fn forget_told(&self) {
        self.told.lock().unwrap().clear();
    }

    pub async fn wait_until(&self, what: &str, is: impl Fn(&Self) -> bool) {
        until(what, PATIENCE, || async { Ok(is(self).then_some(())) }).await.unwrap();
    }

    pub async fn wait_until_live(&self) {
        self.wait_until("the live stream", |open| {
            open.was_told(|event| matches!(event, Event::Sync { sync } if sync.link == Link::Live))
        })
        .await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.syncing.abort();
    }
}

#[tokio::test]
async fn a_receipt_comes_by_itself_when_a_revision_becomes_final_and_the_window_is_told() {
    let scene = SignedOff::of_two();
    let colleague = scene.colleague.as_ref().unwrap().path();
    let open = Open::new(colleague, &scene.id);
    open.wait_until_live().await;
    open.forget_told();
    well(scene.home.path(), &["finalise", &scene.id]);
    let has_receipt = |open: &Open| open.desk.with(|desk| desk.final_receipt(&open.id, Some(1))).is_ok();
    open.wait_until("the receipt", has_receipt).await;
    // The page with the step tells it, and the receipt again.
    open.wait_until("the window to be told", |open| {
        open.times_told(|event| matches!(event, Event::Signing)) >= 2
    })
    .await;
    assert!(!open.was_told(|event| matches!(event, Event::Sync { sync } if sync.link != Link::Live)));
}

#[tokio::test]
async fn held_work_comes_to_whoever_fills_that_part_without_a_new_connection() {
    let scene = SignedOff::of_two();
    let (lead, id) = (scene.home.path(), scene.id.as_str());
    let colleague = scene.colleague.as_ref().unwrap().path();
    well(lead, &["finalise", id]);
    let open = Open::new(lead, id);
    open.wait_until_live().await;
    let aside = |open: &Open| {
        let application = open.id.clone();
        let request = SetAsideRequest { application, dismiss: None, propose: false, adopt: false };
        open.desk.with(|desk| desk.set_aside(&request)).unwrap()
    };
    assert_eq!(aside(&open), []);
    open.forget_told();
    // The colleague has not heard of it yet.
    well(colleague, &["set", id, "operation.staff.summer", "44"]);
    well(colleague, &["sync", id]);
    open.wait_until("the held work", |open| !aside(open).is_empty()).await;
    let held = aside(&open);
    let author = held[0].author.as_deref().unwrap_or_default();
    assert!(held.len() == 1 && author.contains("Commerce"), "{held:?}");
    assert!(!open.was_told(|event| matches!(event, Event::Sync { sync } if sync.link != Link::Live)));
    let counted = |event: &Event| matches!(event, Event::Sync { sync } if sync.set_aside == 1);
    open.wait_until("the window to be told", |open| open.was_told(counted)).await;
}
