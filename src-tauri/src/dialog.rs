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
}

impl FileKind {
    fn extension(self) -> &'static str {
        match self {
            Self::Answers => "json",
            Self::Document => "automerge",
            Self::Bundle => "hqb",
            Self::Workbook => "xlsx",
        }
    }

    fn label(self, language: Language) -> &'static str {
        match self {
            Self::Answers => language.pick("填写内容", "Answers"),
            Self::Document => language.pick("会签申报", "Huiqian application"),
            Self::Bundle => language.pick("交换包", "Exchange file"),
            Self::Workbook => language.pick("Excel 工作簿", "Excel workbook"),
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
        language.pick("会签申报或交换包", "Huiqian application or exchange file"),
        &[FileKind::Document.extension(), FileKind::Bundle.extension()],
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

/// Asks where to save a copy of a file; `None` when the person cancels.
pub async fn copy_to_write(window: &WebviewWindow, language: Language, name: &str) -> Option<PathBuf> {
    let dialog =
        dialog(window).set_title(language.pick("另存一份", "Save a copy")).set_file_name(file_name(name));
    let (answer, answered) = oneshot::channel();
    dialog.save_file(move |path| drop(answer.send(path)));
    chosen(answered.await.ok().flatten())
}

fn dialog(window: &WebviewWindow) -> FileDialogBuilder<tauri::Wry> {
    window.dialog().file().set_parent(window)
}

fn chosen(path: Option<FilePath>) -> Option<PathBuf> {
    path?.into_path().ok()
}

/// A name without what file systems refuse.
fn file_name(name: &str) -> String {
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
