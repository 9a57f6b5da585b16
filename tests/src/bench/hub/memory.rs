//! What a hub with thousands of applications holds in memory while a thousand of them are worked on.

use std::sync::Arc;

use anyhow::Context;
use form_client::hub::HubConnection;
use sync_server::data::DataFolder;
use sync_server::storage::Storage as _;
use sync_server::storage::record::{ApplicationWrite, Commit};
use sync_server::storage::sqlite::Sqlite;
use tokio::task::JoinSet;

use super::company::fresh_key;
use super::light::Light;
use super::template::{Copy, Template};
use super::usage::peak_memory_kb;
use super::work::{Form, Step};
use crate::hub::HubProcess;

/// Changes of each application, the sample among them.
pub const CHANGES: usize = 5_000;
/// How many devices lead them: none publishes more than a hub takes of it.
const LEADS: usize = 64;
/// How many of the active ones are asked for at the same moment.
const AT_ONCE: usize = 16;
/// How many applications are stored in one step.
const STORED_AT_ONCE: usize = 64;

/// What the hub has held.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub stored: usize,
    pub active: usize,
    /// At its start, and the most, in kB.
    pub start_kb: u64,
    pub peak_kb: u64,
}

/// Stores so many applications in a hub's database, starts it, and writes in so many of them.
///
/// # Errors
/// When the hub refuses anything.
pub async fn run(stored: usize, active: usize) -> anyhow::Result<Memory> {
    let mut hub = HubProcess::start()?;
    hub.stop()?;
    let folder = DataFolder::at(&hub.data());
    let (form, key) = (Form::read()?, Arc::new(folder.key()?));
    let leads = (0..LEADS).map(|_| fresh_key()).collect::<anyhow::Result<Vec<_>>>()?;
    let mut storage = Sqlite::open(&folder.database())?;
    let template = Template::new(&form, hub.url(), key, CHANGES)?;
    let (mut kept, mut commit) = (Vec::new(), Commit::default());
    for number in 0..stored {
        let mut copy = template.copy(leads.get(number % LEADS).context("no lead")?)?;
        let id = copy.company.application.clone();
        let empty = ApplicationWrite::new(id);
        commit.applications.push(std::mem::replace(&mut copy.write, empty));
        if kept.len() < active {
            kept.push(copy);
        }
        if commit.applications.len() == STORED_AT_ONCE || number + 1 == stored {
            storage.commit(&std::mem::take(&mut commit))?;
        }
    }
    drop(storage);
    hub.start_again()?;
    let id = hub.process().context("the hub does not run")?;
    let start_kb = peak_memory_kb(id)?;
    write(&hub, &form, kept).await?;
    Ok(Memory { stored, active, start_kb, peak_kb: peak_memory_kb(id)? })
}

/// Writes in each, several at once.
async fn write(hub: &HubProcess, form: &Form, copies: Vec<Copy>) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for copy in copies.iter().take(LEADS) {
        lines.push(HubConnection::new(hub.url(), Arc::clone(&copy.company.lead))?);
    }
    let definition = &form.package.definition;
    let mut tasks = JoinSet::new();
    for (number, copy) in copies.iter().enumerate() {
        let mut light = Light::returning(&copy.company, definition, &copy.document, copy.log)?;
        light.make(&Step::character(number))?;
        let line = lines.get(number % LEADS).context("no line")?.clone();
        tasks.spawn(async move { light.exchange(&line).await });
        if tasks.len() == AT_ONCE {
            tasks.join_next().await.context("nothing is under way")???;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
