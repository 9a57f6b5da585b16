//! An edit at one desk until another desk shows it: two real workspaces with their databases, on the hub's live
//! stream. The edit is on the first desk's disk, then on the hub's, then on the second desk's before it is shown.

use std::path::Path;
use std::time::{Duration, Instant};

use form_client::code::CodeKind;
use form_client::hub::{self, HubConnection};
use form_model::command::{CreateApplication, Event, InviteRequest, TeamAct, TeamRequest};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, FormPart, Grant, Role};

use super::desk::Desk;
use super::work::{Form, SECTION, Step};
use crate::bench::Samples;
use crate::hub::HubProcess;
use crate::typist::FORM;

/// Between one edit shown and the next made: a fast typist.
pub const PAUSE: Duration = Duration::from_millis(20);

/// How long the stages of an edit took, from when it was made.
#[derive(Debug, Default)]
pub struct Latency {
    /// On the disk of the desk that made it.
    pub kept: Samples,
    /// That desk knows, durably, that the hub has accepted it durably.
    pub accepted: Samples,
    /// On the disk of the other desk, and shown there.
    pub shown: Samples,
}

/// Two desks of two agencies that share an application.
#[derive(Debug)]
pub struct Pair {
    pub lead: Desk,
    pub colleague: Desk,
    pub id: ApplicationId,
}

impl Pair {
    /// The lead has filled the sample and brought it to the hub; the colleague has joined.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn new(folder: &Path, hub: &HubProcess, form: &Form) -> anyhow::Result<Self> {
        let lead = Desk::new(&folder.join("lead"), "示例市中小企业发展局")?;
        let request = CreateApplication { form: FORM.into(), name: "测速".into(), copy_from: None };
        let id = lead.with(|desk| desk.create(&request))?;
        for step in form.sample.steps() {
            lead.edit(&id, &step)?;
        }
        hub::publish(&lead.line, &id, hub.url(), "").await?;
        let agency = AgencyId("commerce".to_owned());
        let parts = [(FormPart(SECTION.to_owned()), None)].into();
        let act = TeamAct::SaveAgency {
            id: agency.clone(),
            name: "示例市商务局".to_owned(),
            mark: "商".to_owned(),
            grant: Grant { role: Role::Contributor, parts, ..Grant::default() },
            accept_until: None,
        };
        let invite = lead.with(|desk| {
            desk.team(&TeamRequest { application: id.clone(), act })?;
            let person = String::new();
            desk.invite(&InviteRequest { application: id.clone(), agency, person, days: 7 })
        })?;
        let device = lead.with(|desk| desk.device_key())?;
        hub::catch_up(&lead.line, &HubConnection::new(hub.url(), device)?, &id).await?;
        let colleague = Desk::new(&folder.join("colleague"), "示例市商务局")?;
        hub::join(&colleague.line, &invite.text, CodeKind::Invite).await?;
        Ok(Self { lead, colleague, id })
    }
}

/// Makes edits one after the other, each when the one before is shown: a character, a value, a character, …
///
/// # Errors
/// When a step is refused or does not arrive.
pub async fn run(folder: &Path, hub: &HubProcess, edits: usize) -> anyhow::Result<Latency> {
    let form = Form::read()?;
    let mut pair = Pair::new(folder, hub, &form).await?;
    let Pair { lead, colleague, id } = &mut pair;
    lead.stay(id).await?;
    colleague.stay(id).await?;
    let mut latency = Latency::default();
    for number in 0..edits {
        let step = if number % 2 == 0 { Step::character(number) } else { Step::value(number) };
        let started = Instant::now();
        lead.edit(id, &step)?;
        latency.kept.push(started.elapsed());
        let shown = colleague.heard(|event| matches!(event, Event::Patched { .. } | Event::Answered { .. }));
        latency.shown.push(shown.await?.duration_since(started));
        let accepted = lead.heard(|event| matches!(event, Event::Sync { sync } if sync.waiting == 0));
        latency.accepted.push(accepted.await?.duration_since(started));
        tokio::time::sleep(PAUSE).await;
    }
    Ok(latency)
}
