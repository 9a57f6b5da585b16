//! `huiqian export | import`

use std::path::Path;

use form_client::file;
use form_client::stick::Written;
use form_client::workspace::bundle_mark::Since;
use form_client::workspace::{Taken, Workspace};
use form_model::command::{BroughtFiles, PackedEvidence};
use form_model::error::UserError;
use form_model::evidence::size;
use form_model::id::ApplicationId;
use serde_json::json;

use crate::argument::{Arguments, FormatArgument};
use crate::output::{Output, warning};

pub fn export(
    arguments: &Arguments,
    id: &str,
    format: FormatArgument,
    out: &Path,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let bytes = workspace.export(&id, format.into())?;
    file::write_whole(out, &bytes)?;
    output.result(&json!({ "file": out, "bytes": bytes.len() }), |_| vec![out.display().to_string()])
}

/// Whether everything was taken in that could be.
pub fn import(arguments: &Arguments, from: &Path, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let Taken { mut imported, files, .. } = workspace.import_file(from)?;
    if let Some(files) = files {
        imported.files = files.take(&mut |_| {});
    }
    for trouble in &imported.files.trouble {
        warning(&trouble.sentence(output.language));
    }
    output.result(&imported, |imported| {
        if imported.refused > 0 {
            warning(&format!("{}: {}", output.pick("未并入的修改", "changes left out"), imported.refused));
            imported.reasons.iter().for_each(|reason| warning(&format!("  {reason}")));
        }
        let what = if imported.new { output.pick("新建", "new") } else { output.pick("合并", "merged") };
        let mut lines = vec![format!("{} {what} {}", imported.application, imported.changes)];
        lines.extend(imported.overlaps.iter().map(|overlap| {
            let read =
                output.pick("两人同时改写了同一处，请通读", "rewritten by two people at once, please read");
            format!("! {} ({}): {read}", overlap.name, overlap.answer)
        }));
        lines.extend(files_lines(&imported.files, output));
        lines
    })?;
    Ok(imported.files.trouble.is_empty())
}

fn files_lines(files: &BroughtFiles, output: &Output) -> Vec<String> {
    let counted = [
        (files.kept, output.pick("取出佐证材料", "files of evidence taken")),
        (files.here, output.pick("本机已有的佐证材料", "files of evidence that were here")),
        (
            files.unnamed,
            output.pick(
                "申报中没有登记的文件，未取出；可能要先导入更早的交换包",
                "files that the application does not name, left out; an earlier exchange file may be missing",
            ),
        ),
        (
            files.restricted,
            output.pick("本单位无权查看的文件，未取出", "files that this agency may not read, left out"),
        ),
    ];
    counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what} {count}"))
        .collect()
}

/// Where an exchange file is to go on from: an earlier one's name, or a position in the hub's log.
pub fn since(earlier: Option<&str>, last: bool) -> Since {
    match (earlier, last) {
        (None, false) => Since::Start,
        (None, true) => Since::Last,
        (Some(earlier), _) => earlier.parse().map_or_else(|_| Since::File(earlier.into()), Since::Position),
    }
}

/// What of the evidence goes along, as `--evidence` says: `all`, `none`, slots, `SLOT/FILE`.
fn packed(
    workspace: &mut Workspace,
    id: &ApplicationId,
    said: &[String],
) -> Result<PackedEvidence, UserError> {
    match said {
        [] => return Ok(PackedEvidence::None),
        [one] if one == "none" => return Ok(PackedEvidence::None),
        [one] if one == "all" => return Ok(PackedEvidence::All),
        _ => {}
    }
    let (mut slots, mut files) = (Vec::new(), Vec::new());
    for one in said {
        match one.split_once('/') {
            Some((slot, file)) => files.push(workspace.find_evidence(id, slot, file)?.file.sha256),
            None => slots.push(one.clone()),
        }
    }
    Ok(PackedEvidence::Only { slots, files })
}

pub fn export_bundle(
    arguments: &Arguments,
    id: &str,
    since: &Since,
    evidence: &[String],
    out: &Path,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let evidence = packed(&mut workspace, &id, evidence)?;
    let written = workspace.pack_bundle(&id, since, &evidence)?.write(out)?;
    workspace.bundle_written(&id, &written.left_out)?;
    for notice in written.notices() {
        warning(&notice.sentence(output.language));
    }
    let Written { bytes, files, left_out } = written;
    let left_out: Vec<_> = left_out.into_iter().map(|file| file.name).collect();
    let said = json!({ "file": out, "bytes": bytes, "evidence": files, "left_out": left_out });
    output.result(&said, |_| {
        let along = output.pick("个佐证材料文件", "files of evidence");
        vec![format!("{}  {}  {files} {along}", out.display(), size(bytes))]
    })
}
