//! What people say about the line: that it costs money, that nothing is to be carried now, that this file is wanted.

use std::time::{Duration, Instant};

use form_client::hub::{self, HeardDesk, LocalDesk, Wake};
use form_model::command::{Event, Transfer};
use huiqian_tests::scene::workspace;
use huiqian_tests::team::Team;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::broken_line::{Line, Weakness};
use crate::{SLOT, add_photos, files_in, kept, list, photo, says, team_with_photos, well};

#[test]
fn on_a_line_that_costs_money_large_files_wait_and_small_ones_go() {
    let team = Team::new(&[]).unwrap();
    let home = team.colleague.home();
    let [large, small] =
        [(1, (2_400, 1_800)), (2, (300, 200))].map(|(number, size)| photo(&team, number, size));
    assert!(large.metadata().unwrap().len() > 512 << 10 && small.metadata().unwrap().len() < 512 << 10);
    well(&home, &["evidence", "transfer", &team.id.0, "--metered", "on"]);
    for file in [&large, &small] {
        well(&home, &["evidence", "add", &team.id.0, SLOT, file.to_str().unwrap()]);
    }
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), 1);
    let seen = list(&home, &team);
    assert_eq!(seen.matches("省流量，要传时再传").count(), 1, "{seen}");
    let said = well(&home, &["evidence", "transfer", &team.id.0]);
    assert!(said.contains("待上传 1 ("), "{said}");
    let said = well(&home, &["evidence", "transfer", &team.id.0, "--metered", "off"]);
    assert!(!said.contains("省流量"), "{said}");
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), 2);
}

#[test]
fn while_it_is_paused_nothing_is_carried_but_what_a_person_asks_for() {
    let team = team_with_photos();
    let (colleague, lead) = (team.colleague.home(), team.lead.home());
    let said = well(&colleague, &["evidence", "transfer", &team.id.0, "--pause"]);
    assert!(said.contains("已暂停"), "{said}");
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), 0);
    well(&colleague, &["evidence", "transfer", &team.id.0, "--resume"]);
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), 5);
    well(&lead, &["evidence", "transfer", &team.id.0, "--pause"]);
    team.lead_syncs().unwrap();
    let here = || files_in(&lead.join("blobs")).len();
    assert_eq!(here(), 0, "{}", list(&lead, &team));
    let copy = lead.join("副本.jpg");
    well(&lead, &["evidence", "get", &team.id.0, SLOT, "1", "--out", copy.to_str().unwrap()]);
    assert_eq!((here(), copy.exists()), (1, true));
    well(&lead, &["evidence", "transfer", &team.id.0, "--resume"]);
    team.lead_syncs().unwrap();
    assert_eq!(here(), 5);
}

#[test]
fn a_file_that_was_taken_out_is_fetched_when_it_is_asked_for_and_is_nobodys_loss() {
    let team = team_with_photos();
    let lead = team.lead.home();
    well(&team.colleague.home(), &["evidence", "remove", &team.id.0, SLOT, "1"]);
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    let verify = || well(&lead, &["evidence", "verify", &team.id.0]);
    assert!(verify().contains("已移除  不在本机"), "{}", verify());
    well(&lead, &["evidence", "fetch", &team.id.0]);
    assert_eq!(files_in(&lead.join("blobs")).len(), 4);
    well(&lead, &["evidence", "fetch", &team.id.0, "--all"]);
    assert!(verify().contains("已移除  完好"), "{}", verify());
    let of_slot = files_in(&lead.join("blobs"));
    std::fs::remove_file(&of_slot[0]).unwrap();
    std::fs::create_dir(&of_slot[0]).unwrap();
    let (code, said) = says(&lead, &["evidence", "verify", &team.id.0]);
    assert_eq!(said.matches("完好").count(), 4, "one that cannot be read hides no other: {code:?} {said}");
    assert_eq!(said.matches("无法读取").count(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_asks_for_is_under_way_at_once_though_larger_files_fill_a_slow_line() {
    let team = Team::new(&[]).unwrap();
    // Half a megabyte a second at the very most, and 16 MB to carry.
    let slow = Weakness { cut_after: u64::MAX, pause: Duration::from_millis(100) };
    let line = Line::to(team.hub.url(), slow);
    team.lead_says("connect", &[&line.url]).unwrap();
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    add_photos(&team, 6, (3_000, 2_200));
    let desk = LocalDesk::new(workspace(&team.colleague.home()).unwrap());
    let (heard, mut events) = mpsc::unbounded_channel();
    let told = HeardDesk::new(desk.clone(), move |event| drop(heard.send(event)));
    let wake: Wake = desk.with(|desk| Ok(desk.wake(&team.id))).unwrap();
    let device = hub::device_key(&desk).await.unwrap();
    let syncing = tokio::spawn(hub::run(told, team.id.clone(), device, wake));
    let mut sending = async |one: Option<&str>, within| {
        let heard = async {
            loop {
                let Some(Event::Evidence { blobs }) = events.recv().await else { continue };
                let moving = blobs.into_iter().find(|blob| {
                    matches!(blob.transfer, Transfer::Sending { .. })
                        && one.is_none_or(|one| blob.sha256 == one)
                });
                if let Some(blob) = moving {
                    break blob.sha256;
                }
            }
        };
        timeout(within, heard).await.unwrap()
    };
    let patience = Duration::from_secs(60);
    sending(None, patience).await;
    let largest = desk.with(|desk| desk.loads(&team.id, &hub::Extent::All)).unwrap().pop().unwrap().file;
    let asked = Instant::now();
    desk.with(|desk| desk.want_file(&team.id, &largest.sha256)).unwrap();
    sending(Some(&largest.sha256), Duration::from_secs(1)).await;
    println!("under way after {:?}", asked.elapsed());
    // And what is paused stops.
    desk.with(|desk| desk.set_paused(true)).unwrap();
    let resting = || {
        let states = desk.with(|desk| desk.blob_states(&team.id)).unwrap();
        states.iter().filter(|state| matches!(state.transfer, Transfer::Sending { .. })).count()
    };
    let until = Instant::now() + patience;
    while resting() > 0 {
        assert!(Instant::now() < until, "{} are still under way", resting());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    syncing.abort();
}
