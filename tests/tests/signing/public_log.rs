//! A hub whose public log is not what it was: caught and shown, and nobody's work waits for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use form_client::hub::{self, LocalDesk};
use form_model::command::{Event, Signing, SigningAct, SigningRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::LoopbackDesk;
use huiqian_tests::scene::command_line;
use huiqian_tests::signed_off::{json, signed_off_at, well};
use huiqian_tests::wait::{PATIENCE, until};
use tempfile::TempDir;

use crate::live::Open;

const NAME: &str = "cover.zone_name";
/// Of an agency that looks at nothing but the application.
const MEASURES: &str = "innovation.measures";

/// A hub, an application whose desks stay in step with it, and another that can be made final.
struct Scene {
    hub: HubProcess,
    desks: Vec<LoopbackDesk>,
    other: TempDir,
    other_id: String,
}

impl Scene {
    async fn new() -> Self {
        let hub = HubProcess::start().unwrap();
        let desks = LoopbackDesk::team_of(hub.url()).await.unwrap();
        let other = TempDir::new().unwrap();
        let other_id = signed_off_at(other.path(), hub.url());
        Self { hub, desks, other, other_id }
    }

    /// The lead's desk as its window keeps it.
    fn open(&self) -> Open {
        Open::of(self.desks[0].desk.clone(), self.desks[0].application.clone())
    }

    /// A copy of the hub's data as it is now; the hub goes on.
    fn copy(&mut self) -> PathBuf {
        self.hub.stop().unwrap();
        let copy = self.hub.folder().join("copy");
        let copied = Command::new("cp").arg("-a").arg(self.hub.data()).arg(&copy).status().unwrap();
        assert!(copied.success());
        self.hub.start_again().unwrap();
        copy
    }

    /// The hub goes on from other data; where its own lies now.
    fn exchange(&mut self, data: &Path, aside: &str) -> PathBuf {
        self.hub.stop().unwrap();
        let aside = self.hub.folder().join(aside);
        std::fs::rename(self.hub.data(), &aside).unwrap();
        std::fs::rename(data, self.hub.data()).unwrap();
        self.hub.start_again().unwrap();
        aside
    }

    /// What is written at one desk comes to another.
    async fn check_that_edits_sync(&self, words: &str) {
        self.desks[2].append(MEASURES, words);
        self.desks[2].sync().await.unwrap();
        let lead = &self.desks[0];
        until("the edit to come", PATIENCE, || async {
            Ok(lead.text(MEASURES).ends_with(words).then_some(()))
        })
        .await
        .unwrap();
        lead.set(NAME, words);
        until("the edit to go", PATIENCE, || async {
            self.desks[2].sync().await?;
            Ok((self.desks[2].text(NAME) == words).then_some(()))
        })
        .await
        .unwrap();
    }
}

fn signing(desk: &LocalDesk, open: &LoopbackDesk) -> Signing {
    let request = SigningRequest { application: open.application.clone(), act: SigningAct::Read };
    desk.with(|desk| desk.signing(&request)).unwrap()
}

fn log_size(open: &Open) -> u64 {
    open.desk.with(|desk| desk.log_known(&open.id)).unwrap()
}

fn fault(open: &Open) -> Option<UserError> {
    open.desk.with(|desk| desk.log_fault(&open.id)).unwrap()
}

fn is_broken(event: &Event) -> bool {
    matches!(event, Event::Failed { error } if error.code == ErrorCode::LogBroken)
}

/// The window is told of a broken log, at once and once.
async fn check_that_it_is_shown(scene: &Scene, open: &Open, words: &str) {
    open.wait_until("the window to be told", |open| open.was_told(is_broken)).await;
    let told = fault(open).unwrap();
    assert!(told.sentence(Language::Chinese).contains(words), "{told}");
    let shown = signing(&open.desk, &scene.desks[0]);
    assert_eq!(shown.log.unwrap().fault.as_ref(), Some(&told));
    assert!(shown.obstacles.iter().any(|obstacle| obstacle.sentence == told), "it stands in the way");
    let refused = hub::finalise(&open.desk, &open.id, Vec::new()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::LogBroken);
    let courier = open.desk.with(|desk| desk.courier(&open.id, &[])).unwrap_err();
    assert_eq!(courier.code, ErrorCode::LogBroken, "nor by a courier");
}

#[tokio::test]
async fn a_log_that_was_rolled_back_is_caught_shown_and_kept_until_it_is_as_it_was_again() {
    let mut scene = Scene::new().await;
    let yesterday = scene.copy();
    well(scene.other.path(), &["finalise", &scene.other_id]);
    let open = scene.open();
    open.wait_until("the log", |open| log_size(open) == 2).await;
    let longer = scene.exchange(&yesterday, "longer");
    check_that_it_is_shown(&scene, &open, "日志只有 1 条，本机见过 2 条").await;
    scene.check_that_edits_sync("照常填写").await;
    assert_eq!(open.times_told(is_broken), 1, "not anew at every try");
    assert_eq!(log_size(&open), 2, "what was known stays known");
    // A later start shows it, also when the hub is not there.
    let Scene { mut hub, mut desks, other, other_id } = scene;
    hub.stop().unwrap();
    open.close().await;
    let lead = desks.remove(0);
    let (application, folder) = (lead.application.clone(), lead.close());
    let (code, said) = command_line(folder.path(), &["signing", &application.0]).unwrap();
    assert!(code == Some(0) && said.contains("日志只有 1 条"), "{said}");
    hub.start_again().unwrap();
    let (code, said) = command_line(folder.path(), &["sync", &application.0]).unwrap();
    assert!(code == Some(1) && said.contains("日志只有 1 条"), "edits go, and it is told: {said}");
    let status = json(folder.path(), &["status", &application.0]);
    assert_eq!((&status["waiting"], &status["log"]["code"]), (&0.into(), &"log_broken".into()));
    desks.insert(0, LoopbackDesk::open_again(&folder, &application));
    let mut scene = Scene { hub, desks, other, other_id };
    // The hub has found its data again.
    scene.exchange(&longer, "shorter");
    let open = scene.open();
    open.wait_until("the end of it", |open| fault(open).is_none()).await;
    assert!(open.was_told(|event| matches!(event, Event::Signing)) && !open.was_told(is_broken));
    assert_eq!(signing(&open.desk, &scene.desks[0]).log.unwrap().fault, None);
    scene.check_that_edits_sync("恢复一致").await;
}

#[tokio::test]
async fn a_log_that_shows_two_people_two_pasts_is_caught_by_whoever_meets_both() {
    let mut scene = Scene::new().await;
    let third = TempDir::new().unwrap();
    let third_id = signed_off_at(third.path(), scene.hub.url());
    let twin = scene.copy();
    well(scene.other.path(), &["finalise", &scene.other_id]);
    let open = scene.open();
    open.wait_until("the one log", |open| log_size(open) == 2).await;
    open.close().await;
    scene.exchange(&twin, "one");
    well(third.path(), &["finalise", &third_id]);
    let open = scene.open();
    check_that_it_is_shown(&scene, &open, "不是本机见过的日志的延续").await;
    scene.check_that_edits_sync("两份日志").await;
    assert_eq!(open.times_told(is_broken), 1);
    assert_eq!(log_size(&open), 2);
}
