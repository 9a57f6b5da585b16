//! Export and import through the system's own file dialogs.

use std::time::Duration;

use huiqian_tests::desk::Desk;
use huiqian_tests::wait::{PATIENCE, until};

use huiqian_tests::scene::desk_with_application;

/// A dialog takes keys a moment after it is on the screen.
const DIALOG_PAUSE: Duration = Duration::from_millis(800);

#[tokio::test]
async fn exported_document_is_imported_on_another_desk() -> anyhow::Result<()> {
    let (desk, _) = desk_with_application(&[("cover.city", "示例")])?;
    let window = desk.open().await?;
    let file = desk.folder().join("export.automerge");
    let outcome = async {
        window.open_application().await?;
        window.press("export").await?;
        window.press("export-automerge").await?;
        choose(&window, &file.display().to_string()).await?;
        until("the exported file", PATIENCE, || async { Ok(file.is_file().then_some(())) }).await
    }
    .await;
    window.picture_of_failure("export", outcome).await?;
    window.close().await?;

    let other = Desk::new()?;
    let window = other.open().await?;
    let outcome = async {
        window.introduce("示例市商务局", "李示例").await?;
        window.press("import").await?;
        choose(&window, &file.display().to_string()).await?;
        window.open_application().await?;
        window.go_to_section("cover").await?;
        let city = window.text_of(&huiqian_tests::scene::answer("cover.city")).await?;
        anyhow::ensure!(city == "示例", "the imported application says {city:?}");
        Ok(())
    }
    .await;
    window.picture_of_failure("import", outcome).await?;
    window.close().await
}

/// Types a path into the file dialog and confirms it.
pub async fn choose(window: &huiqian_tests::window::Window, path: &str) -> anyhow::Result<()> {
    let keyboard = window.keyboard()?;
    keyboard.wait_for_dialog(window.app())?;
    tokio::time::sleep(DIALOG_PAUSE).await;
    keyboard.press("ctrl+a")?;
    keyboard.type_keys(path)?;
    tokio::time::sleep(DIALOG_PAUSE).await;
    keyboard.press("Return")
}
