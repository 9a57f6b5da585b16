//! The whole sample application typed in the window, with a power cut in mid-sentence.

use std::collections::BTreeSet;
use std::time::Duration;

use form_model::answer::AnswerValue;
use huiqian_tests::desk::Desk;
use huiqian_tests::person::{SECTIONS, control, sample_answers};
use huiqian_tests::process::kill_9;
use huiqian_tests::window::Window;
use thirtyfour::Key;

use huiqian_tests::scene::{answer, command_line, only_application, stored_answers};

const PLAN: &str = "plan.text";
/// Written with an input method.
const COMPOSED: &str = "innovation.measures";
/// Characters that the window is given at a time.
const CHUNK: usize = 30;
/// The process is killed so long after the typing of the plan began.
const TYPING_TIME: Duration = Duration::from_millis(5_000);

#[tokio::test]
async fn sample_is_typed_and_survives_kill_9_in_mid_sentence() -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let answers = sample_answers()?;
    let plan = answers[&answer(PLAN)].as_text().to_owned();
    let mut filled = BTreeSet::new();

    let window = desk.open().await?;
    let outcome = async {
        window.introduce("示例市中小企业发展局", "王示例").await?;
        window.start_application("示例市合作区").await?;
        for section in ["cover", "basics"] {
            window.go_to_section(section).await?;
            window.fill_section(&answers, &mut filled).await?;
        }
        window.go_to_section("plan").await?;
        window.wait_until_saved().await
    }
    .await;
    window.picture_of_failure("sample_before_kill", outcome).await?;
    let acknowledged = type_until_killed(window, &plan).await?;
    assert!(acknowledged > 0, "the kill came before a single acknowledgement: nothing was tested");

    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section("plan").await?;
        let kept = window.text_of(&answer(PLAN)).await?;
        let kept_characters = kept.chars().count();
        eprintln!("killed with {acknowledged} characters acknowledged; {kept_characters} were there again");
        assert!(plan.starts_with(&kept), "what is there again is what was typed");
        assert!(
            kept_characters >= acknowledged,
            "{acknowledged} characters were acknowledged, {kept_characters} are there"
        );

        let rest: String = plan.chars().skip(kept_characters).collect();
        window.click(&control(&answer(PLAN))).await?;
        window.find(&control(&answer(PLAN))).await?.send_keys(Key::Control + Key::End).await?;
        window.type_at_caret(&control(&answer(PLAN)), &rest).await?;
        filled.insert(answer(PLAN));
        for section in SECTIONS {
            window.go_to_section(section).await?;
            let composed = answer(COMPOSED);
            if composed.section() == section {
                window.compose(&control(&composed), "chuangxin", answers[&composed].as_text()).await?;
                filled.insert(composed);
            }
            window.fill_section(&answers, &mut filled).await?;
        }
        window.wait_until_saved().await
    }
    .await;
    window.picture_of_failure("sample_after_kill", outcome).await?;
    window.close().await?;

    let missed: Vec<_> = answers.keys().filter(|answer| !filled.contains(*answer)).collect();
    assert!(missed.is_empty(), "the window offered no control for {missed:?}");
    let id = only_application(&desk.home())?;
    let stored = stored_answers(&desk.home(), &id)?;
    for (answer, value) in &answers {
        assert_eq!(stored.get(answer).unwrap_or(&AnswerValue::Text(String::new())), value, "{answer}");
    }
    let (_, said) = command_line(&desk.home(), &["check", &id.0])?;
    let told: Vec<_> = said.lines().filter(|line| line.starts_with('[')).collect();
    assert!(
        !told.is_empty() && told.iter().all(|line| line.ends_with("(evidence)")),
        "papers alone are missing: {said}"
    );
    Ok(())
}

/// Types the plan until another thread kills the app; returns how many characters the state line had declared saved.
async fn type_until_killed(window: Window, plan: &str) -> anyhow::Result<usize> {
    let control = control(&answer(PLAN));
    window.click(&control).await?;
    let app = window.app();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(TYPING_TIME);
        kill_9(app)
    });
    let characters: Vec<char> = plan.chars().collect();
    let mut acknowledged = 0;
    for chunk in characters.chunks(CHUNK) {
        let chunk: String = chunk.iter().collect();
        if window.type_at_caret(&control, &chunk).await.is_err() {
            break;
        }
        // One look at both: what the line says is about the text that is there at that moment.
        let look = format!(
            "document.querySelector('[data-state=saved]') ? [...document.querySelector({control:?}).value].length : 0"
        );
        match window.evaluate(&look).await {
            Ok(saved) => acknowledged = acknowledged.max(usize::try_from(saved.as_u64().unwrap_or(0))?),
            Err(_) => break,
        }
    }
    killer.join().map_err(|_| anyhow::anyhow!("the killing thread panicked"))??;
    drop(window);
    Ok(acknowledged)
}
