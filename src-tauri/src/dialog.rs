//! File dialogs. They run in the shell: a path never reaches the page.

use std::path::PathBuf;

use form_model::command::ExportFormat;
use form_model::language::Language;
use tauri::WebviewWindow;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// What is written to or read from a file.
#[derive(Clone, Copy, Debug)]
pub enum FileKind {
    Answers,
    Document,
    Bundle,
    Workbook,
    /// What a courier carries to the hub.
    Submission,
    Receipt,
    Package,
}

impl FileKind {
    fn extension(self) -> &'static str {
        match self {
            Self::Answers => "json",
            Self::Document => "automerge",
            Self::Bundle => "hqb",
            Self::Workbook => "xlsx",
            Self::Submission => "hqs",
            Self::Receipt => "json",
            Self::Package => "zip",
        }
    }

    fn label(self, language: Language) -> &'static str {
        match self {
            Self::Answers => language.pick("填写内容", "Answers"),
            Self::Document => language.pick("会签申报", "Huiqian application"),
            Self::Bundle => language.pick("交换包", "Exchange file"),
            Self::Workbook => language.pick("Excel 工作簿", "Excel workbook"),
            Self::Submission => language.pick("定稿申请", "Submission"),
            Self::Receipt => language.pick("回执", "Receipt"),
            Self::Package => language.pick("提交包", "Submission package"),
        }
    }
}

impl From<ExportFormat> for FileKind {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Json => Self::Answers,
            ExportFormat::Automerge => Self::Document,
        }
    }
}

/// Asks where to write something about the application called `name`; `None` when the person cancels.
pub async fn file_to_write(
    window: &WebviewWindow,
    language: Language,
    name: &str,
    kind: FileKind,
) -> Option<PathBuf> {
    let name = if name.is_empty() { "huiqian" } else { name };
    let dialog = dialog(window)
        .set_title(language.pick("导出", "Export"))
        .set_file_name(format!("{}.{}", file_name(name), kind.extension()))
        .add_filter(kind.label(language), &[kind.extension()]);
    let (answer, answered) = oneshot::channel();
    dialog.save_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

/// Asks for a file to take in; `None` when the person cancels.
pub async fn file_to_read(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    let dialog = dialog(window).set_title(language.pick("导入", "Import")).add_filter(
        language.pick(
            "会签申报、交换包、定稿申请或回执",
            "Huiqian application, exchange file, submission or receipt",
        ),
        &[FileKind::Document, FileKind::Bundle, FileKind::Submission, FileKind::Receipt]
            .map(FileKind::extension),
    );
    let (answer, answered) = oneshot::channel();
    dialog.pick_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

/// Asks for files to add as evidence; none when the person cancels.
pub async fn files_to_add(window: &WebviewWindow, language: Language) -> Vec<PathBuf> {
    let dialog = dialog(window).set_title(language.pick("添加佐证材料", "Add evidence"));
    let (answer, answered) = oneshot::channel();
    dialog.pick_files(move |paths| drop(answer.send(paths)));
    let paths = answered.await.ok().flatten().unwrap_or_default();
    paths.into_iter().filter_map(|path| path.into_path().ok()).collect()
}

/// Asks for a table of enterprises; `None` when the person cancels.
pub async fn directory_to_read(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    let dialog = dialog(window).set_title(language.pick("导入企业名录", "Import a directory of enterprises"));
    let dialog = dialog.add_filter(
        language.pick("Excel 或 CSV 表格", "Excel or CSV table"),
        &["xlsx", "xls", "csv", "txt", "tsv"],
    );
    let (answer, answered) = oneshot::channel();
    dialog.pick_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

/// Asks for a folder to watch for evidence; `None` when the person cancels.
pub async fn folder_to_watch(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    folder(window, language.pick("选择相机存储卡或文件夹", "Choose a camera's card or a folder")).await
}

/// Asks for a package or a receipt to be checked; `None` when the person cancels.
pub async fn file_to_check(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    let dialog =
        dialog(window).set_title(language.pick("选择要核验的文件", "Choose a file to verify")).add_filter(
            language.pick("提交包或回执", "Submission package or receipt"),
            &[FileKind::Package, FileKind::Receipt].map(FileKind::extension),
        );
    let (answer, answered) = oneshot::channel();
    dialog.pick_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

/// Asks for the folder of a package to be checked; `None` when the person cancels.
pub async fn folder_to_check(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    folder(window, language.pick("选择提交包的文件夹", "Choose the package's folder")).await
}

/// Asks for the folder in which a package is to get a folder of its own; `None` when the person cancels.
pub async fn folder_to_fill(window: &WebviewWindow, language: Language) -> Option<PathBuf> {
    folder(window, language.pick("提交包存到哪个文件夹里", "In which folder the package is to be saved"))
        .await
}

/// Asks where to save a copy of a file; `None` when the person cancels.
pub async fn copy_to_write(window: &WebviewWindow, language: Language, name: &str) -> Option<PathBuf> {
    let dialog =
        dialog(window).set_title(language.pick("另存一份", "Save a copy")).set_file_name(file_name(name));
    let (answer, answered) = oneshot::channel();
    dialog.save_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

async fn folder(window: &WebviewWindow, title: &str) -> Option<PathBuf> {
    let (answer, answered) = oneshot::channel();
    dialog(window).set_title(title).pick_folder(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

fn dialog(window: &WebviewWindow) -> FileDialogBuilder<tauri::Wry> {
    window.dialog().file().set_parent(window)
}

fn chosen(path: Option<FilePath>) -> Option<PathBuf> {
    path?.into_path().ok()
}

/// A name without what file systems refuse.
pub fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_slashes_becomes_one_file() {
        assert_eq!(file_name("示例市 2026/合作区"), "示例市 2026_合作区");
    }
}
