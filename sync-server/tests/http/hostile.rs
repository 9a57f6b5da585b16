//! Requests made to do harm.

use std::io::Write as _;

use form_document::wire::{MESSAGE_MAX_BYTES, Offer, WireChange, encode};
use reqwest::Method;

use crate::TestHub;
use crate::client::path;
use crate::support::Random;

#[tokio::test(flavor = "multi_thread")]
async fn oversize_packed_and_unreadable_bodies_are_refused_each_with_its_reason() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let exchange = path(&lead, "/exchange");
    let large = leads.send(Method::POST, &exchange, vec![0; MESSAGE_MAX_BYTES + 1]).await;
    assert_eq!(large.unwrap_err(), (413, "too_large".to_owned()));
    let garbage = leads.send(Method::POST, &exchange, vec![0xff; 100]).await;
    assert_eq!(garbage.unwrap_err(), (400, "bad_message".to_owned()));
    let bomb = gzip(&vec![0; 16 << 20]);
    let good = gzip(&encode(&lead.exchange()));
    let packings = [
        ("gzip", [&bomb[..bomb.len() - 4], &9_u32.to_le_bytes()].concat(), (400, "bad_message")),
        ("gzip", bomb, (413, "too_large")),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 1, 0, 0, 0], (400, "bad_message")),
        ("gzip", [&good, &good[good.len() - 4..]].concat(), (400, "bad_message")),
        ("gzip", [&good[..10], &good[14..]].concat(), (400, "bad_message")),
        ("br", good.clone(), (415, "unsupported_media")),
    ];
    for (packing, body, (status, code)) in packings {
        let proof = leads.proof(&Method::POST, &exchange, &body);
        let refused =
            leads.send_with(Method::POST, &exchange, body, &proof, &[("Content-Encoding", packing)]).await;
        assert_eq!(refused.unwrap_err(), (status, code.to_owned()));
    }
    let proof = leads.proof(&Method::POST, &exchange, &good);
    leads.send_with(Method::POST, &exchange, good, &proof, &[("Content-Encoding", "gzip")]).await.unwrap();
    let nowhere = leads.plain(Method::GET, "/v2", Vec::new()).await;
    assert_eq!(nowhere.unwrap_err(), (404, "not_found".to_owned()));
    let method = leads.plain(Method::DELETE, "/v1/tokens", Vec::new()).await;
    assert_eq!(method.unwrap_err(), (405, "method_not_allowed".to_owned()));
    lead.set("station.name", "南极站");
    leads.sync(&mut lead).await.unwrap();
    hub.hub.shutdown().await;
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn random_and_damaged_bodies_never_kill_the_hub() {
    let seed = 7;
    println!("seed {seed}");
    let mut random = Random(seed);
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    lead.set("station.name", "南极站");
    let good = encode(&lead.exchange());
    let paths = ["/exchange", "/log", ""];
    for round in 0..300 {
        let body: Vec<u8> = if round % 3 == 0 {
            (0..random.below(400)).map(|_| u8::try_from(random.below(256)).unwrap()).collect()
        } else {
            let mut body = good.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(body.len());
                body[at] = u8::try_from(random.below(256)).unwrap();
            }
            body.truncate(body.len() - random.below(2) * random.below(30));
            body
        };
        let rest = paths[random.below(paths.len())];
        let method = if rest.is_empty() { Method::PUT } else { Method::POST };
        match leads.send(method, &path(&lead, rest), body).await {
            Ok(_) => {}
            Err((status, code)) => assert!((400..500).contains(&status), "{status} {code}"),
        }
    }
    leads.sync(&mut lead).await.unwrap();
    assert_eq!(lead.text("station.name"), "南极站");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_exchange_is_refused_and_says_nothing_of_the_application() {
    let hub = TestHub::new().await;
    let (mut lead, _) = hub.lead(1).await;
    let stranger = hub.client(9).await;
    let exchange = lead.exchange();
    let refused = stranger.exchange(&lead, &exchange).await;
    assert_eq!(refused.unwrap_err(), (403, "not_a_member".to_owned()));
    let start = stranger.start(&lead).await;
    assert_eq!(start.unwrap_err(), (403, "not_a_member".to_owned()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_nobody_signed_gets_no_verdict() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    lead.set("station.name", "南极站");
    let mut exchange = lead.exchange();
    exchange.offer.seals.clear();
    let reply = leads.exchange(&lead, &exchange).await.unwrap();
    assert_eq!(reply.receipt.faults.len(), 1);
    exchange.offer = Offer { changes: vec![WireChange(vec![1, 2, 3])], ..Offer::default() };
    let reply = leads.exchange(&lead, &exchange).await.unwrap();
    assert_eq!(reply.receipt.faults.len(), 1);
    assert_eq!(reply.page.head.position, lead.ledger.log().position.max(2));
    hub.hub.shutdown().await;
}
