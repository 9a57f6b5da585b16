//! Several agencies: who takes part, who is here, what differs, what was refused.

use huiqian_tests::person::{control, sample_answers};
use huiqian_tests::scene::{answer, workspace};
use huiqian_tests::team::{SECTION, Team};
use huiqian_tests::window::Window;

use crate::album::Album;

/// Who else takes part, with names as long as they are in life, and what each is given.
const OTHERS: [(&str, &str, &[&str]); 4] = [
    ("science", "示例市科学技术局（示例市外国专家局）", &["innovation=2026-07-31"]),
    (
        "operator",
        "示例国际中小企业合作区管理委员会（示例市经济技术开发区管理委员会）",
        &["services=2027-06-30", "basics.planned_area"],
    ),
    ("statistics", "示例市统计局", &["basics.revenue=2027-06-30"]),
    ("customs", "示例海关", &[]),
];
/// Nobody has filled these yet.
const OWED: [&str; 2] = ["innovation", "services"];
const FIGURE: &str = "openness.foreign_funded_enterprises.2023";
const DIFFERS: &str = "openness.foreign_funded_enterprises.2024";
const WRITTEN: &str = "openness.cooperation_mechanism";
const INDUSTRIES: &str = "basics.leading_industries";

/// Takes all of them.
pub async fn take(album: &Album) -> anyhow::Result<()> {
    let mut team = Team::new(&[])?;
    fill(&team)?;
    let invite = team.invite("commerce")?;
    let (lead, colleague) = (team.lead.open().await?, team.colleague.open().await?);
    colleague.turn_to()?;
    colleague.preview(&invite).await?;
    album.take_narrow(&colleague, "40-join").await?;
    colleague.press("cancel").await?;
    read_only(album, &colleague).await?;
    presence(album, &lead, &colleague).await?;
    lead.turn_to()?;
    differing(album, &lead).await?;
    members(album, &lead).await?;
    lead.close().await?;
    colleague.close().await?;
    refused(album, &team).await?;
    rewritten(album, &team).await?;
    restored(album, &mut team).await?;
    turned_away(album).await
}

/// The sample, the agencies, two values, and something said.
fn fill(team: &Team) -> anyhow::Result<()> {
    let given = sample_answers()?.into_iter().filter(|(answer, _)| !OWED.contains(&answer.section()));
    let values = given.map(|(answer, value)| (answer, Some(value))).collect();
    workspace(&team.lead.home())?.fill(&team.id, values)?;
    team.lead_says("grant", &["commerce", "--part", "openness=2026-07-31"])?;
    for (agency, name, parts) in OTHERS {
        let mut arguments = vec![agency, "--name", name];
        if parts.is_empty() {
            arguments.extend(["--role", "reviewer"]);
        }
        arguments.extend(parts.iter().flat_map(|part| ["--part", part]));
        team.lead_says("grant", &arguments)?;
    }
    let invite = team.invite("science")?;
    let science = team.lead.beside()?;
    team.join(&science, OTHERS[0].1, "赵示例", &invite)?;
    team.colleague_syncs()?;
    team.differ(DIFFERS, "91", "94")?;
    team.lead_says("comment", &[DIFFERS, "请核对统计口径：含港澳台投资企业吗？", "--to", "commerce"])?;
    team.lead_says("comment", &["-", "各单位请于本月底前填完，谢谢。"])?;
    team.lead_syncs()?;
    team.colleague_syncs()
}

async fn read_only(album: &Album, colleague: &Window) -> anyhow::Result<()> {
    colleague.open_application().await?;
    colleague.wait_until_synced().await?;
    colleague.go_to_section("basics").await?;
    colleague.click(&control(&answer("basics.revenue.2025"))).await?;
    album.take_narrow(colleague, "41-read-only").await
}

/// The colleague in a figure, then in a long text, as the lead sees it.
async fn presence(album: &Album, lead: &Window, colleague: &Window) -> anyhow::Result<()> {
    lead.open_application().await?;
    lead.wait_until_synced().await?;
    for window in [lead, colleague] {
        window.go_to_section(SECTION).await?;
    }
    for (answer_of_both, name) in [(FIGURE, "42-presence"), (WRITTEN, "42-presence-in-text")] {
        colleague.turn_to()?;
        colleague.click(&control(&answer(answer_of_both))).await?;
        lead.turn_to()?;
        lead.find("[data-colleagues]").await?;
        lead.click(&control(&answer(answer_of_both))).await?;
        album.take_narrow(lead, name).await?;
    }
    Ok(())
}

async fn differing(album: &Album, lead: &Window) -> anyhow::Result<()> {
    lead.click(&control(&answer(DIFFERS))).await?;
    lead.find("[data-conflict-card]").await?;
    album.take_narrow(lead, "43-two-values").await?;
    lead.press("comments").await?;
    lead.find("[data-comment]").await?;
    album.take_narrow(lead, "44-discussion").await?;
    lead.press("sync").await?;
    lead.find("[data-dialog=sync]").await?;
    album.take_narrow(lead, "45-sync").await?;
    lead.click("[data-dialog=sync] [data-action=close]").await
}

async fn members(album: &Album, lead: &Window) -> anyhow::Result<()> {
    lead.open_members().await?;
    album.take_narrow(lead, "46-members").await?;
    lead.press("add-agency").await?;
    lead.find("[data-dialog=agency]").await?;
    album.take_narrow(lead, "47-agency").await?;
    lead.click("[data-dialog=agency] [data-action=cancel]").await?;
    lead.invite("operator").await?;
    album.take_narrow(lead, "48-invite").await?;
    lead.click("[data-dialog=invite] [data-action=close]").await?;
    lead.press("reminder").await?;
    lead.find("[data-dialog=reminder]").await?;
    album.take_narrow(lead, "49-reminder").await
}

/// The lead takes the section away while the colleague goes on writing in it, offline.
async fn refused(album: &Album, team: &Team) -> anyhow::Result<()> {
    team.take_away(&[
        ("openness.foreign_funded_enterprises.2025", "108"),
        (WRITTEN, "合作区与境外园区建立联络机制，每季度会商一次，互派专员，设联合办公室。"),
    ])?;
    let window = team.colleague.open().await?;
    window.open_application().await?;
    window.go_to_section(SECTION).await?;
    window.press("sync").await?;
    window.find("[data-set-aside]").await?;
    album.take_narrow(&window, "50-refused").await
}

/// A long text that two people rewrote at one place, and a short one that both filled in.
async fn rewritten(album: &Album, team: &Team) -> anyhow::Result<()> {
    team.lead_says("grant", &["commerce", "--part", SECTION, "--part", INDUSTRIES])?;
    team.lead_syncs()?;
    team.colleague_syncs()?;
    team.differ(WRITTEN, "建立联席会议机制，每季度会商。", "建立专班工作机制，每月会商。")?;
    team.differ(INDUSTRIES, "精密机床、轴承", "精密机床、刀具")?;
    let window = team.lead.open().await?;
    window.open_application().await?;
    window.go_to_section(SECTION).await?;
    window.click(&control(&answer(WRITTEN))).await?;
    window.find("[data-reread]").await?;
    album.take_narrow(&window, "51-reread").await?;
    window.go_to_section("basics").await?;
    window.click(&control(&answer(INDUSTRIES))).await?;
    window.press("merge-both").await?;
    album.take_narrow(&window, "52-put-together").await?;
    window.close().await
}

/// The hub was restored from a backup, and waits for those who may know more.
async fn restored(album: &Album, team: &mut Team) -> anyhow::Result<()> {
    team.lose_hub((WRITTEN, "建立常态化联络机制。"), (FIGURE, "88"))?;
    let window = team.lead.open().await?;
    window.open_application().await?;
    window.look_at_restored_hub().await?;
    album.take_narrow(&window, "53-restored-hub").await
}

/// The colleague's only device is no longer of the team.
async fn turned_away(album: &Album) -> anyhow::Result<()> {
    let team = Team::new(&[(WRITTEN, "合作区与境外园区建立联络机制，每季度会商一次。")])?;
    team.lead_says("revoke", &["commerce"])?;
    team.lead_syncs()?;
    let window = team.colleague.open().await?;
    window.open_application().await?;
    window.go_to_section(SECTION).await?;
    window.press("sync").await?;
    window.find("[data-dialog=sync] .pf-m-danger").await?;
    album.take_narrow(&window, "54-turned-away").await
}
