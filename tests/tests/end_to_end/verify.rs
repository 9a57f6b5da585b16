//! 验真 in the real window: a package that a real hub has signed is chosen or dropped, and told in a clerk's words.

use std::fs;

use anyhow::{Context as _, ensure};
use huiqian_tests::desk::Desk;
use huiqian_tests::submission::Submission;
use huiqian_tests::window::Window;

use crate::accessibility::{bring_axe, faults};
use crate::files::choose;

/// Where files are let go.
const DROP: &str = ".verify-drop";

/// From the first screen of a new desk.
async fn go_to_verify(window: &Window) -> anyhow::Result<()> {
    window.introduce("示例省工业和信息化厅", "赵示例").await?;
    window.press("verify").await?;
    window.find("[data-screen=verify]").await.map(drop)
}

/// Checks what lies at hand; what the report says.
async fn check(window: &Window, good: bool) -> anyhow::Result<String> {
    window.press("check").await?;
    let report = format!("[data-verified=\"{good}\"]");
    window.text_when(&report, |text| text.contains(if good { "核验通过" } else { "核验未通过" })).await
}

fn all_stand(told: &str, words: &[&str]) -> anyhow::Result<()> {
    let missing: Vec<_> = words.iter().filter(|word| !told.contains(**word)).collect();
    ensure!(missing.is_empty(), "the report lacks {missing:?}: {told}");
    Ok(())
}

#[tokio::test]
async fn a_package_is_chosen_and_its_report_names_parts_people_and_files_as_the_form_does()
-> anyhow::Result<()> {
    let submission = Submission::new()?;
    let package = submission.package("package.zip")?;
    // The lead's own desk, which has followed the hub's log: the key is there before a person looks for it.
    let window = submission.desk.open().await?;
    bring_axe(&window).await?;
    let outcome = async {
        go_to_verify(&window).await?;
        window.find("[data-known-hub]").await?;
        window.press("choose-file").await?;
        choose(&window, &package.display().to_string()).await?;
        window.find("[data-exhibit=\"package.zip\"]").await?;
        let told = check(&window, true).await?;
        all_stand(
            &told,
            &[
                "2 个佐证材料文件逐一核对无误",
                "Example Ridge Station",
                "科学考察站运行许可续期申请表",
                "第 1 稿",
                "甲、考察站",
                "真实性声明",
                "林示例",
                "处长",
                "1. 最近一次检查报告",
                "inspection.pdf",
                "第 1 号（签名时共 2 条）",
            ],
        )?;
        faults(&window, "verified").await
    }
    .await;
    let faults = window.picture_of_failure("verify_good", outcome).await?;
    window.close().await?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[tokio::test]
async fn a_dropped_package_with_a_byte_flipped_is_refused_by_the_name_of_the_file_and_another_hubs_key_too()
-> anyhow::Result<()> {
    let submission = Submission::new()?;
    let package = submission.package("package")?;
    let altered = fs::read_dir(package.join("evidence"))?.next().context("no evidence")??.path();
    let sound = fs::read(&altered)?;
    let mut bytes = sound.clone();
    bytes[12] ^= 1;
    fs::write(&altered, bytes)?;
    let name =
        if String::from_utf8_lossy(&sound).contains("waste") { "waste log.pdf" } else { "inspection.pdf" };
    // A desk that knows no hub: the key comes from a person.
    let desk = Desk::new()?;
    let window = desk.open().await?;
    bring_axe(&window).await?;
    let outcome = async {
        go_to_verify(&window).await?;
        window.drop_files(desk.screen()?, &[&package], DROP).await?;
        window.find("[data-exhibit=package]").await?;
        window.find("[data-field=root]").await?.send_keys(&submission.root).await?;
        let told = check(&window, false).await?;
        all_stand(&told, &["有 1 处与定稿时不一致", "与定稿时签名的不一致", name, "请不要采用", "不一致"])?;
        window.find("[data-fault=altered_file]").await?;
        let mut found = faults(&window, "refused").await?;

        fs::write(&altered, &sound)?;
        let told = check(&window, true).await?;
        all_stand(&told, &["2 个佐证材料文件逐一核对无误"])?;

        let root = window.find("[data-field=root]").await?;
        root.clear().await?;
        root.send_keys("ab".repeat(32)).await?;
        let told = check(&window, false).await?;
        all_stand(&told, &["什么也不能证明", "根密钥"])?;
        found.extend(faults(&window, "another key").await?);

        // A receipt, dropped in the package's place.
        window.drop_files(desk.screen()?, &[&package.join("receipt.json")], DROP).await?;
        window.find("[data-exhibit=\"receipt.json\"]").await?;
        let root = window.find("[data-field=root]").await?;
        root.clear().await?;
        root.send_keys(&submission.root).await?;
        let told = check(&window, true).await?;
        all_stand(&told, &["只核验了回执", "未核对"])?;
        Ok(found)
    }
    .await;
    let faults = window.picture_of_failure("verify_bad", outcome).await?;
    window.close().await?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
