//! The hub's page `/verify` in a browser: a digest that is pasted, and a file that is chosen and never leaves the browser.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};
use huiqian_tests::desk::Desk;
use huiqian_tests::submission::Submission;
use huiqian_tests::window::Window;

use crate::accessibility::{bring_axe, faults};

/// What the page says of a digest.
const RESULT: &str = "#result";
const KNOWN: &str = "本协同中心为它签过名";
const UNKNOWN: &str = "没有";

/// WebKit's own browser, which comes with the library that the window uses.
fn browser() -> anyhow::Result<PathBuf> {
    let found = Command::new("pkg-config").args(["--variable=libdir", "webkit2gtk-4.1"]).output()?;
    let folder = String::from_utf8(found.stdout)?;
    let browser = PathBuf::from(folder.trim()).join("webkit2gtk-4.1/MiniBrowser");
    ensure!(browser.is_file(), "there is no {}", browser.display());
    Ok(browser)
}

async fn ask(window: &Window, digest: &str, answer: &str) -> anyhow::Result<String> {
    let field = window.find("#digest").await?;
    field.clear().await?;
    field.send_keys(digest).await?;
    window.click("form button").await?;
    window.text_when(RESULT, |text| text.contains(answer)).await
}

#[tokio::test]
async fn a_browser_asks_for_a_pasted_digest_and_hashes_a_chosen_file_itself() -> anyhow::Result<()> {
    let submission = Submission::new()?;
    let package = submission.package("package")?;
    let digest = Command::new("sha256sum").arg(package.join("manifest.json")).output()?;
    let digest = String::from_utf8(digest.stdout)?.split(' ').next().context("no digest")?.to_owned();
    let desk = Desk::new()?;
    let window = desk.open_program(&browser()?, &["--automation"]).await?;
    let outcome = async {
        let page = format!("{}/verify", submission.hub.url());
        window.page()?.goto(&page).await?;
        bring_axe(&window).await?;
        let mut found = faults(&window, "page").await?;
        ask(&window, &digest, KNOWN).await?;
        ask(&window, &"ab".repeat(32), UNKNOWN).await?;

        for file in ["receipt.json", "manifest.json"] {
            window.page()?.goto(&page).await?;
            bring_axe(&window).await?;
            window.find("#file").await?.send_keys(package.join(file).display().to_string()).await?;
            window.text_when(RESULT, |text| text.contains(KNOWN)).await?;
            let made = window.evaluate("document.getElementById('digest').value").await?;
            ensure!(made == digest.as_str(), "{file}: {made}");
            found.extend(faults(&window, file).await?);
        }
        Ok(found)
    }
    .await;
    let faults = window.picture_of_failure("verify_page", outcome).await?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
