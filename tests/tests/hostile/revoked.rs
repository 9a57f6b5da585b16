//! A device that was taken out: at the hub, and through a colleague's exchange file.

use form_document::log::Reason;
use form_document::wire::{Offer, PageEntry};
use form_model::command::TeamAct;

use crate::ground::{Ground, code};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_is_refused_at_the_door_and_through_a_colleagues_file() {
    let ground = Ground::new().await;
    let id = ground.id();
    // Written while it still might; on a stick to a colleague who does not know better.
    ground.villain.append("openness.cooperation_mechanism", "引进来");
    let file = ground.villain.desk.with(|desk| desk.export_bundle(&id, false)).unwrap();
    let imported = ground.science.desk.with(|desk| desk.import(&file, "交换包.hqb")).unwrap().0;
    assert_eq!((imported.changes, imported.refused), (1, 0));
    assert_eq!(ground.science.text("openness.cooperation_mechanism"), "引进来");
    ground.lead.team(TeamAct::RevokeDevice { key: ground.key().public().to_string() }).unwrap();
    ground.lead.sync().await.unwrap();

    assert_eq!(code(ground.hand_over(Offer::default()).await), "device_revoked");
    assert_eq!(code(ground.connection.start(&id).await), "device_revoked");
    assert_eq!(code(ground.connection.live(&id).await), "device_revoked");
    assert_eq!(code(ground.villain.sync().await), "device_revoked");

    ground.science.append("innovation.measures", "措施");
    ground.science.sync().await.unwrap();
    ground.lead.sync().await.unwrap();
    let pages = ground.lead.whole_log().await.unwrap();
    let refused: Vec<_> = pages
        .iter()
        .flat_map(|page| &page.entries)
        .filter_map(|entry| match entry {
            PageEntry::Refused { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect();
    let expected = [Reason::Revoked, Reason::BuildsOnRefused];
    assert_eq!(
        refused, expected,
        "the colleague's own work had been written on top of it, and is written again"
    );
    for desk in [&ground.lead, &ground.science] {
        assert_eq!(desk.text("openness.cooperation_mechanism"), "", "nothing of it stays");
        assert_eq!(desk.text("innovation.measures"), "措施", "the colleague's own work is unharmed");
    }
    // Again by file, after everybody knows.
    let imported = ground.science.desk.with(|desk| desk.import(&file, "交换包.hqb")).unwrap().0;
    assert_eq!(imported.changes, 0);
    assert_eq!(ground.science.text("openness.cooperation_mechanism"), "");
}
