//! A hub with a certificate of its own, and a desk's connection to it.

use std::sync::Arc;

use form_client::hub::HubConnection;
use form_document::wire::{Exchange, Say, Tell};
use form_model::error::ErrorCode;

use crate::TestHub;
use crate::support::desk::Desk;
use crate::support::key;

/// A hub that nobody but its own certificate vouches for, and that certificate.
async fn hub_of_an_office() -> (TestHub, String) {
    let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let files = tempfile::tempdir().unwrap();
    let (certificate, key) = (files.path().join("hub.crt"), files.path().join("hub.pem"));
    std::fs::write(&certificate, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let hub = TestHub::with(|config| config.tls = Some(sync_server::config::Tls { certificate, key })).await;
    assert!(hub.hub.url.starts_with("https://"));
    (hub, certified.cert.pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_exchanges_and_follows_the_live_stream_over_tls() {
    let (hub, certificate) = hub_of_an_office().await;
    let (number, url) = (1, &hub.hub.url);
    let mut desk = Desk::lead_at(number, [number; 16], hub.hub.key);
    let device = || Arc::new(key(number));
    let connection = HubConnection::trusting(url, device(), certificate.as_bytes()).unwrap();
    connection.publish(&desk.application, &desk.publication(), "").await.unwrap();
    desk.set("station.name", "南极站");
    let exchange: Exchange = desk.exchange();
    let reply = connection.exchange(&desk.application, &exchange).await.unwrap();
    desk.follow(&reply.page).unwrap();
    desk.set("station.name", "北极站");
    let mut live = connection.live(&desk.application).await.unwrap();
    live.say(&Say::Hello(desk.hello())).await.unwrap();
    live.say(&Say::Offer(desk.offer())).await.unwrap();
    loop {
        match live.hear().await.unwrap() {
            Tell::Page(page) => drop(desk.follow(&page).unwrap()),
            Tell::Receipt(receipt) => break assert_eq!(receipt.position, desk.ledger.log().position),
            Tell::Presence(..) => {}
        }
    }
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let (hub, _) = hub_of_an_office().await;
    let connection = HubConnection::trusting(&hub.hub.url, Arc::new(key(1)), b"").unwrap();
    assert_eq!(connection.key().await.unwrap_err().code, ErrorCode::HubUnreachable);
    hub.hub.shutdown().await;
}
