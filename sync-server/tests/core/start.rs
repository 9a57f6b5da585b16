//! Compact starts and folded logs.

use crate::support::TestCore;
use crate::support::desk::Desk;

#[test]
fn a_compact_start_equals_the_log_and_goes_on_from_there() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    for round in 0..4 {
        lead.set("station.name", &format!("站 {round}"));
        lead.sync(&mut hub.core).unwrap();
        desk.append("safety.waste", "运出");
        desk.set("station.region", "polar");
        let _ = desk.sync(&mut hub.core).unwrap();
        if round == 1 {
            hub.core.fold(&lead.application).unwrap();
        }
    }
    lead.sync(&mut hub.core).unwrap();
    let start = hub.core.start(&lead.device(), &lead.application).unwrap();
    let mut ledger = lead.started(1, &start);
    assert!(ledger.log().position < lead.ledger.log().position, "the newest places come by exchange");
    let mut hello = lead.hello();
    hello.after = ledger.log().position;
    hello.log = ledger.log().hash;
    hello.have.clear();
    let (page, more) = hub.core.page(&lead.application, &hello).unwrap();
    assert!(!more);
    let actor = ledger.document.actor().clone();
    ledger.follow(&page, &actor, &Default::default()).unwrap();
    assert_eq!(ledger.log(), lead.ledger.log());
    assert_eq!(ledger.document.heads(), lead.ledger.document.heads());
    assert_eq!(ledger.document.answers(), lead.ledger.document.answers());
    assert_eq!(ledger.all_accepted(), lead.ledger.all_accepted());
}
