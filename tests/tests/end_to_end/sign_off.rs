//! Three agencies, each in a window of its own, sign an application off; it becomes final, is given back, and is final
//! again.

use anyhow::{Context, ensure};
use huiqian_tests::person::control;
use huiqian_tests::scene::{answer, command_line};
use huiqian_tests::signers::{SCIENCE_SECTION, Signers};
use huiqian_tests::team::{COMMERCE, LEAD, SECTION};
use huiqian_tests::window::Window;
use thirtyfour::By;

use crate::accessibility::{bring_axe, faults};

/// A value in the section of 商务.
const VALUE: &str = "openness.foreign_funded_enterprises.2025";
/// What is wrong with it, as the lead says when it gives the application back.
const REASON: &str = "与统计年鉴不一致，请核对";

#[tokio::test]
async fn an_application_is_signed_off_final_given_back_and_final_again() -> anyhow::Result<()> {
    let scene = Signers::new()?;
    let lead = scene.team.lead.open().await?;
    let commerce = scene.team.colleague.open().await?;
    let science = scene.science.open().await?;
    let outcome = async {
        for window in [&lead, &commerce, &science] {
            window.turn_to()?;
            window.open_application().await?;
            window.wait_until_synced().await?;
        }
        everybody_signs(&lead, &commerce, &science).await?;
        a_change_voids(&lead, &commerce).await?;
        make_final(&lead, 1).await?;
        everybody_is_told(&commerce, &science).await?;
        give_back(&lead, &commerce, &science).await?;
        correct(&lead, &commerce).await?;
        make_final(&lead, 2).await?;
        see_what_changed(&lead).await
    }
    .await;
    let outcome = lead.picture_of_failure("sign_off_lead", outcome).await;
    let outcome = commerce.picture_of_failure("sign_off_commerce", outcome).await;
    science.picture_of_failure("sign_off_science", outcome).await?;
    for window in [lead, commerce, science] {
        window.close().await?;
    }
    both_verify(&scene)
}

/// Signs the section in view, as the next step of this desk's agency.
async fn sign_section(window: &Window, section: &str, title: &str) -> anyhow::Result<()> {
    window.turn_to()?;
    window.go_to_section(section).await?;
    window.click(".signs.whole [data-action=sign-off]").await?;
    window.paste("[data-field=signer-title]", title).await?;
    window.press("confirm-sign").await?;
    window.wait_until_gone("[data-dialog=sign]").await?;
    signed(window, section).await
}

/// Waits until a section is signed off, as the task list says it.
async fn signed(window: &Window, section: &str) -> anyhow::Result<()> {
    stands(window, section, "已签认").await
}

async fn stands(window: &Window, section: &str, word: &str) -> anyhow::Result<()> {
    let status = format!("[data-action=section][data-section=\"{section}\"] .task-status");
    window.text_when(&status, |text| text.contains(word)).await.map(drop)
}

async fn everybody_signs(lead: &Window, commerce: &Window, science: &Window) -> anyhow::Result<()> {
    sign_section(commerce, SECTION, "科长").await?;
    sign_section(science, SCIENCE_SECTION, "副科长").await?;
    take_back(science).await?;
    sign_section(science, SCIENCE_SECTION, "副科长").await?;
    lead.turn_to()?;
    signed(lead, SECTION).await?;
    signed(lead, SCIENCE_SECTION).await?;
    open_signing(lead).await?;
    accessible(lead, "sign-off").await?;
    // The lead's own sections, one after another.
    while let Some(waiting) = own_waiting(lead).await? {
        let button = format!("[data-signs=\"{waiting}\"] [data-action=sign-off]");
        lead.click(&button).await?;
        lead.press("confirm-sign").await?;
        lead.wait_until_gone("[data-dialog=sign]").await?;
        lead.find(&format!("[data-signs=\"{waiting}\"][data-signed=true]")).await?;
    }
    Ok(())
}

/// A signer takes the sign-off back and says why; both stay in the record.
async fn take_back(science: &Window) -> anyhow::Result<()> {
    science.click(".signs.whole [data-action=withdraw-statement]").await?;
    science.paste("[data-field=withdraw-reason]", "专利数量需再核实").await?;
    science.press("confirm-sign").await?;
    science.wait_until_gone("[data-dialog=sign]").await?;
    science.find(&format!("[data-signs=\"{SCIENCE_SECTION}\"][data-signed=false]")).await?;
    let record = "document.querySelector('.signs.whole .statement-record').textContent";
    let said = science.evaluate(record).await?;
    ensure!(
        said.as_str().is_some_and(|said| said.contains("已撤回") && said.contains("专利数量需再核实")),
        "the record says {said}"
    );
    Ok(())
}

/// What is shown reads well for everybody.
async fn accessible(window: &Window, screen: &str) -> anyhow::Result<()> {
    bring_axe(window).await?;
    let found = faults(window, screen).await?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

async fn open_signing(window: &Window) -> anyhow::Result<()> {
    window.turn_to()?;
    window.press("signing").await?;
    window.find("[data-screen=signing] [data-signs]").await.map(drop)
}

async fn leave_signing(window: &Window) -> anyhow::Result<()> {
    window.press("signing").await?;
    window.find("[data-screen=application]").await.map(drop)
}

/// A section that this desk's agency has yet to sign.
async fn own_waiting(window: &Window) -> anyhow::Result<Option<String>> {
    let found = window.page()?.find_all(By::Css("[data-signs]:has([data-action=sign-off])")).await?;
    match found.first() {
        Some(section) => section.attr("data-signs").await.map_err(Into::into),
        None => Ok(None),
    }
}

/// The lead changes a figure in a section that another agency has signed: that agency is told, and signs again.
async fn a_change_voids(lead: &Window, commerce: &Window) -> anyhow::Result<()> {
    leave_signing(lead).await?;
    lead.go_to_section(SECTION).await?;
    lead.text_when(".standing-note.signed", |text| text.contains("失效")).await?;
    lead.paste(&control(&answer(VALUE)), "105").await?;
    lead.wait_until_saved().await?;
    commerce
        .text_when(".messages", |text| text.contains(LEAD) && text.contains("签认已失效"))
        .await
        .context("whoever signed is told")?;
    stands(commerce, SECTION, "签认已失效").await?;
    commerce.click(".messages [data-action=close-message]").await?;
    sign_section(commerce, SECTION, "科长").await?;
    commerce.click(".signs.whole summary").await?;
    commerce
        .text_when(".signs.whole details[open]", |text| text.contains("已失效"))
        .await
        .context("the lapsed sign-off stays")?;
    accessible(commerce, "signed section").await?;
    signed(lead, SECTION).await
}

/// The lead declares the whole true and makes it final.
async fn make_final(lead: &Window, number: u32) -> anyhow::Result<()> {
    open_signing(lead).await?;
    lead.press("declare").await?;
    lead.press("confirm-sign").await?;
    lead.find("[data-declared=true]").await?;
    lead.find("[data-obstacles=\"0\"]").await.context("nothing stands in the way")?;
    lead.press("finalise").await?;
    lead.find("[data-dialog=finalise]").await?;
    accessible(lead, "the last question").await?;
    lead.press("confirm-finalise").await?;
    lead.find(&format!("main[data-closed=true][data-revision=\"{number}\"]")).await?;
    lead.find(&format!("[data-final=\"{number}\"]")).await.context("its receipt is here")?;
    lead.wait_until_gone("[data-dialog=finalise]").await
}

/// What is final is read-only everywhere, and says so.
async fn everybody_is_told(commerce: &Window, science: &Window) -> anyhow::Result<()> {
    for (window, section) in [(commerce, SECTION), (science, SCIENCE_SECTION)] {
        window.turn_to()?;
        window.text_when(".messages", |text| text.contains("第 1 稿已定稿")).await?;
        stands(window, section, "已定稿").await?;
    }
    commerce.text_when(".standing-note.final", |text| text.contains("已定稿")).await?;
    let read_only = format!("document.querySelector({:?}).readOnly", control(&answer(VALUE)));
    ensure!(commerce.evaluate(&read_only).await? == true, "a final figure can be written");
    commerce.click(".messages [data-action=close-message]").await
}

/// The lead gives one section back, with a reason at a field; the others stay final.
async fn give_back(lead: &Window, commerce: &Window, science: &Window) -> anyhow::Result<()> {
    lead.turn_to()?;
    lead.press("return").await?;
    lead.click(&format!("[data-dialog=return] [data-part=\"{SECTION}\"]")).await?;
    lead.click(&format!("[data-field=return-on] option[value=\"{VALUE}\"]")).await?;
    lead.paste("[data-field=return-reason]", REASON).await?;
    accessible(lead, "giving back").await?;
    lead.press("confirm-return").await?;
    lead.wait_until_gone("[data-dialog=return]").await?;
    lead.find("main[data-closed=false][data-revision=\"2\"] [data-returned]").await?;
    commerce.turn_to()?;
    commerce.text_when(".messages", |text| text.contains(LEAD) && text.contains("退回修改")).await?;
    commerce.text_when(".remark.returned", |text| text.contains(REASON)).await?;
    accessible(commerce, "returned section").await?;
    stands(commerce, SECTION, "退回修改").await?;
    stands(science, SCIENCE_SECTION, "已定稿").await?;
    commerce.click(".messages [data-action=close-message]").await
}

async fn correct(lead: &Window, commerce: &Window) -> anyhow::Result<()> {
    commerce.turn_to()?;
    commerce.paste(&control(&answer(VALUE)), "106").await?;
    commerce.wait_until_saved().await?;
    sign_section(commerce, SECTION, "科长").await?;
    commerce.wait_until_synced().await?;
    lead.find(&format!("[data-signs=\"{SECTION}\"][data-signed=true]")).await.map(drop)?;
    leave_signing(lead).await
}

/// The second final revision says in which fields it differs from the first.
async fn see_what_changed(lead: &Window) -> anyhow::Result<()> {
    lead.click("[data-final=\"2\"] [data-action=compare]").await?;
    lead.text_when("[data-difference]", |text| text.contains("105") && text.contains("106")).await.map(drop)
}

/// After the windows are gone: both revisions verify from files, with the hub's root key alone.
fn both_verify(scene: &Signers) -> anyhow::Result<()> {
    let folder = scene.team.lead.folder();
    for number in ["1", "2"] {
        let package = folder.join(format!("revision-{number}.zip"));
        let package = package.display().to_string();
        let said = scene.team.lead_says("package", &["--revision", number, "--out", &package, "--json"])?;
        let packed: serde_json::Value = serde_json::from_str(&said).context(said)?;
        let root = packed["root"].as_str().context("no root key")?;
        let (code, said) = command_line(
            &scene.team.lead.home(),
            &["verify", &package, "--root", root, "--revision", number],
        )?;
        ensure!(code == Some(0) && said.contains("核验通过"), "revision {number}: {said}");
        for who in [LEAD, COMMERCE] {
            ensure!(said.contains(who), "revision {number} does not name {who}: {said}");
        }
    }
    Ok(())
}
