//! Live streams.

use std::time::Duration;

use form_document::key::PublicKey;
use form_document::roster::Act;
use form_document::wire::{self, Presence, Receipt, Say, Tell, encode};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::TestHub;
use crate::client::Client;
use crate::support::desk::Desk;

struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    async fn open(client: &Client, desk: &Desk) -> Self {
        let mut live = Self(connect_async(client.live(desk)).await.unwrap().0);
        live.say(&Say::Hello(desk.hello())).await;
        live
    }

    async fn say(&mut self, say: &Say) {
        self.0.send(Message::Binary(encode(say).into())).await.unwrap();
    }

    /// What the hub tells next; the code when it closes.
    async fn next(&mut self) -> Result<Tell, u16> {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await.unwrap();
            match message.unwrap().unwrap() {
                Message::Binary(bytes) => return Ok(wire::decode(&bytes).unwrap()),
                Message::Close(frame) => return Err(frame.unwrap().code.into()),
                _ => {}
            }
        }
    }

    /// Follows one page, whoever comes and goes meanwhile; its size in bytes.
    async fn follow(&mut self, desk: &mut Desk) -> usize {
        loop {
            match self.next().await {
                Ok(Tell::Page(page)) => {
                    desk.follow(&page).unwrap();
                    return encode(&Tell::Page(page)).len();
                }
                Ok(Tell::Presence(..)) => {}
                other => panic!("no page: {other:?}"),
            }
        }
    }

    /// The next move of a member; pages that come before it are followed.
    async fn presence(&mut self, desk: &mut Desk) -> (PublicKey, Presence) {
        loop {
            match self.next().await {
                Ok(Tell::Presence(device, presence)) => return (device, presence),
                Ok(Tell::Page(page)) => {
                    desk.follow(&page).unwrap();
                }
                other => panic!("nobody moves: {other:?}"),
            }
        }
    }

    /// The next receipt.
    async fn receipt(&mut self) -> Receipt {
        loop {
            match self.next().await {
                Ok(Tell::Receipt(receipt)) => return receipt,
                Ok(Tell::Presence(..)) => {}
                other => panic!("no receipt: {other:?}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_desk_says_reaches_the_other_and_comes_back_to_the_first_as_a_verdict() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    let mut lead_live = Live::open(&leads, &lead).await;
    let mut desk_live = Live::open(&desks, &desk).await;
    lead_live.follow(&mut lead).await;
    desk_live.follow(&mut desk).await;
    let mut sizes = (0, 0);
    for letter in ["运", "出", "。"] {
        desk.append("safety.waste", letter);
        desk_live.say(&Say::Offer(desk.offer())).await;
        sizes.0 += desk_live.follow(&mut desk).await;
        sizes.1 += lead_live.follow(&mut lead).await;
        assert_eq!(desk_live.receipt().await.faults, Vec::<String>::new());
    }
    println!("bytes for three edits: {} to the author, {} to the other", sizes.0, sizes.1);
    assert_eq!(lead.text("safety.waste"), "运出。");
    assert_eq!(lead.ledger.log(), desk.ledger.log());
    assert!(sizes.0 < sizes.1, "the author is not sent its own changes");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_over_http_reaches_the_live_streams() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    let mut live = Live::open(&desks, &desk).await;
    live.follow(&mut desk).await;
    lead.set("station.name", "南极站");
    leads.sync(&mut lead).await.unwrap();
    live.follow(&mut desk).await;
    assert_eq!(desk.text("station.name"), "南极站");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_reaches_the_others_and_ends_with_the_connection() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    let mut lead_live = Live::open(&leads, &lead).await;
    lead_live.follow(&mut lead).await;
    let mut desk_live = Live::open(&desks, &desk).await;
    desk_live.follow(&mut desk).await;
    let here = Presence { here: true, answer: Some("safety.waste".to_owned()), caret: Some(3) };
    desk_live.say(&Say::Presence(here.clone())).await;
    let told = Ok(Tell::Presence(desk.device(), here));
    assert_eq!(lead_live.next().await, told);
    drop(desk_live);
    let mut next = lead_live.next().await;
    // One who has just come hears of it also among those who sit still.
    if next == told {
        next = lead_live.next().await;
    }
    assert_eq!(next, Ok(Tell::Presence(desk.device(), Presence::default())));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_is_told_who_sits_still_and_not_who_has_left() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    let mut lead_live = Live::open(&leads, &lead).await;
    lead_live.follow(&mut lead).await;
    let here = Presence { here: true, answer: Some("safety.waste".to_owned()), caret: Some(3) };
    lead_live.say(&Say::Presence(here.clone())).await;
    let mut desk_live = Live::open(&desks, &desk).await;
    assert_eq!(desk_live.presence(&mut desk).await, (lead.device(), here));
    lead_live.say(&Say::Presence(Presence::default())).await;
    while desk_live.presence(&mut desk).await != (lead.device(), Presence::default()) {}
    drop(desk_live);
    assert_eq!(lead_live.next().await, Ok(Tell::Presence(desk.device(), Presence::default())));
    let mut again = Live::open(&desks, &desk).await;
    again.follow(&mut desk).await;
    lead_live.say(&Say::Presence(Presence { here: true, ..Presence::default() })).await;
    let next = again.next().await.unwrap();
    assert!(matches!(next, Tell::Presence(_, Presence { here: true, answer: None, .. })), "{next:?}");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_loses_its_stream_and_a_stopping_hub_says_so() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (mut desk, desks) = hub.join(2, &mut lead, &leads).await;
    let mut desk_live = Live::open(&desks, &desk).await;
    desk_live.follow(&mut desk).await;
    let mut lead_live = Live::open(&leads, &lead).await;
    lead_live.follow(&mut lead).await;
    lead.act(Act::Revoke { device: desk.device() });
    lead_live.say(&Say::Offer(lead.offer())).await;
    assert_eq!(desk_live.next().await, Err(4403));
    lead_live.follow(&mut lead).await;
    lead_live.receipt().await;
    let closed = async {
        loop {
            if let Err(code) = lead_live.next().await {
                return code;
            }
        }
    };
    let (code, ()) = tokio::join!(closed, hub.hub.shutdown());
    assert_eq!(code, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_an_offer_before_the_hello_close_the_stream() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let mut live = Live(connect_async(leads.live(&lead)).await.unwrap().0);
    live.say(&Say::Offer(lead.offer())).await;
    assert_eq!(live.next().await, Err(4400));
    let mut live = Live::open(&leads, &lead).await;
    live.follow(&mut lead).await;
    live.0.send(Message::Binary(vec![0xff; 9].into())).await.unwrap();
    assert_eq!(live.next().await, Err(4400));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_does_not_read_holds_up_nobody() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (desk, desks) = hub.join(2, &mut lead, &leads).await;
    let stuck = Live::open(&desks, &desk).await;
    let text = "字".repeat(1_900);
    for round in 0..60 {
        lead.set("operation.project_names", &format!("{round}{text}"));
        leads.sync(&mut lead).await.unwrap();
    }
    drop(stuck);
    hub.hub.shutdown().await;
}
