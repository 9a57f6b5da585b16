//! Files of evidence in the real window: dropped, pasted, taken off a card; seen, counted, captioned, moved, taken out and
//! put back; and on their way to a real hub.

use std::fs;
use std::path::PathBuf;

use anyhow::ensure;
use form_client::watch::Watched;
use huiqian_tests::desk::Desk;
use huiqian_tests::file_manager::FileManager;
use huiqian_tests::person::control;
use huiqian_tests::photo;
use huiqian_tests::scene::{answer, command_line, desk_with_application, stored_answers, workspace};
use huiqian_tests::team::Team;
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;
use thirtyfour::Key;

const SECTION: &str = "openness";
const SLOT: &str = "evidence_03";

/// Whether the first card's picture is drawn.
const DRAWN: &str = "document.querySelector('.file-card img')?.naturalWidth > 0";
/// The files of the slot in view, in order.
const NAMES: &str = "[...document.querySelectorAll('.file-card')].map((card) => card.dataset.file).join()";

/// How a film begins.
const MOVIE: &[u8] = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08wide";

/// A picture as web views hand it to the page that do so: a red square of one pixel.
const PASTE_BY_PAGE: &str = "(() => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
  const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
  document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
})()";

fn photo_on(desk: &Desk, name: &str, number: u32) -> anyhow::Result<PathBuf> {
    let file = desk.folder().join(name);
    photo::take(&file, number, (1_600, 1_200))?;
    Ok(file)
}

async fn wait_for_count(window: &Window, chip: &str, count: &str) -> anyhow::Result<()> {
    until(&format!("the chip to count {count}"), PATIENCE, || async {
        let shown = window.find(chip).await?.attr("data-count").await?;
        ensure!(shown.as_deref() == Some(count), "it counts {shown:?}");
        Ok(Some(()))
    })
    .await
}

async fn wait_for_names(window: &Window, names: &str) -> anyhow::Result<()> {
    until(&format!("the cards {names}"), PATIENCE, || async {
        let shown = window.evaluate(NAMES).await?;
        ensure!(shown == names, "they are {shown}");
        Ok(Some(()))
    })
    .await
}

async fn wait_for_picture(window: &Window) -> anyhow::Result<()> {
    until("the thumbnail", PATIENCE, || async { Ok((window.evaluate(DRAWN).await? == true).then_some(())) })
        .await
}

#[tokio::test]
async fn a_photo_dropped_on_a_chip_is_counted_seen_and_sent_once_the_hub_is_back() -> anyhow::Result<()> {
    let mut team = Team::new(&[])?;
    let photo = photo_on(&team.colleague, "签约仪式.jpg", 1)?;
    let more = photo_on(&team.colleague, "揭牌.jpg", 2)?;
    let folder = team.colleague.folder().join("考察");
    fs::create_dir(&folder)?;
    photo::take(&folder.join("会谈.jpg"), 3, (800, 600))?;
    let window = team.colleague.open().await?;
    let screen = team.colleague.screen()?;
    let chip = format!("[data-chip={SLOT}]");
    let outcome = async {
        window.open_application().await?;
        window.wait_until_synced().await?;
        window.go_to_section(SECTION).await?;
        team.hub.stop()?;
        wait_for_count(&window, &chip, "0").await?;
        window.drop_files(screen, &[&photo], &chip).await?;
        wait_for_count(&window, &chip, "1").await?;
        window.click(&chip).await?;
        wait_for_picture(&window).await?;
        window.text_when(".file-card .blob-state", |text| text.contains("待上传")).await?;
        team.hub.start_again()?;
        window.text_when(".file-card .blob-state", |text| text.contains("已在协同中心")).await?;
        // On the slot that is in view, and, with a folder, on another one's entry in the list.
        window.drop_files(screen, &[&more], ".drop-hint").await?;
        wait_for_names(&window, "签约仪式.jpg,揭牌.jpg").await?;
        window.drop_files(screen, &[&folder], "[data-slot=evidence_05]").await?;
        window.click("[data-action=slot][data-slot=evidence_05]").await?;
        wait_for_names(&window, "会谈.jpg").await
    }
    .await;
    window.picture_of_failure("evidence_dropped", outcome).await?;
    window.close().await?;
    let (_, listed) = command_line(&team.colleague.home(), &["evidence", "list", &team.id.0])?;
    ensure!(listed.contains("会谈.jpg") && listed.contains("本机和协同中心都有"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn a_drop_lands_where_it_was_let_go_also_on_a_screen_of_double_density() -> anyhow::Result<()> {
    let (mut desk, id) = desk_with_application(&[])?;
    desk.set_environment("GDK_SCALE", "2");
    let photo = photo_on(&desk, "签约仪式.jpg", 1)?;
    let window = desk.open().await?;
    let outcome = async {
        // As large as the test's screen allows, and still above the window's least size.
        window.keyboard()?.resize_window(window.app(), 1_640, 1_160)?;
        until("a page of double density", PATIENCE, || async {
            let shown = window.evaluate("[devicePixelRatio, innerWidth]").await?;
            ensure!(shown == serde_json::json!([2, 820]), "it is {shown}");
            Ok(Some(()))
        })
        .await?;
        window.open_application().await?;
        window.press("evidence").await?;
        window.drop_files(desk.screen()?, &[&photo], "[data-slot=evidence_05]").await?;
        window.click("[data-action=slot][data-slot=evidence_05]").await?;
        wait_for_names(&window, "签约仪式.jpg").await
    }
    .await;
    window.picture_of_failure("evidence_dense", outcome).await?;
    window.close().await?;
    let (_, listed) = command_line(&desk.home(), &["evidence", "list", &id.0, "5"])?;
    ensure!(listed.contains("签约仪式.jpg"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn a_screenshot_and_copied_files_are_pasted_and_moved_by_keys() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let photo = photo_on(&desk, "签约仪式.jpg", 1)?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.click(&format!("[data-chip={SLOT}]")).await?;
        window.find("[data-paste-hint]").await?;
        let keyboard = window.keyboard()?;
        keyboard.focus_window(window.app())?;
        let manager = FileManager::start(desk.screen()?, "picture", &[&photo])?;
        keyboard.press("ctrl+v")?;
        window.find(".file-card").await?;
        wait_for_picture(&window).await?;
        let pasted = window.find(".file-card").await?.attr("data-file").await?.unwrap_or_default();
        ensure!(pasted.starts_with("粘贴的图片") && pasted.ends_with(".png"), "{pasted}");
        drop(manager);
        window.press("remove-evidence").await?;
        window.wait_until_gone(".file-card").await?;
        window.evaluate(PASTE_BY_PAGE).await?;
        wait_for_picture(&window).await?;
        let pasted = window.find(".file-card").await?.attr("data-file").await?.unwrap_or_default();
        let _manager = FileManager::start(desk.screen()?, "copy", &[&photo])?;
        keyboard.press("ctrl+v")?;
        wait_for_names(&window, &format!("{pasted},签约仪式.jpg")).await?;

        window
            .find("[data-file=\"签约仪式.jpg\"] .card-picture")
            .await?
            .send_keys(Key::Alt + Key::Up)
            .await?;
        wait_for_names(&window, &format!("签约仪式.jpg,{pasted}")).await?;
        // Not by WebDriver's text: nobody sees it, screen readers say it.
        let said = window.evaluate("document.querySelector('[data-placed]').textContent").await?;
        ensure!(said == "第 1 张，共 2 张", "it is said: {said}");
        let focused = window.evaluate("document.activeElement.closest('.file-card')?.dataset.file").await?;
        ensure!(focused == "签约仪式.jpg", "the focus is on {focused}");
        Ok(pasted)
    }
    .await;
    let pasted = window.picture_of_failure("evidence_pasted", outcome).await?;
    window.close().await?;
    let (_, listed) = command_line(&desk.home(), &["evidence", "list", &id.0, "3"])?;
    ensure!(listed.contains(&format!("2) {pasted}")), "{listed}");
    Ok(())
}

#[tokio::test]
async fn what_comes_on_a_card_is_taken_also_after_a_new_start_until_a_person_ends_it() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let card = desk.folder().join("EOS_DIGITAL");
    fs::create_dir_all(card.join("DCIM"))?;
    photo::take(&card.join("DCIM/IMG_1.JPG"), 1, (800, 600))?;
    let watched =
        Watched { application: id.clone(), slot: SLOT.to_owned(), folder: card.clone(), since_ms: 1 };
    workspace(&desk.home())?.remember_watch(Some(&watched))?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.click(&format!("[data-chip={SLOT}]")).await?;
        wait_for_names(&window, "IMG_1.JPG").await?;
        window.text_when("[data-watch]", |text| text.contains("EOS_DIGITAL")).await?;
        photo::take(&card.join("DCIM/IMG_2.JPG"), 2, (800, 600))?;
        fs::write(card.join("DCIM/MVI_3.MOV"), MOVIE)?;
        wait_for_names(&window, "IMG_1.JPG,IMG_2.JPG").await?;
        window.text_when("[data-watch]", |text| text.contains("MVI_3.MOV")).await?;
        let away = desk.folder().join("away");
        fs::rename(&card, &away)?;
        window.text_when("[data-watch]", |text| text.contains("已取出")).await?;
        fs::rename(&away, &card)?;
        window.text_when("[data-watch]", |text| text.contains("正在自动收取")).await?;
        window.press("unwatch").await?;
        window.wait_until_gone("[data-watch]").await
    }
    .await;
    window.picture_of_failure("evidence_watched", outcome).await?;
    window.close().await?;
    ensure!(workspace(&desk.home())?.remembered_watch().is_none(), "a new start watches nothing");
    Ok(())
}

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
        wait_for_picture(&window).await?;
        window.text_when(".file-card .blob-state", |text| text.contains("已存本机")).await?;
        let entry = window.find(".file-card").await?.attr("data-entry").await?.unwrap_or_default();
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
        wait_for_count(&window, &chip, "1").await?;
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
