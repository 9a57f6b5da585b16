//! What was lost comes back: a desk, a hub, a lead.

use form_model::command::TeamAct;
use form_model::error::ErrorCode;
use form_model::member::{AgencyId, Grant, Role};
use huiqian_tests::agencies::{Agency, LoneHub, copy_folder};

use crate::sharing::team;

#[test]
fn a_joining_desk_can_edit_before_everything_is_checked_and_hands_nothing_on() {
    let mut hub = LoneHub::start();
    let (mut lead, _, _, id) = team(&mut hub);
    for number in 0..20 {
        lead.splice(&id, "plan.text", number, 0, "字").unwrap();
    }
    lead.grant(&id, "customs", Role::Contributor, &["openness"]);
    let invite = lead.invite(&id, "customs");
    lead.sync(&id, &mut hub).unwrap();
    let mut customs = Agency::new("海关");
    customs.join(&invite, &mut hub).unwrap();
    assert!(customs.workspace.sync_state(&id).unwrap().checking);
    assert_eq!(customs.text(&id, "plan.text"), "字".repeat(20));
    customs.splice(&id, "openness.cooperation_mechanism", 0, 0, "通关").unwrap();
    let refused = customs.workspace.export_bundle(&id, false).unwrap_err();
    assert_eq!(refused.code, ErrorCode::StillChecking);

    // The look may be taken after a restart.
    let mut customs = customs.restart();
    let verified = customs.workspace.unchecked_start(&id).unwrap().unwrap().check().unwrap();
    customs.workspace.checked_start(&id, &verified).unwrap();
    assert!(!customs.workspace.sync_state(&id).unwrap().checking);
    assert!(customs.workspace.unchecked_start(&id).unwrap().is_none());
    customs.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "openness.cooperation_mechanism"), "通关");
    customs.workspace.export_bundle(&id, false).unwrap();
}

#[test]
fn a_desk_restored_from_an_old_copy_writes_as_someone_new_and_catches_up() {
    let mut hub = LoneHub::start();
    let (mut lead, commerce, _, id) = team(&mut hub);
    let old = commerce.close();
    let copy = copy_folder(old.path());
    let mut commerce = Agency::open("商务局", old);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "后来写的").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    drop(commerce);
    // The disk is replaced; yesterday's copy is put back.
    let mut restored = Agency::open("商务局", copy);
    restored.splice(&id, "openness.cooperation_mechanism", 0, 0, "恢复后：").unwrap();
    restored.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    let text = lead.text(&id, "openness.cooperation_mechanism");
    assert!(text.contains("后来写的") && text.contains("恢复后："), "{text}");
    assert_eq!(restored.text(&id, "openness.cooperation_mechanism"), text);
}

#[test]
fn a_restored_desk_does_not_sign_again_what_it_gave_away_on_a_stick() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    for desk in [&mut lead, &mut commerce, &mut science] {
        if let Some(unchecked) = desk.workspace.unchecked_start(&id).unwrap() {
            desk.workspace.checked_start(&id, &unchecked.check().unwrap()).unwrap();
        }
    }
    let old = commerce.close();
    let copy = copy_folder(old.path());
    let mut commerce = Agency::open("商务局", old);
    for (at, text) in ["引", "进", "来"].into_iter().enumerate() {
        commerce.splice(&id, "openness.cooperation_mechanism", at, 0, text).unwrap();
        let stick = commerce.stick(&id, true).unwrap();
        science.workspace.import(&stick, "甲.hqb").unwrap();
    }
    drop(commerce);
    // The roster moves on; the restored desk hears of it, and only then gets back what it had written.
    lead.grant(&id, "customs", Role::Contributor, &["plan"]);
    lead.sync(&id, &mut hub).unwrap();
    let mut restored = Agency::open("商务局", copy);
    restored.sync(&id, &mut hub).unwrap();
    let stick = science.workspace.export_bundle(&id, false).unwrap();
    restored.workspace.import(&stick, "乙.hqb").unwrap();
    restored.splice(&id, "openness.cooperation_mechanism", 3, 0, "。").unwrap();
    restored.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    for desk in [&mut lead, &mut restored, &mut science] {
        assert_eq!(desk.text(&id, "openness.cooperation_mechanism"), "引进来。", "{}", desk.name());
        assert_eq!(desk.workspace.sync_state(&id).unwrap().waiting, 0, "{}", desk.name());
    }
}

#[test]
fn the_recovery_code_appoints_a_new_lead_when_the_only_laptop_dies() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let code = lead.workspace.recovery_code(&id).unwrap().text;
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    let lost = lead.workspace.device().public().to_string();
    drop(lead);
    let mut lead = Agency::new("牵头局");
    assert_eq!(lead.recover(&code, &mut hub).unwrap(), id);
    assert_eq!(lead.text(&id, "cover.zone_name"), "示例合作区");
    lead.team(&id, TeamAct::RevokeDevice { key: lost }).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // The code is spent, and the new lead has another.
    let mut thief = Agency::new("别人");
    assert!(thief.recover(&code, &mut hub).is_err());
    assert_ne!(lead.workspace.recovery_code(&id).unwrap().text, code);
}

#[test]
fn the_last_lead_cannot_be_removed() {
    let mut hub = LoneHub::start();
    let (mut lead, _, _, id) = team(&mut hub);
    let own = lead.workspace.device().public().to_string();
    let refused = lead.team(&id, TeamAct::RevokeDevice { key: own }).unwrap_err();
    assert_eq!(refused.code, ErrorCode::TeamRefused);
}

#[test]
fn the_code_of_one_who_leads_no_more_appoints_nobody() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    lead.sync(&id, &mut hub).unwrap();
    let old = lead.workspace.recovery_code(&id).unwrap().text;
    let heir = AgencyId("commerce".into());
    let grant = Grant { role: Role::Contributor, ..Grant::default() };
    lead.team(&id, TeamAct::HandOver { to: heir, grant, accept_until: None }).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    let mut thief = Agency::new("旧牵头");
    assert!(thief.recover(&old, &mut hub).is_err());
    let new = commerce.workspace.recovery_code(&id).unwrap().text;
    assert_ne!(new, old);
    lead.sync(&id, &mut hub).unwrap();
    assert!(lead.workspace.recovery_code(&id).is_err());
    let mut second = Agency::new("商务局");
    assert_eq!(second.recover(&new, &mut hub).unwrap(), id);
}

#[test]
fn a_revoked_device_comes_back_when_a_lead_invites_it_again() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    lead.sync(&id, &mut hub).unwrap();
    let key = commerce.workspace.device().public().to_string();
    lead.team(&id, TeamAct::RevokeDevice { key }).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert!(commerce.sync(&id, &mut hub).is_err());
    let invite = lead.invite(&id, "commerce");
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(commerce.join(&invite, &mut hub).unwrap(), id);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "又来了").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "openness.cooperation_mechanism"), "又来了");
}

#[test]
fn a_second_compact_start_leaves_alone_what_was_written_since_the_first() {
    let mut hub = LoneHub::start();
    let (_, mut commerce, _, id) = team(&mut hub);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "刚写的").unwrap();
    // Asked for before the first one had come.
    let start = hub.core.start(&commerce.workspace.device().public(), &id).unwrap();
    assert_eq!(commerce.workspace.begin(&id, &start).unwrap(), []);
    let mut commerce = commerce.restart();
    assert_eq!(commerce.text(&id, "openness.cooperation_mechanism"), "刚写的");
}
