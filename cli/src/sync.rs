//! `huiqian connect | join | recover | sync | status`

use form_client::code::CodeKind;
use form_client::hub::{self, HubConnection, LocalDesk, Wake};
use form_model::address;
use form_model::command::SyncState;
use serde_json::json;

use crate::argument::Arguments;
use crate::output::Output;

/// Runs what waits for a network.
fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

pub fn connect(
    arguments: &Arguments,
    id: &str,
    url: &str,
    admission: &str,
    output: &Output,
) -> anyhow::Result<()> {
    if let Some(warning) = address::warning(url, output.language) {
        eprintln!("{warning}");
    }
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    wait(async { Ok(hub::publish(&desk, &id, url, admission).await?) })?;
    tell(&desk.with(|desk| desk.sync_state(&id))?, output)
}

pub fn join(arguments: &Arguments, text: &str, kind: CodeKind, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = wait(async { Ok(hub::join(&desk, text, kind).await?) })?;
    output.result(&json!({ "id": id }), |_| vec![id.0.clone()])
}

pub fn run(arguments: &Arguments, id: &str, watch: bool, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let device = desk.with(|desk| Ok(desk.device_key()))?;
    if watch {
        // Until somebody stops it; whatever was followed is on the disk.
        return wait(async {
            hub::run(desk, id, device, Wake::default()).await;
            Ok(())
        });
    }
    let named = desk.with(|desk| desk.hub(&id))?;
    wait(async { Ok(hub::catch_up(&desk, &HubConnection::to(&named, device)?, &id).await?) })?;
    tell(&desk.with(|desk| desk.sync_state(&id))?, output)
}

pub fn go_on(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    wait(async { Ok(hub::go_on(&desk, &id).await?) })?;
    tell(&desk.with(|desk| desk.sync_state(&id))?, output)
}

pub fn status(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    tell(&workspace.sync_state(&id)?, output)
}

fn tell(state: &SyncState, output: &Output) -> anyhow::Result<()> {
    output.result(state, |state| {
        let synced = state.synced_ms.map(form_client::clock::local_time);
        let mut lines = vec![match synced {
            Some(time) => format!("{} {time}", output.pick("上次同步", "last synced")),
            None => output.pick("尚未同步", "not synced yet").to_owned(),
        }];
        if state.waiting > 0 {
            lines.push(format!("{} {}", output.pick("待同步的修改", "changes to sync"), state.waiting));
        }
        if state.set_aside > 0 {
            lines.push(format!("{} {}", output.pick("被拒收的修改", "refused changes"), state.set_aside));
        }
        lines
    })
}
