//! The real window, driven as a person drives it.

use huiqian_tests::desk::Desk;
use huiqian_tests::place::results_folder;

#[tokio::test]
async fn page_talks_to_the_shell_and_takes_chinese() -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let window = desk.open().await?;
    let outcome = async {
        window.text_when("#app-info", |text| text.contains("version")).await?;
        let note = window.find("#note").await?;
        note.click().await?;
        note.send_keys("示例市中外中小企业合作区").await?;
        assert_eq!(note.prop("value").await?.as_deref(), Some("示例市中外中小企业合作区"));
        window.resize(1280, 800).await?;
        window.save_screenshot(&results_folder("e2e")?.join("first.png")).await
    }
    .await;
    window.picture_of_failure("page_talks_to_the_shell", outcome).await?;
    window.kill_9().await
}
