//! `screenshots [form] [evidence] [agencies] [signing]`: takes a picture of every screen, or of some, on sample data, in two
//! sizes, into `target/screenshots/`.

mod agencies;
mod album;
mod directory;
mod evidence;
mod signing;
mod verify;

use std::fs;

use form_model::command::Settings;
use form_model::language::Language;
use huiqian_tests::desk::Desk;
use huiqian_tests::person::{SECTIONS, control};
use huiqian_tests::scene::{
    answer, desk_with_application, desk_with_sample, file_of_colleague, text, workspace,
};

use crate::album::Album;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let album = if named.is_empty() { Album::empty()? } else { Album::open()? };
    if wanted("form") {
        first_steps(&album).await?;
        sample(&album).await?;
        unfinished(&album).await?;
        two_values(&album).await?;
        english(&album).await?;
    }
    if wanted("evidence") {
        evidence::take(&album).await?;
        directory::take(&album).await?;
    }
    if wanted("agencies") {
        agencies::take(&album).await?;
    }
    if wanted("signing") {
        signing::take(&album).await?;
    }
    if wanted("verify") {
        verify::take(&album).await?;
    }
    Ok(())
}

/// A new desk: first run, the empty home, the dialog that starts an application.
async fn first_steps(album: &Album) -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let window = desk.open().await?;
    window.find("[data-screen=first-run]").await?;
    album.take(&window, "01-first-run").await?;
    window.introduce("示例市中小企业发展局", "王示例").await?;
    album.take(&window, "02-home-empty").await?;
    window.press("new").await?;
    window.find("[data-field=name]").await?;
    album.take(&window, "03-new-application").await
}

/// The filled sample: home, every section, the quiet page, the check, search, settings.
async fn sample(album: &Album) -> anyhow::Result<()> {
    let (desk, _) = desk_with_sample()?;
    let window = desk.open().await?;
    window.find("[data-screen=home]").await?;
    album.take(&window, "04-home").await?;
    window.open_application().await?;
    for (number, section) in SECTIONS.iter().enumerate() {
        window.go_to_section(section).await?;
        album.take(&window, &format!("{:02}-{section}", 5 + number)).await?;
    }
    window.go_to_section("basics").await?;
    window.click(&control(&answer("basics.revenue.2025"))).await?;
    album.take(&window, "13-field-panel").await?;
    window.go_to_section("plan").await?;
    window.press("focus-mode").await?;
    window.find("[data-screen=writing]").await?;
    album.take(&window, "14-writing").await?;
    window.press("leave-focus-mode").await?;
    window.press("check").await?;
    window.find("[data-screen=check]").await?;
    album.take(&window, "15-check-complete").await?;
    window.press("check").await?;
    window.press("search").await?;
    album.take(&window, "16-search").await?;
    window.close().await?;

    let window = desk.open().await?;
    window.press("settings").await?;
    window.find("[data-screen=settings]").await?;
    album.take(&window, "17-settings").await
}

/// Half filled, with mistakes: problems at the fields, the list of them, a text over its limit.
async fn unfinished(album: &Album) -> anyhow::Result<()> {
    let long = "中外中小企业合作机制。".repeat(10);
    let answers = [
        ("cover.zone_name", "示例国际中小企业合作区"),
        ("cover.province", "示例"),
        ("basics.revenue.2023", "412.36"),
        ("basics.revenue.2024", "468.925"),
        ("basics.revenue.2025", "5314700"),
        ("basics.sme_share.2025", "166.72"),
        ("basics.accidents", "yes"),
        ("openness.cooperation_mechanism", long.as_str()),
        ("innovation.national_platform_count", "0"),
        ("innovation.national_platform_names", "国家精密传动部件企业技术中心"),
    ];
    let (desk, _) = desk_with_application(&answers)?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    window.click(&control(&answer("basics.revenue.2024"))).await?;
    album.take(&window, "20-problems").await?;
    window.go_to_section("openness").await?;
    window.click(&control(&answer("openness.cooperation_mechanism"))).await?;
    album.take(&window, "21-over-the-limit").await?;
    window.press("check").await?;
    window.find("[data-screen=check]").await?;
    album.take(&window, "22-check-problems").await
}

/// Two agencies gave different values.
async fn two_values(album: &Album) -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[("basics.planned_area", "12.80平方公里")])?;
    let file = file_of_colleague(&desk, &id, &[("basics.planned_area", "12.80平方公里（含预留地）")])?;
    {
        let mut workspace = workspace(&desk.home())?;
        workspace.fill(&id, vec![(answer("basics.planned_area"), Some(text("13.05平方公里")))])?;
        workspace.import(&fs::read(&file)?, "colleague.automerge")?;
    }
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    window.click(&control(&answer("basics.planned_area"))).await?;
    album.take(&window, "23-two-values").await
}

/// The English interface with larger text, and the dark one.
async fn english(album: &Album) -> anyhow::Result<()> {
    let (mut desk, _) = desk_with_sample()?;
    set_look(&desk, Language::English, 130)?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    album.take(&window, "30-english-large").await?;
    window.close().await?;

    set_look(&desk, Language::Chinese, 100)?;
    desk.set_environment("GTK_THEME", "Adwaita:dark");
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    album.take(&window, "31-dark").await
}

fn set_look(desk: &Desk, language: Language, text_size: u16) -> anyhow::Result<()> {
    let mut workspace = workspace(&desk.home())?;
    let settings = workspace.settings();
    Ok(workspace.save_settings(&Settings { language, text_size, ..settings })?)
}
