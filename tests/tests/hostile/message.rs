//! Forged, altered, replayed and misdirected messages to the hub.

use automerge::{Automerge, Change};
use form_document::ledger::Fault;
use form_document::wire::{Exchange, MESSAGE_MAX_BYTES, Offer, Publish, WireChange, WireClaim};
use form_document::{BadChunk, CHANGE_MAX_BYTES, ChangeHash, Claim, Segment};
use form_model::id::ApplicationId;

use crate::ground::{Ground, code};

/// Somebody else's application.
fn other() -> ApplicationId {
    ApplicationId("ab".repeat(32))
}

/// The offer's one signature does not fit, and so its change is nobody's.
async fn fits_nobody(ground: &mut Ground, what: &str, offer: Offer, hash: ChangeHash) {
    let unproven = Fault::Unproven(hash).to_string();
    is_nobodys(ground, what, offer, &["seal 0 of the message", &unproven], &[UNSIGNED, UNFIT]).await;
}

/// The hub gives no verdict and says why; a colleague who gets it in a file leaves it out.
async fn is_nobodys(ground: &mut Ground, what: &str, offer: Offer, expected: &[&str], told: &[&str]) {
    let before = ground.science.answers();
    let imported = ground.by_file(&ground.science, &offer);
    assert_eq!(imported.reasons, told, "{what}, by file");
    assert_eq!(ground.science.answers(), before, "{what}, by file");
    let reply = ground.hand_over(offer).await.unwrap();
    assert_eq!(reply.page.entries, [], "{what}: no verdict");
    assert_eq!(reply.receipt.faults.len(), expected.len(), "{what}: {:?}", reply.receipt.faults);
    for fault in expected {
        assert!(
            reply.receipt.faults.iter().any(|said| said.starts_with(fault)),
            "{what}: {:?}",
            reply.receipt.faults
        );
    }
    ground.goes_on().await;
}

const UNSIGNED: &str = "没有作者的签名";
const UNFIT: &str = "签名与修改对不上";
const DAMAGED: &str = "修改已损坏，或不是会签写成的";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_misdirected_signatures_prove_nothing() {
    let mut ground = Ground::new().await;
    let own = |ground: &Ground| vec![ground.put("openness", "export_growth.2025", "1", vec![])];

    // In the lead's name: the actor is the lead's, the signature is not.
    let leads = ground.lead.desk.with(|desk| Ok(desk.device().public())).unwrap();
    let operations = own(&ground);
    let mut forged = ground.change(operations);
    forged.claim = Claim::new(&ground.id(), leads, [9; 16]);
    forged.change.actor_id = forged.claim.actor.clone();
    let (offer, hash) = ground.offer(&forged);
    fits_nobody(&mut ground, "forged author", offer, hash).await;

    // Signed for another application.
    let operations = own(&ground);
    let forged = ground.change(operations);
    let (mut offer, hash) = ground.offer(&forged);
    let actor = forged.claim.actor.clone();
    offer.seals = vec![Segment::sign(&ground.key(), &other(), actor, 1, vec![hash], 1).seal(1)];
    fits_nobody(&mut ground, "another application", offer, hash).await;

    // Not signed at all.
    let operations = own(&ground);
    let forged = ground.change(operations);
    let (mut offer, hash) = ground.offer(&forged);
    offer.seals.clear();
    let unproven = Fault::Unproven(hash).to_string();
    is_nobodys(&mut ground, "unsigned", offer, &[&unproven], &[UNSIGNED]).await;

    // By a device that nobody let in.
    let operations = own(&ground);
    let forged = ground.change(operations);
    let (mut offer, hash) = ground.offer(&forged);
    let stranger = form_document::key::SigningKey::from_seed(&[77; 32]).unwrap();
    offer.claims = Some(vec![WireClaim { device: stranger.public(), nonce: [1; 16] }]);
    let device = "claim 0 of the message is by a device that is not enrolled";
    let reply = ground.hand_over(offer).await.unwrap();
    assert!(reply.receipt.faults.iter().any(|fault| fault == device), "{:?}", reply.receipt.faults);
    assert!(reply.receipt.faults.contains(&Fault::Unproven(hash).to_string()), "{:?}", reply.receipt.faults);
    assert_eq!(reply.page.entries, []);
    ground.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_raw_change_get_no_verdict() {
    let mut ground = Ground::new().await;
    let long = "长".repeat(1_000);
    let operations = vec![ground.put("openness", "cooperation_mechanism", &long, vec![])];
    let forged = ground.change(operations);
    let raw = Change::from(forged.change.clone()).raw_bytes().to_vec();
    let mut altered = raw.clone();
    let character = altered.windows(3).position(|bytes| bytes == "长".as_bytes()).unwrap();
    altered[character + 2] ^= 1;
    let document = Automerge::new().save();
    let mut bundle = raw.clone();
    bundle[8] = 3;
    let compressed = Change::from(forged.change.clone()).bytes().to_vec();
    assert_eq!(compressed[8], 2, "long enough to be compressed");
    let kinds: [(&str, Vec<u8>, BadChunk); 6] = [
        ("altered", altered, BadChunk::Checksum),
        ("a document chunk", document, BadChunk::NotARawChange),
        ("a bundle chunk", bundle, BadChunk::NotARawChange),
        ("a compressed chunk", compressed, BadChunk::NotARawChange),
        ("nothing", Vec::new(), BadChunk::NotARawChange),
        ("oversize", vec![0; CHANGE_MAX_BYTES + 1], BadChunk::TooLarge { length: CHANGE_MAX_BYTES + 1 }),
    ];
    for (what, bytes, bad) in kinds {
        let offer = ground.offer_of(bytes, 1, ChangeHash([7; 32]), &forged.claim);
        let fault = Fault::Change { index: 0, bad }.to_string();
        let reply = ground.hand_over(offer.clone()).await.unwrap();
        assert!(reply.receipt.faults.contains(&fault), "{what}: {:?}", reply.receipt.faults);
        assert_eq!(reply.page.entries, [], "{what}: no verdict");
        let imported = ground.by_file(&ground.science, &offer);
        assert!(imported.reasons.contains(&DAMAGED.to_owned()), "{what}: {:?}", imported.reasons);
        ground.goes_on().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_over_by_another_is_not_taken_twice() {
    let mut ground = Ground::new().await;
    ground.science.append("innovation.measures", "措施");
    let offer = ground.science.desk.with(|desk| desk.offer(&ground.id())).unwrap().unwrap();
    ground.science.sync().await.unwrap();
    ground.villain.sync().await.unwrap();
    let position = ground.villain.hello().after;
    for _ in 0..2 {
        let reply = ground.hand_over(offer.clone()).await.unwrap();
        assert_eq!((reply.page.entries.len(), reply.page.head.position), (0, position));
        assert_eq!(reply.receipt.faults, [] as [String; 0]);
    }
    let file = ground.science.desk.with(|desk| desk.export_bundle(&ground.id(), false)).unwrap();
    let take = || ground.lead.desk.with(|desk| desk.import(&file, "交换包.hqb")).unwrap().0;
    assert_eq!((take().changes, take().changes, take().refused), (1, 0, 0));
    ground.goes_on().await;
    assert_eq!(ground.lead.text("innovation.measures"), "措施");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_large_or_about_another_application_is_refused() {
    let mut ground = Ground::new().await;
    let hello = ground.villain.hello();
    let many = Offer { changes: vec![WireChange(vec![0; MESSAGE_MAX_BYTES / 4]); 5], ..Offer::default() };
    assert_eq!(code(ground.hand_over(many).await), "too_large");
    let exchange = Exchange { hello, offer: Offer::default() };
    assert_eq!(code(ground.connection.exchange(&other(), &exchange).await), "application_unknown");
    let genesis = crate::ground::unpack(
        &ground.villain.desk.with(|desk| desk.export_bundle(&ground.id(), false)).unwrap(),
    )
    .genesis;
    let publish = Publish { genesis, package: Vec::new(), roster: Vec::new() };
    assert_eq!(code(ground.connection.publish(&other(), &publish, "").await), "publication_refused");
    let mut altered = publish;
    altered.genesis[20] ^= 1;
    assert_eq!(code(ground.connection.publish(&ground.id(), &altered, "").await), "publication_refused");
    ground.goes_on().await;
}
