//! 验真: before anything lies at hand, a package that holds, and one that was altered.

use std::fs;

use anyhow::Context as _;
use huiqian_tests::submission::Submission;

use crate::album::Album;

/// Takes all of them.
pub async fn take(album: &Album) -> anyhow::Result<()> {
    let submission = Submission::new()?;
    let package = submission.package("提交包")?;
    let desk = &submission.desk;
    let window = desk.open().await?;
    window.introduce("示例省工业和信息化厅", "赵示例").await?;
    window.press("verify").await?;
    window.find("[data-known-hub]").await?;
    album.take_narrow(&window, "90-verify").await?;
    window.drop_files(desk.screen()?, &[&package], ".verify-drop").await?;
    window.find("[data-exhibit]").await?;
    window.press("check").await?;
    window.find("[data-verified=true]").await?;
    album.take_narrow(&window, "91-verify-good").await?;
    window.evaluate("document.querySelector('.verify-table').scrollIntoView()").await?;
    album.take_narrow(&window, "92-verify-signed").await?;
    let altered = fs::read_dir(package.join("evidence"))?.next().context("no evidence")??.path();
    let mut bytes = fs::read(&altered)?;
    bytes[12] ^= 1;
    fs::write(&altered, bytes)?;
    fs::write(package.join("补充说明.txt"), "多出来的文件")?;
    window.press("check").await?;
    window.find("[data-verified=false]").await?;
    album.take_narrow(&window, "93-verify-bad").await?;
    window.close().await
}
