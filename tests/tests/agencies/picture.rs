//! Pictures of files: never of something else than what was kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use form_client::blob::Soundness;
use form_client::evidence::{PhotoSize, Prepared, prepare, prepare_as};
use form_client::preview::{NoPicture, Size, pages, picture};
use form_model::command::CreateApplication;
use form_model::evidence::Attribute;
use huiqian_tests::agencies::Agency;
use huiqian_tests::person::FORM;
use huiqian_tests::photo;

/// A slot of the form.
const SLOT: &str = "3";

struct Scene {
    desk: Agency,
}

impl Scene {
    fn new() -> Self {
        Self { desk: Agency::new("牵头局") }
    }

    fn photo(&self, number: u32, size: (u32, u32)) -> PathBuf {
        let path = self.desk.folder.path().join(format!("现场{number}.jpg"));
        photo::take(&path, number, size).unwrap();
        path
    }

    fn kept(&self, path: &Path) -> Prepared {
        prepare(&self.desk.workspace.blobs(), path).unwrap()
    }
}

#[test]
fn a_damaged_photo_has_no_picture_any_more_not_even_the_one_that_was_made_before() {
    let scene = Scene::new();
    let path = scene.photo(1, (900, 600));
    let sha256 = scene.kept(&path).file.sha256;
    let blobs = scene.desk.workspace.blobs();
    let small = picture(&blobs, &sha256, Size::Small, 0).unwrap();
    assert_eq!(picture(&blobs, &sha256, Size::Small, 1), Err(NoPicture::None), "a photo has one page");
    let kept = blobs.path(&sha256);
    // Long enough ago that a later change shows in the file's time.
    let settled = SystemTime::now() - Duration::from_secs(60);
    fs::File::options().write(true).open(&kept).unwrap().set_modified(settled).unwrap();
    assert_eq!(picture(&blobs, &sha256, Size::Small, 0).unwrap(), small);
    let mut bytes = fs::read(&kept).unwrap();
    bytes[5_000] ^= 0x20;
    fs::write(&kept, bytes).unwrap();
    assert_eq!(picture(&blobs, &sha256, Size::Small, 0), Err(NoPicture::Damaged));
    assert_eq!(picture(&blobs, &sha256, Size::Large, 0), Err(NoPicture::Missing), "it was set aside");
    scene.kept(&path);
    assert_eq!(blobs.look(&sha256).unwrap(), Soundness::Sound);
    assert_eq!(picture(&blobs, &sha256, Size::Small, 0).unwrap(), small);
}

#[test]
fn what_is_neither_photo_nor_pdf_has_no_picture_and_no_pages() {
    let scene = Scene::new();
    let path = scene.desk.folder.path().join("说明.txt");
    fs::write(&path, "说明").unwrap();
    let sha256 = scene.kept(&path).file.sha256;
    let blobs = scene.desk.workspace.blobs();
    assert_eq!(picture(&blobs, &sha256, Size::Small, 0), Err(NoPicture::None));
    assert_eq!(pages(&blobs, &sha256), Err(NoPicture::None));
    assert_eq!(pages(&blobs, &"0".repeat(64)), Err(NoPicture::Missing));
}

#[test]
fn a_large_photo_is_submitted_smaller_and_kept_as_it_was_taken() {
    let mut scene = Scene::new();
    let request = CreateApplication { form: FORM.into(), name: "示例".into(), copy_from: None };
    let id = scene.desk.workspace.create(&request).unwrap();
    let (large, small) = (scene.photo(1, (5_200, 3_900)), scene.photo(2, (1_200, 900)));
    let blobs = scene.desk.workspace.blobs();
    let taken = prepare_as(&blobs, &large, PhotoSize::Smaller).unwrap();
    let original = taken.original.clone().unwrap();
    assert_eq!(original.size, fs::metadata(&large).unwrap().len());
    assert!(taken.file.size * 2 <= original.size, "{} of {}", taken.file.size, original.size);
    assert_eq!((taken.file.name.as_str(), taken.file.kind.as_str()), ("现场1.jpg", "image/jpeg"));
    assert_eq!(prepare_as(&blobs, &small, PhotoSize::Smaller).unwrap().original, None, "small already");
    assert_eq!(prepare(&blobs, &large).unwrap().original, None, "nobody asked for it");
    scene.desk.workspace.add_evidence(&id, SLOT, std::slice::from_ref(&taken)).unwrap();
    let entry = scene.desk.workspace.find_evidence(&id, SLOT, "1").unwrap();
    assert_eq!((entry.file.clone(), entry.original.clone()), (taken.file, Some(original.clone())));
    assert_eq!(entry.answer(Attribute::Original).facet().unwrap().rsplit('.').next(), Some("original"));
    let month_ago = UNIX_EPOCH + Duration::from_secs(1_740_000_000);
    let file = fs::File::options().write(true).open(blobs.path(&original.sha256)).unwrap();
    file.set_modified(month_ago).unwrap();
    scene.desk.workspace.collect_garbage().unwrap();
    assert_eq!(blobs.look(&original.sha256).unwrap(), Soundness::Sound, "it is named, so it stays");
    let copy = scene.desk.folder.path().join("原图.jpg");
    blobs.copy_to(&original, &copy).unwrap();
    assert_eq!(fs::read(copy).unwrap(), fs::read(large).unwrap());
}
