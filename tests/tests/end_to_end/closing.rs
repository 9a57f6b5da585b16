//! Closing the window in mid-sentence.

use form_model::answer::AnswerValue;
use huiqian_tests::person::control;

use huiqian_tests::scene::{answer, desk_with_application, stored_answers};

#[tokio::test]
async fn closing_right_after_the_last_key_keeps_it() -> anyhow::Result<()> {
    let (desk, id) = desk_with_application(&[])?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("cover").await?;
    let operator = control(&answer("cover.operator"));
    window.click(&operator).await?;
    window.type_at_caret(&operator, "示例市经济技术开发区管理委员会").await?;
    // No wait for the state line: the person closes the window at once.
    window.close().await?;
    let stored = stored_answers(&desk.home(), &id)?;
    let kept = stored.get(&answer("cover.operator")).map(AnswerValue::as_text);
    assert_eq!(kept, Some("示例市经济技术开发区管理委员会"));
    Ok(())
}
