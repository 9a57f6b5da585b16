//! One data folder, one window.

use std::time::Duration;

use huiqian_tests::desk::Desk;
use huiqian_tests::person::control;
use huiqian_tests::wait::{PATIENCE, until};

use huiqian_tests::scene::{answer, desk_with_application, file_of_colleague, text};

#[tokio::test]
async fn a_second_window_on_the_same_folder_says_so_and_changes_nothing() -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let first = desk.open().await?;
    first.find("[data-screen=first-run]").await?;
    let second = desk.open().await?;
    let outcome =
        second.text_when("[data-screen=broken]", |text| text.contains("正由另一个会签窗口使用")).await;
    second.picture_of_failure("second_window", outcome).await?;
    second.kill_9().await?;
    first.introduce("示例市中小企业发展局", "王示例").await
}

#[tokio::test]
async fn a_file_given_at_the_start_is_merged_before_the_window_opens() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[("cover.department", "示例市中小企业发展局")])?;
    let file = file_of_colleague(&desk, &id, &[("cover.operator", "示例市经济技术开发区管理委员会")])?;
    let window = desk.open_with(&[file.display().to_string().as_str()]).await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section("cover").await?;
        until("the colleague's answer", Duration::from_secs(10).max(PATIENCE), || async {
            let operator = window.text_of(&answer("cover.operator")).await?;
            Ok((operator == "示例市经济技术开发区管理委员会").then_some(()))
        })
        .await?;
        let own = window.text_of(&answer("cover.department")).await?;
        anyhow::ensure!(
            own == text("示例市中小企业发展局").as_text(),
            "one's own answer stays; it reads {own:?}"
        );
        window.find(&control(&answer("cover.department"))).await.map(drop)
    }
    .await;
    window.picture_of_failure("file_at_start", outcome).await?;
    window.close().await
}
