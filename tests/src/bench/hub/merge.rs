//! Ten agencies come back from the field with two thousand changes each: at the hub, and at a desk, against one bare
//! call of Automerge with all of them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use automerge::{Automerge, Change, LoadOptions, TextEncoding};
use form_client::clock;
use form_client::code::CodeKind;
use form_client::hub::{self, HubConnection};
use form_document::SEGMENT_MAX_CHANGES;
use form_document::key::SigningKey;
use form_document::wire::{Exchange, Offer};
use form_model::id::AnswerId;
use sync_server::arbiter::{Ask, CheckedPublication, Core};
use sync_server::clock::Clock;
use sync_server::storage::sqlite::Sqlite;
use tokio::task::JoinSet;

use super::company::{Company, fresh_key};
use super::desk::Desk;
use super::join::invite;
use super::light::Light;
use super::stage::Stage;
use super::work::{Form, Step, VALUE};
use crate::bench::Samples;

/// How many agencies come back.
pub const AGENCIES: usize = 10;
/// How often each is measured.
const TIMES: usize = 3;
/// Memory for the hub's open ledgers, in bytes: more than one application takes.
const BUDGET: u64 = 256 << 20;
/// One change in so many writes a value; the others a character each.
const VALUES: usize = 10;

/// The long texts, each in a section that two agencies share.
pub const TEXTS: [(&str, &str); 5] = [
    ("basics", "basics.introduction"),
    ("openness", "openness.cooperation_mechanism"),
    ("innovation", "innovation.measures"),
    ("cultivation", "cultivation.measures"),
    ("plan", "plan.text"),
];

/// What merging took.
#[derive(Debug, Default)]
pub struct Merge {
    pub changes: usize,
    /// One call of Automerge's `apply_changes` with all of them.
    pub bare: Samples,
    /// The hub judges all of them and stores them, durably, in one round.
    pub at_hub: Samples,
    /// The same over HTTP, ten devices at once: until the last has its verdicts.
    pub over_http: Samples,
    /// A desk follows the pages and stores them, durably.
    pub at_desk: Samples,
}

/// Measures with so many changes of each agency.
///
/// # Errors
/// When anything is refused.
pub async fn run(folder: &Path, stage: &Stage, changes: usize) -> anyhow::Result<Merge> {
    let mut merge = Merge { changes: changes * AGENCIES, ..Merge::default() };
    for time in 0..TIMES {
        let folder = folder.join(format!("merge-{time}"));
        std::fs::create_dir_all(&folder)?;
        in_process(&folder, &stage.form, changes, &mut merge)?;
        over_network(&folder, stage, changes, &mut merge).await?;
    }
    Ok(merge)
}

fn section(member: usize) -> &'static str {
    TEXTS[member % TEXTS.len()].0
}

/// What an agency wrote while it was away.
fn write(light: &mut Light, member: usize, changes: usize) -> anyhow::Result<()> {
    let (section, text) = TEXTS[member % TEXTS.len()];
    for number in 0..changes {
        let step = match Step::character(number) {
            _ if number % VALUES == 0 && VALUE.starts_with(section) => {
                Step::value(number * AGENCIES + member)
            }
            Step::Append(_, character) => Step::Append(AnswerId(text.to_owned()), character),
            other @ Step::Set(..) => other,
        };
        light.make(&step)?;
    }
    Ok(())
}

/// The hub's core on a real database, without a network.
fn in_process(folder: &Path, form: &Form, changes: usize, merge: &mut Merge) -> anyhow::Result<()> {
    let key = Arc::new(SigningKey::from_seed(&[42; 32])?);
    let storage = Sqlite::open(&folder.join("hub.db"))?;
    let mut core = Core::new(Box::new(storage), Arc::clone(&key), Clock::new(clock::system), BUDGET)?;
    let hub = ("http://hub.test", key.public());
    let company = Company::found(form, hub, fresh_key()?, AGENCIES, section)?;
    let checked = CheckedPublication::check(&company.application, company.publication(form))?;
    core.publish(&company.lead.public(), checked, None)?;
    let definition = &form.package.definition;
    let mut lead = Light::new(&company, definition, &company.lead)?;
    form.sample.steps().try_for_each(|step| lead.make(&step))?;
    settle(&mut core, &mut lead, &company)?;
    let saved = lead.document.save();
    let (mut asks, mut bare) = (Vec::new(), Vec::new());
    for (member, device) in company.members.iter().enumerate() {
        let mut light = lead.colleague(&saved, definition, device)?;
        write(&mut light, member, changes)?;
        let offer = light.offer(SEGMENT_MAX_CHANGES).context("nothing was written")?;
        ensure!(offer.changes.len() == changes, "one offer holds {} changes", offer.changes.len());
        bare.extend(offer.changes.iter().map(|change| Change::from_bytes(change.0.clone())));
        let application = company.application.clone();
        asks.push(Ask { device: Some(device.public()), application, offer });
    }
    let bare = bare.into_iter().collect::<Result<Vec<_>, _>>()?;
    let options = LoadOptions::new().text_encoding(TextEncoding::Utf16CodeUnit);
    let mut document = Automerge::load_with_options(&saved, options)?;
    let started = Instant::now();
    document.apply_changes(bare)?;
    merge.bare.push(started.elapsed());
    let started = Instant::now();
    let round = core.round(&asks);
    merge.at_hub.push(started.elapsed());
    let accepted: usize = round.stretches.iter().map(|stretch| stretch.records.len()).sum();
    ensure!(accepted == changes * AGENCIES, "the hub took {accepted} changes in");
    Ok(())
}

/// The lead hands over what it has.
fn settle(core: &mut Core, lead: &mut Light, company: &Company) -> anyhow::Result<()> {
    loop {
        let (hello, offer) = (lead.hello(), lead.offer(SEGMENT_MAX_CHANGES));
        if offer.is_none() {
            return Ok(());
        }
        let exchange = Exchange { hello, offer: offer.unwrap_or_default() };
        let reply = core.exchange(&company.lead.public(), &company.application, exchange)?;
        lead.follow(&reply.page)?;
    }
}

/// The hub's process and a real desk.
async fn over_network(folder: &Path, stage: &Stage, changes: usize, merge: &mut Merge) -> anyhow::Result<()> {
    let mut act = stage.act_with(AGENCIES, section).await?;
    let text = invite(stage, &mut act).await?;
    let desk = Desk::new(&folder.join("desk"), "示例市统计局")?;
    let id = hub::join(&desk.line, &text, CodeKind::Invite).await?;
    act.hand_over(Offer::default()).await?;
    let mut away = Vec::new();
    for (member, mut light) in stage.members(&act)?.into_iter().enumerate() {
        write(&mut light, member, changes)?;
        away.push((light, stage.line(&act, member)?));
    }
    // Everybody has a token already, as after a first try.
    for (light, connection) in &away {
        connection.exchange(&id, &Exchange { hello: light.hello(), offer: Offer::default() }).await?;
    }
    let started = Instant::now();
    let mut back = JoinSet::new();
    for (mut light, connection) in away {
        back.spawn(async move { light.hand_over(&connection).await });
    }
    while let Some(done) = back.join_next().await {
        done??;
    }
    merge.over_http.push(started.elapsed());
    merge.at_desk.push(follow(&desk, &id, stage).await?);
    Ok(())
}

/// How long the desk takes for the pages, without their travel.
async fn follow(desk: &Desk, id: &form_model::id::ApplicationId, stage: &Stage) -> anyhow::Result<Duration> {
    let device = desk.with(|desk| desk.device_key())?;
    let connection = HubConnection::new(stage.hub.url(), device)?;
    let mut took = Duration::ZERO;
    loop {
        let hello = desk.with(|desk| desk.hello(id))?;
        let reply = connection.exchange(id, &Exchange { hello, offer: Offer::default() }).await?;
        let started = Instant::now();
        desk.with(|desk| desk.follow(id, &reply.page))?;
        took += started.elapsed();
        if !reply.more {
            return Ok(took);
        }
    }
}
