//! `huiqian signing | sign-off | withdraw | declare | finalise | return | revisions | diff | receipt`

use std::collections::BTreeSet;
use std::iter;
use std::path::Path;

use anyhow::Context as _;
use form_client::clock;
use form_client::hub::{self, LocalDesk};
use form_client::workspace::Workspace;
use form_model::check::subject;
use form_model::command::{
    Excuse, FieldDifference, FileName, FinalSummary, Reason, ReturnSummary, Signer, Signing, SigningAct,
    SigningRequest, StatementState, StatementSummary,
};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::Step;
use serde::Serialize;
use serde_json::json;

use crate::answer::plain;
use crate::argument::{Arguments, SignerArguments, SigningCommand};
use crate::output::Output;
use crate::sync::wait;
use crate::team;

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
            done(&mut workspace, id, act, output)
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
    done(&mut workspace, application, act, output)
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
    done(&mut workspace, application, act, output)
}

/// Does it, and prints how sign-off stands then.
fn done(
    workspace: &mut Workspace,
    application: ApplicationId,
    act: SigningAct,
    output: &Output,
) -> anyhow::Result<bool> {
    let definition = workspace.answers(&application)?.0;
    let signing = workspace.signing(&SigningRequest { application, act })?;
    output.result(&signing, |signing| lines(signing, &definition, output))?;
    Ok(true)
}

/// The statement that a start of its name means.
fn whole_statement(workspace: &mut Workspace, id: &ApplicationId, start: &str) -> Result<String, UserError> {
    let request = SigningRequest { application: id.clone(), act: SigningAct::Read };
    let signing = workspace.signing(&request)?;
    let all = signing.sections.iter().flat_map(|section| &section.statements).chain(&signing.declarations);
    let found: BTreeSet<&str> =
        all.map(|statement| statement.id.as_str()).filter(|id| id.starts_with(start)).collect();
    match found.len() {
        1 => Ok(found.into_iter().collect()),
        count => Err(UserError::new(ErrorCode::NotSigned).with_pair(
            "cause",
            format!("有 {count} 份签认的编号以“{start}”开头；请照 signing 列出的填写"),
            format!("{count} statements start with “{start}”; give it as in `signing`"),
        )),
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
    let given = unsent.iter().map(|text| device_and_reason(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let desk = LocalDesk::new(arguments.workspace()?);
    let id = desk.with(|desk| desk.resolve(id))?;
    let excuse = |(start, reason): (&str, &str)| {
        let device = desk.with(|desk| team::device_that_starts(desk, &id, start))?;
        Ok(Excuse { device, reason: reason.to_owned() })
    };
    let excuses = given.into_iter().map(excuse).collect::<Result<Vec<_>, UserError>>()?;
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

fn device_and_reason(text: &str) -> anyhow::Result<(&str, &str)> {
    text.split_once(IS).context("write it like DEVICE=REASON")
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

fn lines(signing: &Signing, definition: &FormDefinition, output: &Output) -> Vec<String> {
    let state = if signing.revision.closed {
        output.pick("第 {n} 稿 已定稿", "revision {n}, final")
    } else {
        output.pick("第 {n} 稿", "revision {n}")
    };
    let mut lines = vec![state.replace("{n}", &signing.revision.current.to_string())];
    lines.extend(signing.revision.returned.iter().flat_map(|back| returned_lines(back, definition, output)));
    for section in &signing.sections {
        let mark = if section.is_signed() {
            output.pick("已签认", "signed")
        } else {
            output.pick("未签认", "not signed")
        };
        let title = title(&section.section, definition, output);
        lines.push(format!("{}  {title}  {mark}", section.section));
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
    let words = [&statement.remark, &statement.reason].map(String::as_str).join(" ");
    format!("  {name}  {what}  {agency} {person} {title}  {time}  {state}  {}", words.trim())
        .trim_end()
        .to_owned()
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
    let definition = workspace.answers(&application)?.0;
    let signing = workspace.signing(&SigningRequest { application, act: SigningAct::Read })?;
    output.result(&signing.finals, |finals| {
        if finals.is_empty() {
            return vec![output.pick("还没有定稿。", "No revision is final yet.").to_owned()];
        }
        let lines = |one: &FinalSummary| {
            let returned = one.returned.iter().flat_map(|back| returned_lines(back, &definition, output));
            iter::once(final_line(one, output)).chain(returned).collect::<Vec<_>>()
        };
        finals.iter().flat_map(lines).collect()
    })?;
    Ok(signing.finals.iter().all(|one| one.fault.is_none()))
}

fn final_line(one: &FinalSummary, output: &Output) -> String {
    if let Some(fault) = &one.fault {
        return format!("{}  {}", one.number, fault.sentence(output.language));
    }
    let time = clock::local_time(one.made_ms);
    format!("{}  {}  {time}  {}  {} #{}", one.number, one.digest, one.person, one.origin, one.index)
}

/// How a revision was given back, and why.
fn returned_lines(back: &ReturnSummary, definition: &FormDefinition, output: &Output) -> Vec<String> {
    let titles: Vec<String> =
        back.sections.iter().map(|section| title(section, definition, output)).collect();
    let mut lines = vec![format!(
        "  {}{} {}  {}  {}",
        output.pick("退回修改：", "returned by "),
        back.agency,
        back.person,
        clock::local_time(back.time_ms),
        titles.join(output.pick("、", ", "))
    )];
    lines.extend(back.reasons.iter().map(|reason| {
        let on = reason.on.as_ref().map(|on| format!("{}: ", subject(definition, output.language, on)));
        format!("    {}{}", on.unwrap_or_default(), reason.text)
    }));
    lines
}

/// What a section is called.
fn title(section: &str, definition: &FormDefinition, output: &Output) -> String {
    definition.text(output.language, &format!("{section}.title")).to_owned()
}

/// What a slot of evidence is called.
fn slot_name(slot: &str, definition: &FormDefinition, output: &Output) -> String {
    let known = definition.evidence.iter().find(|known| known.id == slot);
    let number = known.map_or_else(|| slot.to_owned(), |known| known.number.to_string());
    output.pick("佐证材料 {}", "evidence {}").replace("{}", &number)
}

/// An answer that two revisions have differently, with what it is called.
#[derive(Serialize)]
struct Differs<'a> {
    title: String,
    #[serde(flatten)]
    field: &'a FieldDifference,
}

fn diff(arguments: &Arguments, id: &str, a: u64, b: u64, output: &Output) -> anyhow::Result<bool> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let difference = workspace.revision_difference(&id, a, b)?;
    let definition = workspace.answers(&id)?.0;
    let differs = difference
        .fields
        .iter()
        .map(|field| Differs { title: subject(&definition, output.language, &field.answer), field });
    let fields: Vec<Differs<'_>> = differs.collect();
    let told = json!({
        "fields": fields,
        "files_gone": difference.files_gone,
        "files_new": difference.files_new,
        "files_changed": difference.files_changed,
        "slots_reordered": difference.slots_reordered,
    });
    output.result(&told, |_| {
        let shown = |value: &Option<_>| value.as_ref().map(plain).unwrap_or_default();
        let fields = fields.iter().map(|Differs { title, field }| {
            format!("{title}: {} → {}", shown(&field.before), shown(&field.after))
        });
        let slot = |slot: &str| slot_name(slot, &definition, output);
        let file = |mark: &str, file: &FileName| format!("{mark} {}: {}", slot(&file.slot), file.name);
        let gone = difference.files_gone.iter().map(|one| file("-", one));
        let new = difference.files_new.iter().map(|one| file("+", one));
        let changed = difference.files_changed.iter().map(|one| file("~", one));
        let order = output.pick("次序有变", "in another order");
        let moved = difference.slots_reordered.iter().map(|moved| format!("~ {}: {order}", slot(moved)));
        fields.chain(gone).chain(new).chain(changed).chain(moved).collect()
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
