//! A line between desks and their hub that breaks again and again, by a seed, and counts what goes over it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::meter::{Carried, Meter};
use crate::random::Random;

/// What each of the line's ends holds, in bytes: a line of 20 Mbit/s and 25 ms. A system's own buffers grow to some MB
/// on loopback, and would hold what on a real line had not left the machine yet.
const HELD_BYTES: u32 = 64 << 10;
/// How much is taken off a socket at once, in bytes.
const TAKEN_BYTES: usize = 32 << 10;

/// What went over the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// From desks to the hub: what the line has taken, also where it broke before handing it on.
    pub up: Carried,
    /// From the hub to desks.
    pub down: Carried,
    /// How often a connection was cut.
    pub cuts: u64,
}

impl Traffic {
    /// The bytes of files both ways.
    pub fn files(&self) -> u64 {
        self.up.files + self.down.files
    }
}

/// When the line breaks.
#[derive(Debug)]
struct Cutter {
    random: Random,
    /// Between two breaks, in bytes of files both ways: half of it at least, half more at the most.
    every: u64,
    /// At how many the next one comes.
    next: u64,
}

impl Cutter {
    fn draw(&mut self, from: u64) {
        let chance = self.random.below(usize::try_from(self.every).unwrap_or(usize::MAX));
        self.next = from + self.every / 2 + chance as u64;
    }
}

#[derive(Debug, Default)]
struct State {
    traffic: Traffic,
    cutter: Option<Cutter>,
}

/// The line. It is gone when this is dropped.
#[derive(Debug)]
pub struct WeakLine {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    runtime: Option<Runtime>,
}

impl WeakLine {
    /// A line to the hub at that address. It holds until it is [weakened](Self::weaken).
    ///
    /// # Errors
    /// When no port is free.
    pub fn to(hub: SocketAddr) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let state = Arc::<Mutex<State>>::default();
        let listener = runtime.block_on(async { listen() }).context("a port for the line")?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(listener, hub, Arc::clone(&state)));
        Ok(Self { address, state, runtime: Some(runtime) })
    }

    /// Where desks find it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it breaks about every so many bytes of files; the same seed breaks it at the same bytes. What was
    /// counted so far is forgotten.
    pub fn weaken(&self, seed: u64, every: u64) {
        let mut cutter = Cutter { random: Random::new(seed), every, next: 0 };
        cutter.draw(0);
        *lock(&self.state) = State { traffic: Traffic::default(), cutter: Some(cutter) };
    }

    /// What went over it.
    pub fn traffic(&self) -> Traffic {
        lock(&self.state).traffic
    }
}

impl Drop for WeakLine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Dropping it would wait, which no task of another runtime may.
            runtime.shutdown_background();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn socket() -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(HELD_BYTES)?;
    socket.set_send_buffer_size(HELD_BYTES)?;
    Ok(socket)
}

fn listen() -> std::io::Result<TcpListener> {
    let socket = socket()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(64)
}

async fn serve(listener: TcpListener, hub: SocketAddr, state: Arc<Mutex<State>>) {
    while let Ok((desk, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let connected = async { socket()?.connect(hub).await };
            // A hub that is down: the desk's connection ends, too.
            if let Ok(hub) = connected.await {
                join(desk, hub, &state).await;
            }
        });
    }
}

/// Carries both ways until either side ends, or the line breaks.
async fn join(desk: TcpStream, hub: TcpStream, state: &Mutex<State>) {
    let _ = (desk.set_nodelay(true), hub.set_nodelay(true));
    let ((from_desk, to_desk), (from_hub, to_hub)) = (desk.into_split(), hub.into_split());
    let (asked, answered) = Meter::pair();
    // Whichever ends first ends both: the sockets close, and what they hold is lost.
    tokio::select! {
        () = carry(from_desk, to_hub, asked, state, true) => {}
        () = carry(from_hub, to_desk, answered, state, false) => {}
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut meter: Meter,
    state: &Mutex<State>,
    up: bool,
) {
    let mut bytes = vec![0; TAKEN_BYTES];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let Some(taken) = bytes.get(..read) else { return };
        if breaks(state, meter.see(taken), up) || to.write_all(taken).await.is_err() {
            return;
        }
    }
}

/// Counts, and says whether the line breaks here.
fn breaks(state: &Mutex<State>, carried: Carried, up: bool) -> bool {
    let mut state = lock(state);
    let way = if up { &mut state.traffic.up } else { &mut state.traffic.down };
    way.files += carried.files;
    way.rest += carried.rest;
    let files = state.traffic.files();
    let Some(cutter) = state.cutter.as_mut().filter(|cutter| files >= cutter.next) else { return false };
    cutter.draw(files);
    state.traffic.cuts += 1;
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A line that cannot be set up has failed.

    use std::io::{Read as _, Write as _};

    use super::*;

    const HEAD: &str =
        "PATCH /u HTTP/1.1\r\ncontent-type: application/octet-stream\r\ncontent-length: 900000\r\n\r\n";

    /// Sends over the line until it breaks; how many bytes of files it had taken then.
    fn broken_at(seed: u64) -> Traffic {
        let hub = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let line = WeakLine::to(hub.local_addr().unwrap()).unwrap();
        line.weaken(seed, 100_000);
        let mut desk = std::net::TcpStream::connect(line.address).unwrap();
        let (mut served, _) = hub.accept().unwrap();
        let reading = std::thread::spawn(move || served.read_to_end(&mut Vec::new()));
        desk.write_all(HEAD.as_bytes()).unwrap();
        let _ = desk.write_all(&[7; 900_000]);
        let _ = reading.join().unwrap();
        line.traffic()
    }

    #[test]
    fn it_breaks_by_its_seed_and_counts_the_files_alone() {
        let seen = broken_at(5);
        assert_eq!((seen.cuts, seen.up.rest, seen.down), (1, HEAD.len() as u64, Carried::default()));
        assert!((50_000..200_000).contains(&seen.up.files), "{seen:?}");
        let again = broken_at(5).up.files;
        assert!(again.abs_diff(seen.up.files) <= TAKEN_BYTES as u64, "{again} and {}", seen.up.files);
    }
}
