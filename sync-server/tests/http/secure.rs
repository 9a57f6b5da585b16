//! Whom a desk hands its changes to: a hub with a certificate of its own, and with the key that the roster names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::post;
use axum::{Json, Router};
use form_client::hub::HubConnection;
use form_document::key::{PublicKey, Purpose};
use form_document::roster::Hub;
use form_document::wire::{Exchange, Say, Tell};
use form_model::error::ErrorCode;
use sync_server::limit::WAITING_PER_DEVICE;

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

/// Somebody at a hub's address who says to be that hub, and counts what else is asked of them.
async fn impostor(hub: PublicKey) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let proof = key(66).sign(Purpose::HubAnswer, b"whatever").to_string();
    let answer = serde_json::json!({ "challenge": "7".repeat(64), "hub": hub, "proof": proof });
    let router =
        Router::new().route("/v1/challenges", post(async move || Json(answer))).fallback(async move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_handed_to_a_server_without_the_key_that_the_roster_names() {
    let (hub, other) = (TestHub::new().await, TestHub::new().await);
    let (mut lead, _) = hub.lead(1).await;
    lead.set("station.name", "南极站");
    let named = |url: &str| Hub { url: url.to_owned(), key: hub.hub.key };
    let exchange = lead.exchange();
    let (url, asked) = impostor(hub.hub.key).await;
    for elsewhere in [&url, &other.hub.url] {
        let connection = HubConnection::to(&named(elsewhere), Arc::new(key(1))).unwrap();
        let refused = connection.exchange(&lead.application, &exchange).await.unwrap_err();
        assert_eq!(refused.details["code"], "another_hub");
        assert_eq!(connection.live(&lead.application).await.unwrap_err().details["code"], "another_hub");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0, "the impostor was asked who it is, and no more");
    let connection = HubConnection::to(&named(&hub.hub.url), Arc::new(key(1))).unwrap();
    connection.exchange(&lead.application, &exchange).await.unwrap();
    hub.hub.shutdown().await;
    other.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_the_same_time_count_once_each() {
    let hub = TestHub::new().await;
    let (lead, _) = hub.lead(1).await;
    let (url, id) = (hub.hub.url.clone(), lead.application.clone());
    let connection = HubConnection::new(&url, Arc::new(key(1))).unwrap();
    // As many as may wait for the hub at once.
    let requests = (0..WAITING_PER_DEVICE).map(|_| connection.standing(&id));
    for answer in futures_util::future::join_all(requests).await {
        answer.unwrap();
    }
    hub.hub.shutdown().await;
}
