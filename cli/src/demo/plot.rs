//! What happens in the demo, in order.

use anyhow::ensure;
use form_client::clock;
use form_model::id::ApplicationId;

use super::stage::{Agency, Stage};
use super::story::Story;
use crate::answer::plain;

/// The commerce bureau's part of the form.
const COMMERCE: &str = "openness";
/// The science bureau's.
const SCIENCE: &str = "innovation";
/// A field that both of them may write.
const SHARED: &str = "basics.partner_countries";
/// A field that is taken from the science bureau while it is offline.
const MOVED: &str = "openness.overseas_offices";
/// What it writes there all the same, not knowing.
const MOVED_CELL: &str = "openness.overseas_offices.2025";
const MOVED_VALUE: &str = "15";
/// The two values of [`SHARED`].
const OF_COMMERCE: &str = "德国、意大利、新加坡、马来西亚、泰国";
const OF_SCIENCE: &str = "德国、意大利、新加坡、以色列";
/// A field of the lead's, whose write another's desk refuses by itself.
const OF_LEAD: &str = "cover.zone_name";

/// Plays it to the end.
///
/// # Errors
/// When a step does not go as it is told.
pub async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    let id = begin(stage, story).await?;
    invite(stage, &id, story).await?;
    work_offline(stage, &id, story)?;
    move_meanwhile(stage, &id, story).await?;
    come_back(stage, &id, story).await?;
    resolve(stage, &id, story).await?;
    propose(stage, &id, story).await?;
    compare(stage, &id, story).await
}

/// The lead starts the application and brings it to the hub.
async fn begin(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<ApplicationId> {
    let lead = &stage.lead;
    story.step("牵头单位发起申报", "The lead agency starts the application");
    let id = lead.found(story.pick("示例国际中小企业合作区", "Example zone"))?;
    let count = lead.fill_in(&id, &[COMMERCE, SCIENCE])?;
    story.line(
        "{}（{}）新建申报 {}，填好自己的 {} 处",
        "{} ({}) starts application {} and fills in {} answers of its own",
        &[lead.name, lead.person, id.short(), &count.to_string()],
    );
    lead.publish(&id, stage.url()).await?;
    story.line(
        "接入协同中心，每处修改都由本机签名",
        "It is on the hub; every change is signed by its device",
        &[],
    );
    story.report.application = Some(id.clone());
    Ok(id)
}

/// The two others get their parts and join.
async fn invite(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("分工与邀请", "Parts are handed out, and two agencies join");
    let guests: [(&Agency, &[&str]); 2] =
        [(&stage.commerce, &[COMMERCE, SHARED]), (&stage.science, &[SCIENCE, SHARED, MOVED])];
    for (guest, parts) in guests {
        stage.lead.grant(id, guest, parts)?;
        let invite = stage.lead.invite(id, guest)?;
        stage.lead.sync(id).await?;
        let joined = guest.join(&invite).await?;
        ensure!(joined == *id, "{} joined {joined}", guest.name);
        let names = stage.lead.part_names(id, parts)?.join(story.pick("、", ", "));
        story.line("{}凭邀请加入，负责：{}", "{} joins by its invite; its parts: {}", &[guest.name, &names]);
    }
    Ok(())
}

/// Without the hub the two fill in their parts; both write one field, unaware of each other.
fn work_offline(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("两个单位断网填写", "Two agencies work offline");
    let (commerce, science) = (&stage.commerce, &stage.science);
    let shared = commerce.name_of(id, SHARED)?;
    for (agency, value) in [(commerce, OF_COMMERCE), (science, OF_SCIENCE)] {
        // What the sample has for the field that moves is the commerce bureau's to fill in.
        let count = agency.fill_in(id, &[SHARED, MOVED])?;
        agency.write(id, SHARED, value)?;
        story.line(
            "{}填好 {} 处，并把“{}”改为“{}”",
            "{} fills in {} answers and changes “{}” to “{}”",
            &[agency.name, &count.to_string(), &shared, value],
        );
    }
    science.write(id, MOVED_CELL, MOVED_VALUE)?;
    let moved = science.name_of(id, MOVED_CELL)?;
    story.line(
        "{}填“{}”：{}（此时它有这一栏的分工）",
        "{} fills in “{}”: {} (which is its own to fill in at that time)",
        &[science.name, &moved, MOVED_VALUE],
    );
    let refused = commerce.write(id, OF_LEAD, "…").err();
    let refused = refused.map(|error| error.sentence(story.language()));
    let refused = refused.ok_or_else(|| anyhow::anyhow!("a desk let its person write another's field"))?;
    story.line(
        "{}想改牵头单位的栏，本机当即拦下：{}",
        "{} tries a field of the lead's, and its own desk says: {}",
        &[commerce.name, &refused],
    );
    for agency in [commerce, science] {
        let waiting = agency.standing(id)?.waiting.to_string();
        story.line(
            "{}：已存本机，待同步 {} 处修改",
            "{}: kept on its own disk, {} changes to sync",
            &[agency.name, &waiting],
        );
    }
    Ok(())
}

/// Online, the lead gives a field of the science bureau to the commerce bureau alone.
async fn move_meanwhile(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("牵头单位在此期间调整分工", "Meanwhile the lead changes who fills in what");
    stage.lead.grant(id, &stage.science, &[SCIENCE, SHARED])?;
    stage.lead.sync(id).await?;
    let part = stage.lead.part_names(id, &[MOVED])?.concat();
    story.line(
        "“{}”改由{}统一填写，{}还不知道",
        "“{}” is now for {} alone; {} does not know yet",
        &[&part, stage.commerce.name, stage.science.name],
    );
    Ok(())
}

/// Both are online again. The science bureau's desk sends what it may no longer write; the hub refuses that.
async fn come_back(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("恢复联网，协同中心逐处裁定", "Both are back, and the hub judges every change");
    for agency in [&stage.commerce, &stage.science] {
        let sync = agency.sync(id).await?;
        ensure!(sync.waiting == 0, "{} still waits for {} verdicts", agency.name, sync.waiting);
        story.line(
            "{}：全部已有裁定，被拒收 {} 处",
            "{}: every change has its verdict, {} refused",
            &[agency.name, &sync.set_aside.to_string()],
        );
    }
    let refused = stage.science.set_aside(id, None)?;
    ensure!(refused.len() == 1, "{} changes were refused instead of one", refused.len());
    for one in &refused {
        let value = one.value.as_ref().map(plain).unwrap_or_default();
        story.line(
            "拒收“{}”（填的是 {}）：{}。内容另存在{}，没有丢",
            "Refused: “{}” (the value was {}): {}. It is kept aside at {}, not lost",
            &[&one.name, &value, &one.reason, stage.science.name],
        );
    }
    let kept = stage.science.answer(id, SHARED)?;
    ensure!(kept.conflict.len() == 2, "{SHARED} has {} values instead of two", kept.conflict.len());
    story.line(
        "{}其余的修改不受影响，都已并入",
        "Everything else of {} was merged, also what it wrote on the same trip",
        &[stage.science.name],
    );
    story.report.refused = refused;
    Ok(())
}

/// The lead sees both values and picks one.
async fn resolve(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    let lead = &stage.lead;
    lead.sync(id).await?;
    let state = lead.answer(id, SHARED)?;
    let name = lead.name_of(id, SHARED)?;
    story.step("两处填法不同，由人选定", "Two values for one field; a person picks");
    story.line("“{}”有两种填法：", "“{}” has two values:", &[&name]);
    for (number, side) in (1..).zip(&state.conflict) {
        let [value, before] =
            [&side.value, &side.before].map(|value| value.as_ref().map(plain).unwrap_or_default());
        let time = clock::local_time(side.stamp.time_ms);
        story.line(
            "{}. {}　{}　{}　原为 {}",
            "{}. {}  {}  {}  was {}",
            &[&number.to_string(), &value, &side.stamp.author, &time, &before],
        );
    }
    ensure!(state.conflict.len() == 2, "{SHARED} has {} values instead of two", state.conflict.len());
    let picked = OF_COMMERCE;
    lead.write(id, SHARED, picked)?;
    story.line(
        "{}选定：{}。另一种填法留在修改记录中",
        "{} picks: {}. The other stays in the history",
        &[lead.name, picked],
    );
    story.report.conflict = Some(state);
    story.report.picked = Some(picked.to_owned());
    Ok(())
}

/// What was refused is offered to the agency that may write it, which takes it over.
async fn propose(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("被拒收的内容转为批注", "What was refused is proposed as a comment");
    let Some(change) = story.report.refused.first().map(|refused| refused.change.clone()) else {
        return Ok(());
    };
    stage.science.set_aside(id, Some(&change))?;
    stage.science.sync(id).await?;
    stage.commerce.sync(id).await?;
    let comments = stage.commerce.comments(id)?.comments;
    let said = comments.last().ok_or_else(|| anyhow::anyhow!("the comment has not arrived"))?;
    story.line("{}：{}", "{}: {}", &[&said.stamp.author, &said.text]);
    stage.commerce.write(id, MOVED_CELL, MOVED_VALUE)?;
    let name = stage.commerce.name_of(id, MOVED_CELL)?;
    story.line(
        "{}采纳，填入“{}”：{}",
        "{} agrees and fills in “{}”: {}",
        &[stage.commerce.name, &name, MOVED_VALUE],
    );
    Ok(())
}

/// Everybody syncs, and the answers are held against each other.
async fn compare(stage: &Stage, id: &ApplicationId, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.step("再同步一次，逐字节比对", "Everybody syncs once more; the answers are compared byte by byte");
    // Twice: the first round brings everything to the hub, the second to everybody.
    for agency in stage.agencies().into_iter().chain(stage.agencies()) {
        agency.sync(id).await?;
    }
    let mut places = Vec::new();
    for agency in stage.agencies() {
        places.push((agency.name.to_owned(), agency.export(id)?));
    }
    places.push((story.pick("协同中心", "The hub").to_owned(), stage.lead.export_of_hub(id).await?));
    story.compare(&places);
    Ok(())
}
