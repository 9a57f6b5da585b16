//! The API's description, held against the hub: a client is written from it alone, and messages are laid out as it says.

use form_document::key::{PublicKey, Signature};
use form_document::log::Reason;
use form_document::wire::{
    HeldWork, Left, Offer, PageEntry, Presence, Receipt, Say, Seal, StepFault, Tell, Waiting, WireActor,
    WireHash, encode,
};
use minicbor::Decoder;
use minicbor::data::Type;
use reqwest::{Client, Method, StatusCode};
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::TestHub;
use crate::client::path;

async fn document(url: &str) -> Value {
    reqwest::get(format!("{url}/openapi.json")).await.unwrap().json().await.unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Signs as the description says: DSSE's encoding of a purpose's name and the content.
fn sign(key: &Ed25519KeyPair, purpose: &str, content: &[u8]) -> String {
    let mut signed = format!("DSSEv1 {} {purpose} {} ", purpose.len(), content.len()).into_bytes();
    signed.extend_from_slice(content);
    hex(key.sign(&signed).as_ref())
}

/// The purpose's name as the description has it, by what it begins with.
fn purpose<'d>(said: &'d str, kind: &str) -> &'d str {
    let start = said.find(&format!("`application/vnd.huiqian.{kind}")).unwrap() + 1;
    said[start..].split('`').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_nothing_but_the_description_authenticates() {
    let hub = TestHub::new().await;
    let url = &hub.hub.url;
    let document = document(url).await;
    let said = document["info"]["description"].as_str().unwrap();
    let key = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let device = hex(key.public_key().as_ref());
    let http = Client::new();
    let post = async |path: &str, body: Value| -> Value {
        let answer = http.post(format!("{url}{path}")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    let nonce = [5; 32];
    let answer = post("/v1/challenges", json!({"device": device, "nonce": hex(&nonce)})).await;
    let (hubs, challenge) =
        (unhex(answer["hub"].as_str().unwrap()), unhex(answer["challenge"].as_str().unwrap()));
    let content = [&nonce, key.public_key().as_ref(), &challenge].concat();
    let name = purpose(said, "hub-answer");
    let mut signed = format!("DSSEv1 {} {name} {} ", name.len(), content.len()).into_bytes();
    signed.extend_from_slice(&content);
    let proof = unhex(answer["proof"].as_str().unwrap());
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &hubs)
        .verify(&signed, &proof)
        .unwrap();
    let signature = sign(&key, purpose(said, "challenge"), &[hubs, challenge].concat());
    let answer = json!({"device": device, "challenge": answer["challenge"], "signature": signature});
    let token = post("/v1/tokens", answer).await["token"].as_str().unwrap().to_owned();
    for number in 1..=2 {
        let mut content = format!("{token}\n{number}\nGET\n/v1/applications\n").into_bytes();
        content.extend_from_slice(digest(&SHA256, b"").as_ref());
        let proof = format!("{number} {}", sign(&key, purpose(said, "request"), &content));
        let request = http.get(format!("{url}/v1/applications")).bearer_auth(&token);
        let answer = request.header("Huiqian-Proof", proof).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.json::<Value>().await.unwrap(), json!([]));
    }
    hub.hub.shutdown().await;
}

/// Reads one message by its schema; panics where it has something else.
fn read(document: &Value, schema: &Value, decoder: &mut Decoder<'_>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        return read(document, &document["components"]["schemas"][name], decoder);
    }
    if let Some([some, _]) = schema["anyOf"].as_array().map(Vec::as_slice) {
        return match decoder.datatype().unwrap() {
            Type::Null => decoder.null().unwrap(),
            _ => read(document, some, decoder),
        };
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        assert_eq!(decoder.array().unwrap(), Some(2));
        let number = decoder.u64().unwrap();
        let kind = kinds.iter().find(|kind| kind["prefixItems"][0]["const"] == number).unwrap();
        return read(document, &kind["prefixItems"][1], decoder);
    }
    match (schema["type"].as_str().unwrap(), schema["prefixItems"].as_array()) {
        ("array", Some(places)) => {
            let length = decoder.array().unwrap().unwrap();
            let within = schema["minItems"].as_u64().unwrap()..=schema["maxItems"].as_u64().unwrap();
            assert!(within.contains(&length), "{length} places: {schema}");
            places
                .iter()
                .take(usize::try_from(length).unwrap())
                .for_each(|place| read(document, place, decoder));
        }
        ("array", None) => {
            for _ in 0..decoder.array().unwrap().unwrap() {
                read(document, &schema["items"], decoder);
            }
        }
        ("string", _) if schema["format"] == "binary" => {
            let bytes = decoder.bytes().unwrap();
            let said = schema["description"].as_str().unwrap();
            if let Some((_, length)) = said.split_once("byte string of ") {
                assert_eq!(length, format!("{} bytes.", bytes.len()), "{schema}");
            }
        }
        ("string", _) => drop(decoder.str().unwrap()),
        ("integer", _) => drop(decoder.int().unwrap()),
        ("boolean", _) => drop(decoder.bool().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_laid_out_as_the_description_says() {
    let hub = TestHub::new().await;
    let document = document(&hub.hub.url).await;
    let holds = |name: &str, bytes: &[u8]| {
        println!("{name}");
        let mut decoder = Decoder::new(bytes);
        read(&document, &document["components"]["schemas"][name], &mut decoder);
        assert_eq!(decoder.position(), bytes.len(), "{name} is read whole");
    };
    let (mut lead, leads) = hub.lead(1).await;
    holds("Publish", &encode(&lead.publication()));
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    desk.append("safety.waste", "运出");
    desk.set("station.name", "不行");
    let exchange = desk.exchange();
    holds("Exchange", &encode(&exchange));
    let reply = desks.exchange(&desk, &exchange).await.unwrap();
    assert!(reply.page.entries.iter().any(|entry| matches!(entry, PageEntry::Accepted { .. })));
    assert!(reply.page.entries.iter().any(|entry| matches!(entry, PageEntry::Refused { .. })));
    assert!(reply.page.entries.iter().any(|entry| matches!(entry, PageEntry::Roster(_))));
    holds("Reply", &encode(&reply));
    let leads_exchange = lead.exchange();
    let reply = leads.exchange(&lead, &leads_exchange).await.unwrap();
    assert!(reply.page.entries.iter().any(|entry| matches!(entry, PageEntry::Change(_))));
    holds("Tell", &encode(&Tell::Page(reply.page)));
    for (name, rest) in [("Start", "/start"), ("LogStanding", "/log")] {
        let answer = leads.send(Method::GET, &path(&lead, rest), Vec::new()).await.unwrap();
        holds(name, &answer.bytes().await.unwrap());
    }
    let held = HeldWork { position: 7, offer: Offer::default() };
    holds("HeldWork", &encode(&held));
    holds("Submission", &encode(&lead.submission()));
    let waits = Waiting { change: WireHash([1; 32]), missing: vec![WireHash([2; 32])] };
    let step = Left::Step { entry: WireHash([3; 32]), why: StepFault::Unfit };
    let device = PublicKey([4; 32]);
    let left =
        vec![Left::TooMuch, step, Left::TooManyActors(device), Left::UnknownDevice(device), Left::Unproven];
    let receipt = Receipt { position: 7, waiting: vec![waits], faults: vec![String::new()], left };
    holds("Tell", &encode(&Tell::Receipt(receipt)));
    let here = Presence { here: true, answer: Some("station.name".to_owned()), caret: Some(3) };
    holds("Tell", &encode(&Tell::Presence(PublicKey([1; 32]), here.clone())));
    holds("Say", &encode(&Say::Presence(here)));
    holds("Say", &encode(&Say::Presence(Presence::default())));
    holds("Say", &encode(&Say::Hello(lead.hello())));
    let rest = Some(vec![WireHash([1; 32])]);
    let start = Some((WireActor([1; 16]), 1));
    let seal = Seal { roster: 1, count: 2, signature: Signature([0; 64]), start, rest };
    let full =
        Offer { seals: vec![seal], claims: Some(Vec::new()), roster: Some(Vec::new()), ..Offer::default() };
    holds("Say", &encode(&Say::Offer(full)));
    holds("Reason", &encode(&Reason::BuildsOnRefused));
    holds("Reason", &encode(&Reason::Held));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_request_is_told_as_a_problem_and_the_headers_say_how_to_do_better() {
    let hub = TestHub::new().await;
    let url = &hub.hub.url;
    let http = Client::new();
    for rest in ["/v1/invites/%ff", "/v1/applications/%ff/start", "/v1/applications/%ff/log"] {
        let answer = http.get(format!("{url}{rest}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{rest}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{rest}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "bad_message", "{rest}");
    }
    let bare = http.get(format!("{url}/v1/applications")).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert!(bare.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    let form = http.post(format!("{url}/v1/challenges")).header("content-type", "text/plain").body("{}");
    let form = form.send().await.unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(form.headers()["accept-encoding"], "gzip, identity");
    assert_eq!(form.json::<Value>().await.unwrap()["code"], "unsupported_media");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_taken_over_when_it_is_short_and_plain_alone() {
    let hub = TestHub::new().await;
    let http = Client::new();
    let of = async |id: &str| {
        let answer =
            http.get(format!("{}/healthz", hub.hub.url)).header("x-request-id", id).send().await.unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(of("proxy-7.a_B").await, "proxy-7.a_B");
    for bad in ["x".repeat(5_000).as_str(), "", "two words", "a\tb", "a=\"b\""] {
        let id = of(bad).await;
        assert!(id != bad && !id.is_empty() && id.len() <= 64, "{id}");
    }
    hub.hub.shutdown().await;
}
