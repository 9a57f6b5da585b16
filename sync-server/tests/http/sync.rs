//! Devices that sync over HTTP.

use reqwest::Method;
use serde_json::Value;

use crate::TestHub;
use crate::support::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_see_each_others_work_also_after_a_restart_of_the_hub() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    desk.append("safety.waste", "运出");
    desks.sync(&mut desk).await.unwrap();
    let hub = hub.restarted().await;
    let leads = hub.client(1).await;
    leads.sync(&mut lead).await.unwrap();
    assert_eq!(lead.text("safety.waste"), "运出");
    assert_eq!(lead.ledger.log(), desk.ledger.log());
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compact_start_is_what_the_log_says() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    lead.set("station.name", "南极站");
    leads.sync(&mut lead).await.unwrap();
    let start = leads.start(&lead).await.unwrap();
    let ledger = lead.started(1, &start);
    assert!(ledger.log().position <= lead.ledger.log().position);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_not_open_wants_a_code_which_works_once() {
    let hub = TestHub::with(|config| config.open = Some(false)).await;
    let client = hub.client(1).await;
    let one = Desk::lead_at(1, [1; 16], hub.hub.key);
    let two = Desk::lead_at(1, [2; 16], hub.hub.key);
    let forbidden = |code: &str| Err((403, code.to_owned()));
    assert_eq!(client.publish(&one, None).await, forbidden("admission_needed"));
    assert_eq!(client.publish(&one, Some("made up")).await, forbidden("admission_unknown"));
    let admitted = std::process::Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .args(["admin", "admit", "--data"])
        .arg(hub.folder.path())
        .output()
        .unwrap();
    let code = String::from_utf8(admitted.stdout).unwrap().trim().to_owned();
    assert_eq!(client.publish(&one, Some(&code)).await.unwrap(), 201);
    assert_eq!(client.publish(&one, Some(&code)).await.unwrap(), 204, "repeating is harmless");
    assert_eq!(client.publish(&one, None).await.unwrap(), 204, "repeating needs no code");
    assert_eq!(client.publish(&two, Some(&code)).await, forbidden("admission_unknown"));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applications_of_a_device_are_listed_for_it_alone() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let list = async |client: &crate::client::Client| -> Value {
        let response = client.send(Method::GET, "/v1/applications", Vec::new()).await.unwrap();
        response.json().await.unwrap()
    };
    assert_eq!(list(&leads).await, serde_json::json!([{ "id": lead.application.0 }]));
    assert_eq!(list(&hub.client(9).await).await, serde_json::json!([]));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_describes_itself() {
    let hub = TestHub::new().await;
    let (_, client) = hub.lead(1).await;
    let get = async |path: &str| client.plain(Method::GET, path, Vec::new()).await.unwrap();
    let health: Value = get("/healthz").await.json().await.unwrap();
    assert_eq!(health["hub"], hub.hub.key.to_string());
    let metrics = get("/metrics").await.text().await.unwrap();
    for name in ["hub_commits_total", "hub_requests_total", "hub_request_seconds"] {
        assert!(metrics.contains(name), "{name} is counted");
    }
    let described = get("/openapi.json").await;
    assert!(described.headers().contains_key("x-request-id"));
    let described: Value = described.json().await.unwrap();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, method) in [
        ("/v1/challenges", "post"),
        ("/v1/tokens", "post"),
        ("/v1/applications", "get"),
        ("/v1/applications/{id}", "put"),
        ("/v1/applications/{id}/exchange", "post"),
        ("/v1/applications/{id}/start", "get"),
        ("/v1/applications/{id}/live", "get"),
        ("/v1/applications/{id}/log", "post"),
        ("/v1/invites/{key}", "get"),
        ("/v1/invites/{key}", "post"),
        ("/healthz", "get"),
        ("/metrics", "get"),
    ] {
        assert!(described["paths"][path][method].is_object(), "{method} {path}");
    }
    let exchange = &described["paths"]["/v1/applications/{id}/exchange"]["post"];
    assert!(exchange["requestBody"]["content"]["application/cbor"].is_object());
    hub.hub.shutdown().await;
}
