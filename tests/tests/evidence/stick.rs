//! Files that go by exchange file, and photos that go smaller.

use std::fs;

use huiqian_tests::photo;
use huiqian_tests::team::Team;

use crate::{SLOT, says, team_with_photos};

#[test]
fn evidence_goes_by_stick_where_there_is_no_line_and_what_nobody_needs_is_thrown_away() {
    let team = team_with_photos();
    let stick = team.colleague.folder().join("交换包.hqb").display().to_string();
    let (colleague, lead, id) = (team.colleague.home(), team.lead.home(), team.id.0.as_str());
    let (code, said) =
        says(&colleague, &["bundle", "export", id, "--out", &stick, "--evidence", "3/1", "3/2"]);
    assert!(code == Some(0) && said.contains("2 个佐证材料文件"), "{said}");
    let (code, said) = says(&lead, &["bundle", "import", &stick]);
    assert!(code == Some(0) && said.contains("取出佐证材料 2"), "{said}");
    let listed = says(&lead, &["evidence", "list", id, SLOT]).1;
    assert_eq!(listed.matches("已存本机").count(), 2, "{listed}");
    let since = ["bundle", "export", id, "--out", &stick, "--since-last", "--evidence", "all"];
    let (_, said) = says(&colleague, &since);
    assert!(said.contains("3 个佐证材料文件"), "those that have not gone yet: {said}");
    let whole = fs::read(&stick).unwrap();
    fs::write(&stick, &whole[..whole.len() - 1_000]).unwrap();
    let (code, said) = says(&lead, &["bundle", "import", &stick]);
    assert!(code == Some(1) && said.contains("还差 1 个文件"), "{said}");
    fs::write(&stick, &whole).unwrap();
    let (code, said) = says(&lead, &["bundle", "import", &stick]);
    assert!(code == Some(0) && said.contains("取出佐证材料 1"), "{said}");
    assert_eq!(says(&lead, &["evidence", "verify", id]).0, Some(0));
    let (code, said) = says(&lead, &["evidence", "collect"]);
    assert_eq!((code, said.as_str()), (Some(0), "清理的文件 0  0 B\n"));
}

#[test]
fn a_large_photo_is_sent_smaller_and_its_original_is_still_to_be_had() {
    let team = Team::new(&[]).unwrap();
    let (home, folder, id) = (team.colleague.home(), team.colleague.folder(), team.id.0.as_str());
    let (file, copy) = (folder.join("现场.jpg"), folder.join("原图.jpg"));
    photo::take(&file, 1, (5_200, 3_900)).unwrap();
    let (file, out) = (file.display().to_string(), copy.display().to_string());
    let (code, said) = says(&home, &["evidence", "add", id, SLOT, "--smaller", &file]);
    assert_eq!(code, Some(0), "{said}");
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    let listed = says(&team.lead.home(), &["evidence", "list", id, SLOT]).1;
    assert!(listed.contains("本机和协同中心都有") && listed.contains("原图"), "{listed}");
    // The lead has what is submitted; the original comes when somebody asks.
    let verified = says(&team.lead.home(), &["evidence", "verify", id]);
    assert_eq!(
        (verified.0, verified.1.lines().count()),
        (Some(0), 1),
        "the original is not here: {}",
        verified.1
    );
    let get = ["evidence", "get", id, SLOT, "1", "--original", "--out", &out];
    let (code, said) = says(&team.lead.home(), &get);
    assert_eq!(code, Some(0), "it comes from the hub now: {said}");
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&file).unwrap());
    fs::remove_file(&copy).unwrap();
    let (code, said) = says(&home, &["evidence", "get", id, SLOT, "1", "--original", "--out", &out]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&file).unwrap());
    let (code, said) = says(&home, &["evidence", "get", id, SLOT, "1", "--out", &out]);
    assert!(code != Some(0) && said.contains("已有同名文件"), "it is not written over: {said}");
}
