//! Evidence: the checklist, files as cards, one of them large, the chips beside the fields, what is missing.

use std::fs;

use anyhow::ensure;
use form_client::watch::Watched;
use form_model::id::ApplicationId;
use huiqian_tests::desk::Desk;
use huiqian_tests::person::control;
use huiqian_tests::scene::{answer, command_line, desk_with_sample, workspace};
use huiqian_tests::team::Team;
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;
use huiqian_tests::{paper, photo};

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
            arguments.extend(["--caption", caption, "--kind", "authority"]);
        }
        say(&desk, &arguments)?;
    }
    let report = folder.join("第三方评估报告.pdf");
    paper::print(&report, &["Assessment report", "Findings", "Annex: agreements"])?;
    let report = report.display().to_string();
    say(&desk, &["evidence", "add", &id.0, "3", &report, "--kind", "third_party", "--by", "示例市评估中心"])?;
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
    window.press("later-file").await?;
    window.find("[data-pages=\"3\"]").await?;
    window.press("later-page").await?;
    window.find("[data-page=\"2\"]").await?;
    until_pictures(&window).await?;
    album.take_narrow(&window, "65-light-box-pages").await?;
    window.click("[data-dialog=light-box] [data-action=close]").await?;
    window.click("[data-action=slot][data-slot=evidence_05]").await?;
    album.take_narrow(&window, "63-evidence-empty").await?;
    window.press("check").await?;
    window.find("[data-missing-evidence]").await?;
    album.take_narrow(&window, "64-evidence-missing").await?;
    window.close().await?;
    watched(album, &desk, &id).await?;
    sent(album).await
}

fn say(desk: &Desk, arguments: &[&str]) -> anyhow::Result<()> {
    let (code, said) = command_line(&desk.home(), arguments)?;
    ensure!(code == Some(0), "{said}");
    Ok(())
}

/// What comes on a camera's card.
async fn watched(album: &Album, desk: &Desk, id: &ApplicationId) -> anyhow::Result<()> {
    let card = desk.folder().join("EOS_DIGITAL");
    fs::create_dir_all(card.join("DCIM"))?;
    for number in 1..=2 {
        photo::take(&card.join(format!("DCIM/IMG_{number}.JPG")), number + 10, (1_600, 1_200))?;
    }
    fs::write(card.join("DCIM/MVI_0003.MOV"), b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08wide")?;
    let slot = "evidence_05".to_owned();
    let watched = Watched { application: id.clone(), slot, folder: card, since_ms: 1 };
    workspace(&desk.home())?.remember_watch(Some(&watched))?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.press("evidence").await?;
    window.click("[data-action=slot][data-slot=evidence_05]").await?;
    window.find("[data-watch][data-added=\"2\"]").await?;
    window.text_when("[data-watch]", |text| text.contains("MVI_0003.MOV")).await?;
    until_pictures(&window).await?;
    album.take_narrow(&window, "66-evidence-watched").await?;
    window.close().await
}

/// Files on their way to the hub: one is there, one is not, one was taken out by one and put back by another.
async fn sent(album: &Album) -> anyhow::Result<()> {
    let mut team = Team::new(&[])?;
    let folder = team.colleague.folder().to_owned();
    for (number, name) in (1..).zip(["签约仪式.jpg", "揭牌仪式.jpg", "会谈.jpg"]) {
        photo::take(&folder.join(name), number, (1_600, 1_200))?;
    }
    let add = |team: &Team, name: &str| {
        let file = folder.join(name).display().to_string();
        say(&team.colleague, &["evidence", "add", &team.id.0, "3", &file, "--kind", "authority"])
    };
    add(&team, "签约仪式.jpg")?;
    add(&team, "揭牌仪式.jpg")?;
    let both = |team: &Team, act: &str| {
        for desk in [&team.lead, &team.colleague] {
            say(desk, &["evidence", act, &team.id.0, "3", "揭牌仪式.jpg"])?;
        }
        anyhow::Ok(())
    };
    team.colleague_syncs()?;
    say(&team.colleague, &["evidence", "remove", &team.id.0, "3", "揭牌仪式.jpg"])?;
    team.colleague_syncs()?;
    team.lead_syncs()?;
    both(&team, "restore")?;
    say(&team.lead, &["evidence", "remove", &team.id.0, "3", "揭牌仪式.jpg"])?;
    team.lead_syncs()?;
    team.colleague_syncs()?;
    team.hub.stop()?;
    add(&team, "会谈.jpg")?;
    let window = team.colleague.open().await?;
    window.open_application().await?;
    window.wait_until_offline().await?;
    window.press("evidence").await?;
    window.click("[data-action=slot][data-slot=evidence_03]").await?;
    window.find("[data-conflict-card]").await?;
    until_pictures(&window).await?;
    album.take_narrow(&window, "67-evidence-sent").await?;
    window.close().await
}

/// Pictures are made when they are first looked at.
async fn until_pictures(window: &Window) -> anyhow::Result<()> {
    const DRAWN: &str =
        "[...document.images].length > 0 && [...document.images].every((image) => image.naturalWidth > 0)";
    until("the pictures", PATIENCE, || async { Ok((window.evaluate(DRAWN).await? == true).then_some(())) })
        .await
}
