//! A real hub that was restored from a backup, as a desk's sync loop meets it.

#![allow(clippy::unwrap_used)] // The file is nothing but checks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use form_client::hub::{self, HeardDesk, LocalDesk, Wake};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{Event, Link};
use huiqian_tests::team::Team;
use huiqian_tests::wait::{PATIENCE, until};

/// Long enough for the loop to try again, twice.
const SOME_TRIES: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_person_is_told_of_it_once_and_not_anew_at_every_try() {
    let mut team = Team::new(&[]).unwrap();
    team.lose_hub(("openness.cooperation_mechanism", "引进来与走出去"), ("cover.city", "示例市")).unwrap();
    let workspace = Workspace::open(&team.lead.home(), Surroundings::without_keyring()).unwrap();
    let (id, key) = (workspace.resolve(&team.id.0).unwrap(), workspace.device_key().unwrap());
    let links: Arc<Mutex<Vec<Link>>> = Arc::default();
    let heard = Arc::clone(&links);
    let desk = HeardDesk::new(LocalDesk::new(workspace), move |event| {
        if let Event::Sync { sync } = event {
            heard.lock().unwrap().push(sync.link);
        }
    });
    let syncing = tokio::spawn(hub::run(desk, id, key, Wake::default()));
    let told = || async {
        let restored = |link: &Link| matches!(link, Link::Restored { .. });
        Ok(links.lock().unwrap().iter().position(restored))
    };
    let first = until("the desk to be told that the hub was restored", PATIENCE, told).await.unwrap();
    tokio::time::sleep(SOME_TRIES).await;
    syncing.abort();
    let links = links.lock().unwrap();
    assert_eq!(links[first..].len(), 1, "{links:?}");
}
