//! `huiqian connect | join | recover | sync | status`

use std::sync::{Mutex, PoisonError};

use form_client::clock;
use form_client::code::CodeKind;
use form_client::hub::{self, Extent, HeardDesk, HubConnection, LocalDesk, Wake};
use form_model::address;
use form_model::command::{Event, Link, SyncState};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use serde::Serialize;
use serde_json::json;

use crate::argument::Arguments;
use crate::output::{Output, warning};

/// Runs what waits for a network.
pub fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

pub fn connect(
    arguments: &Arguments,
    id: &str,
    url: &str,
    admission: &str,
    output: &Output,
) -> anyhow::Result<()> {
    if let Some(sentence) = address::warning(url, output.language) {
        warning(sentence);
    }
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    wait(async { Ok(hub::publish(&desk, &id, url, admission).await?) })?;
    tell(&desk, &id, output)
}

pub fn join(arguments: &Arguments, text: &str, kind: CodeKind, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = wait(async { Ok(hub::join(&desk, text, kind).await?) })?;
    output.result(&json!({ "id": id }), |_| vec![id.0.clone()])
}

/// Whether the hub takes part, as one that was restored and waits for others does not, and its public log is what it was.
pub fn run(arguments: &Arguments, id: &str, watch: bool, output: &Output) -> anyhow::Result<bool> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    if watch {
        // Until somebody stops it; whatever was followed is on the disk.
        return wait(async {
            let device = hub::device_key(&desk).await?;
            hub::run(watched(desk, *output), id, device, Wake::default()).await;
            Ok(true)
        });
    }
    let named = desk.with(|desk| desk.hub(&id))?;
    let takes_part = wait(async {
        let connection = HubConnection::to(&named, hub::device_key(&desk).await?)?;
        let language = output.language;
        let heard = HeardDesk::new(desk.clone(), move |event| {
            if let Event::Failed { error } = event {
                warning(&error.sentence(language));
            }
        });
        hub::catch_up(&heard, &connection, &id).await?;
        // What is wrong with the log keeps no file from its way.
        let log = hub::follow_log(&heard, &connection, &id).await;
        hub::transfer(&heard, &connection, &id, Extent::AsSet).await?;
        let log_is_sound = match log {
            Err(error) if error.code == ErrorCode::LogBroken => false,
            followed => followed.map(|()| true)?,
        };
        // One that has nothing to hand over is answered by a restored hub that waits for others, too.
        let awaited = hub::patiently(|| connection.standing(&id)).await?.awaited;
        if !awaited.is_empty() {
            desk.with(|desk| desk.hub_restored(&id, &awaited))?;
        }
        Ok(log_is_sound && awaited.is_empty())
    })?;
    tell(&desk, &id, output)?;
    Ok(takes_part)
}

/// Exchanges with the hub, and carries files of evidence.
pub fn carry(desk: &LocalDesk, id: &ApplicationId, extent: Extent) -> anyhow::Result<()> {
    let named = desk.with(|desk| desk.hub(id))?;
    wait(async {
        let connection = HubConnection::to(&named, hub::device_key(desk).await?)?;
        hub::catch_up(desk, &connection, id).await?;
        Ok(hub::transfer(desk, &connection, id, extent).await?)
    })
}

pub fn go_on(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    wait(async { Ok(hub::go_on(&desk, &id).await?) })?;
    tell(&desk, &id, output)
}

pub fn status(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    tell(&desk, &id, output)
}

/// How an application stands to its hub.
#[derive(Serialize)]
struct Standing {
    /// `None` while it is on no hub.
    hub: Option<String>,
    #[serde(flatten)]
    state: SyncState,
    /// What is wrong with the hub's public log.
    log: Option<UserError>,
}

fn tell(desk: &LocalDesk, id: &ApplicationId, output: &Output) -> anyhow::Result<()> {
    let state = desk.with(|desk| desk.sync_state(id))?;
    let hub = desk.with(|desk| Ok(desk.hub(id).ok().map(|hub| hub.url)))?;
    let log = if hub.is_some() { desk.with(|desk| desk.log_fault(id))? } else { None };
    output.result(&Standing { hub, state, log }, |Standing { hub, state, log }| {
        let Some(hub) = hub else {
            return vec![output.pick("还没有接入协同中心", "on no hub yet").to_owned()];
        };
        let synced = state.synced_ms.map(clock::local_time);
        let mut lines = vec![format!("{} {hub}", output.pick("协同中心", "hub"))];
        lines.push(match synced {
            Some(time) => format!("{} {time}", output.pick("上次同步", "last synced")),
            None => output.pick("尚未同步", "not synced yet").to_owned(),
        });
        if state.waiting > 0 {
            lines.push(format!("{} {}", output.pick("待同步的修改", "changes to sync"), state.waiting));
        }
        if state.set_aside > 0 {
            lines.push(format!("{} {}", output.pick("被拒收的修改", "refused changes"), state.set_aside));
        }
        if let Link::Restored { .. } = state.link {
            lines.push(state_line(state, output));
        }
        lines.extend(state.trouble.iter().chain(log).map(|trouble| trouble.sentence(output.language)));
        lines
    })
}

/// Tells whoever watches how the desk stands to the hub, whenever that changes.
fn watched(desk: LocalDesk, output: Output) -> HeardDesk {
    let last = Mutex::new(String::new());
    HeardDesk::new(desk, move |event| {
        if let Event::Failed { error } = &event {
            warning(&error.sentence(output.language));
        }
        let Event::Sync { sync } = event else { return };
        let line = state_line(&sync, &output);
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != line {
            // Who has closed the pipe does not want to read on; the syncing goes on.
            let _ = output.event(&sync, &line);
            *last = line;
        }
    })
}

fn state_line(state: &SyncState, output: &Output) -> String {
    let left = |trouble: &UserError| trouble.sentence(output.language);
    let line = match &state.link {
        Link::Live if state.trouble.is_some() => state.trouble.as_ref().map(left).unwrap_or_default(),
        Link::None | Link::Connecting => output.pick("正在连接协同中心", "connecting to the hub").to_owned(),
        Link::Live if state.waiting > 0 => {
            format!("{} {}", output.pick("待同步的修改", "changes to sync"), state.waiting)
        }
        Link::Live => {
            let time = state.synced_ms.map(clock::local_time).unwrap_or_default();
            format!("{} {time}", output.pick("已同步", "in step"))
        }
        Link::Offline { since_ms } => format!(
            "{} {}",
            output.pick(
                "连不上协同中心，自动重试中；离线自",
                "the hub is not reached, trying again; offline since"
            ),
            clock::local_time(*since_ms)
        ),
        Link::Restored { awaited } => format!(
            "{} {}",
            output.pick("协同中心从备份恢复，正在等", "the hub was restored from a backup and waits for"),
            awaited.join(output.pick("、", ", "))
        ),
        Link::Hindered { error } | Link::Stopped { error } => error.sentence(output.language),
    };
    match state.set_aside {
        0 => line,
        count => format!("{line}  {} {count}", output.pick("被拒收的修改", "refused changes")),
    }
}
