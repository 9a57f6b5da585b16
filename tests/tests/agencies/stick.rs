//! Exchange files that carry evidence: what came whole and is named is kept, whatever else the file holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use form_client::blob::Soundness;
use form_client::evidence::prepare;
use form_client::hub::{Extent, Way};
use form_client::workspace::bundle_mark::Since;
use form_document::bundle::{FILES_MAGIC, FileHead};
use form_model::command::{BroughtFiles, PackedEvidence, TeamAct};
use form_model::error::ErrorCode;
use form_model::evidence::EvidenceFile;
use form_model::hex;
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, EvidenceAccess, FormPart, Grant, Role};
use huiqian_tests::agencies::{Agency, LoneHub};
use tempfile::TempDir;

use crate::sharing::team;

/// A slot that commerce writes.
const SLOT: &str = "3";

/// Content of its own by number: a text, since texts are evidence without any framing.
fn paper(number: u32, bytes: usize) -> Vec<u8> {
    format!("第{number}份证明材料。\n").repeat(bytes / 25 + 1).into_bytes()
}

/// Desks of a team, and a stick.
struct Scene {
    commerce: Agency,
    science: Agency,
    id: ApplicationId,
    stick: TempDir,
    lead: Agency,
    hub: LoneHub,
}

impl Scene {
    fn new() -> Self {
        let mut hub = LoneHub::start();
        let (mut lead, mut commerce, mut science, id) = team(&mut hub);
        for desk in [&mut lead, &mut commerce, &mut science] {
            if let Some(unchecked) = desk.workspace.unchecked_start(&id).unwrap() {
                desk.workspace.checked_start(&id, &unchecked.check().unwrap()).unwrap();
            }
        }
        Self { commerce, science, id, stick: tempfile::tempdir().unwrap(), lead, hub }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.stick.path().join(name)
    }

    /// Commerce adds papers of these sizes.
    fn papers(&mut self, sizes: &[usize]) -> Vec<EvidenceFile> {
        let mut add = |(number, size): (u32, &usize)| {
            self.commerce.add_file(&self.id, SLOT, &format!("证明{number}.txt"), &paper(number, *size))
        };
        (1..).zip(sizes).map(&mut add).collect()
    }

    /// Commerce's exchange file with all of it, as bytes and where it lies.
    fn written(&mut self) -> (PathBuf, Vec<u8>) {
        let path = self.path("甲.hqb");
        self.commerce.stick_with(&self.id, &Since::Start, &PackedEvidence::All, &path).unwrap();
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    }

    fn take(&mut self, path: &Path) -> BroughtFiles {
        self.science.take_stick(path).unwrap().files
    }

    fn at_science(&self, files: &[EvidenceFile]) -> Vec<Soundness> {
        files.iter().map(|file| self.science.soundness(file)).collect()
    }
}

/// Where the files' section begins.
fn section(bytes: &[u8]) -> usize {
    bytes.windows(FILES_MAGIC.len()).position(|window| window == FILES_MAGIC).unwrap()
}

/// An exchange file whose section is rewritten: these heads, then these bytes.
fn forged(bytes: &[u8], heads: &[FileHead], content: &[&[u8]]) -> Vec<u8> {
    let mut forged = bytes[..section(bytes) + FILES_MAGIC.len()].to_vec();
    forged.extend(u32::try_from(heads.len()).unwrap().to_be_bytes());
    heads.iter().for_each(|head| forged.extend(head.to_bytes()));
    content.iter().for_each(|part| forged.extend_from_slice(part));
    forged
}

fn head(file: &EvidenceFile) -> FileHead {
    FileHead { sha256: hex::decode(&file.sha256).unwrap(), size: file.size }
}

#[test]
fn photos_go_by_stick_to_a_desk_without_a_line_and_are_not_fetched_again_from_the_hub() {
    let mut scene = Scene::new();
    let files = scene.papers(&[100, 3_000, 900_000]);
    let (path, bytes) = scene.written();
    assert!(bytes.len() as u64 > files.iter().map(|file| file.size).sum::<u64>(), "photos are not packed");
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.trouble.len()), (3, 0), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Sound; 3]);
    // Again: nothing new, no harm.
    let again = scene.take(&path);
    assert_eq!((again.kept, again.here), (0, 3));
    scene.commerce.sync(&scene.id, &mut scene.hub).unwrap();
    scene.science.sync(&scene.id, &mut scene.hub).unwrap();
    let loads = scene.science.workspace.loads(&scene.id, &Extent::All).unwrap();
    let up = loads.iter().filter(|load| load.way == Way::Up).count();
    assert_eq!((loads.len(), up), (3, 3), "it hands on what the hub lacks, and fetches nothing");
}

#[test]
fn what_goes_along_is_what_was_chosen_and_what_the_last_stick_did_not_carry() {
    let mut scene = Scene::new();
    let files = scene.papers(&[100, 200]);
    let other = scene.commerce.add_file(&scene.id, "5", "交流.txt", &paper(9, 300));
    let only = |slots: &[&str], files: &[&EvidenceFile]| PackedEvidence::Only {
        slots: slots.iter().map(|slot| (*slot).to_owned()).collect(),
        files: files.iter().map(|file| file.sha256.clone()).collect(),
    };
    let (path, id) = (scene.path("选.hqb"), scene.id.clone());
    let mut count = |since: &Since, choice: &PackedEvidence| {
        scene.commerce.stick_with(&id, since, choice, &path).map(|written| written.files)
    };
    assert_eq!(count(&Since::Start, &PackedEvidence::None).unwrap(), 0);
    assert_eq!(count(&Since::Start, &only(&["evidence_05"], &[])).unwrap(), 1);
    assert_eq!(count(&Since::Start, &only(&["5"], &[&files[0]])).unwrap(), 2);
    assert_eq!(count(&Since::Last, &PackedEvidence::All).unwrap(), 1, "the one that has not gone yet");
    assert_eq!(count(&Since::Last, &PackedEvidence::All).unwrap(), 0);
    assert_eq!(count(&Since::File(path.clone()), &PackedEvidence::All).unwrap(), 3, "that one carried none");
    assert_eq!(count(&Since::Start, &PackedEvidence::All).unwrap(), 3);
    let unknown = count(&Since::Start, &only(&["99"], &[])).unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NoSuchSlot);
    assert_eq!(scene.take(&path).kept, 3);
    assert_eq!(scene.at_science(&[other]), [Soundness::Sound]);
}

#[test]
fn a_stick_that_is_pulled_out_brings_what_it_can_and_goes_on_the_next_time() {
    let mut scene = Scene::new();
    let files = scene.papers(&[1_000, 700_000, 900_000]);
    let (path, bytes) = scene.written();
    // In the middle of the second file.
    let cut = scene.path("断.hqb");
    let second = bytes.len() - usize::try_from(files[2].size + files[1].size / 2).unwrap();
    fs::write(&cut, &bytes[..second]).unwrap();
    let brought = scene.take(&cut);
    assert_eq!(brought.kept, 1, "{brought:?}");
    assert_eq!(brought.trouble[0].code, ErrorCode::StickCut);
    assert_eq!(brought.trouble[0].details["left"], "2");
    assert_eq!(scene.at_science(&files), [Soundness::Sound, Soundness::Missing, Soundness::Missing]);
    let partial = scene.science.folder.path().join("blobs/partial");
    let half = fs::read_dir(&partial).unwrap().next().unwrap().unwrap().metadata().unwrap().len();
    assert!(half > files[1].size / 3, "what had come of it is kept: {half}");
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.here, brought.trouble.len()), (2, 1, 0), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Sound; 3]);
    assert_eq!(fs::read_dir(&partial).unwrap().count(), 0);
}

#[test]
fn every_cut_leaves_the_changes_whole_and_no_file_half() {
    let mut scene = Scene::new();
    let files = scene.papers(&[400, 500]);
    let (path, bytes) = scene.written();
    let begin = section(&bytes);
    let cut = scene.path("断.hqb");
    for end in [begin, begin + 1, begin + 8, begin + 12, begin + 30, begin + 91, begin + 92, bytes.len() - 1]
    {
        fs::write(&cut, &bytes[..end]).unwrap();
        let imported = scene.science.take_stick(&cut).unwrap();
        assert_eq!(imported.refused, 0, "cut at {end}");
        for state in scene.at_science(&files) {
            assert_ne!(state, Soundness::Damaged, "cut at {end}");
        }
        let told = imported.files.trouble.len();
        assert_eq!(told, usize::from(end > begin), "cut at {end}: {:?}", imported.files);
    }
    assert_eq!(scene.take(&path).trouble, []);
    assert_eq!(scene.at_science(&files), [Soundness::Sound; 2]);
}

#[test]
fn lies_about_files_are_found_out_and_what_is_true_beside_them_is_taken() {
    let mut scene = Scene::new();
    let files = scene.papers(&[400, 500]);
    let (_, bytes) = scene.written();
    let (first, second) = (paper(1, 400), paper(2, 500));
    let path = scene.path("假.hqb");
    let forge =
        |heads: &[FileHead], content: &[&[u8]]| fs::write(&path, forged(&bytes, heads, content)).unwrap();

    // Other bytes under the first one's hash.
    let mut wrong = first.clone();
    wrong[10] ^= 1;
    forge(&[head(&files[0]), head(&files[1])], &[&wrong, &second]);
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.trouble[0].code), (1, ErrorCode::BlobDamaged), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Missing, Soundness::Sound]);

    // Another length than the application names, a program that nobody names, and lengths beyond every disk.
    let named = |sha256: [u8; 32], size| FileHead { sha256, size };
    let longer = named(head(&files[0]).sha256, files[0].size + 1);
    forge(
        &[longer, named([7; 32], 4), named([8; 32], u64::MAX), named([9; 32], u64::MAX)],
        &[&first, b"\0", b"MZ\x90\0"],
    );
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.unnamed), (0, 4), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Missing, Soundness::Sound]);

    // The same file many times, and something behind the last.
    forge(&[head(&files[0]); 3], &[&first, &first, &first, b"more"]);
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.here), (1, 0), "{brought:?}");
    assert_eq!(brought.trouble[0].code, ErrorCode::StickFaulty);
    assert_eq!(scene.at_science(&files), [Soundness::Sound; 2]);

    // A list without end, and a section of a later day.
    let begin = section(&bytes) + FILES_MAGIC.len();
    let mut endless = bytes[..begin].to_vec();
    endless.extend(u32::MAX.to_be_bytes());
    let mut newer = bytes.clone();
    newer[begin - 1] = 2;
    for faulty in [endless, newer] {
        fs::write(&path, faulty).unwrap();
        assert_eq!(scene.take(&path).trouble[0].code, ErrorCode::StickFaulty);
    }
    let lying = scene.science.folder.path().join("blobs/partial");
    assert_eq!(fs::read_dir(&lying).map_or(0, Iterator::count), 0, "nothing stays of what was found out");
}

#[test]
fn what_had_come_of_a_faulty_stick_does_not_spoil_the_good_one() {
    let mut scene = Scene::new();
    let files = scene.papers(&[5_000]);
    let (path, bytes) = scene.written();
    let bad = scene.path("假.hqb");
    // Wrong from its first byte, and cut.
    fs::write(&bad, forged(&bytes, &[head(&files[0])], &[&[b'x'; 3_000]])).unwrap();
    assert_eq!(scene.take(&bad).trouble[0].code, ErrorCode::StickCut);
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.trouble.len()), (1, 0), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Sound]);
}

#[test]
fn a_file_comes_in_only_where_its_agency_may_read_it() {
    let mut scene = Scene::new();
    let id = scene.id.clone();
    let save = TeamAct::SaveAgency {
        id: AgencyId("science".into()),
        name: "科技局".into(),
        mark: "科".into(),
        grant: Grant {
            role: Role::Contributor,
            parts: [(FormPart("innovation".into()), None)].into(),
            evidence: EvidenceAccess::Only(vec!["evidence_05".into()]),
            ..Grant::default()
        },
        accept_until: None,
    };
    scene.lead.team(&id, save).unwrap();
    for desk in [&mut scene.lead, &mut scene.commerce, &mut scene.science] {
        desk.sync(&id, &mut scene.hub).unwrap();
    }
    let closed = scene.papers(&[400]).remove(0);
    let open = scene.commerce.add_file(&id, "5", "交流.txt", &paper(5, 400));
    let (path, _) = scene.written();
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.restricted), (1, 1), "{brought:?}");
    assert_eq!(scene.at_science(&[closed, open]), [Soundness::Missing, Soundness::Sound]);
}

#[test]
fn a_file_whose_change_waits_for_an_earlier_stick_comes_when_that_one_was_taken() {
    let mut scene = Scene::new();
    let (id, first, second) = (scene.id.clone(), scene.path("一.hqb"), scene.path("二.hqb"));
    scene.commerce.stick(&id, true).unwrap();
    scene.commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    scene.commerce.stick_with(&id, &Since::Last, &PackedEvidence::All, &first).unwrap();
    let files = scene.papers(&[400]);
    scene.commerce.stick_with(&id, &Since::Last, &PackedEvidence::All, &second).unwrap();
    let early = scene.science.take_stick(&second).unwrap();
    assert_eq!((early.refused, early.files.unnamed), (1, 1), "{early:?}");
    scene.take(&first);
    assert_eq!(scene.take(&second).kept, 1);
    assert_eq!(scene.at_science(&files), [Soundness::Sound]);
}

#[test]
fn a_damaged_copy_is_mended_by_a_stick_and_never_goes_out_on_one() {
    let mut scene = Scene::new();
    let files = scene.papers(&[400, 500]);
    let (path, _) = scene.written();
    scene.take(&path);
    let damage = |desk: &Agency, file: &EvidenceFile| {
        let kept = desk.workspace.blobs().path(&file.sha256);
        let mut bytes = fs::read(&kept).unwrap();
        bytes[100] ^= 1;
        fs::write(&kept, bytes).unwrap();
    };
    damage(&scene.science, &files[0]);
    let brought = scene.take(&path);
    assert_eq!((brought.kept, brought.here), (1, 1), "{brought:?}");
    assert_eq!(scene.at_science(&files), [Soundness::Sound; 2]);
    damage(&scene.commerce, &files[1]);
    let id = scene.id.clone();
    let written = scene.commerce.stick_with(&id, &Since::Start, &PackedEvidence::All, &path).unwrap();
    assert_eq!(written.left_out, [files[1].clone()], "it is told, and the rest goes along");
    assert_eq!(written.files, 1);
    // Mended, it is not taken for carried.
    let back = scene.path("乙.hqb");
    scene.science.stick_with(&id, &Since::Start, &PackedEvidence::All, &back).unwrap();
    assert_eq!(scene.commerce.take_stick(&back).unwrap().files.kept, 1);
    let next = scene.commerce.stick_with(&id, &Since::Last, &PackedEvidence::All, &path).unwrap();
    assert_eq!(next.files, 1);
}

#[test]
fn files_that_only_refused_or_waiting_changes_name_are_never_thrown_away() {
    let mut scene = Scene::new();
    let id = scene.id.clone();
    // Commerce adds a paper while the lead takes the slot away from it.
    let refused = scene.papers(&[400]).remove(0);
    scene.lead.grant(&id, "commerce", Role::Contributor, &["innovation"]);
    scene.lead.sync(&id, &mut scene.hub).unwrap();
    scene.commerce.sync(&id, &mut scene.hub).unwrap();
    assert_eq!(scene.commerce.workspace.named_files(&id).unwrap().len(), 0, "the document names it no more");
    // Science has the bytes of a paper whose change waits for an earlier stick.
    scene.commerce.stick(&id, true).unwrap();
    scene.commerce.splice(&id, "innovation.measures", 0, 0, "研发").unwrap();
    scene.commerce.stick(&id, true).unwrap();
    let waiting = scene.commerce.add_file(&id, "6", "平台.txt", &paper(6, 400));
    let second = scene.path("二.hqb");
    scene.commerce.stick_with(&id, &Since::Last, &PackedEvidence::None, &second).unwrap();
    assert_eq!(scene.science.take_stick(&second).unwrap().refused, 1);
    let bytes = scene.science.folder.path().join("平台.txt");
    fs::write(&bytes, paper(6, 400)).unwrap();
    prepare(&scene.science.workspace.blobs(), &bytes).unwrap();
    // A year later.
    for (desk, file) in [(&mut scene.commerce, &refused), (&mut scene.science, &waiting)] {
        let kept = desk.workspace.blobs().path(&file.sha256);
        let long_ago = UNIX_EPOCH + Duration::from_secs(1_740_000_000);
        fs::File::options().write(true).open(kept).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(desk.workspace.collect_garbage().unwrap().files, 0, "{}", desk.name());
        assert_eq!(desk.soundness(file), Soundness::Sound, "{}", desk.name());
    }
}
