//! Two agencies, each in a window of its own, and a real hub between them.

use std::time::Duration;

use anyhow::{Context, ensure};
use form_model::id::AnswerId;
use huiqian_tests::desk::Desk;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::person::control;
use huiqian_tests::scene::{answer, only_application, stored_answers};
use huiqian_tests::sight::{Sights, keyed_and_seen, typed_and_seen};
use huiqian_tests::team::{COMMERCE, LEAD, SECTION};
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;
use thirtyfour::Key;

/// A value and a long text in the section that the form gives to 商务部门.
const VALUE: &str = "openness.foreign_funded_enterprises.2024";
const PROSE: &str = "openness.cooperation_mechanism";
/// In a section of the lead's.
const FOREIGN: &str = "cover.city";

/// What is typed is to be seen elsewhere within this.
const SOON: Duration = Duration::from_secs(1);
/// No single look may take longer, also when the machine is at something else.
const LATE: Duration = Duration::from_secs(3);

/// The lead's desk and the colleague's, side by side on one screen, and their hub.
struct Pair {
    hub: HubProcess,
    lead: Desk,
    colleague: Desk,
}

impl Pair {
    fn new() -> anyhow::Result<Self> {
        let lead = Desk::new()?;
        Ok(Self { hub: HubProcess::start()?, colleague: lead.beside()?, lead })
    }

    /// In the windows, from two new desks to one application that both have open at the same section.
    async fn meet(&self, lead: &Window, colleague: &Window) -> anyhow::Result<()> {
        lead.turn_to()?;
        lead.introduce(LEAD, "王示例").await?;
        lead.start_application("示例市合作区").await?;
        lead.open_members().await?;
        lead.connect(self.hub.url()).await?;
        lead.take_in("商务部门", COMMERCE).await?;
        let invite = lead.invite("commerce").await?;
        lead.press("close").await?;
        // The page says what the hub does not know yet, and no longer than that.
        lead.wait_until_gone("main.members .pf-m-warning").await?;
        lead.leave_members().await?;
        lead.wait_until_synced().await?;
        colleague.turn_to()?;
        colleague.introduce(COMMERCE, "李示例").await?;
        colleague.join(&invite).await?;
        for window in [lead, colleague] {
            window.go_to_section(SECTION).await?;
        }
        Ok(())
    }

    /// After both windows are gone: the answers on both disks are the same.
    fn ensure_equal(&self) -> anyhow::Result<()> {
        let id = only_application(&self.lead.home())?;
        let (ours, theirs) =
            (stored_answers(&self.lead.home(), &id)?, stored_answers(&self.colleague.home(), &id)?);
        ensure!(ours == theirs, "the desks differ: {ours:?} here, {theirs:?} there");
        Ok(())
    }
}

#[tokio::test]
async fn an_invited_agency_joins_and_each_sees_the_others_typing_within_a_second() -> anyhow::Result<()> {
    let pair = Pair::new()?;
    let (lead, colleague) = (pair.lead.open().await?, pair.colleague.open().await?);
    let outcome = async {
        pair.meet(&lead, &colleague).await?;
        see_each_other(&lead, &colleague).await?;
        type_prose(&lead, &colleague).await?;
        type_values(&lead, &colleague).await?;
        look_at_a_foreign_section(&colleague).await?;
        for window in [&lead, &colleague] {
            window.wait_until_synced().await?;
        }
        Ok(())
    }
    .await;
    let outcome = lead.picture_of_failure("meeting_lead", outcome).await;
    colleague.picture_of_failure("meeting_colleague", outcome).await?;
    lead.close().await?;
    colleague.close().await?;
    pair.ensure_equal()
}

/// Whoever is in a field is seen there by the others, by mark and name.
async fn see_each_other(lead: &Window, colleague: &Window) -> anyhow::Result<()> {
    colleague.turn_to()?;
    colleague.click(&control(&answer(VALUE))).await?;
    lead.text_when("[data-colleagues]", |text| text.contains('商') && text.contains("李示例")).await?;
    let marks = lead.find("[data-action=go-to-person]").await?;
    ensure!(marks.text().await?.contains('商'), "the bar shows who else is here");
    Ok(())
}

/// Both write at one long text: the colleague at its end, the lead at its start.
async fn type_prose(lead: &Window, colleague: &Window) -> anyhow::Result<()> {
    let prose = answer(PROSE);
    let mut sights = Sights::default();
    for phrase in ["与境外园区建立联络机制，", "每季度会商一次，", "设联合办公室，", "互派专员。"]
    {
        write_at(colleague, &prose, Key::End).await?;
        sights.add(typed_and_seen(colleague, lead, &prose, phrase).await?);
    }
    // Each word goes before those that were typed earlier; the colleague's caret stays behind the last.
    for word in ["joint ", "zone ", "2026 "] {
        write_at(lead, &prose, Key::Home).await?;
        sights.add(keyed_and_seen(lead, colleague, &prose, word).await?);
        let at_end =
            "(({ selectionStart, value }) => selectionStart === value.length)(document.activeElement)";
        ensure!(colleague.evaluate(at_end).await? == true, "another's words moved the colleague's caret");
    }
    let wanted = "2026 zone joint 与境外园区建立联络机制，每季度会商一次，设联合办公室，互派专员。";
    for window in [lead, colleague] {
        wait_for_text(window, &prose, wanted).await?;
    }
    ensure_soon("prose", &sights)
}

async fn type_values(lead: &Window, colleague: &Window) -> anyhow::Result<()> {
    let mut sights = Sights::default();
    for (year, figure) in [("2023", "86"), ("2024", "91"), ("2025", "104")] {
        let cell = answer(&format!("openness.foreign_funded_enterprises.{year}"));
        let (writer, reader) = if year == "2024" { (lead, colleague) } else { (colleague, lead) };
        writer.turn_to()?;
        writer.click(&control(&cell)).await?;
        sights.add(typed_and_seen(writer, reader, &cell, figure).await?);
    }
    ensure_soon("value", &sights)
}

fn ensure_soon(what: &str, sights: &Sights) -> anyhow::Result<()> {
    let (median, longest) = (sights.median(), sights.longest());
    eprintln!(
        "{what}: from the last key to the colleague's window {} ms, at most {} ms",
        median.as_millis(),
        longest.as_millis()
    );
    ensure!(median <= SOON, "{what} is seen after {median:?}, not within {SOON:?}");
    ensure!(longest <= LATE, "{what} was once seen only after {longest:?}");
    Ok(())
}

/// Puts the caret at one end of a long text.
async fn write_at(window: &Window, answer: &AnswerId, end: Key) -> anyhow::Result<()> {
    window.turn_to()?;
    window.click(&control(answer)).await?;
    window.find(&control(answer)).await?.send_keys(Key::Control + end).await?;
    Ok(())
}

/// It can be read and says whose it is; keys do nothing to it.
async fn look_at_a_foreign_section(colleague: &Window) -> anyhow::Result<()> {
    let foreign = answer(FOREIGN);
    colleague.turn_to()?;
    colleague.go_to_section(foreign.section()).await?;
    // Not by WebDriver's text: that leaves out words which could be cut off with an ellipsis.
    let owner = colleague.evaluate("document.querySelector('[data-owner-of=cover]').textContent").await?;
    ensure!(owner.as_str().is_some_and(|words| words.contains(LEAD)), "the section says {owner}");
    let read_only = colleague.evaluate("[...document.querySelectorAll('#form [data-answer]')].every((control) =>
        control.readOnly || control.getAttribute('aria-disabled') === 'true' || control.getAttribute('aria-readonly') === 'true')").await?;
    ensure!(read_only == true, "every control of the lead's section is read-only");
    colleague.click(&control(&foreign)).await?;
    let owner = format!("[id=\"owner:{FOREIGN}\"]");
    colleague.text_when(&owner, |text| text.contains(LEAD)).await?;
    colleague.type_at_caret(&control(&foreign), "甲").await?;
    ensure!(colleague.text_of(&foreign).await?.is_empty(), "keys write into the lead's section");
    Ok(())
}

#[tokio::test]
async fn values_that_differ_after_an_outage_stand_on_both_desks_until_one_person_picks() -> anyhow::Result<()>
{
    let mut pair = Pair::new()?;
    let lead = pair.lead.open().await?;
    let colleague = pair.colleague.open().await?;
    let met = pair.meet(&lead, &colleague).await;
    lead.picture_of_failure("outage_before", met).await?;
    pair.hub.stop()?;
    for (window, figure) in [(&lead, "86"), (&colleague, "91")] {
        let outcome = write_offline(window, figure).await;
        window.picture_of_failure("outage_offline", outcome).await?;
    }

    // The power goes at the lead's right after the disk had the figure; the hub never saw it.
    lead.kill_9().await?;
    let lead = pair.lead.open().await?;
    let outcome = async {
        lead.open_application().await?;
        lead.go_to_section(SECTION).await?;
        wait_for_text(&lead, &answer(VALUE), "86").await?;
        lead.click(&control(&answer(VALUE))).await?;
        pair.hub.start_again()?;
        pick_one(&lead, &colleague).await
    }
    .await;
    let outcome = lead.picture_of_failure("outage_lead", outcome).await;
    colleague.picture_of_failure("outage_colleague", outcome).await?;
    lead.close().await?;
    colleague.close().await?;
    pair.ensure_equal()
}

/// Waits until the desk knows that it is alone, and gives the figure.
async fn write_offline(window: &Window, figure: &str) -> anyhow::Result<()> {
    window.wait_until_offline().await?;
    window.turn_to()?;
    window.click(&control(&answer(VALUE))).await?;
    window.type_at_caret(&control(&answer(VALUE)), figure).await?;
    window.wait_until_saved().await?;
    window
        .text_when(".state-button", |text| text.contains("离线") && text.contains("1 处修改待同步"))
        .await
        .map(drop)
}

/// Both values are on both cards; the colleague takes the lead's.
async fn pick_one(lead: &Window, colleague: &Window) -> anyhow::Result<()> {
    let card = format!("[data-conflict-card=\"{VALUE}\"]");
    for window in [lead, colleague] {
        window
            .text_when(&card, |text| ["86", "91", LEAD, COMMERCE].iter().all(|word| text.contains(word)))
            .await
            .context("both values, each with its agency")?;
    }
    colleague.turn_to()?;
    colleague.click(&format!("{card} [data-side=\"86\"] [data-action=pick]")).await?;
    for window in [lead, colleague] {
        window.wait_until_gone(&card).await?;
        wait_for_text(window, &answer(VALUE), "86").await?;
        window.wait_until_synced().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_the_disk_has_of_a_killed_window_reaches_the_colleague() -> anyhow::Result<()> {
    let pair = Pair::new()?;
    let (lead, colleague) = (pair.lead.open().await?, pair.colleague.open().await?);
    let typed = "合作区与境外园区每季度会商一次，互派专员。";
    let prose = answer(PROSE);
    let outcome = async {
        pair.meet(&lead, &colleague).await?;
        write_at(&colleague, &prose, Key::End).await?;
        colleague.type_at_caret(&control(&prose), typed).await?;
        colleague.wait_until_saved().await
    }
    .await;
    let outcome = lead.picture_of_failure("killed_lead", outcome).await;
    colleague.picture_of_failure("killed_colleague", outcome).await?;
    colleague.kill_9().await?;

    let colleague = pair.colleague.open().await?;
    let outcome = async {
        colleague.open_application().await?;
        colleague.go_to_section(SECTION).await?;
        for window in [&lead, &colleague] {
            wait_for_text(window, &prose, typed).await?;
            window.wait_until_synced().await?;
        }
        Ok(())
    }
    .await;
    colleague.picture_of_failure("killed_again", outcome).await?;
    lead.close().await?;
    colleague.close().await?;
    pair.ensure_equal()
}

async fn wait_for_text(window: &Window, answer: &AnswerId, wanted: &str) -> anyhow::Result<()> {
    until(&format!("{answer} to read {wanted:?}"), PATIENCE, || async {
        let text = window.text_of(answer).await?;
        ensure!(text == wanted, "it reads {text:?}");
        Ok(Some(()))
    })
    .await
}
