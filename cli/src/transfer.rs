//! `huiqian export | import`

use std::path::Path;

use form_client::file;
use form_client::workspace::bundle_mark::Since;
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

pub fn import(arguments: &Arguments, from: &Path, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let (imported, _) = workspace.import(&file::read(from)?, &from.display().to_string())?;
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
        lines
    })
}

/// Where an exchange file is to go on from: an earlier one's name, or a position in the hub's log.
pub fn since(earlier: Option<&str>, last: bool) -> anyhow::Result<Since> {
    Ok(match (earlier, last) {
        (None, false) => Since::Start,
        (None, true) => Since::Last,
        (Some(earlier), _) => match earlier.parse() {
            Ok(position) => Since::Position(position),
            Err(_) => Since::File(file::read(Path::new(earlier))?),
        },
    })
}

pub fn export_bundle(
    arguments: &Arguments,
    id: &str,
    since: &Since,
    out: &Path,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let bytes = workspace.export_bundle_since(&id, since)?;
    file::write_whole(out, &bytes)?;
    workspace.bundle_written(&id)?;
    output.result(&json!({ "file": out, "bytes": bytes.len() }), |_| vec![out.display().to_string()])
}
