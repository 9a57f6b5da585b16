//! Faulty form packages: each fault is reported with its file, its line, and what to do, in both languages.

mod damage;
mod edit;
mod form;
mod layout;
mod message;
mod notation;
mod section;

use edit::sample;
use form_model::language::Language;
use form_model::package::load;

#[test]
fn the_sample_that_the_faults_are_put_into_has_none() {
    load(&sample()).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn several_faults_in_several_files_are_all_reported_in_order() {
    let edited = edit::Edited::new()
        .replace("sections/stay.toml", "owner = \"office\"", "owner = \"ministry\"")
        .replace("sections/stay.toml", "max = 500", "max = 500\ncolour = \"red\"")
        .replace("layout/stay.toml", "{ answer = \"stay.topics\" }", "{ answer = \"stay.topic\" }")
        .replace("messages/en.toml", "host.label = \"Host\"\n", "");
    let error = load(edited.files()).expect_err("the package is faulty");
    let places: Vec<_> =
        error.faults.iter().map(|fault| (fault.place.file.as_str(), fault.place.line)).collect();
    assert_eq!(
        places,
        [
            ("layout/stay.toml", 9),
            ("sections/stay.toml", 1),
            ("sections/stay.toml", 3),
            ("sections/stay.toml", 25),
            ("sections/stay.toml", 31),
        ],
        "{error}"
    );
    assert_eq!(error.sentence(Language::Chinese).lines().count(), 5, "one line a fault");
}
