//! Evidence: the checklist, files as cards, one of them large, the chips beside the fields, what is missing.

use std::fs;

use huiqian_tests::person::control;
use huiqian_tests::photo;
use huiqian_tests::scene::{answer, command_line, desk_with_sample};
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;

use crate::album::Album;

/// What the photos show.
const CAPTIONS: [&str; 3] = [
    "与德国北威州中小企业联合会签署合作备忘录",
    "合作区海外联络站（慕尼黑）揭牌仪式，市商务局、合作区管委会及入驻企业代表三十余人参加",
    "",
];
const NAMES: [&str; 3] =
    ["IMG_20260612_101502.jpg", "揭牌仪式现场照片（第二组，未经裁剪的原片）.jpg", "DSC00042.JPG"];

/// Takes all of them.
pub async fn take(album: &Album) -> anyhow::Result<()> {
    let (desk, id) = desk_with_sample()?;
    let folder = desk.folder().join("photos");
    fs::create_dir_all(&folder)?;
    for (number, (name, caption)) in (1..).zip(NAMES.into_iter().zip(CAPTIONS)) {
        let file = folder.join(name);
        photo::take(&file, number, (1_600, 1_200))?;
        let file = file.display().to_string();
        let mut arguments = vec!["evidence", "add", id.0.as_str(), "3", file.as_str()];
        if !caption.is_empty() {
            arguments.extend(["--caption", caption]);
        }
        command_line(&desk.home(), &arguments)?;
    }
    command_line(&desk.home(), &["evidence", "remove", &id.0, "3", "3"])?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("openness").await?;
    window.click(&control(&answer("openness.overseas_agreements.2025"))).await?;
    album.take_narrow(&window, "60-evidence-chips").await?;
    window.click("[data-chip=evidence_03]").await?;
    until_pictures(&window).await?;
    album.take_narrow(&window, "61-evidence").await?;
    window.click("[data-at=\"1\"] [data-action=view-evidence]").await?;
    window.find("[data-dialog=light-box] img").await?;
    until_pictures(&window).await?;
    album.take_narrow(&window, "62-light-box").await?;
    window.click("[data-dialog=light-box] [data-action=close]").await?;
    window.click("[data-action=slot][data-slot=evidence_05]").await?;
    album.take_narrow(&window, "63-evidence-empty").await?;
    window.press("check").await?;
    window.find("[data-missing-evidence]").await?;
    album.take_narrow(&window, "64-evidence-missing").await
}

/// Pictures are made when they are first looked at.
async fn until_pictures(window: &Window) -> anyhow::Result<()> {
    const DRAWN: &str =
        "[...document.images].length > 0 && [...document.images].every((image) => image.naturalWidth > 0)";
    until("the pictures", PATIENCE, || async { Ok((window.evaluate(DRAWN).await? == true).then_some(())) })
        .await
}
