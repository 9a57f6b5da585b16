//! A line that breaks again and again, and a hub that is killed: what had come through is not sent again.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use huiqian_tests::team::Team;

use crate::{add_photos, files_in, kept, well};

/// How a line is.
#[derive(Clone, Copy)]
pub struct Weakness {
    /// Each connection is cut after so many bytes in one direction.
    pub cut_after: u64,
    /// How long a connection takes for 16 KiB.
    pub pause: Duration,
}

/// Passes connections on to a hub.
pub struct Line {
    pub url: String,
    /// How many bytes have gone up.
    up: Arc<AtomicU64>,
}

impl Line {
    pub fn to(hub: &str, weakness: Weakness) -> Self {
        let hub = hub.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let up = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&up);
        thread::spawn(move || {
            for desk in listener.incoming() {
                // A hub that was killed takes none.
                if let (Ok(desk), Ok(hub)) = (desk, TcpStream::connect(&hub)) {
                    pass(&desk, &hub, weakness, &count);
                }
            }
        });
        Self { url, up }
    }
}

fn pass(desk: &TcpStream, hub: &TcpStream, weakness: Weakness, up: &Arc<AtomicU64>) {
    let both = || Ok::<_, io::Error>((desk.try_clone()?, hub.try_clone()?));
    let (Ok((desk_up, hub_up)), Ok((desk_down, hub_down))) = (both(), both()) else { return };
    let (up, unseen) = (Arc::clone(up), Arc::new(AtomicU64::new(0)));
    thread::spawn(move || copy(desk_up, hub_up, weakness, &up));
    thread::spawn(move || copy(hub_down, desk_down, weakness, &unseen));
}

fn copy(mut from: TcpStream, mut to: TcpStream, weakness: Weakness, count: &AtomicU64) {
    let mut left = weakness.cut_after;
    let mut bytes = vec![0; 16 << 10];
    while let Ok(read) = from.read(&mut bytes) {
        count.fetch_add(read as u64, Ordering::Relaxed);
        left = left.saturating_sub(read as u64);
        if read == 0 || to.write_all(&bytes[..read]).is_err() || left == 0 {
            break;
        }
        thread::sleep(weakness.pause);
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn files_come_through_a_line_that_breaks_before_any_of_them_is_over_and_past_kills_of_the_hub() {
    const COUNT: u32 = 6;
    let mut team = Team::new(&[]).unwrap();
    let line = Line::to(team.hub.url(), Weakness { cut_after: 700 << 10, pause: Duration::ZERO });
    team.lead_says("connect", &[&line.url]).unwrap();
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    add_photos(&team, COUNT, (3_000, 2_200));
    let bytes = |folder: &std::path::Path| -> u64 {
        files_in(folder).iter().map(|file| file.metadata().unwrap().len()).sum()
    };
    let size = bytes(&team.colleague.home().join("blobs"));
    assert!(size > u64::from(COUNT) * (1 << 20), "{size}");
    line.up.store(0, Ordering::Relaxed);
    let (home, id) = (team.colleague.home(), team.id.0.clone());
    let syncing = thread::spawn(move || well(&home, &["sync", &id]));
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(400));
        team.hub.kill().unwrap();
        team.hub.start_again().unwrap();
    }
    syncing.join().unwrap();
    let sent = line.up.load(Ordering::Relaxed);
    assert_eq!(kept(&team).len(), COUNT as usize);
    // Each of the breaks costs what is in the sockets of three lanes, at the very most; without resuming, none of the
    // files would ever come through.
    println!("{sent} bytes went up for {size}");
    assert!(sent < size + size / 2, "{sent} of {size}");
    team.lead_syncs().unwrap();
    assert_eq!(bytes(&team.lead.home().join("blobs")), size);
    well(&team.lead.home(), &["evidence", "verify", &team.id.0]);
}
