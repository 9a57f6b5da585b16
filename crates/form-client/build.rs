//! The built-in form packages are embedded: a changed, added or removed file rebuilds this crate.

fn main() {
    println!("cargo::rerun-if-changed=../../forms");
}
