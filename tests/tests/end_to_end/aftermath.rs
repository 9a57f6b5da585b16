//! What agencies find when they come back together: a hub that was restored, texts and values that two of them gave.

use std::collections::BTreeMap;

use anyhow::ensure;
use form_model::answer::AnswerValue;
use form_model::id::AnswerId;
use huiqian_tests::person::control;
use huiqian_tests::scene::{answer, stored_answers};
use huiqian_tests::team::{COMMERCE, SECTION, Team};

const PROSE: &str = "openness.cooperation_mechanism";
/// A short text in another section.
const INDUSTRIES: &str = "basics.leading_industries";
const CITY: &str = "cover.city";

fn text_of<'a>(stored: &'a BTreeMap<AnswerId, AnswerValue>, id: &str) -> &'a str {
    stored.get(&answer(id)).map_or("", AnswerValue::as_text)
}

#[tokio::test]
async fn a_lead_lets_a_restored_hub_go_on_from_the_window_and_nothing_is_lost() -> anyhow::Result<()> {
    let mut team = Team::new(&[])?;
    team.lose_hub((PROSE, "引进来与走出去"), (CITY, "示例市"))?;
    let lead = team.lead.open().await?;
    let outcome = async {
        lead.open_application().await?;
        lead.look_at_restored_hub().await?;
        let told = lead.text_when("[data-dialog=sync]", |text| text.contains(COMMERCE)).await?;
        ensure!(told.contains("不会丢失"), "{told}");
        lead.press("go-on").await?;
        lead.wait_until_synced().await
    }
    .await;
    lead.picture_of_failure("restored_hub", outcome).await?;
    lead.close().await?;
    team.colleague_syncs()?;
    team.lead_syncs()?;
    let ours = stored_answers(&team.lead.home(), &team.id)?;
    ensure!(text_of(&ours, PROSE) == "引进来与走出去", "{ours:?}");
    ensure!(text_of(&ours, CITY) == "示例市", "{ours:?}");
    ensure!(ours == stored_answers(&team.colleague.home(), &team.id)?, "the desks differ");
    Ok(())
}

#[tokio::test]
async fn a_text_that_two_rewrote_waits_for_a_reader_and_two_values_can_be_put_together() -> anyhow::Result<()>
{
    let team = Team::new(&[(PROSE, "发展规划"), (INDUSTRIES, "机床")])?;
    team.lead_says("grant", &["commerce", "--part", SECTION, "--part", INDUSTRIES])?;
    team.lead_syncs()?;
    team.colleague_syncs()?;
    team.differ(PROSE, "发展蓝图", "发展方案")?;
    team.differ(INDUSTRIES, "机床、轴承", "机床、刀具")?;
    let lead = team.lead.open().await?;
    let outcome = async {
        lead.open_application().await?;
        lead.go_to_section(SECTION).await?;
        lead.find(&format!("[data-reread=\"{PROSE}\"]")).await?;
        lead.press("read-through").await?;
        lead.wait_until_gone("[data-reread]").await?;
        lead.go_to_section("basics").await?;
        lead.click(&control(&answer(INDUSTRIES))).await?;
        lead.press("merge-both").await?;
        lead.press("store-third").await?;
        lead.wait_until_gone("[data-conflict-card]").await?;
        lead.wait_until_synced().await
    }
    .await;
    lead.picture_of_failure("aftermath", outcome).await?;
    lead.close().await?;
    let stored = stored_answers(&team.lead.home(), &team.id)?;
    let both = text_of(&stored, INDUSTRIES);
    ensure!(both.contains("轴承") && both.contains("刀具") && both.contains('；'), "{both}");
    Ok(())
}
