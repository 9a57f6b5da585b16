//! Files of evidence between two desks and their hub, by the command line as people use it.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "nothing but checks")]

mod broken_line;
mod line;
mod merge;
mod repair;
mod ticket;

use std::fs;
use std::path::{Path, PathBuf};

use huiqian_tests::photo;
use huiqian_tests::scene::command_line;
use huiqian_tests::team::Team;

const SLOT: &str = "3";
const COUNT: u32 = 5;

/// A team whose colleague has added some photos in its own section.
fn team_with_photos() -> Team {
    let team = Team::new(&[]).unwrap();
    add_photos(&team, COUNT, (1_200, 900));
    team
}

/// The colleague adds photos.
fn add_photos(team: &Team, count: u32, size: (u32, u32)) {
    let files: Vec<_> = (1..=count).map(|number| photo(team, number, size)).collect();
    let mut arguments = vec!["evidence", "add", &team.id.0, SLOT];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    well(&team.colleague.home(), &arguments);
}

/// A photo in a folder of the colleague's.
fn photo(team: &Team, number: u32, size: (u32, u32)) -> PathBuf {
    let folder = team.colleague.folder().join("photos");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("现场{number}.jpg"));
    photo::take(&file, number, size).unwrap();
    file
}

/// Runs a command that ends well; what it said.
fn well(home: &Path, arguments: &[&str]) -> String {
    let (code, said) = says(home, arguments);
    assert_eq!(code, Some(0), "{}: {said}", arguments.join(" "));
    said
}

/// The whole files below a folder of evidence, by name.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else if path.file_name().is_some_and(|name| name.len() == 64) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The files that the hub keeps.
fn kept(team: &Team) -> Vec<PathBuf> {
    files_in(&team.hub.data().join("blobs/kept"))
}

/// Changes one bit of a file.
fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(file, bytes).unwrap();
}

fn list(home: &Path, team: &Team) -> String {
    well(home, &["evidence", "list", &team.id.0, SLOT])
}

fn says(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    command_line(home, arguments).unwrap()
}

#[test]
fn photos_that_a_colleague_added_offline_are_sound_on_the_leads_desk_after_both_have_synced() {
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    assert_eq!(list(&team.colleague.home(), &team).matches("本机和协同中心都有").count(), COUNT as usize);
    team.lead_syncs().unwrap();
    let seen = list(&team.lead.home(), &team);
    assert_eq!(seen.matches("本机和协同中心都有").count(), COUNT as usize, "{seen}");
    let (code, said) = says(&team.lead.home(), &["evidence", "verify", &team.id.0]);
    assert_eq!((code, said.matches("完好").count()), (Some(0), COUNT as usize), "{said}");
}

#[test]
fn a_file_whose_copy_is_damaged_is_fetched_again_from_the_hub() {
    let team = team_with_photos();
    team.colleague_syncs().unwrap();
    flip(&files_in(&team.colleague.home().join("blobs"))[0]);
    let verify = || says(&team.colleague.home(), &["evidence", "verify", &team.id.0]);
    let (code, said) = verify();
    assert_eq!((code, said.matches("已损坏").count()), (Some(1), 1), "{said}");
    let (code, said) = says(&team.colleague.home(), &["evidence", "fetch", &team.id.0]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(verify().0, Some(0), "{}", verify().1);
}
