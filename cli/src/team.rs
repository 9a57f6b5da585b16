//! `huiqian members | grant | revoke | hand-over | invite | recovery-code`

use std::collections::BTreeMap;

use form_client::workspace::Workspace;
use form_model::command::{InviteRequest, InviteState, Team, TeamAct, TeamRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, FormPart, Grant, Role, suggested_mark};

use crate::argument::{Arguments, RoleArgument};
use crate::output::Output;

/// What `grant` was given.
pub struct Granted<'a> {
    pub agency: &'a str,
    pub name: &'a Option<String>,
    pub mark: &'a Option<String>,
    pub role: RoleArgument,
    pub parts: &'a [String],
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
        let parts = known_parts(workspace, application, self.parts)?;
        let mut others = read(workspace, application)?.agencies;
        let known = others.iter().position(|agency| agency.id.0 == self.agency).map(|at| others.remove(at));
        let name = self.name.clone().or_else(|| known.as_ref().map(|agency| agency.name.clone()));
        let name = name.unwrap_or_else(|| self.agency.to_owned());
        let taken: Vec<&str> = others.iter().map(|agency| agency.mark.as_str()).collect();
        let mark = self.mark.clone().or_else(|| known.map(|agency| agency.mark));
        let mark = mark.unwrap_or_else(|| suggested_mark(&name, &taken));
        Ok(TeamAct::SaveAgency {
            id: AgencyId(self.agency.to_owned()),
            name,
            mark,
            grant: Grant { role: self.role.into(), parts, ..Grant::default() },
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
        only(named(&team, who), who)
    };
    act(arguments, id, find, output)
}

pub fn hand_over(
    arguments: &Arguments,
    id: &str,
    agency: &str,
    kept: &[String],
    output: &Output,
) -> anyhow::Result<()> {
    let hand_over = |workspace: &mut Workspace, id: &ApplicationId| {
        let parts = known_parts(workspace, id, kept)?;
        let grant = Grant { role: Role::Contributor, parts, ..Grant::default() };
        Ok(TeamAct::HandOver { to: AgencyId(agency.to_owned()), grant })
    };
    act(arguments, id, hand_over, output)
}

/// What a start of a key may mean: a device that has rights, or an invite that can be taken back.
fn named(team: &Team, start: &str) -> Vec<TeamAct> {
    let starts = |key: &String| !start.is_empty() && key.starts_with(start);
    let devices = team.devices.iter().filter(|device| !device.revoked && starts(&device.key));
    let open = |state| matches!(state, InviteState::Open | InviteState::Expired);
    let invites = team.invites.iter().filter(|invite| open(invite.state) && starts(&invite.key));
    let revoke = devices.map(|device| TeamAct::RevokeDevice { key: device.key.clone() });
    revoke.chain(invites.map(|invite| TeamAct::CancelInvite { key: invite.key.clone() })).collect()
}

/// The one that is meant; taking rights away never guesses.
fn only(mut acts: Vec<TeamAct>, who: &str) -> Result<TeamAct, UserError> {
    let refused =
        |chinese, english| UserError::new(ErrorCode::TeamRefused).with_pair("cause", chinese, english);
    match (acts.pop(), acts.len()) {
        (Some(act), 0) => Ok(act),
        (None, _) => Err(refused(
            format!("没有叫“{who}”的单位，也没有这样开头的设备或待用邀请"),
            format!("no agency is called “{who}”, and no device or open invite starts so"),
        )),
        (Some(_), others) => Err(refused(
            format!("有 {} 个设备或邀请以“{who}”开头，请多输入几位", others + 1),
            format!("{} devices or invites start with “{who}”; give more of the key", others + 1),
        )),
    }
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
    output.result(&invite, |invite| vec![invite.text.clone()])
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
        Some(id) => Err(UserError::new(ErrorCode::TeamRefused).with_pair(
            "cause",
            format!("没有单位“{id}”，members 列出全部单位"),
            format!("there is no agency “{id}”; `members` lists them"),
        )),
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
