//! Which roster a device was seen to know outlives the hub's restarts: nobody knows less later.

use std::collections::BTreeMap;

use form_document::Segment;
use form_document::log::Reason;
use form_document::roster::Act;
use form_document::wire::{Exchange, PageEntry};
use form_model::member::{AgencyId, FormPart, Grant, Role};

use crate::support::desk::Desk;
use crate::support::{NOW, TestCore, key};

/// Some time later.
const A_DAY_MS: i64 = 86_400_000;

#[test]
fn a_device_that_knew_of_its_loss_cannot_claim_after_a_restart_that_it_did_not() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    desk.sync(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    let old = desk.ledger.chain().version();
    // The part goes to others; whoever does not know of it yet may hand in for a day.
    lead.act(Act::Agency {
        id: AgencyId("safety".to_owned()),
        name: "协同单位".to_owned(),
        mark: "协".to_owned(),
        grant: Grant {
            role: Role::Contributor,
            parts: BTreeMap::from([(FormPart("station".to_owned()), None)]),
            ..Grant::default()
        },
        accept_until_ms: Some(NOW + A_DAY_MS),
    });
    lead.sync(&mut hub.core).unwrap();
    desk.sync(&mut hub.core).unwrap();
    desk.set("station.name", "南极站");
    desk.sync(&mut hub.core).unwrap();
    let floors = hub.core.storage().floors(&desk.application).unwrap();
    assert!(floors.contains(&(desk.device(), old + 1)), "{floors:?}");

    let mut hub = hub.restarted();
    desk.append("safety.waste", "运出");
    let mut offer = desk.offer();
    let document = &desk.ledger.document;
    let (actor, seq) = (document.actor().clone(), document.last_seq(document.actor()));
    let hash = document.hash_at(&actor, seq).unwrap();
    let dated_back = Segment::sign(&key(2), &desk.application, actor, seq, vec![hash], old);
    offer.seals = vec![dated_back.seal(seq + 1)];
    let exchange = Exchange { hello: desk.hello(), offer };
    let reply = hub.core.exchange(&desk.device(), &desk.application, exchange).unwrap();
    let refused = |entry: &PageEntry| matches!(entry, PageEntry::Refused { reason: Reason::NotGranted, .. });
    assert!(reply.page.entries.iter().any(refused), "{:?}", reply.page.entries);
    assert_eq!(hub.core.storage().floors(&desk.application).unwrap(), floors);
}
