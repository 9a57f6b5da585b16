//! Evidence and USB sticks in the real window: what goes along is chosen with its size, and what comes is seen at once.

use std::fs;

use anyhow::ensure;
use form_client::handoff;
use huiqian_tests::photo;
use huiqian_tests::scene::{command_line, desk_with_application};
use huiqian_tests::wait::{PATIENCE, until};

const SECTION: &str = "openness";
const SLOT: &str = "evidence_03";

/// Whether the first card's picture is drawn.
const DRAWN: &str = "document.querySelector('.file-card img')?.naturalWidth > 0";

#[tokio::test]
async fn photos_come_by_stick_into_the_open_window_and_go_out_by_choice() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let (home, file) = (desk.home(), desk.folder().join("签约仪式.jpg"));
    photo::take(&file, 1, (1_600, 1_200))?;
    let (path, stick) = (file.display().to_string(), desk.folder().join("交换包.hqb"));
    let out = stick.display().to_string();
    for arguments in [
        vec!["evidence", "add", &id.0, "3", &path],
        vec!["bundle", "export", &id.0, "--out", &out, "--evidence", "all"],
    ] {
        let (code, said) = command_line(&home, &arguments)?;
        ensure!(code == Some(0), "{said}");
    }
    // As on a colleague's desk, which has the change alone.
    fs::remove_dir_all(home.join("blobs"))?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.click(&format!("[data-chip={SLOT}]")).await?;
        window.find(".file-card .no-picture").await?;
        // What a second start does with a file that it is given.
        handoff::give(&home, std::slice::from_ref(&stick))?;
        window.text_when(".messages", |text| text.contains("取出 1 个佐证材料文件")).await?;
        until("the picture that came by stick", PATIENCE, || async {
            Ok((window.evaluate(DRAWN).await? == true).then_some(()))
        })
        .await?;
        window.press("sync").await?;
        window.text_when(".stick-evidence", |text| text.contains("带上佐证材料（1 个文件，")).await?;
        window.click("[data-part=stick-evidence]").await?;
        window.text_when("[data-stick-load]", |text| text.contains("共 1 个文件，")).await?;
        window.click("[data-part=stick-slot-3]").await?;
        until("nothing to be chosen any more", PATIENCE, || async {
            let gone = window.evaluate("document.querySelector('[data-stick-load]') === null").await?;
            Ok((gone == true).then_some(()))
        })
        .await
    }
    .await;
    window.picture_of_failure("stick", outcome).await?;
    window.close().await
}

#[tokio::test]
async fn a_photo_that_was_damaged_on_the_disk_is_told_and_not_drawn() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let (home, file) = (desk.home(), desk.folder().join("签约仪式.jpg"));
    photo::take(&file, 1, (1_600, 1_200))?;
    let (code, said) = command_line(&home, &["evidence", "add", &id.0, "3", &file.display().to_string()])?;
    ensure!(code == Some(0), "{said}");
    let kept = fs::read_dir(home.join("blobs"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.file_name().is_some_and(|name| name.len() == 2));
    let kept = fs::read_dir(kept.ok_or_else(|| anyhow::anyhow!("no shelf"))?)?.next();
    let kept = kept.ok_or_else(|| anyhow::anyhow!("no file"))??.path();
    let mut bytes = fs::read(&kept)?;
    bytes[20_000] ^= 0x10;
    fs::write(&kept, bytes)?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.click(&format!("[data-chip={SLOT}]")).await?;
        window.text_when(".messages", |text| text.contains("签约仪式.jpg 的内容与登记的不一致")).await?;
        window.find(".file-card .no-picture").await.map(drop)
    }
    .await;
    window.picture_of_failure("damaged_photo", outcome).await?;
    window.close().await?;
    ensure!(!kept.exists(), "it is out of the way, so that a sound copy can come");
    Ok(())
}
