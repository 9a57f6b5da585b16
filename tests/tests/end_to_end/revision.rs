//! A final revision in the real window: its receipt and its package are saved where a person says.

use std::fs;

use anyhow::ensure;
use huiqian_tests::scene::{command_line, workspace};
use huiqian_tests::submission::Submission;
use huiqian_tests::wait::{PATIENCE, until};

use crate::files::choose;

#[tokio::test]
async fn a_package_is_saved_with_files_that_the_hub_gives_back_and_a_receipt_byte_for_byte()
-> anyhow::Result<()> {
    let submission = Submission::new()?;
    let (home, folder) = (submission.desk.home(), submission.desk.folder());
    // As on a desk that never had the files.
    fs::remove_dir_all(home.join("blobs"))?;
    let (package, receipt) = (folder.join("saved.zip"), folder.join("saved.json"));
    let window = submission.desk.open().await?;
    let outcome = async {
        window.introduce("示例市科研管理处", "林示例").await?;
        window.open_application().await?;
        window.press("signing").await?;
        window.press("save-archive").await?;
        choose(&window, &package.display().to_string()).await?;
        let root = submission.root.clone();
        window.text_when("[data-saved=\"saved.zip\"]", |text| text.contains(&root)).await?;
        window.press("save-receipt").await?;
        choose(&window, &receipt.display().to_string()).await?;
        until("the receipt", PATIENCE, || async { Ok(receipt.is_file().then_some(())) }).await
    }
    .await;
    window.picture_of_failure("revision", outcome).await?;
    window.close().await?;
    let package = package.display().to_string();
    let (code, said) = command_line(&home, &["verify", &package, "--root", &submission.root])?;
    ensure!(code == Some(0), "{said}");
    let id = form_model::id::ApplicationId(submission.id.clone());
    ensure!(fs::read(&receipt)? == workspace(&home)?.final_receipt(&id, Some(1))?);
    Ok(())
}
