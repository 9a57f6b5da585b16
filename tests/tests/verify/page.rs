//! The hub's page `/verify`, asked about what it has signed.

use std::process::Command;

use huiqian_tests::submission::Submission;
use serde_json::Value;

fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl").arg("-sf").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_page_knows_the_digest_of_a_final_revision_and_says_where_and_when_and_nothing_more() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    let hashed = Command::new("sha256sum").arg(package.join("manifest.json")).output().unwrap();
    let hashed = String::from_utf8(hashed.stdout).unwrap();
    let digest = hashed.split(' ').next().unwrap();
    let url = submission.hub.url();
    let page = curl(&["--data", &format!("digest={digest}"), &format!("{url}/verify")]);
    let result = page.split("role=\"status\">").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(result.contains("本协同中心为它签过名") && result.contains("<b data-index>1</b>"), "{result}");
    for secret in [submission.id.as_str(), "林示例", "示例站", "lead"] {
        assert!(!page.contains(secret), "{secret}");
    }
    let asked: Value = serde_json::from_str(&curl(&[&format!("{url}/v1/log/digests/{digest}")])).unwrap();
    assert!(asked["known"] == true && asked["index"] == 1, "{asked}");
}
