//! Every screen under axe-core: names, roles, contrast, target sizes (WCAG 2.2 A and AA).

use std::fs;

use anyhow::Context;
use huiqian_tests::person::SECTIONS;
use huiqian_tests::place::repository;
use huiqian_tests::scene::desk_with_application;
use huiqian_tests::window::Window;

const AXE: &str = "frontend/node_modules/axe-core/axe.min.js";

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
    let axe = fs::read_to_string(repository().join(AXE))
        .with_context(|| format!("{AXE}: run `npm ci` in frontend/"))?;
    window.page()?.execute(axe, Vec::new()).await?;
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

async fn faults(window: &Window, screen: &str) -> anyhow::Result<Vec<String>> {
    let said = window.page()?.execute_async(RUN, Vec::new()).await?;
    let lines: Vec<String> = said.convert()?;
    Ok(lines.into_iter().map(|line| format!("{screen}: {line}")).collect())
}
