//! `huiqian members | grant | revoke | hand-over | invite | recovery-code`

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use form_client::qr;
use form_client::workspace::Workspace;
use form_model::command::{InviteRequest, InviteState, Team, TeamAct, TeamRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, EvidenceAccess, FormPart, Grant, Role, suggested_mark};

use crate::argument::{Arguments, RoleArgument, StepArgument};
use crate::output::{Output, warning};

/// How many digits of a key tell it apart safely: as many as `members` shows.
const KEY_DIGITS: usize = 8;

/// What `grant` was given.
pub struct Granted<'a> {
    pub agency: &'a str,
    pub name: &'a Option<String>,
    pub mark: &'a Option<String>,
    pub role: Option<RoleArgument>,
    pub parts: Option<&'a [String]>,
    pub evidence: &'a [String],
    pub steps: &'a [StepArgument],
    pub accept_until: &'a Option<String>,
}

pub fn members(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    act(arguments, id, |_, _| Ok(TeamAct::Read), output)
}

pub fn grant(arguments: &Arguments, id: &str, granted: Granted<'_>, output: &Output) -> anyhow::Result<()> {
    act(arguments, id, |workspace, id| granted.act(workspace, id), output)
}

impl Granted<'_> {
    fn act(self, workspace: &mut Workspace, application: &ApplicationId) -> Result<TeamAct, UserError> {
        let parts = self.parts.map(|parts| known_parts(workspace, application, parts)).transpose()?;
        let evidence = known_evidence(workspace, application, self.evidence)?;
        let mut others = read(workspace, application)?.agencies;
        let known = others.iter().position(|agency| agency.id.0 == self.agency).map(|at| others.remove(at));
        let name = self.name.clone().or_else(|| known.as_ref().map(|agency| agency.name.clone()));
        let name =
            name.ok_or_else(|| UserError::new(ErrorCode::UnknownAgency).with("agency", self.agency))?;
        let taken: Vec<&str> = others.iter().map(|agency| agency.mark.as_str()).collect();
        let mark = self.mark.clone().or_else(|| known.as_ref().map(|agency| agency.mark.clone()));
        let unknown = Grant { role: Role::Contributor, ..Grant::default() };
        let before = known.map_or(unknown, |agency| agency.grant);
        // What is not said here stays as it was.
        let grant = Grant {
            role: self.role.map_or(before.role, Role::from),
            parts: parts.unwrap_or(before.parts),
            evidence: evidence.unwrap_or(before.evidence),
            steps: match self.steps {
                [] => before.steps,
                named => named.iter().filter_map(|step| step.step()).collect(),
            },
        };
        let mark = mark.unwrap_or_else(|| suggested_mark(&name, &taken));
        Ok(TeamAct::SaveAgency {
            id: AgencyId(self.agency.to_owned()),
            name,
            mark,
            grant,
            accept_until: self.accept_until.clone(),
        })
    }
}

pub fn revoke(arguments: &Arguments, id: &str, who: &str, output: &Output) -> anyhow::Result<()> {
    let find = |workspace: &mut Workspace, id: &ApplicationId| {
        let team = read(workspace, id)?;
        let agency = team.agencies.iter().find(|agency| agency.id.0 == who);
        if let Some(agency) = agency {
            return Ok(TeamAct::RemoveAgency { agency: agency.id.clone() });
        }
        let open = team.invites.iter().filter(|invite| invite.state == InviteState::Open);
        let invites = open.map(|invite| TeamAct::CancelInvite { key: invite.key.clone() });
        let active = team.devices.iter().filter(|device| !device.revoked);
        let devices = active.map(|device| TeamAct::RevokeDevice { key: device.key.clone() });
        let meant = |act: &TeamAct| match act {
            TeamAct::CancelInvite { key } | TeamAct::RevokeDevice { key } => key.starts_with(who),
            _ => false,
        };
        let mut found = invites.chain(devices).filter(meant);
        match (found.next(), found.next()) {
            (Some(act), None) if who.len() >= KEY_DIGITS => Ok(act),
            _ => Err(no_such_key(who)),
        }
    };
    act(arguments, id, find, output)
}

pub fn hand_over(
    arguments: &Arguments,
    id: &str,
    agency: &str,
    kept: &[String],
    accept_until: Option<&String>,
    output: &Output,
) -> anyhow::Result<()> {
    let (to, accept_until) = (AgencyId(agency.to_owned()), accept_until.cloned());
    let hand_over = |workspace: &mut Workspace, id: &ApplicationId| {
        let parts = known_parts(workspace, id, kept)?;
        let grant = Grant { role: Role::Contributor, parts, ..Grant::default() };
        Ok(TeamAct::HandOver { to, grant, accept_until })
    };
    act(arguments, id, hand_over, output)
}

pub fn invite(
    arguments: &Arguments,
    id: &str,
    agency: &str,
    person: &str,
    days: u32,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let (agency, person) = (AgencyId(agency.to_owned()), person.to_owned());
    let invite = workspace.invite(&InviteRequest { application, agency, person, days })?;
    output.result(&invite, |invite| vec![invite.text.clone()])?;
    if std::io::stderr().is_terminal() {
        warning(&qr::drawn(&invite.qr));
    }
    warning(output.pick(
        "本机下次与协同中心同步（sync）之后，这份邀请才能使用。",
        "The invite can be used once this machine has synced with the hub (sync).",
    ));
    Ok(())
}

pub fn recovery_code(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    output.result(&workspace.recovery_code(&id)?, |code| vec![code.text.clone()])
}

fn act(
    arguments: &Arguments,
    id: &str,
    act: impl FnOnce(&mut Workspace, &ApplicationId) -> Result<TeamAct, UserError>,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let act = act(&mut workspace, &application)?;
    let team = workspace.team(&TeamRequest { application, act })?;
    output.result(&team, |team| lines(team, output))
}

/// Whether these agencies take part.
pub fn check_agencies(
    workspace: &mut Workspace,
    application: &ApplicationId,
    agencies: &[AgencyId],
) -> Result<(), UserError> {
    let team = read(workspace, application)?;
    let known = |id: &AgencyId| team.agencies.iter().any(|agency| agency.id == *id && !agency.removed);
    match agencies.iter().find(|id| !known(id)) {
        None => Ok(()),
        Some(id) => Err(UserError::new(ErrorCode::UnknownAgency).with("agency", id)),
    }
}

fn read(workspace: &mut Workspace, application: &ApplicationId) -> Result<Team, UserError> {
    workspace.team(&TeamRequest { application: application.clone(), act: TeamAct::Read })
}

/// The parts as they were typed, each one of the form.
fn known_parts(
    workspace: &mut Workspace,
    application: &ApplicationId,
    texts: &[String],
) -> Result<BTreeMap<FormPart, Option<String>>, UserError> {
    let definition = workspace.answers(application)?.0;
    let parts = parts(texts);
    let unknown = parts.keys().find(|part| {
        let field = definition.fields().any(|field| field.id.as_str() == part.0);
        !field && definition.section(&part.0).is_none()
    });
    match unknown {
        Some(part) => Err(UserError::new(ErrorCode::UnknownAnswer).with("answer", part)),
        None => Ok(parts),
    }
}

/// Which evidence an agency may read, as given; `None` when nothing was.
fn known_evidence(
    workspace: &mut Workspace,
    application: &ApplicationId,
    slots: &[String],
) -> Result<Option<EvidenceAccess>, UserError> {
    let slots = match slots {
        [] => return Ok(None),
        [all] if all == "all" => return Ok(Some(EvidenceAccess::All)),
        [none] if none == "none" => &[],
        slots => slots,
    };
    let definition = workspace.answers(application)?.0;
    let known = |slot: &&String| definition.evidence.iter().any(|known| known.id == **slot);
    match slots.iter().find(|slot| !known(slot)) {
        Some(slot) => Err(UserError::new(ErrorCode::UnknownAnswer).with("answer", slot)),
        None => Ok(Some(EvidenceAccess::Only(slots.to_vec()))),
    }
}

/// The one device whose key starts so; also one that was revoked.
pub fn device_that_starts(
    workspace: &mut Workspace,
    id: &ApplicationId,
    start: &str,
) -> Result<String, UserError> {
    let keys = read(workspace, id)?.devices.into_iter().map(|device| device.key);
    let mut found = keys.filter(|key| key.starts_with(start));
    match (found.next(), found.next()) {
        (Some(key), None) if start.len() >= KEY_DIGITS => Ok(key),
        _ => Err(UserError::new(ErrorCode::NotFinal).with_pair(
            "cause",
            format!("没有以“{start}”开头的设备，或者不止一台；请照 members 列出的前 {KEY_DIGITS} 位以上填写。"),
            format!("No device begins with “{start}”, or several do; give {KEY_DIGITS} digits or more as in `members`."),
        )),
    }
}

fn no_such_key(who: &str) -> UserError {
    UserError::new(ErrorCode::TeamRefused).with_pair(
        "cause",
        format!("没有以“{who}”开头的设备或待用邀请，或者不止一个；请照 members 列出的前 {KEY_DIGITS} 位以上填写"),
        format!("no device or open invite begins with “{who}”, or several do; give {KEY_DIGITS} digits or more as in `members`"),
    )
}

fn parts(texts: &[String]) -> BTreeMap<FormPart, Option<String>> {
    let part = |text: &String| match text.split_once('=') {
        Some((part, due)) => (FormPart(part.to_owned()), Some(due.to_owned())),
        None => (FormPart(text.clone()), None),
    };
    texts.iter().map(part).collect()
}

fn lines(team: &Team, output: &Output) -> Vec<String> {
    let mut lines = Vec::new();
    for agency in team.agencies.iter().filter(|agency| !agency.removed) {
        let parts = agency.grant.parts.iter().map(|(part, due)| match due {
            Some(due) => format!("{part} ({due})"),
            None => part.0.clone(),
        });
        let parts = parts.collect::<Vec<_>>().join(", ");
        lines.push(format!("{}  {}  {}  {parts}", agency.id, agency.name, role(agency.grant.role, output)));
        for device in team.devices.iter().filter(|device| device.agency == agency.id) {
            let own = if device.own { output.pick("（本机）", " (this device)") } else { "" };
            let revoked = if device.revoked { output.pick(" 已撤销", " revoked") } else { "" };
            let key = device.key.get(..8).unwrap_or(&device.key);
            lines.push(format!("    {key}  {} {}{own}{revoked}", device.person, device.name));
        }
        for invite in team.invites.iter().filter(|invite| invite.agency == agency.id) {
            let state = match invite.state {
                InviteState::Open => output.pick("邀请待用", "invite open"),
                InviteState::Expired => output.pick("邀请已过期", "invite expired"),
                InviteState::Cancelled => output.pick("邀请已收回", "invite taken back"),
                InviteState::Used => continue,
            };
            let key = invite.key.get(..8).unwrap_or(&invite.key);
            lines.push(format!("    {key}  {state} {}", invite.person));
        }
    }
    lines
}

fn role<'a>(role: Role, output: &Output) -> &'a str {
    match role {
        Role::Lead => output.language.pick("牵头单位", "lead"),
        Role::Contributor => output.language.pick("协同单位", "contributor"),
        Role::Reviewer => output.language.pick("审阅", "reviewer"),
        Role::Observer => output.language.pick("只看", "observer"),
    }
}
