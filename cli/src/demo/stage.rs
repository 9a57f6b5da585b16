//! The hub and the desks of the demo.

use std::path::Path;

use form_client::code::CodeKind;
use form_client::fill;
use form_client::hub::{self, HubConnection, LocalDesk};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::check::subject;
use form_model::command::{
    AnswerState, CreateApplication, DiscussAct, DiscussRequest, Discussion, Edit, ExportFormat,
    InviteRequest, SetAside, SetAsideRequest, Settings, SyncState, Team, TeamAct, TeamRequest,
};
use form_model::definition::FormDefinition;
use form_model::error::UserError;
use form_model::id::{AnswerId, ApplicationId};
use form_model::language::Language;
use form_model::member::{AgencyId, FormPart, Grant, Role, suggested_mark};
use sync_server::{Config, Hub};

use super::story::Story;

/// The form that is filled in.
pub const FORM: &str = "zone-application-2026";
/// How long the demo's invites are good, in days.
const INVITE_DAYS: u32 = 1;

/// One agency: who it is, and its desk.
pub struct Agency {
    /// Its id in the roster.
    pub id: &'static str,
    pub name: &'static str,
    pub person: &'static str,
    desk: LocalDesk,
}

/// The hub and the three agencies.
pub struct Stage {
    hub: Hub,
    pub lead: Agency,
    pub commerce: Agency,
    pub science: Agency,
}

impl Stage {
    /// Starts the hub, and lays out three data folders with a name on each.
    pub async fn set(folder: &Path, language: Language, story: &mut Story<'_>) -> anyhow::Result<Self> {
        let hub = Hub::start(Config::embedded(&folder.join("hub"))).await?;
        story.hub(&hub.url);
        let agency = |id, chinese: [&'static str; 2], english: [&'static str; 2]| {
            let [name, person] = match language {
                Language::Chinese => chinese,
                Language::English => english,
            };
            Agency::new(&folder.join(id), id, name, person, language)
        };
        Ok(Self {
            lead: agency("lead", ["示例市中小企业发展局", "王示例"], ["Example SME Bureau", "Ms Wang"])?,
            commerce: agency("commerce", ["示例市商务局", "李示例"], ["Example Commerce Bureau", "Mr Li"])?,
            science: agency("science", ["示例市科技局", "赵示例"], ["Example Science Bureau", "Ms Zhao"])?,
            hub,
        })
    }

    /// Where the hub is.
    pub fn url(&self) -> &str {
        &self.hub.url
    }

    /// The lead first.
    pub fn agencies(&self) -> [&Agency; 3] {
        [&self.lead, &self.commerce, &self.science]
    }

    /// Closes the desks and stops the hub.
    pub async fn clear(self) {
        let Self { hub, lead, commerce, science } = self;
        drop((lead, commerce, science));
        hub.shutdown().await;
    }
}

impl Agency {
    fn new(
        home: &Path,
        id: &'static str,
        name: &'static str,
        person: &'static str,
        language: Language,
    ) -> Result<Self, UserError> {
        let mut workspace = Workspace::open(home, Surroundings::without_keyring())?;
        let settings = workspace.settings();
        let (agency, person_name) = (name.to_owned(), person.to_owned());
        workspace.save_settings(&Settings { agency, person: person_name, language, ..settings })?;
        Ok(Self { id, name, person, desk: LocalDesk::new(workspace) })
    }

    /// Starts the application.
    pub fn found(&self, name: &str) -> Result<ApplicationId, UserError> {
        let request = CreateApplication { form: FORM.to_owned(), name: name.to_owned(), copy_from: None };
        self.desk.with(|desk| desk.create(&request))
    }

    /// Brings the application to the hub.
    pub async fn publish(&self, id: &ApplicationId, url: &str) -> Result<(), UserError> {
        hub::publish(&self.desk, id, url, "").await
    }

    /// Gives an agency parts of the form; the earlier parts are gone.
    pub fn grant(&self, id: &ApplicationId, to: &Self, parts: &[&str]) -> Result<Team, UserError> {
        let known = self.team(id, TeamAct::Read)?;
        let taken: Vec<&str> = known
            .agencies
            .iter()
            .filter(|agency| agency.id.0 != to.id)
            .map(|agency| agency.mark.as_str())
            .collect();
        let parts = parts.iter().map(|part| (FormPart((*part).to_owned()), None)).collect();
        let act = TeamAct::SaveAgency {
            id: AgencyId(to.id.to_owned()),
            name: to.name.to_owned(),
            mark: suggested_mark(to.name, &taken),
            grant: Grant { role: Role::Contributor, parts, ..Grant::default() },
            accept_until: None,
        };
        self.team(id, act)
    }

    fn team(&self, id: &ApplicationId, act: TeamAct) -> Result<Team, UserError> {
        self.desk.with(|desk| desk.team(&TeamRequest { application: id.clone(), act }))
    }

    /// An invite for an agency's device.
    pub fn invite(&self, id: &ApplicationId, guest: &Self) -> Result<String, UserError> {
        let request = InviteRequest {
            application: id.clone(),
            agency: AgencyId(guest.id.to_owned()),
            person: guest.person.to_owned(),
            days: INVITE_DAYS,
        };
        self.desk.with(|desk| desk.invite(&request)).map(|invite| invite.text)
    }

    /// Joins by an invite.
    pub async fn join(&self, invite: &str) -> Result<ApplicationId, UserError> {
        hub::join(&self.desk, invite, CodeKind::Invite).await
    }

    /// Gives the hub what it lacks, and takes what is new.
    pub async fn sync(&self, id: &ApplicationId) -> Result<SyncState, UserError> {
        let (named, device) = self.desk.with(|desk| Ok((desk.hub(id)?, desk.device_key()?)))?;
        hub::catch_up(&self.desk, &HubConnection::to(&named, device)?, id).await?;
        self.standing(id)
    }

    /// How this desk stands to the hub.
    pub fn standing(&self, id: &ApplicationId) -> Result<SyncState, UserError> {
        self.desk.with(|desk| desk.sync_state(id))
    }

    /// Writes one value.
    pub fn write(&self, id: &ApplicationId, answer: &str, value: &str) -> Result<(), UserError> {
        let value = Some(AnswerValue::Text(value.to_owned()));
        let edit = Edit::Set { values: vec![(AnswerId(answer.to_owned()), value)] };
        self.desk.with(|desk| desk.edit(id, &edit)).map(|_| ())
    }

    /// Fills in what the sample has for the agency's own parts, those of `others` left out; returns how many
    /// answers that were.
    pub fn fill_in(&self, id: &ApplicationId, others: &[&str]) -> Result<usize, UserError> {
        let sample = form_client::library::sample(FORM).unwrap_or_default();
        let others: Vec<FormPart> = others.iter().map(|part| FormPart((*part).to_owned())).collect();
        let grant = self.own_grant(id)?;
        let mut values = fill::parse(sample, FORM)?;
        values.retain(|(answer, _)| grant.may_write(answer) && !others.iter().any(|part| part.holds(answer)));
        let count = values.len();
        self.desk.with(|desk| desk.fill(id, values))?;
        Ok(count)
    }

    fn own_grant(&self, id: &ApplicationId) -> Result<Grant, UserError> {
        let team = self.team(id, TeamAct::Read)?;
        let own = team.agencies.into_iter().find(|agency| agency.id.0 == self.id);
        Ok(own.map(|agency| agency.grant).unwrap_or_default())
    }

    /// What parts of the form are called.
    pub fn part_names(&self, id: &ApplicationId, parts: &[&str]) -> Result<Vec<String>, UserError> {
        let (definition, language) = self.form(id)?;
        let name = |part: &&str| definition.part_name(language, &FormPart((*part).to_owned()));
        Ok(parts.iter().map(name).collect())
    }

    /// What an answer is called.
    pub fn name_of(&self, id: &ApplicationId, answer: &str) -> Result<String, UserError> {
        let (definition, language) = self.form(id)?;
        Ok(subject(&definition, language, &AnswerId(answer.to_owned())))
    }

    fn form(&self, id: &ApplicationId) -> Result<(FormDefinition, Language), UserError> {
        self.desk.with(|desk| Ok((desk.answers(id)?.0, desk.settings().language)))
    }

    /// An answer as it stands here.
    pub fn answer(&self, id: &ApplicationId, answer: &str) -> Result<AnswerState, UserError> {
        self.desk.with(|desk| desk.state(id, &AnswerId(answer.to_owned())))
    }

    /// What the hub refused; with `propose` put away, and said as a comment to who fills that part now.
    pub fn set_aside(&self, id: &ApplicationId, propose: Option<&str>) -> Result<Vec<SetAside>, UserError> {
        let dismiss = propose.map(str::to_owned);
        let request =
            SetAsideRequest { application: id.clone(), propose: dismiss.is_some(), dismiss, adopt: false };
        self.desk.with(|desk| desk.set_aside(&request))
    }

    /// The comments.
    pub fn comments(&self, id: &ApplicationId) -> Result<Discussion, UserError> {
        self.desk
            .with(|desk| desk.discuss(&DiscussRequest { application: id.clone(), act: DiscussAct::Read }))
    }

    /// The answers here, as exported.
    pub fn export(&self, id: &ApplicationId) -> Result<Vec<u8>, UserError> {
        self.desk.with(|desk| desk.export(id, ExportFormat::Json))
    }

    /// The answers at the hub, as exported.
    pub async fn export_of_hub(&self, id: &ApplicationId) -> Result<Vec<u8>, UserError> {
        hub::held(&self.desk, id).await
    }
}
