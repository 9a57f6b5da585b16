//! Who takes part: re-assignments, invites, joins, revocations, the lead.

use form_client::code::CodeKind;
use form_client::hub::catch_up;
use form_client::workspace::Workspace;
use form_model::command::{InviteRequest, TeamAct, TeamRequest};
use form_model::member::{AgencyId, FormPart, Grant, Role};
use huiqian_tests::agencies::Agency;
use huiqian_tests::direct::{AtDesk, Direct, at_once};

use super::desk::Desk;
use super::note;
use super::villain::{ROGUE, Villain};
use super::world::World;

const AGENCIES: &[&str] = &["alpha", "beta", "gamma"];
const REVIEWER: &str = "eyes";
const PARTS: &[&str] = &["a", "b", "c", "a.plan", "b.name", "b.plan", "c.note"];
/// What the hostile member may write, throughout.
pub const ROGUE_PART: &str = "c.name";
/// The days around the world's beginning, 2026-05-28.
const DAYS: &[&str] = &["2026-05-27", "2026-05-29", "2026-05-31", "2026-06-30"];
const DESKS_MAX: usize = 8;

impl World {
    /// Agencies are taken in, and some of their devices join.
    pub fn gather(&mut self) {
        for agency in AGENCIES {
            let grant = self.some_grant();
            self.save(0, agency, grant, None);
        }
        self.save(0, REVIEWER, Grant { role: Role::Reviewer, ..Grant::default() }, None);
        let parts = [(FormPart(ROGUE_PART.to_owned()), None)].into();
        self.save(0, ROGUE, Grant { role: Role::Contributor, parts, ..Grant::default() }, None);
        let devices = self.random.below(4) + 3;
        for number in 0..devices {
            let any = *self.random.pick(&["lead", "alpha", "beta", "gamma", REVIEWER]);
            let agency = AGENCIES.iter().take(2).nth(number).copied().unwrap_or(any);
            self.invite(0, agency);
        }
        let hostile = self.invite_text(0, ROGUE).unwrap();
        self.sync(0, false);
        let villain = Desk::new(ROGUE, 0, false);
        self.villain = self.enrol(villain, &hostile).map(Villain::new);
        for _ in 0..self.random.below(devices - 1) + 2 {
            self.join_next();
        }
    }

    fn some_grant(&mut self) -> Grant {
        let parts = (0..self.random.below(3) + 1).map(|_| *self.random.pick(PARTS)).collect::<Vec<_>>();
        let parts = parts.into_iter().map(|part| (FormPart(part.to_owned()), None)).collect();
        Grant { role: Role::Contributor, parts, ..Grant::default() }
    }

    fn act(&mut self, desk: usize, act: TeamAct) -> bool {
        let (id, desk) = (self.id.clone(), &mut self.desks[desk]);
        let said = format!("{} does {act:?}", desk.name);
        let done = desk.agency().workspace.team(&TeamRequest { application: id, act }).is_ok();
        if done {
            note(said);
        }
        done
    }

    fn save(&mut self, desk: usize, agency: &str, grant: Grant, accept_until: Option<&str>) -> bool {
        let act = TeamAct::SaveAgency {
            id: AgencyId(agency.to_owned()),
            name: agency.to_owned(),
            mark: String::new(),
            grant,
            accept_until: accept_until.map(str::to_owned),
        };
        self.act(desk, act)
    }

    /// Some lead decides something.
    pub fn team_step(&mut self) {
        let Some(desk) = self.some_lead() else { return };
        let agency = *self.random.pick(AGENCIES);
        match self.random.below(20) {
            0..11 => {
                let grant = self.some_grant();
                let until = self.chance(50).then(|| *self.random.pick(DAYS));
                self.save(desk, agency, grant, until);
            }
            11..15 => self.invite(desk, agency),
            15 => self.invite(desk, "lead"),
            16 | 17 => self.revoke(desk),
            18 => {
                let to = AgencyId(agency.to_owned());
                let grant = self.some_grant();
                let accept_until = self.chance(50).then(|| (*self.random.pick(DAYS)).to_owned());
                self.act(desk, TeamAct::HandOver { to, grant, accept_until });
            }
            _ if self.chance(30) => {
                self.act(desk, TeamAct::RemoveAgency { agency: AgencyId(agency.to_owned()) });
            }
            _ => {}
        }
    }

    /// What the desk believes that it may do.
    pub fn grant_of(&mut self, desk: usize) -> Grant {
        let request = TeamRequest { application: self.id.clone(), act: TeamAct::Read };
        let team = self.desks[desk].agency().workspace.team(&request).unwrap();
        let own =
            team.agencies.into_iter().find(|agency| team.active && Some(&agency.id) == team.me.as_ref());
        own.map(|agency| agency.grant).unwrap_or_default()
    }

    fn some_lead(&mut self) -> Option<usize> {
        let desks = 0..self.desks.len();
        let leads: Vec<usize> = desks.filter(|desk| self.grant_of(*desk).may_lead()).collect();
        (!leads.is_empty()).then(|| *self.random.pick(&leads))
    }

    /// Takes a device's rights away, now and then the hostile one's.
    fn revoke(&mut self, desk: usize) {
        let hostile = self.villain.as_ref().map(Villain::key).filter(|_| self.random.below(3) == 0);
        let of = self.any_desk();
        let key = hostile.unwrap_or(self.desks[of].key).to_string();
        self.act(desk, TeamAct::RevokeDevice { key });
    }

    fn invite(&mut self, desk: usize, agency: &str) {
        if let Some(text) = self.invite_text(desk, agency) {
            note(format!("{} invites a device of {agency}", self.desks[desk].name));
            self.invites.push((agency.to_owned(), text));
        }
    }

    pub fn invite_text(&mut self, desk: usize, agency: &str) -> Option<String> {
        let (application, agency) = (self.id.clone(), AgencyId(agency.to_owned()));
        let request = InviteRequest { application, agency, person: String::new(), days: 7 };
        self.desks[desk].agency().workspace.invite(&request).ok().map(|invite| invite.text)
    }

    /// A device joins with the oldest invite, if the hub has heard of it.
    pub fn join_next(&mut self) {
        if self.invites.is_empty() || self.desks.len() >= DESKS_MAX {
            return;
        }
        let (agency, text) = self.invites.remove(0);
        let desk = Desk::new(&agency, self.desks_made, false);
        self.desks_made += 1;
        if let Some(desk) = self.enrol(desk, &text) {
            note(format!("{} joins", desk.name));
            self.desks.push(desk);
            if self.chance(60) {
                self.check_start(self.desks.len() - 1);
            }
        }
    }

    /// `None` when the invite is not good.
    pub fn enrol(&mut self, mut desk: Desk, text: &str) -> Option<Desk> {
        let (hub, key) = (&mut self.hub.core, desk.key);
        let agency: &mut Agency = desk.agency();
        let code = Workspace::read_code(text).unwrap();
        let invite = code.key(CodeKind::Invite).unwrap().public();
        let invitation = hub.invitation(&invite, Some(&key)).ok()?;
        let checked = agency.workspace.check_invitation(&code, CodeKind::Invite, &invitation).unwrap();
        let entry = agency.workspace.enrolment(&code, &checked).unwrap().unwrap();
        hub.enrol(&invite, &entry).ok()?;
        if self.random.below(3) == 0 {
            // The answer was lost: it asks once more.
            let again = hub.invitation(&invite, Some(&key)).unwrap();
            let checked = agency.workspace.check_invitation(&code, CodeKind::Invite, &again).unwrap();
            assert!(agency.workspace.enrolment(&code, &checked).unwrap().is_none());
            agency.workspace.joined(&checked).unwrap();
        } else {
            agency.workspace.joined(&checked).unwrap();
        }
        let line = Direct::new(hub, key);
        at_once(catch_up(&AtDesk::new(&mut agency.workspace), &line, &self.id)).unwrap();
        Some(desk)
    }

    /// Looks at a compact start.
    pub fn check_start(&mut self, desk: usize) {
        let (id, desk) = (self.id.clone(), &mut self.desks[desk]);
        let workspace = &mut desk.agency().workspace;
        if let Some(unchecked) = workspace.unchecked_start(&id).unwrap() {
            let verified = unchecked.check().unwrap();
            workspace.checked_start(&id, &verified).unwrap();
        }
    }
}
