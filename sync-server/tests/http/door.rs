//! Those who hold connections, or send slowly.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::TestHub;

/// Longer than the hub waits for a first request.
const PATIENCE: Duration = Duration::from_secs(40);

/// Whether the hub answers a request.
async fn is_answered(connection: &mut TcpStream) -> bool {
    let asked = connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: hub\r\n\r\n").await;
    asked.is_ok() && connection.read_u8().await.is_ok()
}

/// Whether the hub closes a connection, which nothing more is sent on.
async fn is_closed(connection: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_closed_and_there_is_room_again_when_another_ends() {
    let hub = TestHub::with(|config| config.connections_per_address = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(TcpStream::connect(hub.hub.address).await.unwrap());
    }
    // The hub has let them in when it answers the last.
    assert!(is_answered(&mut held[2]).await);
    let mut fourth = TcpStream::connect(hub.hub.address).await.unwrap();
    assert!(is_closed(&mut fourth).await);
    held.clear();
    let asked = timeout(PATIENCE, async {
        while !is_answered(&mut TcpStream::connect(hub.hub.address).await.unwrap()).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    asked.await.unwrap();
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_a_request_letter_by_letter_is_let_go_and_others_are_served() {
    let hub = TestHub::new().await;
    let mut slow = TcpStream::connect(hub.hub.address).await.unwrap();
    let (mut reading, mut writing) = slow.split();
    let trickle = async {
        for letter in b"GET /healthz HTTP/1.1\r\nhost: ".iter().chain(std::iter::repeat(&b'a')) {
            if writing.write_all(&[*letter]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, async {
        tokio::select! {
            _ = reading.read_to_end(&mut rest) => {}
            () = trickle => {}
        }
    });
    let (lead, client) = hub.lead(1).await;
    client.start(&lead).await.unwrap();
    closed.await.expect("the hub lets the slow one go");
    client.start(&lead).await.unwrap();
    hub.hub.shutdown().await;
}
