//! `huiqian evidence fetch | get | verify | transfer`: where files are, and bringing them here.

use std::collections::BTreeSet;
use std::path::Path;

use form_client::blob::Soundness;
use form_client::hub::{Extent, LocalDesk, Way};
use form_client::workspace::Workspace;
use form_model::command::{BlobState, Transfer};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{size, slots};
use form_model::id::ApplicationId;
use serde::Serialize;

use crate::argument::Arguments;
use crate::output::{Output, warning};
use crate::sync;

/// Where a file is, in a few words.
pub fn place(state: &BlobState, output: &Output) -> &'static str {
    match (&state.transfer, state.here) {
        (Transfer::Unshared, true) => output.pick("已存本机", "kept here"),
        (Transfer::OnHub, true) => output.pick("本机和协同中心都有", "here and on the hub"),
        (Transfer::OnHub, false) => output.pick("在协同中心，未传到本机", "on the hub, not here yet"),
        (Transfer::Held, _) => {
            output.pick("已存本机，省流量，要传时再传", "kept here, sent when it is asked for")
        }
        (_, true) => output.pick("已存本机，待上传", "kept here, to be sent"),
        (Transfer::Restricted, false) => output.pick("本单位不能查看", "not open to this agency"),
        (Transfer::Damaged, false) => output.pick("本机文件已损坏，请重新添加", "damaged here; add it again"),
        (Transfer::Lost, false) => output
            .pick("协同中心丢失，等待有此文件的单位重新上传", "lost at the hub; awaited from whoever has it"),
        (_, false) => output.pick("不在本机，等待对方上传", "not here; awaited from its desk"),
    }
}

/// The hashes of the files that stand in slots.
fn standing(workspace: &mut Workspace, id: &ApplicationId) -> Result<BTreeSet<String>, UserError> {
    let (form, answers) = workspace.answers(id)?;
    let files = slots(&form, &answers).into_iter().flat_map(|slot| slot.files);
    Ok(files.map(|entry| entry.file.sha256).collect())
}

#[derive(Serialize)]
struct Missing {
    name: String,
    #[serde(flatten)]
    state: BlobState,
}

/// Brings here what the hub gives to this desk. Whether all of it is here then.
pub fn fetch(arguments: &Arguments, id: &str, all: bool, output: &Output) -> anyhow::Result<bool> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    for unusable in desk.with(|desk| desk.set_damaged_aside(&id))? {
        warning(&unusable.sentence(output.language));
    }
    sync::carry(&desk, &id, if all { Extent::Ever } else { Extent::All })?;
    let (states, named) = desk.with(|desk| Ok((desk.blob_states(&id)?, desk.named_files(&id)?)))?;
    let standing = desk.with(|desk| standing(desk, &id))?;
    let awaited = |state: &BlobState| {
        let called_for = all || standing.contains(&state.sha256);
        !state.here && called_for && state.transfer != Transfer::Restricted
    };
    let name =
        |state: &BlobState| named.get(&state.sha256).map_or_else(String::new, |file| file.name.clone());
    let missing: Vec<_> = states.into_iter().filter(awaited).collect();
    let missing: Vec<_> = missing.into_iter().map(|state| Missing { name: name(&state), state }).collect();
    output.result(&missing, |missing| {
        missing.iter().map(|one| format!("{}  [{}]", one.name, place(&one.state, output))).collect()
    })?;
    Ok(missing.is_empty())
}

/// Writes a copy of a file; one that is not here, or damaged, is fetched first.
pub fn get(
    arguments: &Arguments,
    id: &str,
    (slot, file): (&str, &str),
    out: &Path,
    output: &Output,
) -> anyhow::Result<()> {
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let file = desk.with(|desk| desk.find_evidence(&id, slot, file))?.file;
    let blobs = desk.with(|desk| Ok(desk.blobs()))?;
    let path = if out.is_dir() { out.join(&file.name) } else { out.to_owned() };
    match blobs.copy_to(&file, &path) {
        Err(error) if matches!(error.code, ErrorCode::BlobMissing | ErrorCode::BlobDamaged) => {
            if desk.with(|desk| desk.hub(&id)).is_err() {
                return Err(error.into());
            }
            sync::carry(&desk, &id, Extent::One(file.sha256.clone()))?;
            blobs.copy_to(&file, &path)?;
        }
        copied => copied?,
    }
    output.result(&path, |path| vec![path.display().to_string()])
}

#[derive(Serialize)]
struct Verified {
    sha256: String,
    name: String,
    /// `sound`, `missing`, `damaged`, `unreadable`, `restricted`.
    state: &'static str,
    /// Why it is unreadable.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// It was taken out of all slots.
    removed: bool,
}

/// Whether every file that stands in a slot, and that this agency may have, is here and is what was added.
pub fn verify(workspace: &mut Workspace, id: &ApplicationId, output: &Output) -> anyhow::Result<bool> {
    let (blobs, standing) = (workspace.blobs(), standing(workspace, id)?);
    let restricted = workspace.blob_states(id)?.into_iter();
    let restricted: BTreeSet<_> =
        restricted.filter(|state| state.transfer == Transfer::Restricted).map(|state| state.sha256).collect();
    let mut found = Vec::new();
    for (sha256, file) in workspace.named_files(id)? {
        let (state, cause) = match blobs.examine(&file) {
            Ok(Soundness::Sound) => ("sound", None),
            Ok(Soundness::Missing) if restricted.contains(&sha256) => ("restricted", None),
            Ok(Soundness::Missing) => ("missing", None),
            Ok(Soundness::Damaged) => ("damaged", None),
            Err(error) => ("unreadable", Some(error.sentence(output.language))),
        };
        let removed = !standing.contains(&sha256);
        found.push(Verified { sha256, name: file.name, state, cause, removed });
    }
    found.sort_by_key(|one| one.removed);
    output.result(&found, |found| found.iter().map(|one| verified_line(one, output)).collect())?;
    Ok(found.iter().all(|one| one.removed || matches!(one.state, "sound" | "restricted")))
}

fn verified_line(one: &Verified, output: &Output) -> String {
    let word = match one.state {
        "sound" => output.pick("完好", "sound"),
        "missing" => output.pick("不在本机", "not here"),
        "restricted" => output.pick("本单位不能查看", "not open to this agency"),
        "unreadable" => output.pick("无法读取", "unreadable"),
        _ => output.pick("已损坏", "damaged"),
    };
    let removed = if one.removed { output.pick("已移除  ", "removed  ") } else { "" };
    let cause = one.cause.as_ref().map(|cause| format!("  {cause}")).unwrap_or_default();
    format!("{removed}{word}  {}  {}{cause}", one.sha256, one.name)
}

#[derive(Default, Serialize)]
struct Amount {
    files: usize,
    bytes: u64,
}

/// How the desk is set, and what is to be carried.
#[derive(Serialize)]
struct Left {
    paused: bool,
    metered: bool,
    send: Amount,
    fetch: Amount,
}

/// Says how the desk is set, and what is to be carried.
pub fn left(workspace: &mut Workspace, id: &ApplicationId, output: &Output) -> anyhow::Result<()> {
    let (paused, metered) = (workspace.paused(), workspace.metered());
    let mut left = Left { paused, metered, send: Amount::default(), fetch: Amount::default() };
    for load in workspace.loads(id, &Extent::All)? {
        let amount = if load.way == Way::Up { &mut left.send } else { &mut left.fetch };
        amount.files += 1;
        amount.bytes += load.file.size;
    }
    output.result(&left, |left| {
        let amount =
            |word: &str, amount: &Amount| format!("{word} {} ({})", amount.files, size(amount.bytes));
        let mut lines = vec![
            amount(output.pick("待上传", "to send"), &left.send),
            amount(output.pick("待取来", "to fetch"), &left.fetch),
        ];
        if left.paused {
            lines.push(output.pick("已暂停传输", "paused").to_owned());
        }
        if left.metered {
            lines.push(output.pick("省流量：大文件要传时再传", "metered: large files wait").to_owned());
        }
        lines
    })
}
