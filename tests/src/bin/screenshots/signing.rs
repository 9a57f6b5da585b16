//! Sign-off, the final revision, and its way back.

use huiqian_tests::person::control;
use huiqian_tests::scene::answer;
use huiqian_tests::signers::{SCIENCE_SECTION, Signers};
use huiqian_tests::team::SECTION;
use huiqian_tests::window::Window;

use crate::album::Album;

const FIGURE: &str = "openness.foreign_funded_enterprises.2025";

/// Takes all of them.
pub async fn take(album: &Album) -> anyhow::Result<()> {
    let scene = Signers::new()?;
    steps(album, &scene).await?;
    let (lead, commerce) = (scene.team.lead.open().await?, scene.team.colleague.open().await?);
    for window in [&lead, &commerce] {
        window.turn_to()?;
        window.open_application().await?;
        window.wait_until_synced().await?;
    }
    section(album, &commerce).await?;
    overview(album, &lead).await?;
    lapsed(album, &lead, &commerce).await?;
    last_steps(album, &lead).await?;
    given_back(album, &lead, &commerce).await?;
    lead.close().await?;
    commerce.close().await
}

async fn sign(window: &Window, button: &str) -> anyhow::Result<()> {
    window.click(button).await?;
    window.paste("[data-field=signer-title]", "科长").await?;
    window.press("confirm-sign").await?;
    window.wait_until_gone("[data-dialog=sign]").await
}

/// Under the paper of its section, and over it once it is signed.
async fn section(album: &Album, commerce: &Window) -> anyhow::Result<()> {
    commerce.turn_to()?;
    commerce.go_to_section(SECTION).await?;
    commerce.click(".signs.whole [data-action=sign-off]").await?;
    commerce.find("[data-dialog=sign]").await?;
    album.take(commerce, "70-sign").await?;
    commerce.press("cancel").await?;
    sign(commerce, ".signs.whole [data-action=sign-off]").await?;
    commerce.find(".standing-note.signed").await?;
    album.take(commerce, "71-signed-section").await?;
    commerce.click(".signs.whole summary").await?;
    commerce.find(".signs.whole details[open]").await?;
    album.take(commerce, "72-signed-under-the-paper").await
}

/// 经办 → 审核 → 签认, by different persons; then the agency signs without them.
async fn steps(album: &Album, scene: &Signers) -> anyhow::Result<()> {
    let part = ["science", "--part", SCIENCE_SECTION];
    scene.team.lead_says("grant", &[&part[..], &["--step", "prepare", "--step", "review"]].concat())?;
    scene.team.lead_syncs()?;
    let science = scene.science.open().await?;
    science.open_application().await?;
    science.wait_until_synced().await?;
    science.go_to_section(SCIENCE_SECTION).await?;
    sign(&science, ".signs.whole [data-action=sign-off]").await?;
    science.find(".signs.whole [data-state=holds]").await?;
    album.take(&science, "73-steps").await?;
    science.wait_until_synced().await?;
    science.close().await?;
    scene.team.lead_says("grant", &[&part[..], &["--step", "none"]].concat())?;
    scene.team.lead_syncs()?;
    scene.science_says("sync", &[])?;
    scene.science_says("sign-off", &[SCIENCE_SECTION])?;
    scene.science_says("sync", &[])?;
    scene.team.colleague_syncs()
}

/// All sections, with what is still to be done.
async fn overview(album: &Album, lead: &Window) -> anyhow::Result<()> {
    lead.turn_to()?;
    lead.press("signing").await?;
    lead.find(&format!("[data-signs={SCIENCE_SECTION}][data-signed=true]")).await?;
    album.take_narrow(lead, "74-signing").await
}

/// Somebody changes what was signed.
async fn lapsed(album: &Album, lead: &Window, commerce: &Window) -> anyhow::Result<()> {
    lead.press("signing").await?;
    lead.go_to_section(SECTION).await?;
    lead.paste(&control(&answer(FIGURE)), "105").await?;
    lead.wait_until_saved().await?;
    commerce.turn_to()?;
    commerce.text_when(".messages", |text| text.contains("签认已失效")).await?;
    commerce.evaluate("document.querySelector('main').scrollTo(0, 0)").await?;
    album.take(commerce, "75-lapsed").await?;
    sign(commerce, ".signs.whole [data-action=sign-off]").await?;
    commerce.wait_until_synced().await
}

/// The lead signs, declares, makes it final.
async fn last_steps(album: &Album, lead: &Window) -> anyhow::Result<()> {
    lead.turn_to()?;
    lead.press("signing").await?;
    lead.find(&format!("[data-signs={SECTION}][data-signed=true]")).await?;
    for section in ["cover", "basics", "plan", "cultivation", "services", "declaration"] {
        let button = format!("[data-signs={section}] [data-action=sign-off]");
        sign(lead, &button).await?;
        lead.find(&format!("[data-signs={section}][data-signed=true]")).await?;
    }
    sign(lead, "[data-action=declare]").await?;
    lead.find("[data-obstacles=\"0\"]").await?;
    lead.click("[data-obstacles] h2").await?;
    album.take(lead, "76-ready").await?;
    lead.press("finalise").await?;
    lead.find("[data-dialog=finalise]").await?;
    album.take(lead, "77-make-final").await?;
    lead.press("confirm-finalise").await?;
    lead.find("main[data-closed=true]").await?;
    lead.wait_until_gone("[data-dialog=finalise]").await?;
    album.take(lead, "78-final").await?;
    lead.press("signing").await?;
    lead.go_to_section(SECTION).await?;
    album.take(lead, "79-final-section").await
}

async fn given_back(album: &Album, lead: &Window, commerce: &Window) -> anyhow::Result<()> {
    lead.press("signing").await?;
    lead.press("return").await?;
    lead.click(&format!("[data-dialog=return] [data-part={SECTION}]")).await?;
    lead.paste("[data-field=return-reason]", "与统计年鉴不一致，请核对").await?;
    album.take(lead, "80-return").await?;
    lead.click(&format!("[data-field=return-on] option[value=\"{FIGURE}\"]")).await?;
    lead.press("confirm-return").await?;
    lead.wait_until_gone("[data-dialog=return]").await?;
    lead.find("main [data-returned]").await?;
    album.take(lead, "81-returned").await?;
    commerce.turn_to()?;
    commerce.find(".remark.returned").await?;
    commerce.click(&control(&answer(FIGURE))).await?;
    album.take(commerce, "82-returned-section").await
}
