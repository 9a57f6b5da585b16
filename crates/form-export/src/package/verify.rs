//! Checks a package, or a receipt alone, given the hub's root key and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::snapshot::{MANIFEST_MAX_BYTES, Manifest};
use form_document::transparency::Known;
use form_model::command::{FormWords, Verification, VerifiedKind};
use form_model::package::{PackageFiles, load};

use super::fault::PackageFault;
use super::looking::Looking;
use super::part::Part;
use super::proof::{self, Proof};
use super::source::Source;
use super::{receipt_fault, report};

pub use super::proof::RECEIPT_MAX_BYTES;

/// What the files of a form package come to at most, in bytes: all texts of a large form, many times over.
const FORM_MAX_BYTES: u64 = 64 << 20;
/// Largest README, in bytes: some pages.
const README_MAX_BYTES: u64 = 1 << 20;
/// How a ZIP begins.
const ZIP: &[u8] = b"PK";
/// How a receipt begins: JSON in its one spelling.
const JSON: &[u8] = b"{";

/// What a verifier trusts and expects.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The root key of the hub's log.
    pub root: PublicKey,
    /// What is known from elsewhere.
    pub known: Known,
}

/// Something could not be read, so nothing can be said.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", file.display())]
pub struct Unchecked {
    pub file: PathBuf,
    pub error: io::Error,
}

/// Checks what lies at a path: a package as a folder or ZIP, or a receipt.
///
/// Every file is read through, on as many cores as there are; memory holds a chunk of each, and the manifest.
///
/// # Errors
/// When something could not be read, or the check was ended. What can be read and is wrong is told in the answer.
pub fn verify(path: &Path, trust: &Trust, looking: &Looking) -> Result<Verification, Unchecked> {
    let unchecked = |error| Unchecked { file: path.to_owned(), error };
    if fs::metadata(path).map_err(unchecked)?.is_dir() {
        let (source, faults) = Source::folder(path, looking).map_err(unchecked)?;
        return package(&source, faults, trust).map_err(unchecked);
    }
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(2).read_to_end(&mut start)).map_err(unchecked)?;
    if start.starts_with(ZIP) {
        return match Source::archive(path, looking).map_err(unchecked)? {
            Ok(source) => package(&source, Vec::new(), trust).map_err(unchecked),
            Err(fault) => Ok(nothing(VerifiedKind::Package, &[fault])),
        };
    }
    if start.starts_with(JSON) {
        return receipt(path, trust).map_err(unchecked);
    }
    Ok(nothing(VerifiedKind::Package, &[PackageFault::NotAPackage]))
}

/// A receipt alone.
fn receipt(path: &Path, trust: &Trust) -> io::Result<Verification> {
    let size = fs::metadata(path)?.len();
    if size > RECEIPT_MAX_BYTES {
        let fault = PackageFault::TooLarge { part: Part::Receipt, size, limit: RECEIPT_MAX_BYTES };
        return Ok(nothing(VerifiedKind::Receipt, &[fault]));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(RECEIPT_MAX_BYTES).read_to_end(&mut bytes)?;
    let mut verification = nothing(VerifiedKind::Receipt, &[]);
    match proof::check(&bytes, &trust.root, &trust.known) {
        Ok(Proof { verified, .. }) => {
            verification.submission = Some(report::submission(&verified));
            verification.files = report::files(&verified.manifest, |_| false);
        }
        Err(bad) => verification.faults.push(receipt_fault::told(&bad)),
    }
    verification.good = verification.faults.is_empty();
    Ok(verification)
}

/// A package; `faults` were found while it was opened.
fn package(source: &Source<'_>, mut faults: Vec<PackageFault>, trust: &Trust) -> io::Result<Verification> {
    let parts = source.parts();
    let Some(bytes) = small(source, &parts, &Part::Receipt, RECEIPT_MAX_BYTES, &mut faults)? else {
        return Ok(nothing(VerifiedKind::Package, &faults));
    };
    let proof = match proof::check(&bytes, &trust.root, &trust.known) {
        Ok(proof) => proof,
        Err(bad) => {
            // Nothing else can be held against a receipt that proves nothing.
            let mut verification = nothing(VerifiedKind::Package, &faults);
            verification.faults.insert(0, receipt_fault::told(&bad));
            verification.good = false;
            return Ok(verification);
        }
    };
    drop(bytes);
    let manifest = &proof.verified.manifest;
    let limit = u64::try_from(MANIFEST_MAX_BYTES).unwrap_or(u64::MAX);
    if let Some(bytes) = small(source, &parts, &Part::Manifest, limit, &mut faults)?
        && bytes != proof.payload
    {
        faults.push(PackageFault::ManifestDiffers);
    }
    if parts.contains_key(&Part::Readme) {
        // It proves nothing; in a ZIP it is seen to be whole all the same, like all else there.
        small(source, &parts, &Part::Readme, README_MAX_BYTES, &mut faults)?;
    }
    let form = form(source, &parts, manifest, &mut faults)?;
    let checked = evidence(source, &parts, manifest, &mut faults)?;
    faults.sort();
    let mut verification = nothing(VerifiedKind::Package, &faults);
    verification.submission = Some(report::submission(&proof.verified));
    verification.files = report::files(manifest, |sha256| checked.contains(sha256));
    verification.form_checked = form.is_some();
    // A later program's form may be one that this program cannot read: it is whole all the same.
    verification.form = form.and_then(|files| load(&files).ok()).map(|form| FormWords::of(&form));
    Ok(verification)
}

fn nothing(kind: VerifiedKind, faults: &[PackageFault]) -> Verification {
    let told: Vec<_> = faults.iter().map(PackageFault::told).collect();
    let good = told.is_empty();
    Verification {
        good,
        kind,
        submission: None,
        files: Vec::new(),
        form_checked: false,
        form: None,
        faults: told,
    }
}

/// A part that has to be there and is read whole.
fn small(
    source: &Source<'_>,
    parts: &BTreeMap<Part, u64>,
    part: &Part,
    limit: u64,
    faults: &mut Vec<PackageFault>,
) -> io::Result<Option<Vec<u8>>> {
    let Some(size) = parts.get(part).copied() else {
        faults.push(PackageFault::Missing { part: part.clone() });
        return Ok(None);
    };
    if size > limit {
        faults.push(PackageFault::TooLarge { part: part.clone(), size, limit });
        return Ok(None);
    }
    match source.bytes(part) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_damage(&error) => {
            faults.push(PackageFault::Altered { part: part.clone() });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether the ZIP's own sum does not fit.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData)
}

/// The form package, where it lies there and is the one that was filled.
fn form(
    source: &Source<'_>,
    parts: &BTreeMap<Part, u64>,
    manifest: &Manifest,
    faults: &mut Vec<PackageFault>,
) -> io::Result<Option<PackageFiles>> {
    let of_form = parts.iter().filter_map(|(part, size)| match part {
        Part::Form(path) => Some((path, part, *size)),
        Part::Readme | Part::Receipt | Part::Manifest | Part::Evidence(_) => None,
    });
    let mut files = PackageFiles::default();
    let mut left = FORM_MAX_BYTES;
    for (path, part, size) in of_form {
        let Some(rest) = left.checked_sub(size) else {
            faults.push(PackageFault::FormTooLarge);
            return Ok(None);
        };
        left = rest;
        if !PackageFiles::belongs(path) {
            faults.push(PackageFault::Extra { name: part.to_string() });
        }
        if let Some(bytes) = small(source, parts, part, size, faults)? {
            files.0.insert(path.clone(), bytes);
        }
    }
    if files.0.is_empty() {
        return Ok(None);
    }
    let (found, signed) = (files.hash(), manifest.form.package.clone());
    if found == signed {
        return Ok(Some(files));
    }
    faults.push(PackageFault::FormDiffers { found, signed });
    Ok(None)
}

/// Holds the files of evidence against the manifest; which of them are what was signed for.
fn evidence(
    source: &Source<'_>,
    parts: &BTreeMap<Part, u64>,
    manifest: &Manifest,
    faults: &mut Vec<PackageFault>,
) -> io::Result<BTreeSet<Sha256>> {
    let signed = manifest.files();
    for part in parts.keys() {
        if matches!(part, Part::Evidence(sha256) if !signed.contains_key(sha256)) {
            faults.push(PackageFault::Extra { name: part.to_string() });
        }
    }
    let mut to_hash = Vec::new();
    for (sha256, signed) in signed {
        let part = Part::Evidence(sha256);
        match parts.get(&part).copied() {
            None => faults.push(PackageFault::Missing { part }),
            Some(size) if size != signed => faults.push(PackageFault::Size { part, size, signed }),
            Some(size) => to_hash.push((size, sha256)),
        }
    }
    // The largest first: none of them is left for the end, when other cores have nothing to do.
    to_hash.sort_by(|a, b| b.cmp(a));
    let to_hash: Vec<Sha256> = to_hash.into_iter().map(|(_, sha256)| sha256).collect();
    let mut checked = BTreeSet::new();
    for (sha256, sound) in hash_all(source, &to_hash) {
        if sound? {
            checked.insert(sha256);
        } else {
            faults.push(PackageFault::Altered { part: Part::Evidence(sha256) });
        }
    }
    Ok(checked)
}

/// Whether each file is what its hash says, on all cores.
fn hash_all(source: &Source<'_>, files: &[Sha256]) -> Vec<(Sha256, io::Result<bool>)> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(files.len())));
    let work = || {
        while let Some(sha256) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let sound = match source.hash(&Part::Evidence(*sha256)) {
                Ok(found) => Ok(found == *sha256),
                Err(error) if is_damage(&error) => Ok(false),
                Err(error) => Err(error),
            };
            if let Ok(mut done) = done.lock() {
                done.push((*sha256, sound));
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(files.len());
    thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    done.into_inner().unwrap_or_default()
}
