//! The hub is killed (kill -9) while a device writes: whatever it had acknowledged is there afterwards.

use std::time::Duration;

use anyhow::Context;
use form_document::wire::{Exchange, Offer, PageEntry, WireChange};
use form_document::{ActorId, change_place};

use super::load::{WINDOW, Writer};
use super::stage::Stage;
use crate::random::Random;

/// How often it is killed.
pub const KILLS: usize = 20;
/// The shortest time that it is let work, and how much longer at most.
pub const LIFE_MS: (u64, usize) = (300, 500);

/// What the kills have cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Killed {
    pub acknowledged: u64,
    pub lost: u64,
}

/// Kills the hub so often, each time under another application.
///
/// # Errors
/// When it does not come up again.
pub async fn run(stage: &mut Stage) -> anyhow::Result<Killed> {
    let (mut killed, mut random) = (Killed::default(), Random::new(1));
    for _ in 0..KILLS {
        let act = stage.act(1).await?;
        let light = stage.members(&act)?.pop().context("nobody writes")?;
        let actor = light.actor().clone();
        let live = stage.line(&act, 0)?.live(&light.application).await?;
        let writing = tokio::spawn(write(Writer::new(light, live, WINDOW)));
        let life = LIFE_MS.0 + random.below(LIFE_MS.1) as u64;
        tokio::time::sleep(Duration::from_millis(life)).await;
        stage.hub.kill()?;
        let acknowledged = writing.await?;
        stage.hub.start_again()?;
        let present = accepted(stage, &act, &actor).await?;
        killed.acknowledged += acknowledged;
        killed.lost += acknowledged.saturating_sub(present);
    }
    Ok(killed)
}

/// Writes until the line breaks; returns how many changes were acknowledged.
async fn write(mut writer: Writer) -> u64 {
    // The hub dies under it: that it ends with an error is what is wanted.
    let _ = writer.write_on().await;
    u64::try_from(writer.verdicts.count()).unwrap_or(u64::MAX)
}

/// How many of an actor's changes the hub's log accepts, told to a desk that had followed it before.
async fn accepted(stage: &Stage, act: &super::stage::Act, actor: &ActorId) -> anyhow::Result<u64> {
    let connection = stage.line(act, usize::MAX)?;
    let mut last = 0;
    let exchange = Exchange { hello: act.lead.hello(), offer: Offer::default() };
    let reply = connection.exchange(&act.lead.application, &exchange).await?;
    for entry in &reply.page.entries {
        if let PageEntry::Change(WireChange(bytes)) = entry
            && let Some((author, seq)) = change_place(bytes)
            && author == *actor
        {
            last = seq.max(last);
        }
    }
    anyhow::ensure!(!reply.more, "the rest of the log is on another page");
    Ok(last)
}
