//! Files of evidence in the real window: seen, counted, captioned, taken out and put back.

use anyhow::ensure;
use huiqian_tests::person::control;
use huiqian_tests::photo;
use huiqian_tests::scene::{answer, command_line, desk_with_application, stored_answers};
use huiqian_tests::wait::{PATIENCE, until};

const SECTION: &str = "openness";
const SLOT: &str = "evidence_03";

/// Whether the first card's picture is drawn.
const DRAWN: &str = "document.querySelector('.card img')?.naturalWidth > 0";

#[tokio::test]
async fn a_photo_is_seen_counted_captioned_taken_out_and_put_back() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let file = desk.folder().join("签约仪式.jpg");
    photo::take(&file, 1, (1_600, 1_200))?;
    let path = file.display().to_string();
    let (code, said) = command_line(&desk.home(), &["evidence", "add", &id.0, "3", &path])?;
    ensure!(code == Some(0), "{said}");
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        let chip = format!("[data-chip={SLOT}]");
        window.click(&chip).await?;
        window.find(&format!("[data-evidence-slot={SLOT}]")).await?;

        window.find("[data-file=\"签约仪式.jpg\"]").await?;
        until("the thumbnail", PATIENCE, || async {
            Ok((window.evaluate(DRAWN).await? == true).then_some(()))
        })
        .await?;
        window.text_when(".card .blob-state", |text| text.contains("已存本机")).await?;
        let entry = window.find(".card").await?.attr("data-entry").await?.unwrap_or_default();
        let caption = answer(&format!("{SECTION}.overseas_agreements?file.{entry}.caption"));
        window.click(&control(&caption)).await?;
        window.type_at_caret(&control(&caption), "签署合作备忘录").await?;
        window.wait_until_saved().await?;
        window.press("remove-evidence").await?;
        window.find(".slot-removed").await?;
        window.click(".slot-removed summary").await?;
        window.press("restore-evidence").await?;
        window.find("[data-file=\"签约仪式.jpg\"]").await?;
        window.press("leave-evidence").await?;
        until("the chip to count", PATIENCE, || async {
            let count = window.find(&chip).await?.attr("data-count").await?;
            Ok((count.as_deref() == Some("1")).then_some(()))
        })
        .await?;
        Ok(entry)
    }
    .await;
    let entry = window.picture_of_failure("evidence", outcome).await?;
    window.close().await?;
    let stored = stored_answers(&desk.home(), &id)?;
    let caption = answer(&format!("{SECTION}.overseas_agreements?file.{entry}.caption"));
    ensure!(stored.get(&caption).is_some_and(|said| said.as_text() == "签署合作备忘录"), "{stored:?}");
    Ok(())
}
