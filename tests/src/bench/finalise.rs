//! Making a revision final at the hub, against what it cannot do without: the same changes applied to an empty document,
//! and one sync of a file.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use automerge::{Automerge, Change};
use form_client::evidence::prepare;
use form_client::fill;
use form_client::hub::{self, Extent};
use form_model::command::{ExportFormat, Reason, Signer, SigningAct, SigningRequest};

use super::engine::typed_character;
use super::{Figure, Samples};
use crate::hub::HubProcess;
use crate::loopback::LoopbackDesk;
use crate::place::repository;
use crate::typist::FORM;

/// The slots of evidence that the form has; each gets a file.
const FILES: usize = 15;
/// The section that is given back each time, and the answer in it that is written again.
const RETURNED: &str = "plan";
const WRITTEN: &str = "plan.text";
/// How much longer than the bare operation it may take.
const GOAL: f64 = 1.5;

/// Types so many characters, answers the form by its sample with a file in each slot, and makes it final so many times,
/// each after a return.
///
/// # Errors
/// When a step is refused, or the disk fails.
pub async fn measure(folder: &Path, changes: usize, rounds: usize) -> anyhow::Result<Vec<Figure>> {
    let hub = HubProcess::start()?;
    let lead = LoopbackDesk::lead(hub.url()).await?;
    for number in 0..changes {
        lead.desk.with(|desk| desk.edit(&lead.application, &typed_character(number)))?;
    }
    answer(&lead, folder)?;
    lead.sync().await?;
    let connection = lead.connection()?;
    hub::transfer(&lead.desk, &connection, &lead.application, Extent::All).await?;
    let (mut made, mut bare) = (Samples::default(), Samples::default());
    let mut applied = 0;
    let definition = lead.desk.with(|desk| Ok(desk.open_application(&lead.application)?.definition))?;
    let mut sections: Vec<String> = definition.counted_sections().into_iter().collect();
    for round in 0..rounds {
        sign(&lead, &sections)?;
        lead.sync().await?;
        let submission = lead.desk.with(|desk| desk.submission(&lead.application, &[]))?;
        let changes = changes_of(&lead)?;
        let started = Instant::now();
        connection.submit(&lead.application, &submission).await?;
        made.push(started.elapsed());
        applied = changes.len();
        bare.push(apply(changes, &folder.join(format!("bare-{round}")))?);
        lead.sync().await?;
        let reasons = vec![Reason { on: None, text: "请核对".to_owned() }];
        sections = vec![RETURNED.to_owned()];
        act(&lead, SigningAct::Return { sections: sections.clone(), reasons })?;
        lead.sync().await?;
        lead.append(WRITTEN, "。");
    }
    ensure!(applied > changes, "{applied} changes were applied, and {changes} characters typed");
    let name = |which: &str| {
        format!(
            "{FILES} files, {applied} changes made final by the hub / apply_changes and one fsync, {which}"
        )
    };
    Ok(vec![
        Figure::ratio(name("p50"), made.p50(), bare.p50(), GOAL),
        // The first reads once what was ever cleared.
        Figure::ratio(name("longest"), made.longest(), bare.p50(), GOAL),
    ])
}

/// The sample's answers, and a file in each slot.
fn answer(lead: &LoopbackDesk, folder: &Path) -> anyhow::Result<()> {
    let sample = repository().join("forms").join(FORM).join("sample/answers.json");
    let values = fill::parse(&fs::read_to_string(&sample)?, &sample.display().to_string())?;
    lead.desk.with(|desk| desk.fill(&lead.application, values))?;
    let blobs = lead.desk.with(|desk| Ok(desk.blobs()))?;
    fs::create_dir_all(folder)?;
    for slot in 1..=FILES {
        let path = folder.join(format!("{slot}.pdf"));
        fs::write(&path, format!("%PDF-1.4\n% {slot}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"))?;
        let prepared = [prepare(&blobs, &path)?];
        lead.desk.with(|desk| desk.add_evidence(&lead.application, &slot.to_string(), &prepared))?;
    }
    Ok(())
}

/// Signs sections off and declares the whole.
fn sign(lead: &LoopbackDesk, sections: &[String]) -> anyhow::Result<()> {
    for section in sections {
        act(lead, SigningAct::SignOff { section: section.clone(), signer: signer() })?;
    }
    act(lead, SigningAct::Declare { signer: signer() })
}

fn signer() -> Signer {
    Signer { person: "林".to_owned(), title: String::new(), remark: String::new() }
}

fn act(lead: &LoopbackDesk, act: SigningAct) -> anyhow::Result<()> {
    let request = SigningRequest { application: lead.application.clone(), act };
    lead.desk.with(|desk| desk.signing(&request))?;
    Ok(())
}

/// Every change of the application, in an order in which they can be applied.
fn changes_of(lead: &LoopbackDesk) -> anyhow::Result<Vec<Change>> {
    let document = lead.desk.with(|desk| desk.export(&lead.application, ExportFormat::Automerge))?;
    Ok(Automerge::load(&document)?.get_changes(&[]).into_iter().collect())
}

/// What the bare operation takes.
fn apply(changes: Vec<Change>, file: &Path) -> anyhow::Result<std::time::Duration> {
    let started = Instant::now();
    let mut document = Automerge::new();
    document.apply_changes(changes)?;
    let mut file = File::create(file)?;
    file.write_all(&[0x5a; 4 << 10])?;
    file.sync_all()?;
    Ok(started.elapsed())
}
