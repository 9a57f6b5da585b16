//! Packages that nobody wrote so: loading says what is wrong, and never panics.

use form_model::package::{FaultKind, load};

use crate::edit::{Edited, sample};

#[test]
fn a_package_cut_off_in_the_middle_is_reported_or_whole() {
    for (path, bytes) in sample().0 {
        for end in (0..bytes.len()).step_by(7) {
            let cut = Edited::new().write(&path, &bytes[..end]);
            if let Err(error) = load(cut.files()) {
                assert!(!error.faults.is_empty(), "{path} cut at {end}");
            }
        }
    }
}

#[test]
fn a_package_that_lost_any_one_line_is_reported_or_whole() {
    for (path, bytes) in sample().0 {
        let text = String::from_utf8(bytes).unwrap();
        for lost in 0..text.lines().count() {
            let lines = text.lines().enumerate().filter(|(index, _)| *index != lost);
            let rest: Vec<_> = lines.map(|(_, line)| line).collect();
            let edited = Edited::new().write(&path, rest.join("\n").as_bytes());
            if let Err(error) = load(edited.files()) {
                assert!(error.faults.iter().all(|fault| fault.place.line > 0), "{path} without line {lost}");
            }
        }
    }
}

#[test]
fn brackets_nested_without_end_are_a_fault_of_notation() {
    let deep = format!("columns = {}", "[".repeat(200_000));
    let edited = Edited::new().replace("layout/stay.toml", "columns = [30, 35, 35]", &deep);
    let error = load(edited.files()).expect_err("the package is faulty");
    assert!(error.faults.iter().all(|fault| matches!(fault.kind, FaultKind::Syntax { .. })), "{error}");
    assert!(error.faults.len() < 100, "one cause gives no flood of faults: {}", error.faults.len());
}
