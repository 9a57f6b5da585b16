//! What three desks and their hub do in a season, told once, every step tried again when the disk fails it; and what
//! must hold in the end. A test has single writes and syncs of it fail. `story FOLDER`

mod final_revision;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use form_client::code::CodeKind;
use form_client::workspace::Workspace;
use form_document::wire::{Exchange, Reply};
use form_model::answer::AnswerValue;
use form_model::command::{
    CreateApplication, DiscussAct, DiscussRequest, Edit, ExportFormat, InviteRequest, SetAsideRequest,
    Settings, TeamAct, TeamRequest,
};
use form_model::delta::Delta;
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, FormPart, Grant, Role};
use huiqian_tests::agencies::{LoneHub, begin, surroundings};
use huiqian_tests::direct::HUB_URL;
use huiqian_tests::typist::FORM;
use rusqlite::{Connection, OpenFlags};
use sync_server::arbiter::CheckedPublication;
use sync_server::error::{ErrorCode, HubError};

/// How often a step is tried: the fault comes once, and may come upon the clearing up after itself.
const TRIES: usize = 3;
const PROSE: &str = "openness.cooperation_mechanism";
/// What two of them rewrite at once.
const SHARED: &str = "innovation.measures";
const VALUE: &str = "openness.export_growth.2025";

thread_local! {
    /// Tables that have held something.
    static FILLED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

struct Desk {
    home: PathBuf,
    workspace: Option<Workspace>,
}

/// Does a step until it succeeds; says what the person is told of each failure.
fn again<T>(what: &str, mut step: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut last = anyhow!("{what} was not tried");
    for _ in 0..TRIES {
        match step() {
            Ok(done) => return Ok(done),
            Err(error) => {
                println!("failed: {what}: {error:#}");
                last = error;
            }
        }
    }
    Err(last.context(what.to_owned()))
}

impl Desk {
    fn open(home: &Path, agency: &str) -> anyhow::Result<Self> {
        let mut desk = Self { home: home.to_owned(), workspace: None };
        desk.reopen()?;
        desk.step("name the desk", |desk| {
            let settings = Settings { agency: agency.into(), person: "王".into(), ..desk.settings() };
            Ok(desk.save_settings(&settings)?)
        })?;
        Ok(desk)
    }

    /// Closes the desk and opens it again.
    fn reopen(&mut self) -> anyhow::Result<()> {
        self.workspace = None;
        let home = self.home.clone();
        self.workspace = Some(again("open the desk", || Ok(Workspace::open(&home, surroundings())?))?);
        Ok(())
    }

    /// Does something at the desk; tried again when it fails.
    fn step<T>(
        &mut self,
        what: &str,
        mut step: impl FnMut(&mut Workspace) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let workspace = self.workspace.as_mut().context("the desk is closed")?;
        let done = again(what, || step(workspace))?;
        self.look_at_tables()?;
        Ok(done)
    }

    /// Takes note of which tables hold something.
    fn look_at_tables(&self) -> anyhow::Result<()> {
        let database = self.home.join("huiqian.db");
        let connection = Connection::open_with_flags(&database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        for table in tables(&connection)? {
            let known = FILLED.with_borrow(|filled| filled.contains(&table));
            let query = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if !known && connection.query_row(&query, [], |row| row.get(0))? {
                FILLED.with_borrow_mut(|filled| filled.insert(table));
            }
        }
        Ok(())
    }

    fn sync(&mut self, id: &ApplicationId, hub: &mut LoneHub) -> anyhow::Result<()> {
        self.step("sync", |desk| sync(desk, id, hub))
    }

    fn splice(&mut self, id: &ApplicationId, at: usize, text: &str) -> anyhow::Result<()> {
        self.rewrite(id, PROSE, &Delta::splice(at, 0, text))
    }

    fn rewrite(&mut self, id: &ApplicationId, answer: &str, delta: &Delta) -> anyhow::Result<()> {
        self.step("type", |desk| {
            let answer = AnswerId(answer.into());
            let base = desk.state(id, &answer)?.revision;
            desk.edit(id, &Edit::Splice { answer, base, delta: delta.clone() })?;
            Ok(())
        })
    }

    fn set(&mut self, id: &ApplicationId, value: &str) -> anyhow::Result<()> {
        let value = Some(AnswerValue::Text(value.to_owned()));
        let edit = Edit::Set { values: vec![(AnswerId(VALUE.into()), value)] };
        self.step("fill in", |desk| desk.edit(id, &edit).map(drop).map_err(Into::into))
    }

    fn grant(&mut self, id: &ApplicationId, agency: &str, part: &str) -> anyhow::Result<()> {
        let act = TeamAct::SaveAgency {
            id: AgencyId(agency.into()),
            name: agency.into(),
            mark: agency.chars().take(1).collect(),
            grant: Grant {
                role: Role::Contributor,
                parts: [(FormPart(part.into()), None)].into(),
                ..Grant::default()
            },
            accept_until: None,
        };
        self.step("grant", |desk| {
            desk.team(&TeamRequest { application: id.clone(), act: act.clone() })?;
            Ok(())
        })
    }

    fn answers(&mut self, id: &ApplicationId) -> anyhow::Result<Vec<u8>> {
        self.step("read", |desk| Ok(desk.export(id, ExportFormat::Json)?))
    }

    fn text(&mut self, id: &ApplicationId) -> anyhow::Result<String> {
        self.step("read", |desk| Ok(desk.answers(id)?.1.text(&AnswerId(PROSE.into())).to_owned()))
    }
}

fn tables(connection: &Connection) -> anyhow::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn told(error: HubError) -> anyhow::Error {
    let HubError { code, detail, .. } = error;
    anyhow!("the hub: {} ({detail})", code.name())
}

fn publish(desk: &mut Workspace, id: &ApplicationId, hub: &mut LoneHub) -> anyhow::Result<()> {
    let publish = desk.publish(id, HUB_URL, hub.core.hub())?;
    let publication = CheckedPublication::check(id, publish).map_err(told)?;
    hub.core.publish(&desk.device().public(), publication, None).map_err(told)?;
    sync(desk, id, hub)
}

fn sync(desk: &mut Workspace, id: &ApplicationId, hub: &mut LoneHub) -> anyhow::Result<()> {
    let device = desk.device().public();
    desk.reconnect(id)?;
    loop {
        let exchange = Exchange { hello: desk.hello(id)?, offer: desk.offer(id)?.unwrap_or_default() };
        let Reply { page, more, receipt } = hub.core.exchange(&device, id, exchange).map_err(told)?;
        ensure!(receipt.waiting.is_empty(), "changes wait: {:?}", receipt.waiting);
        desk.follow(id, &page)?;
        if !more && !desk.has_offer(id)? {
            return Ok(());
        }
    }
}

fn invite(lead: &mut Desk, id: &ApplicationId, agency: &str) -> anyhow::Result<String> {
    let request = InviteRequest {
        application: id.clone(),
        agency: AgencyId(agency.into()),
        person: String::new(),
        days: 7,
    };
    lead.step("invite", |desk| Ok(desk.invite(&request)?.text))
}

fn join(desk: &mut Desk, invite: &str, hub: &mut LoneHub) -> anyhow::Result<ApplicationId> {
    desk.step("join", |desk| {
        let code = Workspace::read_code(invite)?;
        let key = code.key(CodeKind::Invite).map_err(|error| anyhow!("{error:?}"))?.public();
        let device = desk.device().public();
        let invitation = hub.core.invitation(&key, Some(&device)).map_err(told)?;
        let checked = desk.check_invitation(&code, CodeKind::Invite, &invitation)?;
        if let Some(entry) = desk.enrolment(&code, &checked)? {
            match hub.core.enrol(&key, &entry) {
                // The try before was stored, and its answer lost.
                Err(error) if error.code == ErrorCode::RosterMoved => bail!("the roster has moved"),
                answer => drop(answer.map_err(told)?),
            }
        }
        desk.joined(&checked)?;
        let id = checked.application.clone();
        if desk.is_empty(&id)? {
            let start = hub.core.start(&device, &id).map_err(told)?;
            desk.begin(&id, &start)?;
        }
        sync(desk, &id, hub)?;
        Ok(id)
    })
}

fn carry(from: &mut Desk, to: &mut Desk, id: &ApplicationId) -> anyhow::Result<()> {
    let file = from.step("export", |desk| Ok(desk.export_bundle(id, false)?))?;
    let imported = to.step("import", |desk| Ok(desk.import(&file, "交换包.hqb")?.0))?;
    ensure!(imported.refused == 0, "left out: {:?}", imported.reasons);
    Ok(())
}

/// Two exchange files come in the wrong order: the second waits for the first.
fn carry_crosswise(from: &mut Desk, to: &mut Desk, id: &ApplicationId) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for value in ["5", "6"] {
        from.set(id, value)?;
        files.push(from.step("export", |desk| Ok(desk.export_bundle(id, true)?))?);
        from.step("say that it is written", |desk| Ok(desk.bundle_written(id, &[])?))?;
    }
    for file in files.iter().rev() {
        to.step("import", |desk| Ok(desk.import(file, "交换包.hqb")?.0))?;
    }
    Ok(())
}

/// The lead starts, the others join and look at what they have got.
fn gather(folder: &Path, hub: &mut LoneHub) -> anyhow::Result<(Vec<Desk>, ApplicationId)> {
    final_revision::bring_form(&folder.join("lead"))?;
    let mut lead = Desk::open(&folder.join("lead"), "牵头局")?;
    let request = CreateApplication { form: FORM.into(), name: "示例".into(), copy_from: None };
    let id = lead.step("start", |desk| Ok(desk.create(&request)?))?;
    lead.step("publish", |desk| publish(desk, &id, hub))?;
    let mut desks = vec![];
    for (agency, part) in [("commerce", "openness"), ("science", "innovation")] {
        lead.grant(&id, agency, part)?;
        let code = invite(&mut lead, &id, agency)?;
        lead.sync(&id, hub)?;
        let mut desk = Desk::open(&folder.join(agency), agency)?;
        join(&mut desk, &code, hub)?;
        desk.step("check", |desk| {
            if let Some(unchecked) = desk.unchecked_start(&id)? {
                desk.checked_start(&id, &unchecked.check()?)?;
            }
            Ok(())
        })?;
        desks.push(desk);
    }
    desks.insert(0, lead);
    Ok((desks, id))
}

/// Typing, undoing, saying, a stick, a right taken away, a restart.
fn season(desks: &mut [Desk], id: &ApplicationId, hub: &mut LoneHub) -> anyhow::Result<()> {
    let [lead, commerce, science] = desks else { bail!("three desks") };
    commerce.splice(id, 0, "引进来")?;
    commerce.set(id, "3")?;
    commerce.set(id, "4")?;
    commerce.step("undo", |desk| desk.undo(id).map(drop).map_err(Into::into))?;
    commerce.step("redo", |desk| desk.redo(id).map(drop).map_err(Into::into))?;
    commerce.step("say", |desk| {
        let act = DiscussAct::Say { on: None, to: Vec::new(), text: "请看".into(), reply_to: None };
        desk.discuss(&DiscussRequest { application: id.clone(), act }).map(drop).map_err(Into::into)
    })?;
    commerce.step("compact", |desk| Ok(desk.compact(id)?))?;
    carry(commerce, science, id)?;
    carry_crosswise(commerce, science, id)?;
    commerce.sync(id, hub)?;
    science.rewrite(id, SHARED, &Delta::splice(0, 0, "措施"))?;
    science.sync(id, hub)?;
    lead.sync(id, hub)?;
    lead.rewrite(id, SHARED, &Delta::splice(0, 2, "办法"))?;
    science.rewrite(id, SHARED, &Delta::splice(0, 2, "举措"))?;
    lead.sync(id, hub)?;
    science.sync(id, hub)?;
    lead.sync(id, hub)?;
    // Commerce goes on offline while its part is taken away, with no time to hand in.
    lead.grant(id, "commerce", "plan")?;
    lead.sync(id, hub)?;
    commerce.splice(id, 3, "走出去")?;
    commerce.step("sign shorter", |desk| Ok(desk.fold_signatures(id)?))?;
    commerce.sync(id, hub)?;
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
    let aside = commerce.step("look at what was refused", |desk| Ok(desk.set_aside(&request)?))?;
    let missed = aside.first().context("what was refused is kept aside")?;
    let propose = SetAsideRequest { dismiss: Some(missed.change.clone()), propose: true, ..request };
    commerce.step("ask for a file", |desk| Ok(desk.want_file(id, &"0".repeat(64))?))?;
    commerce.step("propose it", |desk| desk.set_aside(&propose).map(drop).map_err(Into::into))?;
    lead.grant(id, "commerce", "openness")?;
    lead.sync(id, hub)?;
    commerce.sync(id, hub)?;
    commerce.reopen()?;
    commerce.splice(id, 3, "。")?;
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).context("FOLDER is missing")?);
    begin(1);
    let mut hub = LoneHub::start();
    // From here on the test has calls fail.
    println!("started");
    let (mut desks, id) = gather(&folder, &mut hub)?;
    season(&mut desks, &id, &mut hub)?;
    final_revision::make(&mut desks[0], &mut hub)?;
    for _ in 0..2 {
        for desk in &mut desks {
            desk.sync(&id, &mut hub)?;
        }
    }
    let expected = desks[0].answers(&id)?;
    for desk in &mut desks {
        let text = desk.text(&id)?;
        ensure!(text == "引进来。", "{} holds {text:?}", desk.home.display());
        ensure!(desk.answers(&id)? == expected, "the desks differ");
        desk.reopen()?;
        ensure!(desk.answers(&id)? == expected, "what is on the disk differs from what was shown");
        let state = desk.step("read", |desk| Ok(desk.sync_state(&id)?))?;
        ensure!(state.waiting == 0, "{} changes wait", state.waiting);
    }
    let connection = Connection::open(desks[0].home.join("huiqian.db"))?;
    let empty: Vec<_> = tables(&connection)?
        .into_iter()
        .filter(|table| FILLED.with_borrow(|filled| !filled.contains(table)))
        .collect();
    println!("ended; empty tables: {}", empty.join(" "));
    Ok(())
}
