//! The packages that ship.

mod package_files;

use package_files::{shipped, shipped_ids};

#[test]
fn every_shipped_package_loads_under_its_folders_name() {
    let ids = shipped_ids();
    assert!(!ids.is_empty(), "there are forms to ship");
    for id in ids {
        assert_eq!(shipped(&id).id, id, "a package's id is its folder's name");
    }
}
