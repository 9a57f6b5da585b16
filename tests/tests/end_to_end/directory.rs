//! A directory of enterprises in the real window: chosen in a dialog, its columns named anew, its sums beside the
//! form's figures, put into its slot.

use anyhow::ensure;
use form_model::directory::Figure;
use form_model::evidence::slots;
use huiqian_tests::directory::Directory;
use huiqian_tests::scene::{desk_with_application, workspace};
use huiqian_tests::wait::{PATIENCE, until};
use huiqian_tests::window::Window;

use crate::files::choose;

const MANY: Directory = Directory { count: 2_000 };
const SLOT: &str = "evidence_01";
const LITTLE_GIANTS: &str = "cultivation.little_giants";
const FOREIGN: &str = "openness.foreign_funded_enterprises.2025";

/// What stands beside a figure of the form.
async fn result(window: &Window, answer: &str, wanted: &str) -> anyhow::Result<()> {
    let cell = format!("[data-figure=\"{answer}\"] .result");
    window.text_when(&cell, |text| text.contains(wanted)).await.map(drop)
}

#[tokio::test]
async fn a_directory_is_chosen_looked_at_and_put_into_its_slot() -> anyhow::Result<()> {
    let mut answers = MANY.answers();
    for (answer, value) in &mut answers {
        if answer == LITTLE_GIANTS {
            "41".clone_into(value);
        }
    }
    let answers: Vec<_> = answers.iter().map(|(answer, value)| (answer.as_str(), value.as_str())).collect();
    let (desk, id) = desk_with_application(&answers)?;
    // The dialog takes keys of a keyboard, which has no 汉字.
    let path = desk.folder().join("directory.xlsx");
    MANY.write(&path)?;
    let window = desk.open().await?;
    let outcome = async {
        window.open_application().await?;
        window.go_to_section("basics").await?;
        window.click(&format!("[data-chip={SLOT}]")).await?;
        window.press("open-directory").await?;
        choose(&window, &path.display().to_string()).await?;
        window.find("[data-directory]").await?;
        window.find("[data-enterprises=\"2000\"][data-faults=\"0\"][data-differ=\"1\"]").await?;
        result(&window, LITTLE_GIANTS, "不一致").await?;
        result(&window, FOREIGN, "一致").await?;
        let rows = window.evaluate("document.querySelectorAll('.directory-sheet tbody tr').length").await?;
        ensure!(rows.as_u64().is_some_and(|rows| (5..=12).contains(&rows)), "{rows} of 2,000 rows are drawn");

        let column = "select[data-column=H]";
        window.find(&format!("{column} option[value='']")).await?.click().await?;
        result(&window, FOREIGN, "名录没有此列").await?;
        window.find(&format!("{column} option[value=foreign]")).await?.click().await?;
        result(&window, FOREIGN, "一致").await?;

        window.press("put-directory").await?;
        window.text_when(".card-directory", |text| text.contains("2,000 家企业")).await?;
        window.find("[data-file=\"directory.xlsx\"] [data-action=check-directory]").await?;
        window.press("check-directory").await?;
        window.find("[data-directory]").await?;
        window.press("leave-directory").await?;
        window.press("check").await?;
        until("the caution in the list of problems", PATIENCE, || async {
            let link = format!(
                "document.querySelector('[data-problem=\"{LITTLE_GIANTS}\"][data-rule=directory]') !== null"
            );
            Ok((window.evaluate(&link).await? == true).then_some(()))
        })
        .await
    }
    .await;
    window.picture_of_failure("directory", outcome).await?;
    window.close().await?;
    let (form, answers) = workspace(&desk.home())?.answers(&id)?;
    let slot = slots(&form, &answers).into_iter().find(|state| state.slot.id == SLOT);
    let totals = slot.and_then(|slot| slot.files.into_iter().next()).and_then(|entry| entry.totals);
    ensure!(totals.is_some_and(|totals| totals.figures[&Figure::Enterprises] == "2000"), "{answers:?}");
    Ok(())
}
