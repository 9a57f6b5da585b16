//! Two desks with one application and their hub, made ready by the command line.

use anyhow::{Context, ensure};
use form_client::workspace::Workspace;
use form_model::command::Settings;
use form_model::id::ApplicationId;

use crate::desk::Desk;
use crate::hub::HubProcess;
use crate::scene::{command_line, desk_with_application, workspace};

/// The lead's name, as [`desk_with_application`] gives it.
pub const LEAD: &str = "示例市中小企业发展局";
/// The colleague's name.
pub const COMMERCE: &str = "示例市商务局";
/// The colleague's section.
pub const SECTION: &str = "openness";

/// The lead's desk, a colleague's on the same screen, and their hub.
#[derive(Debug)]
pub struct Team {
    pub hub: HubProcess,
    pub lead: Desk,
    pub colleague: Desk,
    pub id: ApplicationId,
}

impl Team {
    /// The lead has started an application with these answers and given [`SECTION`] to the colleague, who has joined.
    ///
    /// # Errors
    /// When a program is not built, or a step is refused.
    pub fn new(answers: &[(&str, &str)]) -> anyhow::Result<Self> {
        let hub = HubProcess::start()?;
        let url = hub.url().to_owned();
        Self::over(hub, &url, answers)
    }

    /// [`Self::new`] with a hub that the desks reach at another address: over a line that can break, say.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn over(hub: HubProcess, url: &str, answers: &[(&str, &str)]) -> anyhow::Result<Self> {
        let (lead, id) = desk_with_application(answers)?;
        let colleague = lead.beside()?;
        let team = Self { hub, lead, colleague, id };
        team.lead_says("connect", &[url])?;
        team.lead_says("grant", &["commerce", "--name", COMMERCE, "--part", SECTION])?;
        let invite = team.invite("commerce")?;
        team.join(&team.colleague, COMMERCE, "李示例", &invite)?;
        team.lead_syncs()?;
        Ok(team)
    }

    /// An invite that the hub has heard of.
    ///
    /// # Errors
    /// When the lead or the hub refuses it.
    pub fn invite(&self, agency: &str) -> anyhow::Result<String> {
        let said = self.lead_says("invite", &[agency])?;
        self.lead_syncs()?;
        said.lines().next().map(str::to_owned).context("no invite")
    }

    /// Brings a new desk into the application.
    ///
    /// # Errors
    /// When the invite is not good.
    pub fn join(&self, desk: &Desk, agency: &str, person: &str, invite: &str) -> anyhow::Result<()> {
        introduce(&mut workspace(&desk.home())?, agency, person)?;
        let (code, said) = command_line(&desk.home(), &["join", invite])?;
        ensure!(code == Some(0), "{agency} cannot join: {said}");
        self.say(desk, "sync", &[]).map(drop)
    }

    /// `huiqian COMMAND ID …` at the lead's desk, while no window has it open.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn lead_says(&self, command: &str, arguments: &[&str]) -> anyhow::Result<String> {
        self.say(&self.lead, command, arguments)
    }

    /// The same at the colleague's.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn colleague_says(&self, command: &str, arguments: &[&str]) -> anyhow::Result<String> {
        self.say(&self.colleague, command, arguments)
    }

    /// The lead's desk gives and takes what is new.
    ///
    /// # Errors
    /// When the hub cannot be reached.
    pub fn lead_syncs(&self) -> anyhow::Result<()> {
        self.lead_says("sync", &[]).map(drop)
    }

    /// The colleague's desk gives and takes what is new.
    ///
    /// # Errors
    /// When the hub cannot be reached.
    pub fn colleague_syncs(&self) -> anyhow::Result<()> {
        self.colleague_says("sync", &[]).map(drop)
    }

    /// Both give one answer, unaware of each other, and hear of it afterwards.
    ///
    /// # Errors
    /// When the form lacks the answer.
    pub fn differ(&self, answer: &str, leads: &str, colleagues: &str) -> anyhow::Result<()> {
        self.lead_says("set", &[answer, leads])?;
        self.colleague_says("set", &[answer, colleagues])?;
        self.lead_syncs()?;
        self.colleague_syncs()?;
        self.lead_syncs()
    }

    /// The lead takes [`SECTION`] away while the colleague, offline, goes on writing there: refused when it comes.
    ///
    /// # Errors
    /// When a step is refused.
    pub fn take_away(&self, answers: &[(&str, &str)]) -> anyhow::Result<()> {
        for (answer, value) in answers {
            self.colleague_says("set", &[answer, value])?;
        }
        self.lead_says("grant", &["commerce", "--part", "innovation"])?;
        self.lead_syncs()?;
        self.colleague_syncs()
    }

    /// The hub's disk is lost after it has told the colleague, and nobody else, that it has an answer. The lead has
    /// another one to hand over.
    ///
    /// # Errors
    /// When the hub does not come up again, or the form lacks an answer.
    pub fn lose_hub(&mut self, colleagues: (&str, &str), leads: (&str, &str)) -> anyhow::Result<()> {
        let backup = self.hub.back_up()?;
        self.colleague_says("set", &[colleagues.0, colleagues.1])?;
        self.colleague_syncs()?;
        self.hub.restore(&backup)?;
        self.lead_says("set", &[leads.0, leads.1]).map(drop)
    }

    /// The same at any desk that takes part.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn say(&self, desk: &Desk, command: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let all = [&[command, self.id.0.as_str()], arguments].concat();
        let (code, said) = command_line(&desk.home(), &all)?;
        ensure!(code == Some(0), "huiqian {} ended with {code:?}: {said}", all.join(" "));
        Ok(said)
    }
}

fn introduce(workspace: &mut Workspace, agency: &str, person: &str) -> anyhow::Result<()> {
    let settings = workspace.settings();
    Ok(workspace.save_settings(&Settings { agency: agency.into(), person: person.into(), ..settings })?)
}
