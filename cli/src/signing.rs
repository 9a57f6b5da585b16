//! `huiqian signing | sign-off | withdraw | declare | finalise | return | revisions | diff | receipt`

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use form_client::clock;
use form_client::hub::{self, LocalDesk};
use form_client::workspace::Workspace;
use form_model::command::{
    Excuse, FinalSummary, Reason, Signer, Signing, SigningAct, SigningRequest, StatementState,
    StatementSummary,
};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::Step;
use serde_json::json;

use crate::answer::plain;
use crate::argument::{Arguments, SignerArguments, SigningCommand};
use crate::output::Output;
use crate::sync::wait;

/// What stands between a device's key and why it is not waited for.
const IS: char = '=';

pub fn run(arguments: &Arguments, command: &SigningCommand, output: &Output) -> anyhow::Result<bool> {
    match command {
        SigningCommand::Signing { id } => act(arguments, id, SigningAct::Read, output),
        SigningCommand::SignOff { id, section, signer } => {
            let act_of = |signer| SigningAct::SignOff { section: section.clone(), signer };
            signed(arguments, id, signer, act_of, output)
        }
        SigningCommand::Withdraw { id, statement, reason, signer } => {
            let mut workspace = arguments.workspace()?;
            let id = workspace.resolve(id)?;
            let statement = whole_statement(&mut workspace, &id, statement)?;
            let signer = signer.fill(&workspace);
            let act = SigningAct::Withdraw { statement, signer, reason: reason.clone() };
            tell(&workspace.signing(&SigningRequest { application: id, act })?, output)
        }
        SigningCommand::Declare { id, signer } => {
            signed(arguments, id, signer, |signer| SigningAct::Declare { signer }, output)
        }
        SigningCommand::Finalise { id, unsent, courier } => {
            finalise(arguments, id, unsent, courier.as_deref(), output)
        }
        SigningCommand::Submit { id, file } => submit(arguments, id, file, output),
        SigningCommand::Return { id, sections, reasons } => {
            let reasons = reasons.iter().map(|text| reason(text)).collect();
            act(arguments, id, SigningAct::Return { sections: sections.clone(), reasons }, output)
        }
        SigningCommand::Revisions { id } => revisions(arguments, id, output),
        SigningCommand::Diff { id, a, b } => diff(arguments, id, *a, *b, output),
        SigningCommand::Receipt { id, revision, out, take } => match take {
            Some(file) => take_receipt(arguments, id, file, output),
            None => receipt(arguments, id, *revision, out.as_deref(), output),
        },
    }
}

impl SignerArguments {
    /// Who signs: as given, else whose desk this is.
    fn fill(&self, workspace: &Workspace) -> Signer {
        Signer {
            person: self.person.clone().unwrap_or_else(|| workspace.settings().person),
            title: self.title.clone(),
            remark: self.remark.clone(),
        }
    }
}

fn act(arguments: &Arguments, id: &str, act: SigningAct, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    tell(&workspace.signing(&SigningRequest { application, act })?, output)
}

fn signed(
    arguments: &Arguments,
    id: &str,
    signer: &SignerArguments,
    act: impl FnOnce(Signer) -> SigningAct,
    output: &Output,
) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let act = act(signer.fill(&workspace));
    tell(&workspace.signing(&SigningRequest { application, act })?, output)
}

/// The statement that a start of its name means.
fn whole_statement(workspace: &mut Workspace, id: &ApplicationId, start: &str) -> anyhow::Result<String> {
    let request = SigningRequest { application: id.clone(), act: SigningAct::Read };
    let signing = workspace.signing(&request)?;
    let all = signing.sections.iter().flat_map(|section| &section.statements).chain(&signing.declarations);
    let found: BTreeSet<&str> =
        all.map(|statement| statement.id.as_str()).filter(|id| id.starts_with(start)).collect();
    match found.len() {
        1 => Ok(found.into_iter().collect()),
        count => bail!("{count} statements start with “{start}”; `signing` lists them"),
    }
}

fn reason(text: &str) -> Reason {
    match text.split_once(IS) {
        Some((on, text)) if on.contains('.') && !on.contains(' ') => {
            Reason { on: Some(AnswerId(on.to_owned())), text: text.to_owned() }
        }
        _ => Reason { on: None, text: text.to_owned() },
    }
}

fn finalise(
    arguments: &Arguments,
    id: &str,
    unsent: &[String],
    courier: Option<&Path>,
    output: &Output,
) -> anyhow::Result<bool> {
    let excuses = unsent.iter().map(|text| excuse(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    if let Some(file) = courier {
        let bytes = desk.with(|desk| desk.courier(&id, &excuses))?;
        std::fs::write(file, bytes).with_context(|| file.display().to_string())?;
        output.result(&json!({ "file": file }), |_| vec![file.display().to_string()])?;
        return Ok(true);
    }
    let kept = wait(async { Ok(hub::finalise(&desk, &id, excuses).await?) })?;
    told(&kept, output)
}

fn submit(arguments: &Arguments, id: &str, file: &Path, output: &Output) -> anyhow::Result<bool> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let kept = wait(async { Ok(hub::carry_in(&desk, &id, &bytes).await?) })?;
    told(&kept, output)
}

fn excuse(text: &str) -> anyhow::Result<Excuse> {
    let (device, reason) = text.split_once(IS).context("write it like DEVICE=REASON")?;
    Ok(Excuse { device: device.to_owned(), reason: reason.to_owned() })
}

fn told(kept: &FinalSummary, output: &Output) -> anyhow::Result<bool> {
    output.result(kept, |kept| {
        vec![
            output
                .pick(
                    "第 {n} 稿已定稿，协同中心的回执已存本机。",
                    "Revision {n} is final; the hub's receipt is kept here.",
                )
                .replace("{n}", &kept.number.to_string()),
            format!("{} {}", output.pick("定稿摘要", "digest"), kept.digest),
            format!("{} {} #{}", output.pick("存证日志", "log"), kept.origin, kept.index),
        ]
    })?;
    Ok(true)
}

/// Prints how sign-off stands; whether nothing stands in the way.
fn tell(signing: &Signing, output: &Output) -> anyhow::Result<bool> {
    output.result(signing, |signing| lines(signing, output))?;
    Ok(true)
}

fn lines(signing: &Signing, output: &Output) -> Vec<String> {
    let state = if signing.revision.closed {
        output.pick("第 {n} 稿 已定稿", "revision {n}, final")
    } else {
        output.pick("第 {n} 稿", "revision {n}")
    };
    let mut lines = vec![state.replace("{n}", &signing.revision.current.to_string())];
    if let Some(returned) = &signing.revision.returned {
        let head = output.pick("退回修改：", "returned: ");
        lines.push(format!("{head}{} {}", returned.agency, returned.sections.join(" ")));
        lines.extend(
            returned.reasons.iter().map(|reason| {
                format!("  {} {}", reason.on.as_ref().map_or("", |on| on.as_str()), reason.text)
            }),
        );
    }
    for section in &signing.sections {
        let mark = if section.is_signed() {
            output.pick("已签认", "signed")
        } else {
            output.pick("未签认", "not signed")
        };
        lines.push(format!("{}  {mark}", section.section));
        lines.extend(section.statements.iter().map(|statement| line(statement, output)));
        let lacking = section.agencies.iter().filter_map(|agency| Some((agency, agency.next?)));
        lines.extend(lacking.map(|(agency, next)| {
            format!("  {} {} {}", output.pick("待", "waits for"), agency.name, step(next, output))
        }));
    }
    lines.extend(signing.declarations.iter().map(|statement| line(statement, output)));
    lines.extend(signing.obstacles.iter().map(|one| format!("! {}", one.sentence.sentence(output.language))));
    lines
}

fn line(statement: &StatementSummary, output: &Output) -> String {
    let what =
        statement.step.map_or_else(|| output.pick("真实性声明", "declaration"), |found| step(found, output));
    let state = match statement.state {
        StatementState::Holds => output.pick("有效", "holds"),
        StatementState::Lapsed => output.pick("内容有变，已失效", "lapsed: changed since"),
        StatementState::Withdrawn => output.pick("已撤回", "withdrawn"),
        StatementState::OutOfOrder => output.pick("前一步无效", "the step before does not hold"),
        StatementState::NotTheirs => output.pick("已不由其签认", "not theirs any more"),
    };
    let name = statement.id.get(..12).unwrap_or_default();
    let time = clock::local_time(statement.time_ms);
    let (agency, person, title) = (&statement.agency_name, &statement.person, &statement.title);
    format!("  {name}  {what}  {agency} {person} {title}  {time}  {state} {}", statement.reason)
}

/// What a step is called.
pub fn step(step: Step, output: &Output) -> &str {
    match step {
        Step::Prepare => output.pick("经办", "prepared"),
        Step::Review => output.pick("审核", "reviewed"),
        Step::Sign => output.pick("签认", "sign-off"),
    }
}

fn revisions(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let signing = workspace.signing(&SigningRequest { application, act: SigningAct::Read })?;
    output.result(&signing.finals, |finals| {
        let none = output.pick("还没有定稿。", "No revision is final yet.");
        let mut lines: Vec<String> = finals
            .iter()
            .map(|one| match &one.fault {
                Some(fault) => format!("{}  {}", one.number, fault.sentence(output.language)),
                None => {
                    let time = clock::local_time(one.made_ms);
                    format!(
                        "{}  {}  {time}  {}  {} #{}",
                        one.number, one.digest, one.person, one.origin, one.index
                    )
                }
            })
            .collect();
        if lines.is_empty() {
            lines.push(none.to_owned());
        }
        lines
    })?;
    Ok(signing.finals.iter().all(|one| one.fault.is_none()))
}

fn diff(arguments: &Arguments, id: &str, a: u64, b: u64, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let difference = workspace.revision_difference(&id, a, b)?;
    output.result(&difference, |difference| {
        let shown = |value: &Option<_>| value.as_ref().map(plain).unwrap_or_default();
        let fields = difference
            .fields
            .iter()
            .map(|one| format!("{}: {} → {}", one.answer, shown(&one.before), shown(&one.after)));
        let gone = difference.files_gone.iter().map(|file| format!("- {}: {}", file.slot, file.name));
        let new = difference.files_new.iter().map(|file| format!("+ {}: {}", file.slot, file.name));
        fields.chain(gone).chain(new).collect()
    })?;
    Ok(true)
}

fn receipt(
    arguments: &Arguments,
    id: &str,
    revision: Option<u64>,
    out: Option<&Path>,
    output: &Output,
) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let bytes = workspace.final_receipt(&id, revision)?;
    match out {
        Some(file) => {
            std::fs::write(file, &bytes).with_context(|| file.display().to_string())?;
            output.result(&json!({ "file": file }), |_| vec![file.display().to_string()])?;
        }
        None => output.line(&String::from_utf8_lossy(&bytes)),
    }
    Ok(true)
}

/// Takes in a receipt that came by courier.
fn take_receipt(arguments: &Arguments, id: &str, file: &Path, output: &Output) -> anyhow::Result<bool> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    told(&workspace.keep_receipt(&id, &bytes)?, output)
}
