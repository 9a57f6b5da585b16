//! A directory of enterprises: proposed columns, faults by row, sums beside the form's figures; and as it stands in its
//! slot.

use std::fs;

use huiqian_tests::directory::Directory;
use huiqian_tests::scene::{command_line, desk_with_application};

use crate::album::Album;

const MANY: Directory = Directory { count: 2_000 };

/// Takes all of them.
pub async fn take(album: &Album) -> anyhow::Result<()> {
    let mut answers = MANY.answers();
    for (answer, value) in &mut answers {
        if answer.contains("little_giants") || answer.ends_with("sme_count") {
            value.push('1');
        }
    }
    let answers: Vec<_> = answers.iter().map(|(answer, value)| (answer.as_str(), value.as_str())).collect();
    let (desk, id) = desk_with_application(&answers)?;
    let name = "示例国际中小企业合作区入驻企业名录（2025年底，报统计局核对稿）.csv";
    let path = desk.folder().join(name);
    let table = MANY.csv().replacen("小型,", "规上小企业？,", 1).replacen(",1107,", ",1107万元,", 1);
    fs::write(&path, table.replacen("中型,", "不详,", 2))?;
    let path = path.display().to_string();
    command_line(&desk.home(), &["evidence", "directory", &id.0, &path, "--add"])?;
    let window = desk.open().await?;
    window.open_application().await?;
    window.go_to_section("basics").await?;
    window.click("[data-chip=evidence_01]").await?;
    window.find(".card-directory").await?;
    album.take_narrow(&window, "65-directory-slot").await?;
    window.press("check-directory").await?;
    window.find("[data-directory]").await?;
    album.take_narrow(&window, "66-directory").await?;
    for (number, part) in [(67, "figures"), (68, "faults")] {
        window.evaluate(&format!("document.getElementById('directory-{part}').scrollIntoView()")).await?;
        album.take_narrow(&window, &format!("{number}-directory-{part}")).await?;
    }
    window.close().await
}
