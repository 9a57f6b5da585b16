//! Files of evidence between two desks and their hub, by the command line as people use it.

#![allow(clippy::unwrap_used)] // The file is nothing but checks.

use std::fs;

use huiqian_tests::photo;
use huiqian_tests::scene::command_line;
use huiqian_tests::team::Team;

const SLOT: &str = "3";
const COUNT: u32 = 5;

/// A team whose colleague has added some photos in its own section.
fn team_with_photos() -> Team {
    let team = Team::new(&[]).unwrap();
    let folder = team.colleague.folder().join("photos");
    fs::create_dir_all(&folder).unwrap();
    let mut arguments = vec!["evidence".to_owned(), "add".to_owned(), team.id.0.clone(), SLOT.to_owned()];
    for number in 1..=COUNT {
        let file = folder.join(format!("现场{number}.jpg"));
        photo::take(&file, number, (1_200, 900)).unwrap();
        arguments.push(file.display().to_string());
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (code, said) = command_line(&team.colleague.home(), &arguments).unwrap();
    assert_eq!(code, Some(0), "{said}");
    team
}

fn says(home: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    command_line(home, arguments).unwrap()
}

#[test]
fn photos_that_a_colleague_added_offline_are_sound_on_the_leads_desk_after_both_have_synced() {
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    let list = |home: &std::path::Path| says(home, &["evidence", "list", &team.id.0, SLOT]).1;
    assert_eq!(list(&team.colleague.home()).matches("本机和协同中心都有").count(), COUNT as usize);
    team.lead_syncs().unwrap();
    let seen = list(&team.lead.home());
    assert_eq!(seen.matches("本机和协同中心都有").count(), COUNT as usize, "{seen}");
    let (code, said) = says(&team.lead.home(), &["evidence", "verify", &team.id.0]);
    assert_eq!((code, said.matches("完好").count()), (Some(0), COUNT as usize), "{said}");
}

#[test]
fn a_file_whose_copy_is_damaged_is_fetched_again_from_the_hub() {
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    let blobs = team.colleague.home().join("blobs");
    let shelf = fs::read_dir(&blobs).unwrap().map(|entry| entry.unwrap().path());
    let shelf = shelf.filter(|path| path.file_name().unwrap().len() == 2).min().unwrap();
    let file = fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&file).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&file, bytes).unwrap();
    let verify = || says(&team.colleague.home(), &["evidence", "verify", &team.id.0]);
    let (code, said) = verify();
    assert_eq!((code, said.matches("已损坏").count()), (Some(1), 1), "{said}");
    let (code, said) = says(&team.colleague.home(), &["evidence", "fetch", &team.id.0]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(verify().0, Some(0), "{}", verify().1);
}
