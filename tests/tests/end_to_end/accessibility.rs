//! Every screen under axe-core: names, roles, contrast, target sizes (WCAG 2.2 A and AA).

use std::fs;

use anyhow::Context;
use huiqian_tests::directory::Directory;
use huiqian_tests::person::{SECTIONS, control};
use huiqian_tests::place::repository;
use huiqian_tests::scene::{answer, command_line, desk_with_application};
use huiqian_tests::team::{SECTION, Team};
use huiqian_tests::window::Window;
use thirtyfour::Key;

const AXE: &str = "frontend/node_modules/axe-core/axe.min.js";
/// What two agencies gave different figures for.
const VALUE: &str = "openness.foreign_funded_enterprises.2024";

/// Runs axe over the page; answers one line a violation: rule, what it says, the elements.
const RUN: &str = r#"
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
axe.run(document, { runOnly: { type: "tag", values: tags } }).then(
    ({ violations }) => done(violations.map(({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.slice(0, 5).map((node) => node.html.slice(0, 200)).join(" | ")}`)),
    (error) => done([String(error)]));
"#;

#[tokio::test]
async fn no_screen_shuts_anyone_out() -> anyhow::Result<()> {
    let (desk, _) = desk_with_application(&[])?;
    let window = desk.open().await?;
    bring_axe(&window).await?;
    let mut faults = faults(&window, "home").await?;
    window.open_application().await?;
    for section in SECTIONS {
        window.go_to_section(section).await?;
        faults.extend(self::faults(&window, section).await?);
    }
    window.press("check").await?;
    window.find("[data-screen=check]").await?;
    faults.extend(self::faults(&window, "check").await?);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[tokio::test]
async fn no_screen_of_evidence_shuts_anyone_out() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[("basics.sme_count", "3")])?;
    let path = desk.folder().join("名录.csv");
    let table = Directory { count: 30 }.csv().replace(",小型,", ",巨型,");
    fs::write(&path, table)?;
    let path = path.display().to_string();
    let (code, said) = command_line(&desk.home(), &["evidence", "add", &id.0, "1", &path])?;
    anyhow::ensure!(code == Some(0), "{said}");
    let window = desk.open().await?;
    bring_axe(&window).await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section("basics").await?;
        window.click("[data-chip=evidence_01]").await?;
        window.find("[data-file=\"名录.csv\"]").await?;
        let mut faults = faults(&window, "slot").await?;
        window.press("check-directory").await?;
        window.find("[data-fault]").await?;
        faults.extend(self::faults(&window, "directory").await?);
        Ok(faults)
    }
    .await;
    let faults = window.picture_of_failure("accessibility_evidence", outcome).await?;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[tokio::test]
async fn no_screen_among_colleagues_shuts_anyone_out() -> anyhow::Result<()> {
    let team = Team::new(&[])?;
    team.differ(VALUE, "86", "91")?;
    team.colleague_says("comment", &[VALUE, "请核对口径。", "--to", "lead"])?;
    team.colleague_syncs()?;
    let invite = team.invite("commerce")?;
    let window = team.lead.open().await?;
    bring_axe(&window).await?;
    let outcome = lead_screens(&window).await;
    let mut faults = window.picture_of_failure("accessibility_lead", outcome).await?;
    window.close().await?;

    team.take_away(&[("openness.foreign_funded_enterprises.2023", "104")])?;
    let window = team.colleague.open().await?;
    bring_axe(&window).await?;
    let outcome = colleague_screens(&window, &invite).await;
    faults.extend(window.picture_of_failure("accessibility_colleague", outcome).await?);
    window.close().await?;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Two values, what was said, the members and every dialog there.
async fn lead_screens(window: &Window) -> anyhow::Result<Vec<String>> {
    window.open_application().await?;
    window.go_to_section(SECTION).await?;
    window.wait_until_synced().await?;
    window.click(&control(&answer(VALUE))).await?;
    window.find("[data-conflict-card]").await?;
    let mut faults = faults(window, "conflict card").await?;
    window.press("comments").await?;
    window.find("[data-comment]").await?;
    faults.extend(self::faults(window, "discussion").await?);
    window.open_members().await?;
    faults.extend(self::faults(window, "members").await?);
    for (button, dialog) in
        [("sync", "sync"), ("add-agency", "agency"), ("reminder", "reminder"), ("hand-over", "hand-over")]
    {
        faults.extend(dialog_faults(window, button, dialog).await?);
    }
    window.invite("commerce").await?;
    faults.extend(self::faults(window, "invite").await?);
    Ok(faults)
}

/// A section that is not one's own, work that was refused, the way in.
async fn colleague_screens(window: &Window, invite: &str) -> anyhow::Result<Vec<String>> {
    window.preview(invite).await?;
    let mut faults = faults(window, "join").await?;
    window.press("cancel").await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    faults.extend(self::faults(window, "read-only section").await?);
    window.press("sync").await?;
    window.find("[data-set-aside]").await?;
    faults.extend(self::faults(window, "refused work").await?);
    Ok(faults)
}

async fn dialog_faults(window: &Window, button: &str, dialog: &str) -> anyhow::Result<Vec<String>> {
    let shown = format!("[data-dialog=\"{dialog}\"]");
    window.press(button).await?;
    window.find(&shown).await?;
    let found = faults(window, dialog).await?;
    window.page()?.active_element().await?.send_keys(Key::Escape + "").await?;
    window.wait_until_gone(&shown).await?;
    Ok(found)
}

/// Brings axe into the page.
pub async fn bring_axe(window: &Window) -> anyhow::Result<()> {
    let axe = fs::read_to_string(repository().join(AXE))
        .with_context(|| format!("{AXE}: run `npm ci` in frontend/"))?;
    window.page()?.execute(axe, Vec::new()).await?;
    Ok(())
}

/// What axe finds on the screen that is shown, one line a fault.
pub async fn faults(window: &Window, screen: &str) -> anyhow::Result<Vec<String>> {
    let said = window.page()?.execute_async(RUN, Vec::new()).await?;
    let lines: Vec<String> = said.convert()?;
    Ok(lines.into_iter().map(|line| format!("{screen}: {line}")).collect())
}
