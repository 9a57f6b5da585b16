//! A desk whose rights were revoked, as its sync loop and its command line say it.

#![allow(clippy::unwrap_used)] // The file is nothing but checks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use form_client::hub::{self, HeardDesk, LocalDesk, Wake};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{Event, Link};
use huiqian_tests::scene::command_line;
use huiqian_tests::team::{SECTION, Team};
use huiqian_tests::wait::{PATIENCE, until};

/// Long enough for a loop that does not wait to try again, twice.
const SOME_TRIES: Duration = Duration::from_secs(4);

/// A team of which the colleague's only device was revoked.
fn team() -> Team {
    let team = Team::new(&[]).unwrap();
    team.lead_says("revoke", &["commerce"]).unwrap();
    team.lead_syncs().unwrap();
    team
}

#[tokio::test]
async fn it_is_told_once_and_the_hub_is_not_asked_over_and_over() {
    let team = team();
    let workspace = Workspace::open(&team.colleague.home(), Surroundings::without_keyring()).unwrap();
    let (id, key) = (workspace.resolve(&team.id.0).unwrap(), workspace.device_key().unwrap());
    let links: Arc<Mutex<Vec<Link>>> = Arc::default();
    let heard = Arc::clone(&links);
    let desk = HeardDesk::new(LocalDesk::new(workspace), move |event| {
        if let Event::Sync { sync } = event {
            let mut links = heard.lock().unwrap();
            if links.last() != Some(&sync.link) {
                links.push(sync.link);
            }
        }
    });
    let syncing = tokio::spawn(hub::run(desk, id, key, Wake::default()));
    let stopped = |link: &Link| matches!(link, Link::Stopped { .. });
    let told = || async { Ok(links.lock().unwrap().iter().position(stopped)) };
    until("the desk to be told that it may not sync", PATIENCE, told).await.unwrap();
    tokio::time::sleep(SOME_TRIES).await;
    syncing.abort();
    let links = links.lock().unwrap();
    assert!(matches!(links.as_slice(), [Link::Connecting, Link::Stopped { .. }]), "{links:?}");
}

#[test]
fn it_is_told_by_status_and_at_each_edit_until_the_hub_lets_it_in_again() {
    let team = team();
    let home = team.colleague.home();
    let say = |arguments: &[&str]| command_line(&home, &[&["--lang", "en"], arguments].concat()).unwrap();
    let (code, said) = say(&["sync", &team.id.0]);
    assert_ne!(code, Some(0), "{said}");
    let answer = format!("{SECTION}.cooperation_mechanism");
    for arguments in [&["status", team.id.0.as_str()][..], &["set", &team.id.0, &answer, "引进来"]] {
        let (code, said) = say(arguments);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("revoked"), "{arguments:?}: {said}");
    }
    team.lead_says("grant", &["commerce", "--name", "示例市商务局", "--part", SECTION]).unwrap();
    let invite = team.invite("commerce").unwrap();
    let (code, said) = say(&["join", &invite]);
    assert_eq!(code, Some(0), "{said}");
    let (_, said) = say(&["status", &team.id.0]);
    assert!(!said.contains("revoked"), "{said}");
    team.lead_syncs().unwrap();
    assert!(team.lead_says("get", &[&answer]).unwrap().contains("引进来"), "what was typed meanwhile");
}
