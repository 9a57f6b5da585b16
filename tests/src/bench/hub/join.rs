//! Joining an application of many changes: until it can be edited, and until every signature and right in it has
//! been looked at, against Automerge loading the same bytes.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use automerge::Automerge;
use form_client::code::{Code, CodeKind, SECRET_BYTES};
use form_client::hub::{self, HubConnection};
use form_client::workspace::Workspace;
use form_document::roster::Act as RosterAct;
use form_document::wire::Offer;
use form_model::member::AgencyId;

use form_model::id::AnswerId;

use super::company::fresh_number;
use super::desk::Desk;
use super::merge::TEXTS;
use super::stage::{Act, Stage};
use super::work::Step;
use crate::bench::Samples;

/// How often each is measured.
const TIMES: usize = 3;
/// After so many characters the next text is gone on with.
const STRETCH: usize = 500;
/// An invite's life.
const DAY_MS: i64 = 86_400_000;

/// What joining took.
#[derive(Debug, Default)]
pub struct Join {
    /// Of the application, the sample included.
    pub changes: u64,
    /// Of the document that a compact start carries, as it would travel without gzip.
    pub bytes: usize,
    /// Automerge loads that document.
    pub load: Samples,
    /// From the compact start's arrival to the first edit on the disk, what came after it fetched and followed.
    pub editable: Samples,
    /// From there to everything having been looked at.
    pub verified: Samples,
    /// From the invite to the first edit on the disk, over HTTP, from a hub that was just started.
    pub over_http: Samples,
}

/// Writes so many characters, then lets desks join.
///
/// # Errors
/// When the hub refuses anything.
pub async fn run(folder: &Path, stage: &mut Stage, characters: usize) -> anyhow::Result<Join> {
    let mut act = stage.act(1).await?;
    for number in 0..characters {
        act.lead.make(&step(number))?;
    }
    act.lead.exchange(&act.connection).await?;
    let document = act.lead.document.save();
    let mut join =
        Join { changes: act.lead.document.change_count(), bytes: document.len(), ..Join::default() };
    for time in 0..TIMES {
        let started = Instant::now();
        let loaded = Automerge::load(&document)?;
        join.load.push(started.elapsed());
        drop(loaded);
        // The hub has to open the application first, as after a night.
        stage.hub.stop()?;
        stage.hub.start_again()?;
        let home = folder.join(format!("joining-{time}"));
        one(&home, stage, &mut act, &mut join).await?;
    }
    Ok(join)
}

/// A character of one of the long texts: no single one may hold all of them.
fn step(number: usize) -> Step {
    let (_, text) = TEXTS[number / STRETCH % TEXTS.len()];
    match Step::character(number) {
        Step::Append(_, character) => Step::Append(AnswerId(text.to_owned()), character),
        other @ Step::Set(..) => other,
    }
}

async fn one(home: &Path, stage: &Stage, act: &mut Act, join: &mut Join) -> anyhow::Result<()> {
    let text = invite(stage, act).await?;
    let desk = Desk::new(home, "示例市商务局")?;
    let device = desk.with(|desk| desk.device_key())?;
    let invited = Instant::now();
    let connection = HubConnection::new(stage.hub.url(), Arc::clone(&device))?;
    let code = Workspace::read_code(&text)?;
    let key = code.key(CodeKind::Invite)?.public();
    let invitation = connection.invitation(&key).await?;
    let checked = desk.with(|desk| desk.check_invitation(&code, CodeKind::Invite, &invitation))?;
    let entry = desk.with(|desk| desk.enrolment(&code, &checked))?.context("enrolled already")?;
    connection.enrol(&key, &entry).await?;
    desk.with(|desk| desk.joined(&checked))?;
    let id = checked.application.clone();
    let start = connection.start(&id).await?;
    let arrived = Instant::now();
    desk.with(|desk| desk.begin(&id, &start))?;
    // The start may end a little before the newest position, and before this desk's own enrolment.
    hub::catch_up(&desk.line, &connection, &id).await?;
    desk.edit(&id, &Step::character(0))?;
    join.editable.push(arrived.elapsed());
    join.over_http.push(invited.elapsed());
    let unchecked = desk.with(|desk| desk.unchecked_start(&id))?.context("nothing is left to look at")?;
    let verified = unchecked.check()?;
    desk.with(|desk| desk.checked_start(&id, &verified))?;
    join.verified.push(arrived.elapsed());
    Ok(())
}

/// An invite that the hub has heard of.
///
/// # Errors
/// When the hub refuses it.
pub async fn invite(stage: &Stage, act: &mut Act) -> anyhow::Result<String> {
    let mut secret = [0x11; SECRET_BYTES];
    secret[..8].copy_from_slice(&fresh_number().to_be_bytes());
    let code = Code::new(stage.hub.url(), secret, &act.company.application);
    let step = RosterAct::Invite {
        key: code.key(CodeKind::Invite)?.public(),
        agency: AgencyId("agency-0".to_owned()),
        person: String::new(),
        expires_ms: form_client::clock::system() + DAY_MS,
    };
    act.hand_over(Offer::default()).await?;
    let entry = act.step(step)?;
    act.hand_over(Offer { roster: Some(vec![entry]), ..Offer::default() }).await?;
    Ok(code.text())
}
