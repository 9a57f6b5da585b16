//! What is lost or damaged somewhere is mended where a copy exists anywhere, and said where there is none.

use std::fs;
use std::path::Path;

use huiqian_tests::photo;
use huiqian_tests::team::Team;

use crate::{COUNT, SLOT, add_photos, files_in, flip, kept, list, says, team_with_photos, well};

const LOST: &str = "协同中心丢失，等待有此文件的单位重新上传";

/// The lead's desk has lost a file that the hub has lost too; the colleague's has it.
fn lost_by_the_hub(spoil: fn(&Path)) {
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    let lost = kept(&team)[0].clone();
    spoil(&lost);
    let copies = files_in(&team.lead.home().join("blobs"));
    fs::remove_file(copies.iter().find(|copy| copy.file_name() == lost.file_name()).unwrap()).unwrap();
    let fetch = ["evidence", "fetch", &team.id.0];
    let (code, said) = says(&team.lead.home(), &fetch);
    assert_eq!((code, said.matches(LOST).count()), (Some(1), 1), "{said}");
    let seen = list(&team.lead.home(), &team);
    assert_eq!(seen.matches(LOST).count(), 1, "{seen}");
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), COUNT as usize, "it was sent again");
    well(&team.lead.home(), &fetch);
    well(&team.lead.home(), &["evidence", "verify", &team.id.0]);
}

#[test]
fn a_file_that_is_gone_at_the_hub_is_sent_again_by_whoever_has_it() {
    lost_by_the_hub(|file| fs::remove_file(file).unwrap());
}

#[test]
fn a_file_that_is_damaged_at_the_hub_is_given_to_nobody_and_sent_again_by_whoever_has_it() {
    lost_by_the_hub(flip);
}

#[test]
fn what_was_added_since_the_backup_that_the_hub_was_restored_from_is_sent_again() {
    let mut team = Team::new(&[]).unwrap();
    let backup = team.hub.back_up().unwrap();
    add_photos(&team, COUNT, (400, 300));
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    team.hub.restore(&backup).unwrap();
    assert_eq!(kept(&team).len(), 0);
    // It waits until both have shown what they know.
    for desk in [&team.colleague, &team.lead] {
        says(&desk.home(), &["sync", &team.id.0]);
    }
    team.colleague_syncs().unwrap();
    assert_eq!(kept(&team).len(), COUNT as usize);
    let seen = list(&team.colleague.home(), &team);
    assert_eq!(seen.matches("本机和协同中心都有").count(), COUNT as usize, "{seen}");
}

#[test]
fn a_file_that_is_damaged_before_it_was_sent_is_asked_for_again_and_the_others_go() {
    let team = team_with_photos();
    flip(&files_in(&team.colleague.home().join("blobs"))[0]);
    let (code, said) = says(&team.colleague.home(), &["sync", &team.id.0]);
    assert_ne!(code, Some(0), "{said}");
    let seen = list(&team.colleague.home(), &team);
    assert_eq!(seen.matches("本机文件已损坏，请重新添加").count(), 1, "{seen}");
    assert_eq!(seen.matches("本机和协同中心都有").count(), COUNT as usize - 1, "{seen}");
    add_photos(&team, COUNT, (1_200, 900));
    team.colleague_syncs().unwrap();
    let seen = list(&team.colleague.home(), &team);
    assert_eq!(seen.matches("本机和协同中心都有").count(), COUNT as usize, "{seen}");
}

#[test]
fn a_file_that_is_not_open_to_an_agency_is_told_from_one_that_is_missing() {
    const ELSEWHERE: &str = "6";
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    let file = team.lead.folder().join("平台.jpg");
    photo::take(&file, 9, (300, 200)).unwrap();
    team.lead_says("grant", &["commerce", "--evidence", "none"]).unwrap();
    well(&team.lead.home(), &["evidence", "add", &team.id.0, ELSEWHERE, file.to_str().unwrap()]);
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    let seen = well(&team.colleague.home(), &["evidence", "list", &team.id.0, ELSEWHERE]);
    assert!(seen.contains("本单位不能查看"), "{seen}");
    let said = well(&team.colleague.home(), &["evidence", "verify", &team.id.0]);
    assert_eq!(said.matches("本单位不能查看").count(), 1, "{said}");
    well(&team.colleague.home(), &["evidence", "fetch", &team.id.0]);
    assert!(list(&team.colleague.home(), &team).matches("现场").count() == COUNT as usize, "{SLOT}");
}
