//! Photos' way from a desk in the field to a desk in the office: added offline by the command line, carried by two
//! `huiqian sync --watch` through a hub that is killed again and again and over a line that breaks, until both desks
//! have the same bytes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use form_model::hex;
use ring::digest::{Context as Hash, SHA256};

use crate::bench::hub::usage::peak_memory_kb;
use crate::camera::Camera;
use crate::desk::Desk;
use crate::hub::HubProcess;
use crate::place::built_program;
use crate::process::{Group, is_running};
use crate::random::Random;
use crate::scene::command_line;
use crate::team::Team;
use crate::weak_line::{Traffic, WeakLine};

/// The slot that the colleague's section has.
const SLOT: &str = "3";
/// How often the traffic is looked at: some MB go over the line meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long nothing may move: longer than any pause that a desk makes between two tries.
const STALL: Duration = Duration::from_secs(150);

/// The most physical memory that a process may hold, in kB.
pub const MEMORY_KB: u64 = 150 << 10;
/// How many bytes of files may go twice, in thousandths of all.
pub const TWICE_PERMILLE: u64 = 20;
/// What one break of the line or the hub may cost, in bytes: what the line holds, for the few files that are under way.
const BREAK_BYTES: u64 = 512 << 10;

/// What is carried, and what happens meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub photos: u64,
    /// How often the hub is killed (kill -9), at moments that the seed gives.
    pub kills: usize,
    /// About how many bytes of files, both ways, go over the line between two breaks of it.
    pub cut_every: u64,
    pub seed: u64,
}

/// What the issue of photos from a site visit asks for: 500 of about 3 MB, ten kills, a break for every 60 MB.
pub const FULL: Plan = Plan { photos: 500, kills: 10, cut_every: 60_000_000, seed: 1 };
/// The same in small.
pub const SMALL: Plan = Plan { photos: 24, kills: 3, cut_every: 30_000_000, seed: 1 };

/// What came of it. Both desks had the same bytes in the end, and `evidence verify` found all of them sound.
#[derive(Clone, Copy, Debug)]
pub struct Trip {
    pub photos: u64,
    /// Of all photos.
    pub bytes: u64,
    /// To add them offline.
    pub adding: Duration,
    /// From the desks' start until the second one had everything.
    pub carrying: Duration,
    pub kills: usize,
    /// What went over the line.
    pub traffic: Traffic,
    pub memory: Memory,
}

/// The most physical memory that each process has held (`VmHWM`), in kB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    pub hub_kb: u64,
    pub sender_kb: u64,
    pub receiver_kb: u64,
}

impl Trip {
    /// Bytes of files that went to the hub beyond once each.
    pub fn sent_again(&self) -> u64 {
        self.traffic.up.files.saturating_sub(self.bytes)
    }

    /// Bytes of files that came from the hub beyond once each.
    pub fn fetched_again(&self) -> u64 {
        self.traffic.down.files.saturating_sub(self.bytes)
    }

    /// How many bytes may go twice one way. Of few photos each break costs a larger part than of many.
    pub fn bound(&self) -> u64 {
        let breaks = self.traffic.cuts.saturating_add(self.kills as u64);
        (self.bytes / 1_000 * TWICE_PERMILLE).max(breaks.saturating_mul(BREAK_BYTES))
    }

    /// In thousandths of all bytes.
    pub fn permille(&self, again: u64) -> u64 {
        again.saturating_mul(1_000).div_ceil(self.bytes.max(1))
    }
}

impl std::fmt::Display for Trip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { photos, bytes, kills, traffic: Traffic { up, down, cuts }, memory, .. } = self;
        writeln!(
            f,
            "{photos} photos, {bytes} bytes: added in {:?}, carried in {:?}",
            self.adding, self.carrying
        )?;
        writeln!(f, "{kills} kills of the hub, {cuts} breaks of the line")?;
        for (way, carried, again) in [("up", up, self.sent_again()), ("down", down, self.fetched_again())] {
            let permille = self.permille(again);
            writeln!(
                f,
                "{way}: {again} bytes of files twice ({}.{} %); beside files {} bytes of heads and messages",
                permille / 10,
                permille % 10,
                carried.rest
            )?;
        }
        let Memory { hub_kb, sender_kb, receiver_kb } = memory;
        write!(f, "most memory: hub {hub_kb} kB, sender {sender_kb} kB, receiver {receiver_kb} kB")
    }
}

/// Carries them. Photos and data folders lie below `folder`'s disk while this runs.
///
/// # Errors
/// When a program is not built or fails, nothing moves any more, or a desk does not have in the end what was added.
pub fn run(plan: &Plan) -> anyhow::Result<Trip> {
    let hub = HubProcess::start()?;
    let line = WeakLine::to(hub.url().trim_start_matches("http://").parse()?)?;
    let mut team = Team::over(hub, &line.url(), &[])?;
    let (added, bytes, adding) = add(&team, plan)?;
    line.weaken(plan.seed, plan.cut_every);
    let begun = Instant::now();
    let watches = (Watch::start(&team, &team.colleague)?, Watch::start(&team, &team.lead)?);
    let kills = moments(plan, bytes);
    let hub_kb = kill_until_whole(&mut team.hub, &line, &watches, &kills, plan.photos)?;
    let (carrying, traffic) = (begun.elapsed(), line.traffic());
    let (sender, receiver) = watches;
    let memory = Memory { hub_kb, sender_kb: sender.peak_kb()?, receiver_kb: receiver.peak_kb()? };
    drop((sender, receiver));
    for desk in [&team.colleague, &team.lead] {
        has_all(&team, desk, &added)?;
    }
    team.hub.stop()?;
    Ok(Trip { photos: plan.photos, bytes, adding, carrying, kills: kills.len(), traffic, memory })
}

/// Kills the hub whenever so many bytes have gone over the line, and starts it again, until the second desk has all photos.
/// Returns the most memory that the hub held in any of its lives, in kB.
fn kill_until_whole(
    hub: &mut HubProcess,
    line: &WeakLine,
    (sender, receiver): &(Watch, Watch),
    kills: &[u64],
    photos: u64,
) -> anyhow::Result<u64> {
    let (mut kills, mut peak_kb) = (kills.iter().peekable(), 0);
    let mut moved = (Instant::now(), 0);
    while kills.peek().is_some() || receiver.whole_files()? as u64 != photos {
        std::thread::sleep(LOOK_EVERY);
        let carried = line.traffic().files();
        if kills.next_if(|moment| carried >= **moment).is_some() {
            peak_kb = peak_kb.max(peak_of(hub)?);
            hub.kill()?;
            hub.start_again()?;
        }
        sender.runs()?;
        receiver.runs()?;
        if carried > moved.1 {
            moved = (Instant::now(), carried);
        }
        if moved.0.elapsed() > STALL {
            bail!("nothing moves after {carried} bytes\n{}\n{}", sender.said(), receiver.said());
        }
    }
    Ok(peak_kb.max(peak_of(hub)?))
}

/// Takes photos and adds them at the colleague's desk, which talks to nobody meanwhile. Returns their hashes, their
/// bytes, and how long the adding took.
fn add(team: &Team, plan: &Plan) -> anyhow::Result<(BTreeSet<String>, u64, Duration)> {
    let folder = team.colleague.folder().join("photos");
    fs::create_dir_all(&folder)?;
    let camera = Camera::new(plan.seed)?;
    let (mut hashes, mut bytes, mut words) = (BTreeSet::new(), 0, Vec::new());
    for number in 1..=plan.photos {
        let path = folder.join(format!("现场{number:03}.jpg"));
        bytes += camera.take(&path, number)?;
        hashes.insert(sha256(&path)?);
        words.push(path.display().to_string());
    }
    ensure!(hashes.len() as u64 == plan.photos, "two photos are the same");
    let begun = Instant::now();
    let words: Vec<&str> =
        ["add", &team.id.0, SLOT].into_iter().chain(words.iter().map(String::as_str)).collect();
    let (code, said) = command_line(&team.colleague.home(), &[&["evidence"], &words[..]].concat())?;
    let adding = begun.elapsed();
    ensure!(code == Some(0), "not all were added: {said}");
    // The desk has its own copies.
    fs::remove_dir_all(&folder)?;
    Ok((hashes, bytes, adding))
}

/// When the hub is killed, in bytes of files that went over the line both ways: at so many of twice all, somewhere
/// between the first and the last of them.
fn moments(plan: &Plan, bytes: u64) -> Vec<u64> {
    let mut random = Random::new(plan.seed ^ 0x5eed);
    let both = bytes.saturating_mul(2);
    let span = usize::try_from(both / 100 * 92).unwrap_or(usize::MAX);
    let mut moments: Vec<u64> = (0..plan.kills).map(|_| both / 100 * 3 + random.below(span) as u64).collect();
    moments.sort_unstable();
    moments
}

fn peak_of(hub: &HubProcess) -> anyhow::Result<u64> {
    peak_memory_kb(hub.process().context("the hub does not run")?)
}

fn has_all(team: &Team, desk: &Desk, added: &BTreeSet<String>) -> anyhow::Result<()> {
    let found: BTreeSet<String> =
        whole_files(&desk.home())?.iter().map(|path| sha256(path)).collect::<anyhow::Result<_>>()?;
    ensure!(found == *added, "{} of {} photos are the same on both sides", found.len(), added.len());
    let (code, said) = command_line(&desk.home(), &["--json", "evidence", "verify", &team.id.0])?;
    let sound = said.matches("\"sound\"").count();
    ensure!(code == Some(0) && sound == added.len(), "{sound} of {} are sound: {said}", added.len());
    Ok(())
}

/// The whole files of a desk.
fn whole_files(home: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for shelf in fs::read_dir(home.join("blobs"))? {
        let shelf = shelf?;
        // A shelf has the first two digits of its files' names; other folders hold what is on its way.
        if shelf.file_name().len() == 2 {
            for file in fs::read_dir(shelf.path())? {
                found.push(file?.path());
            }
        }
    }
    Ok(found)
}

fn sha256(path: &Path) -> anyhow::Result<String> {
    struct Sink(Hash);
    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut sink = Sink(Hash::new(&SHA256));
    io::copy(&mut File::open(path).with_context(|| path.display().to_string())?, &mut sink)?;
    Ok(hex::encode(sink.0.finish().as_ref()))
}

/// `huiqian sync --watch` at a desk; ended when dropped.
struct Watch {
    process: Group,
    home: PathBuf,
    log: PathBuf,
}

impl Watch {
    fn start(team: &Team, desk: &Desk) -> anyhow::Result<Self> {
        let log = desk.folder().join("watch.log");
        let told = File::create(&log)?;
        let mut command = Command::new(built_program("huiqian")?);
        command.arg("--home").arg(desk.home()).args(["sync", &team.id.0, "--watch"]);
        command.stdin(Stdio::null()).stdout(told.try_clone()?).stderr(told);
        Ok(Self { process: Group::start(&mut command)?, home: desk.home(), log })
    }

    fn runs(&self) -> anyhow::Result<()> {
        ensure!(is_running(self.process.id()), "a desk has ended: {}", self.said());
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn whole_files(&self) -> anyhow::Result<usize> {
        if self.home.join("blobs").exists() { Ok(whole_files(&self.home)?.len()) } else { Ok(0) }
    }

    fn peak_kb(&self) -> anyhow::Result<u64> {
        peak_memory_kb(self.process.id())
    }
}
