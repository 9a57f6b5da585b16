//! Chinese through a real input method, with a colleague's work arriving in mid-composition: by file, and by the hub.

use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use huiqian_tests::desk::APP;
use huiqian_tests::input_method::InputMethod;
use huiqian_tests::person::control;
use huiqian_tests::place::built_program;
use huiqian_tests::team::{SECTION, Team};
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;

use huiqian_tests::scene::{answer, desk_with_application, file_of_colleague, stored_answers};

const FIELD: &str = "openness.cooperation_mechanism";
/// Filled after the field, so that it shows when the field's change has arrived.
const ARRIVED: &str = "openness.foreign_funded_enterprises.2023";

/// Notes in the page whether a composition is under way, by the events that the page itself goes by.
const WATCH_COMPOSITION: &str = "(() => {
  window.composing = null;
  addEventListener('compositionstart', () => { window.composing = ''; }, true);
  addEventListener('compositionupdate', (event) => { window.composing = event.data; }, true);
  addEventListener('compositionend', () => { window.composing = null; }, true);
})()";

#[tokio::test]
async fn pinyin_composition_is_not_disturbed_by_a_patch() -> anyhow::Result<()> {
    let (mut desk, id) = desk_with_application(&[(FIELD, "建立会商机制。")])?;
    let patch = file_of_colleague(&desk, &id, &[(FIELD, "每季度建立会商机制。")])?;
    let home = desk.home();
    let _pinyin = InputMethod::start(&mut desk)?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        put_caret_at_the_end(&window).await?;
        window.evaluate(WATCH_COMPOSITION).await?;
        let keyboard = window.keyboard()?;
        compose(&window, "zhongguo").await?;

        // The patch comes the way files come: the program is started a second time with it.
        let second = Command::new(built_program(APP)?).arg("--home").arg(&home).arg(&patch).status()?;
        ensure!(second.success(), "the second start hands its file over and ends well: {second}");
        window.find(".messages .pf-m-success").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        ensure_composing(&window).await?;

        keyboard.press("space")?;
        wait_for_text(&window, "每季度建立会商机制。中国").await?;
        keyboard.type_keys("shifan")?;
        keyboard.press("space")?;
        wait_for_text(&window, "每季度建立会商机制。中国示范").await?;
        window.wait_until_saved().await
    }
    .await;
    window.picture_of_failure("pinyin_composition", outcome).await?;
    window.kill_9().await?;
    let stored = stored_answers(&home, &id)?;
    assert_eq!(stored[&answer(FIELD)].as_text(), "每季度建立会商机制。中国示范");
    Ok(())
}

#[tokio::test]
async fn what_the_hub_sends_in_mid_composition_neither_ends_it_nor_moves_the_caret() -> anyhow::Result<()> {
    let mut team = Team::new(&[(FIELD, "建立会商机制。互派专员。")])?;
    let _pinyin = InputMethod::start(&mut team.lead)?;
    let window = team.lead.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.wait_until_synced().await?;
        put_caret_at_the_end(&window).await?;
        wait_for_caret(&window, "建立会商机制。互派专员。").await?;
        let keyboard = window.keyboard()?;
        for _ in "互派专员。".chars() {
            keyboard.press("Left")?;
        }
        wait_for_caret(&window, "建立会商机制。").await?;
        window.evaluate(WATCH_COMPOSITION).await?;
        compose(&window, "lianhe").await?;

        // First before, then behind the caret; the figure shows that both have arrived.
        team.colleague_says("set", &[FIELD, "每季度建立会商机制。互派专员。"])?;
        team.colleague_says("set", &[FIELD, "每季度建立会商机制。互派专员和联络员。"])?;
        team.colleague_says("set", &[ARRIVED, "86"])?;
        team.colleague_syncs()?;
        wait_for_figure(&window).await?;
        ensure_composing(&window).await?;

        keyboard.press("space")?;
        wait_for_text(&window, "每季度建立会商机制。联合互派专员和联络员。").await?;
        keyboard.type_keys("shifan")?;
        keyboard.press("space")?;
        wait_for_text(&window, "每季度建立会商机制。联合示范互派专员和联络员。").await?;
        window.wait_until_synced().await
    }
    .await;
    window.picture_of_failure("composition_hub", outcome).await?;
    window.close().await?;
    team.colleague_syncs()?;
    let stored = stored_answers(&team.colleague.home(), &team.id)?;
    assert_eq!(stored[&answer(FIELD)].as_text(), "每季度建立会商机制。联合示范互派专员和联络员。");
    Ok(())
}

#[tokio::test]
async fn what_was_composed_when_the_right_was_taken_is_kept_apart_and_the_form_can_be_left()
-> anyhow::Result<()> {
    let mut team = Team::new(&[(FIELD, "建立会商机制。")])?;
    let _pinyin = InputMethod::start(&mut team.colleague)?;
    let window = team.colleague.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section(SECTION).await?;
        window.wait_until_synced().await?;
        put_caret_at_the_end(&window).await?;
        window.evaluate(WATCH_COMPOSITION).await?;
        compose(&window, "zhongguo").await?;

        team.lead_says("grant", &["commerce", "--part", "innovation"])?;
        team.lead_says("set", &[ARRIVED, "86"])?;
        team.lead_syncs()?;
        wait_for_figure(&window).await?;
        ensure_composing(&window).await?;
        window.keyboard()?.press("space")?;
        window.find(".messages .pf-m-danger").await?;
        wait_for_text(&window, "建立会商机制。").await?;

        // Nothing is left to be stored here: the way out is open.
        window.press("home").await?;
        window.open_application().await?;
        window.press("sync").await?;
        let kept = format!("[data-set-aside=\"{FIELD}\"]");
        window.text_when(&kept, |text| text.contains("中国")).await.map(drop)
    }
    .await;
    window.picture_of_failure("composition_right", outcome).await?;
    window.close().await?;
    team.lead_syncs()?;
    for desk in [&team.lead, &team.colleague] {
        let stored = stored_answers(&desk.home(), &team.id)?;
        assert_eq!(stored[&answer(FIELD)].as_text(), "建立会商机制。");
    }
    Ok(())
}

/// Types letters that the input method holds back, and waits until it does.
async fn compose(window: &Window, letters: &str) -> anyhow::Result<()> {
    window.keyboard()?.type_keys(letters)?;
    until("a composition in the page", PATIENCE, || async {
        let composed = window.evaluate("window.composing").await?;
        Ok(composed.as_str().filter(|composed| !composed.is_empty()).map(drop))
    })
    .await
}

async fn ensure_composing(window: &Window) -> anyhow::Result<()> {
    let composed = window.evaluate("window.composing").await?;
    ensure!(
        composed.as_str().is_some_and(|composed| !composed.is_empty()),
        "the patch ended the composition"
    );
    Ok(())
}

/// The figure that was filled in last has arrived, and what came before it.
async fn wait_for_figure(window: &Window) -> anyhow::Result<()> {
    until("the colleague's figure", PATIENCE, || async {
        Ok((window.text_of(&answer(ARRIVED)).await? == "86").then_some(()))
    })
    .await
}

async fn put_caret_at_the_end(window: &Window) -> anyhow::Result<()> {
    window.keyboard()?.focus_window(window.app())?;
    window.click(&control(&answer(FIELD))).await?;
    window.keyboard()?.press("ctrl+End")
}

/// Keys take their time through the input method.
async fn wait_for_caret(window: &Window, behind: &str) -> anyhow::Result<()> {
    until(&format!("the caret behind {behind:?}"), PATIENCE, || async {
        let caret = window.evaluate("document.activeElement.selectionStart").await?;
        ensure!(caret == behind.encode_utf16().count(), "it is at {caret}");
        Ok(Some(()))
    })
    .await
}

async fn wait_for_text(window: &Window, wanted: &str) -> anyhow::Result<()> {
    until(&format!("the text {wanted:?}"), PATIENCE, || async {
        let text = window.text_of(&answer(FIELD)).await?;
        ensure!(text == wanted, "it reads {text:?}");
        Ok(Some(()))
    })
    .await
}
