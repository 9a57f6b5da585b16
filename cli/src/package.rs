//! `huiqian package | verify`: a final revision with all of its files, written and checked.

use std::path::Path;

use form_client::clock;
use form_client::hub::{Extent, LocalDesk};
use form_client::verification::{Expected, verify as check};
use form_client::workspace::{Existing, Packed, Shape};
use form_model::command::{
    Fault, Verification, VerifiedFile, VerifiedKind, VerifiedStatement, VerifiedSubmission,
};
use form_model::error::ErrorCode;
use form_model::evidence::size;
use serde_json::json;

use crate::argument::{Arguments, VerifyArguments};
use crate::output::Output;
use crate::signing::step;
use crate::sync;

/// How a ZIP is asked for.
const ZIP: &str = "zip";

/// Writes a package; a file of evidence that is not here is fetched first.
pub fn write(
    arguments: &Arguments,
    id: &str,
    revision: Option<u64>,
    out: &Path,
    output: &Output,
) -> anyhow::Result<()> {
    let zip = out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ZIP));
    let shape = if zip { Shape::Archive } else { Shape::Folder };
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let attempt = || {
        desk.with(|desk| desk.package(&id, revision))
            .and_then(|package| package.write(out, shape, Existing::Keep))
    };
    let packed = match attempt() {
        Err(error) if matches!(error.code, ErrorCode::BlobMissing | ErrorCode::BlobDamaged) => {
            if desk.with(|desk| desk.hub(&id)).is_err() {
                return Err(error.into());
            }
            // An earlier revision's files may have been taken out since.
            sync::carry(&desk, &id, Extent::Ever)?;
            attempt()?
        }
        packed => packed?,
    };
    let Packed { revision, files, bytes, root } = packed;
    let told = json!({ "path": out, "revision": revision, "files": files, "bytes": bytes, "root": root });
    output.result(&told, |_| {
        vec![
            out.display().to_string(),
            output
                .pick(
                    "第 {n} 稿，{files} 个佐证材料文件，{size}",
                    "revision {n}, {files} files of evidence, {size}",
                )
                .replace("{n}", &revision.to_string())
                .replace("{files}", &files.to_string())
                .replace("{size}", &size(bytes)),
            format!(
                "{} {root}",
                output.pick(
                    "核验所需的根密钥（请另行交给核验方）：",
                    "the root key that verifies it (to be handed over apart from it):"
                )
            ),
        ]
    })
}

/// Checks a package or a receipt; whether all of it holds.
pub fn verify(arguments: &VerifyArguments, output: &Output) -> anyhow::Result<bool> {
    let expected = Expected {
        root: &arguments.root,
        keys: arguments.keys.as_deref(),
        application: arguments.application.as_deref(),
        revision: arguments.revision,
    };
    let found = check(&arguments.path, &expected)?;
    output.result(&found, |found| report(found, output))?;
    Ok(found.good)
}

fn report(found: &Verification, output: &Output) -> Vec<String> {
    let mut lines = vec![verdict(found, output).to_owned()];
    lines.extend(found.faults.iter().map(|fault| fault_line(found, fault, output)));
    if let Some(submission) = &found.submission {
        lines.extend(about(found, submission, output));
        lines.extend(found.files.iter().map(|file| file_line(found, file, output)));
        if found.form_checked {
            lines.push(format!(
                "  ✓ {}",
                output.pick("表单包与所填的一致", "the form package is the one that was filled")
            ));
        }
        if found.kind == VerifiedKind::Receipt && !found.files.is_empty() {
            lines.push(
                output
                    .pick(
                        "只核验了回执；佐证材料没有核对。",
                        "Only the receipt was verified; files of evidence were not looked at.",
                    )
                    .to_owned(),
            );
        }
    }
    lines.iter().map(|line| plain(line)).collect()
}

/// A line with foreign names in it: none of them speaks to the terminal.
fn plain(line: &str) -> String {
    line.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

fn verdict<'a>(found: &Verification, output: &'a Output) -> &'a str {
    match (found.good, found.submission.is_some()) {
        (true, _) => output.pick("核验通过。", "It is good: everything was verified."),
        (false, true) => output.pick(
            "核验未通过：回执有效，但下列内容不对。",
            "It is not good: the receipt holds, and the following does not.",
        ),
        (false, false) => output.pick("核验未通过，什么也不能证明：", "It is not good, and proves nothing:"),
    }
}

/// What is wrong; of a file of evidence also what people call it.
fn fault_line(found: &Verification, fault: &Fault, output: &Output) -> String {
    let files = found.files_at(fault.place.as_deref().unwrap_or_default());
    let names: Vec<_> = files.map(|file| named(found, file, output)).collect();
    let names = if names.is_empty() { String::new() } else { format!("  [{}]", names.join("; ")) };
    format!("  ✗ {}{names}", fault.sentence(output.language))
}

/// A file's slot and name.
fn named(found: &Verification, file: &VerifiedFile, output: &Output) -> String {
    format!("{}  {}", found.slot_title(&file.slot, output.language), file.name)
}

fn about(found: &Verification, submission: &VerifiedSubmission, output: &Output) -> Vec<String> {
    let line =
        |chinese: &str, english: &str, value: String| format!("{}  {value}", output.pick(chinese, english));
    let (lead, log) = (&submission.lead, &submission.log);
    let mut lines = vec![
        line("申报    ", "application", format!("{}  {}", submission.name, submission.application)),
        line("稿次    ", "revision   ", submission.revision.to_string()),
        line("定稿摘要", "digest     ", submission.digest.clone()),
        line("表单    ", "form       ", form_named(found, submission, output)),
        line("填写内容", "answers    ", submission.answers.to_string()),
        line(
            "提交    ",
            "handed in  ",
            format!("{} {}  {}", lead.agency_name, lead.person, clock::local_time(submission.made_ms)),
        ),
        line(
            "存证日志",
            "log        ",
            format!("{} #{} / {}  {}", log.origin, log.index, log.size, log.root),
        ),
        line("协同中心", "hub        ", log.hub.clone()),
    ];
    lines.extend(submission.statements.iter().map(|statement| statement_line(found, statement, output)));
    lines.extend(submission.overrides.iter().map(|(device, reason)| {
        format!("  ! {} {device}: {reason}", output.pick("没有等待的设备", "not waited for:"))
    }));
    lines
}

fn form_named(found: &Verification, submission: &VerifiedSubmission, output: &Output) -> String {
    let form = format!("{} {}", submission.form.id, submission.form.version);
    match &found.form {
        Some(words) => format!("{}  {form}", words.title.of(output.language)),
        None => form,
    }
}

fn statement_line(found: &Verification, said: &VerifiedStatement, output: &Output) -> String {
    let what = match (&said.section, said.step) {
        (Some(section), Some(taken)) => {
            format!("{}  {}", found.section_title(section, output.language), step(taken, output))
        }
        _ => output.pick("真实性声明", "declaration").to_owned(),
    };
    let time = clock::local_time(said.time_ms);
    let who = [said.signer.agency_name.as_str(), &said.person, &said.title].join(" ");
    format!("  ✓ {what}  {}  {time}  {}", who.trim_end(), said.remark).trim_end().to_owned()
}

fn file_line(found: &Verification, file: &VerifiedFile, output: &Output) -> String {
    let mark = match (file.checked, found.kind) {
        (true, _) => "✓",
        (false, VerifiedKind::Package) => "✗",
        (false, VerifiedKind::Receipt) => "·",
    };
    let (named, bytes) = (named(found, file, output), output.pick("字节", "bytes"));
    format!("  {mark} {named}  {} {bytes}  {}", file.size, file.sha256)
}
