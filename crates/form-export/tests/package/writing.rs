//! A package is written whole or not at all.

use std::fs;

use form_export::package::{Shape, WriteError};

use crate::sample::{Sample, replace, verified};

#[test]
fn what_exists_is_left_as_it_is() {
    let sample = Sample::new();
    for (name, shape) in [("a", Shape::Folder), ("a.zip", Shape::Archive)] {
        let place = sample.place(name);
        replace(&place, b"mine");
        assert!(matches!(sample.try_write(&place, shape), Err(WriteError::Exists(_))));
        assert_eq!(fs::read(&place).unwrap(), b"mine");
    }
    fs::create_dir(sample.place("folder")).unwrap();
    let onto = sample.try_write(&sample.place("folder"), Shape::Folder);
    assert!(matches!(onto, Err(WriteError::Exists(_))));
}

#[test]
fn a_file_that_a_person_gives_up_is_replaced_by_a_whole_package_and_a_folder_never() {
    let sample = Sample::new();
    let (place, folder) = (sample.place("package.zip"), sample.place("folder"));
    replace(&place, b"mine");
    fs::create_dir(&folder).unwrap();
    sample.write_over(&place, Shape::Archive).unwrap();
    assert!(verified(&place).good);
    for shape in [Shape::Archive, Shape::Folder] {
        assert!(matches!(sample.write_over(&folder, shape), Err(WriteError::Exists(_))));
    }
    assert!(matches!(sample.write_over(&place, Shape::Folder), Err(WriteError::Exists(_))));
}

#[test]
fn a_file_that_is_not_the_signed_one_leaves_nothing_behind() {
    let mut sample = Sample::new();
    let altered = sample.files.values_mut().next().unwrap();
    altered[0] ^= 1;
    for shape in [Shape::Folder, Shape::Archive] {
        let written = sample.try_write(&sample.place("package"), shape);
        assert!(matches!(written, Err(WriteError::Altered(_))), "{written:?}");
        assert_eq!(fs::read_dir(sample.folder.path()).unwrap().count(), 0);
    }
    // Of another length, or gone.
    sample.files.values_mut().next().unwrap().push(0);
    assert!(sample.try_write(&sample.place("package"), Shape::Archive).is_err());
    sample.files.pop_first();
    assert!(matches!(
        sample.try_write(&sample.place("package"), Shape::Archive),
        Err(WriteError::Evidence { .. })
    ));
    assert_eq!(fs::read_dir(sample.folder.path()).unwrap().count(), 0);
}

#[test]
fn both_shapes_are_the_same_bytes_whenever_they_are_written() {
    let sample = Sample::new();
    let first = fs::read(sample.archive()).unwrap();
    fs::remove_file(sample.place("package.zip")).unwrap();
    assert_eq!(fs::read(sample.archive()).unwrap(), first);
    assert_eq!(sample.parts()["manifest.json"], sample.payload);
    assert!(verified(&sample.place("package")).good);
}
