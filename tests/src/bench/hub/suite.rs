//! The benchmarks of the hub, and the same of its peers in the same run, as figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::kill::Killed;
use super::load::{Load, message_bytes};
use super::peer::{PEERS, Peer, Rate};
use super::stage::Stage;
use super::{fairness, join, kill, latency, load, memory, merge};
use anyhow::Context;

use crate::bench::{Figure, Goal, Samples};
use crate::hub::HubProcess;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Edits one after the other.
    pub edits: usize,
    /// Changes of all clients together, and how many clients.
    pub loads: &'static [(usize, usize)],
    /// Characters of the application that is joined.
    pub characters: usize,
    /// Changes of each agency that comes back.
    pub away: usize,
    /// Changes of each person beside a greedy device.
    pub beside: usize,
    /// Applications that the hub stores, and of these such as are worked on.
    pub applications: (usize, usize),
    /// How many photos are sent.
    pub photos: usize,
    /// Characters typed before a revision becomes final, and how often it does.
    pub revisions: (usize, usize),
    /// How many entries the public log has, ascending.
    pub entries: &'static [u64],
}

/// What the goals are about.
pub const FULL: Size = Size {
    edits: 600,
    loads: &[(1, 4_000), (16, 8_000), (64, 16_000), (256, 16_384)],
    characters: 100_000,
    away: 2_000,
    beside: 100,
    applications: (10_000, 1_000),
    photos: 500,
    revisions: (50_000, 7),
    entries: &[10_000, 100_000, 1_000_000],
};

/// A look at whether everything runs.
pub const QUICK: Size = Size {
    edits: 60,
    loads: &[(1, 500), (16, 1_600)],
    characters: 5_000,
    away: 200,
    beside: 20,
    applications: (100, 50),
    photos: 40,
    revisions: (500, 3),
    entries: &[100, 1_000, 10_000],
};

/// What a server has shown, ours or another.
#[derive(Debug, Default)]
pub struct Shown {
    pub latency: Samples,
    /// Rate and processor time by clients.
    pub rates: BTreeMap<usize, (u128, Duration)>,
    /// On the line, of an edit by itself, in bytes.
    pub bytes: u64,
    /// On the line, of an edit among others.
    pub bytes_together: u64,
    pub join: Duration,
    pub killed: Killed,
}

/// Our hub. Also returns what has no counterpart at the peers.
///
/// # Errors
/// When a benchmark fails.
pub async fn ours(folder: &Path, size: &Size) -> anyhow::Result<(Shown, Vec<Figure>)> {
    let (latency, mut figures) = desk_to_desk(folder, size).await?;
    let mut shown = Shown { latency, ..Shown::default() };
    let mut stage = Stage::new().await?;
    for (clients, changes) in size.loads {
        let load =
            load::run(&stage, *clients, *changes).await.with_context(|| format!("{clients} clients"))?;
        shown.rates.insert(*clients, (load.rate(), load.cost()));
        figures.push(verdict(&load));
        shown.bytes_together = (load.bytes_up / load.changes.max(1)) as u64;
    }
    let (change, message) = single(&stage).await?;
    shown.bytes = message as u64;
    let bytes = Figure::told(
        "ours: bytes on the line of a single edit, beyond its change",
        (message - change) as u128,
        "bytes",
    );
    figures.push(bytes.against(110).with(Goal::AtMost(1.0)));
    let fairness = fairness::run(&stage, size.beside).await.context("fairness")?;
    figures.extend(told_fairness(&fairness));
    figures.extend(merging(folder, &stage, size).await?);
    let join = join::run(&folder.join("join"), &mut stage, size.characters).await.context("joining")?;
    figures.extend(told_join(&join));
    shown.join = join.over_http.p50();
    shown.killed = kill::run(&mut stage).await.context("kills")?;
    Ok((shown, figures))
}

/// The parts of the hub's benchmarks that run by themselves.
pub const ALONE: [&str; 4] = ["latency", "load", "merge", "join"];

/// One of [`ALONE`].
///
/// # Errors
/// When the benchmark fails.
pub async fn alone(part: &str, folder: &Path, size: &Size) -> anyhow::Result<Vec<Figure>> {
    if part == "latency" {
        return Ok(desk_to_desk(folder, size).await?.1);
    }
    let mut stage = Stage::new().await?;
    match part {
        "load" => {
            let mut figures = Vec::new();
            for (clients, changes) in size.loads {
                let load = load::run(&stage, *clients, *changes).await?;
                let of = |what: &str| format!("ours: {what}, {clients} clients");
                figures.push(Figure::told(of("acknowledged edits a second"), load.rate(), "edits/s"));
                figures.push(Figure::time(of("server's processor time an edit"), load.cost()));
                figures.push(verdict(&load));
            }
            Ok(figures)
        }
        "merge" => merging(folder, &stage, size).await,
        _ => Ok(told_join(&join::run(&folder.join("join"), &mut stage, size.characters).await?)),
    }
}

/// From desk to desk: how long until an edit is shown, and the figures beside.
async fn desk_to_desk(folder: &Path, size: &Size) -> anyhow::Result<(Samples, Vec<Figure>)> {
    let hub = HubProcess::start()?;
    let folder = folder.join("latency");
    let latency = latency::run(&folder, &hub, size.edits).await.context("an edit from desk to desk")?;
    let figures = vec![
        Figure::time("ours: edit to the disk of its desk, p50", latency.kept.p50()),
        Figure::time("ours: edit to its accepted and durable verdict, p50", latency.accepted.p50()),
        Figure::time("ours: edit to visible at another desk, p50", latency.shown.p50()),
        Figure::time("ours: edit to visible at another desk, p99", latency.shown.p99()),
    ];
    Ok((latency.shown, figures))
}

async fn merging(folder: &Path, stage: &Stage, size: &Size) -> anyhow::Result<Vec<Figure>> {
    Ok(told_merge(&merge::run(&folder.join("merge"), stage, size.away).await.context("merging")?))
}

/// The hub's memory.
///
/// # Errors
/// When the hub refuses anything.
pub async fn memory(size: &Size) -> anyhow::Result<Figure> {
    let (stored, active) = size.applications;
    Ok(told_memory(memory::run(stored, active).await?))
}

/// The most memory that the hub may take, in kB.
const MEMORY_KB: u128 = 400 << 10;

fn told_memory(memory: memory::Memory) -> Figure {
    let memory::Memory { stored, active, start_kb, peak_kb } = memory;
    let name = format!(
        "ours: the hub's memory, most (RSS; {start_kb} kB at its start): {stored} applications of {} changes, {active} active",
        memory::CHANGES
    );
    Figure::told(name, u128::from(peak_kb), "kB").against(MEMORY_KB).with(Goal::AtMost(1.0))
}

fn verdict(load: &Load) -> Figure {
    let name = format!(
        "ours: change to its verdict, {} clients with {} on their way each, p50",
        load.clients,
        load::WINDOW
    );
    Figure::time(name, load.verdicts.p50())
}

/// The size of one change, and of the message that hands it over, in bytes.
async fn single(stage: &Stage) -> anyhow::Result<(usize, usize)> {
    use super::work::Step;
    use form_document::wire::{Say, encode};
    let act = stage.act(1).await?;
    let mut light = stage.members(&act)?.pop().ok_or_else(|| anyhow::anyhow!("nobody writes"))?;
    // The first offer of an actor also says whose it is.
    light.make(&Step::character(0))?;
    light.exchange(&stage.line(&act, 0)?).await?;
    light.make(&Step::character(1))?;
    let offer = light.offer(1).ok_or_else(|| anyhow::anyhow!("nothing to hand over"))?;
    let change = offer.changes.iter().map(|change| change.0.len()).sum();
    Ok((change, message_bytes(encode(&Say::Offer(offer)).len())))
}

fn told_fairness(fairness: &fairness::Fairness) -> Vec<Figure> {
    let (alone, beside) = (&fairness.alone, &fairness.beside);
    vec![
        Figure::time("ours: verdict beside a greedy device against without it, p50", beside.p50())
            .against(alone.p50().as_micros()),
        Figure::time("ours: verdict beside a greedy device against without it, p99", beside.p99())
            .against(alone.p99().as_micros()),
        Figure::told(
            "ours: single changes of the greedy device meanwhile",
            u128::from(fairness.greedy),
            "changes",
        ),
    ]
}

fn told_merge(merge: &merge::Merge) -> Vec<Figure> {
    let bare = merge.bare.p50();
    let name = |what: &str| {
        format!("ours: {} changes of 10 agencies {what} / one bare apply_changes", merge.changes)
    };
    vec![
        Figure::ratio(name("judged and stored at the hub"), merge.at_hub.p50(), bare, 2.0),
        Figure::time(name("handed over to the hub over HTTP at once"), merge.over_http.p50())
            .against(bare.as_micros()),
        Figure::time(name("followed and stored at a desk"), merge.at_desk.p50()).against(bare.as_micros()),
    ]
}

fn told_join(join: &join::Join) -> Vec<Figure> {
    let load = join.load.p50();
    let name = |what: &str| format!("ours: joining {} changes, {what} / Automerge load", join.changes);
    vec![
        Figure::ratio(name("to the first durable edit"), join.editable.p50(), load, 2.0),
        Figure::ratio(name("to everything verified"), join.verified.p50(), load, 6.0),
        Figure::told("ours: bytes of that document", join.bytes as u128, "bytes"),
    ]
}

/// A peer under the same work.
///
/// # Errors
/// When one of its programs fails.
pub fn peer(peer: Peer, folder: &Path, sample: &Path, size: &Size) -> anyhow::Result<Shown> {
    let folder = folder.join(peer.name());
    fs::create_dir_all(&folder)?;
    let mut shown = Shown::default();
    (shown.latency, shown.bytes) = peer.latency(&folder, sample, size.edits / SLOWER, latency::PAUSE)?;
    for (clients, changes) in size.loads.iter().filter(|(clients, _)| reaches(peer, *clients)) {
        let rate: Rate = peer.load(&folder, sample, *clients, *changes)?;
        shown.rates.insert(*clients, (rate.rate(), rate.cost()));
        shown.bytes_together = rate.bytes_up / rate.changes.max(1);
    }
    shown.join = peer.join(&folder, sample, size.characters)?;
    shown.killed = peer.kill(&folder)?;
    Ok(shown)
}

/// Peers get fewer single edits: one of them takes 100 ms for each.
const SLOWER: usize = 2;

/// Whether a peer acknowledges anything with so many clients within the time that it has.
fn reaches(peer: Peer, clients: usize) -> bool {
    clients <= if peer == Peer::Hocuspocus { 256 } else { 64 }
}

/// Ours beside theirs. The goals: no later than Hocuspocus, and cheaper; more edits a second than any; joined
/// sooner than with any; nothing lost.
pub fn compare(ours: &Shown, theirs: &[(Peer, Shown)]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (peer, shown) in theirs {
        let (name, bar) = (peer.name(), *peer == Peer::Hocuspocus);
        let with = |figure: Figure, goal: Option<Goal>| match goal {
            Some(goal) => figure.with(goal),
            None => figure,
        };
        let no_later = bar.then_some(Goal::AtMost(1.0));
        for (what, own, other) in [
            ("p50", ours.latency.p50(), shown.latency.p50()),
            ("p99", ours.latency.p99(), shown.latency.p99()),
        ] {
            let line = format!("edit at A to visible at B, {what}: ours / {name}");
            figures.push(with(Figure::time(line, own).against(other.as_micros()), no_later));
        }
        for (clients, (rate, cost)) in &shown.rates {
            let Some((own_rate, own_cost)) = ours.rates.get(clients) else { continue };
            let more = matches!(clients, 16 | 64).then_some(Goal::AtLeast(1.0));
            let line = format!("acknowledged edits a second, {clients} clients: ours / {name}");
            figures.push(with(Figure::told(line, *own_rate, "edits/s").against(*rate), more));
            let line = format!("server's processor time an edit, {clients} clients: ours / {name}");
            figures.push(with(Figure::time(line, *own_cost).against(cost.as_micros()), no_later));
        }
        let line = format!("bytes up of a single edit: ours / {name}");
        figures.push(Figure::told(line, u128::from(ours.bytes), "bytes").against(u128::from(shown.bytes)));
        let line = format!("bytes up of an edit among others: ours / {name}");
        let together = Figure::told(line, u128::from(ours.bytes_together), "bytes");
        figures.push(together.against(u128::from(shown.bytes_together)));
        figures.push(Figure::ratio(format!("joining, cold: ours / {name}"), ours.join, shown.join, 1.0));
        let Killed { acknowledged, lost } = shown.killed;
        let line = format!("{name}: acknowledged edits lost over {} kills, of {acknowledged}", kill::KILLS);
        figures.push(Figure::told(line, u128::from(lost), "edits"));
    }
    let Killed { acknowledged, lost } = ours.killed;
    let line = format!("ours: acknowledged edits lost over {} kills, of {acknowledged}", kill::KILLS);
    figures.push(Figure::told(line, u128::from(lost), "edits").against(0).with(Goal::AtMost(0.0)));
    figures
}

/// Every peer; `done` hears of each as it is done, so that a run that is cut off has not been for nothing.
///
/// # Errors
/// As [`peer`], and what `done` answers.
pub fn peers(
    folder: &Path,
    size: &Size,
    mut done: impl FnMut(&[(Peer, Shown)]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let sample = folder.join("sample.json");
    let form = super::work::Form::read()?;
    fs::write(&sample, serde_json::to_vec(&form.sample)?)?;
    let mut shown = Vec::new();
    for one in PEERS {
        shown.push((one, peer(one, folder, &sample, size)?));
        done(&shown)?;
    }
    Ok(())
}
