//! Every byte of a package, by a bit that moves through it.

use std::fs;

use crate::sample::{Sample, replace, verified};

#[test]
fn every_flipped_byte_of_a_folder_is_refused_or_changes_nothing_that_counts() {
    let sample = Sample::new();
    let parts = sample.parts();
    let package = sample.place("package");
    let before = verified(&package);
    assert!(before.good, "{:?}", before.faults);
    let (mut count, mut unharmed) = (0, 0);
    for (name, bytes) in &parts {
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            replace(&package.join(name), &flipped);
            let after = verified(&package);
            if after.good {
                // Only what was never signed: the text that tells people how to verify.
                assert_eq!(name, "README.txt", "byte {at}");
                assert_eq!(after, before, "{name}, byte {at}");
                unharmed += 1;
            }
            count += 1;
        }
        replace(&package.join(name), bytes);
    }
    assert_eq!(verified(&package), before);
    assert_eq!(unharmed, parts["README.txt"].len());
    assert!(count > 8_000, "{count} bytes");
}

#[test]
fn every_flipped_byte_of_a_zip_is_refused() {
    let sample = Sample::new();
    let package = sample.archive();
    assert!(verified(&package).good);
    let bytes = fs::read(&package).unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        replace(&package, &flipped);
        let after = verified(&package);
        assert!(!after.good && !after.faults.is_empty(), "byte {at}");
    }
}

#[test]
fn a_zip_that_was_cut_short_or_goes_on_is_refused() {
    let sample = Sample::new();
    let package = sample.archive();
    let bytes = fs::read(&package).unwrap();
    for length in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        replace(&package, &bytes[..length]);
        assert!(!verified(&package).good, "{length} bytes");
    }
    replace(&package, &[&bytes[..], b"\0"].concat());
    assert!(!verified(&package).good);
    replace(&package, &[b"#!/bin/sh\n", &bytes[..]].concat());
    assert!(!verified(&package).good);
}

#[test]
fn every_flipped_byte_of_a_receipt_alone_is_refused() {
    let sample = Sample::new();
    let place = sample.place("receipt.json");
    for at in 0..sample.receipt.len() {
        let mut flipped = sample.receipt.clone();
        flipped[at] ^= 1 << (at % 8);
        replace(&place, &flipped);
        assert!(!verified(&place).good, "byte {at}");
    }
}
