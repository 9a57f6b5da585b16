//! What the state line says: never more than what is true.

use form_model::command::{Link, SyncState};
use form_model::error::ErrorCode;
use form_model::language::Language;

use super::sheet::SaveState;
use crate::text;

/// The state line, spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateLine {
    pub tone: StateTone,
    pub words: String,
    /// There is something for a person to look at.
    pub look: bool,
}

/// How the state line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateTone {
    /// Where everything is to be.
    Good,
    /// On its way.
    Moving,
    /// Kept here, the hub out of reach.
    Away,
    /// A person is to look.
    Problem,
}

impl StateTone {
    /// For styles and scripts.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Moving => "moving",
            Self::Away => "away",
            Self::Problem => "problem",
        }
    }
}

/// How times are spelled.
pub struct Clock<'a> {
    /// A time of today: `10:32`.
    pub time: &'a dyn Fn(i64) -> String,
    /// Since when something lasts: `昨天 17:05`.
    pub since: &'a dyn Fn(i64) -> String,
}

/// What is known of the way from the keyboard to the hub.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    pub save: SaveState,
    pub sync: &'a SyncState,
    /// When the disk last took a change of this desk in this opening, if it did.
    pub last_own_ms: Option<i64>,
}

impl Way<'_> {
    /// When the hub confirmed everything there is here, if it did since the last change.
    fn synced_ms(&self) -> Option<i64> {
        let synced = self.sync.synced_ms.filter(|_| self.sync.waiting == 0)?;
        self.last_own_ms.is_none_or(|own| own <= synced).then_some(synced)
    }
}

/// Whether the hub has put no verdict on something from here.
fn is_left(sync: &SyncState) -> bool {
    sync.trouble.as_ref().is_some_and(|trouble| trouble.code == ErrorCode::LeftByHub)
}

/// What the state line says: first what is at risk, then what a person must look at, then how far it has come.
pub fn state_line(way: Way<'_>, clock: &Clock<'_>, language: Language) -> StateLine {
    let said = |tone, words: String| StateLine { tone, words, look: false };
    let look = |tone, words: String| StateLine { tone, words, look: true };
    let count = |count: usize| count.to_string();
    let saved_ms = match way.save {
        SaveState::Saving => return said(StateTone::Moving, text::SAVING.of(language).to_owned()),
        SaveState::Failed(failed) => {
            let words = text::NOT_SAVED.fill(language, &[("count", &count(failed))]);
            return said(StateTone::Problem, words);
        }
        SaveState::Saved(saved_ms) => saved_ms,
    };
    let here = || text::SAVED.fill(language, &[("time", &(clock.time)(saved_ms))]);
    let waiting = text::SYNC_WAITING.fill(language, &[("count", &way.sync.waiting.to_string())]);
    let with_waiting = |words: String| match way.sync.waiting {
        0 => words,
        _ => format!("{words} · {waiting}"),
    };
    if way.sync.set_aside > 0 {
        let refused = way.sync.set_aside.to_string();
        return look(StateTone::Problem, text::SYNC_REFUSED.fill(language, &[("count", &refused)]));
    }
    match &way.sync.link {
        Link::Stopped { .. } => {
            look(StateTone::Problem, with_waiting(text::SYNC_STOPPED.of(language).to_owned()))
        }
        Link::Hindered { .. } => {
            look(StateTone::Problem, with_waiting(text::SYNC_HINDERED.of(language).to_owned()))
        }
        Link::Restored { .. } => {
            look(StateTone::Away, with_waiting(text::SYNC_RESTORED.of(language).to_owned()))
        }
        Link::None => said(StateTone::Good, here()),
        Link::Offline { since_ms } => {
            let words = text::SYNC_OFFLINE.fill(language, &[("since", &(clock.since)(*since_ms))]);
            said(StateTone::Away, with_waiting(words))
        }
        Link::Connecting | Link::Live if is_left(way.sync) => {
            let count = way.sync.waiting.to_string();
            look(StateTone::Problem, text::SYNC_LEFT.fill(language, &[("count", &count)]))
        }
        // The hub let this desk in no more when it was asked last.
        Link::Connecting if way.sync.trouble.is_some() => {
            look(StateTone::Problem, with_waiting(text::SYNC_STOPPED.of(language).to_owned()))
        }
        Link::Connecting | Link::Live if way.sync.checking => {
            said(StateTone::Moving, text::SYNC_CHECKING.of(language).to_owned())
        }
        Link::Connecting | Link::Live if way.sync.waiting > 0 => said(StateTone::Moving, waiting),
        Link::Connecting => said(StateTone::Moving, text::SYNC_CONNECTING.of(language).to_owned()),
        Link::Live => match way.synced_ms() {
            Some(synced) => {
                let time = (clock.since)(synced);
                said(StateTone::Good, text::SYNC_DONE.fill(language, &[("time", &time)]))
            }
            None => said(StateTone::Moving, here()),
        },
    }
}

#[cfg(test)]
mod tests {
    use form_model::error::UserError;

    use super::*;

    fn words(save: SaveState, last_own_ms: Option<i64>, sync: &SyncState) -> String {
        let clock = Clock { time: &|ms| format!("t{ms}"), since: &|ms| format!("s{ms}") };
        state_line(Way { save, sync, last_own_ms }, &clock, Language::Chinese).words
    }

    fn live(waiting: u32, synced_ms: Option<i64>) -> SyncState {
        SyncState { link: Link::Live, waiting, synced_ms, ..SyncState::default() }
    }

    const SAVED: SaveState = SaveState::Saved(7);

    #[test]
    fn without_a_hub_the_line_speaks_of_this_disk_only() {
        assert_eq!(words(SAVED, Some(7), &SyncState::default()), "已存本机 t7");
        assert_eq!(words(SaveState::Saving, None, &live(0, Some(9))), "正在保存…");
        assert_eq!(words(SaveState::Failed(2), None, &live(0, Some(9))), "2 处没有存上");
    }

    #[test]
    fn synchronised_is_said_only_when_the_hub_said_so_of_everything() {
        assert_eq!(words(SAVED, Some(7), &live(0, Some(9))), "已同步 s9");
        assert_eq!(words(SAVED, Some(7), &live(3, Some(9))), "3 处修改待同步");
        assert_eq!(words(SAVED, Some(7), &live(0, None)), "已存本机 t7");
        let told_before_the_edit = words(SaveState::Saved(12), Some(12), &live(0, Some(9)));
        assert_eq!(told_before_the_edit, "已存本机 t12", "the hub spoke before the last edit");
    }

    #[test]
    fn no_other_link_ever_says_synchronised() {
        let error = UserError::new(ErrorCode::NotSaved);
        for link in [Link::None, Link::Connecting, Link::Offline { since_ms: 3 }, Link::Stopped { error }] {
            let sync = SyncState { link, ..live(0, Some(9)) };
            assert!(!words(SAVED, None, &sync).contains("已同步"), "{sync:?}");
        }
        let checking = SyncState { checking: true, ..live(0, Some(9)) };
        assert_eq!(words(SAVED, None, &checking), "正在核对…");
    }

    #[test]
    fn trouble_on_this_machine_is_not_called_offline() {
        let error = UserError::new(ErrorCode::NewsNotSaved).with("cause", "磁盘已满");
        let sync = SyncState { link: Link::Hindered { error }, ..live(1, Some(9)) };
        assert_eq!(words(SAVED, None, &sync), "本机有问题，不能同步 · 1 处修改待同步");
    }

    #[test]
    fn offline_says_since_when_and_what_waits() {
        let sync = SyncState { link: Link::Offline { since_ms: 3 }, ..live(2, Some(1)) };
        assert_eq!(words(SAVED, None, &sync), "离线 · 自s3 · 2 处修改待同步");
        let nothing = SyncState { waiting: 0, ..sync };
        assert_eq!(words(SAVED, None, &nothing), "离线 · 自s3");
    }

    #[test]
    fn refused_work_is_told_before_anything_about_the_line() {
        let sync = SyncState { set_aside: 1, ..live(0, Some(9)) };
        assert_eq!(words(SAVED, None, &sync), "1 处未被接受");
    }

    #[test]
    fn a_desk_that_was_turned_away_says_so_before_it_has_asked_again() {
        let trouble = Some(UserError::new(ErrorCode::HubRefused).with("code", "device_revoked"));
        let sync = SyncState { trouble, link: Link::Connecting, ..live(0, Some(9)) };
        assert_eq!(words(SAVED, None, &sync), "协同中心停止接收");
    }

    #[test]
    fn what_the_hub_does_not_take_is_to_be_looked_at() {
        let trouble = Some(UserError::new(ErrorCode::LeftByHub));
        let sync = SyncState { trouble, ..live(2, Some(9)) };
        assert_eq!(words(SAVED, None, &sync), "协同中心没有收下 2 处");
    }
}
