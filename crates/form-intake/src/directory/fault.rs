//! Why a table cannot be read as a directory.

use crate::archive::ArchiveFault;
use crate::kind::Refused;
use crate::sentence::{Sentence, both, mebibytes};

use super::sheet::{COLUMNS, ROWS, TABLE_BYTES};

/// Why a table cannot be read as a directory.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.pair().1)]
pub enum DirectoryFault {
    /// It is no file that can be taken in at all.
    Refused(#[source] Refused),
    /// It is neither a workbook nor a text.
    NoTable,
    /// More bytes than a table of enterprises can have.
    TooLarge,
    /// More rows or columns than a table of enterprises can have.
    TooMany,
    /// The workbook cannot be read.
    Damaged,
    /// The workbook becomes too much.
    Archive(#[source] ArchiveFault),
    /// No sheet has a cell.
    Empty,
    /// No row names the columns; the name of the enterprise at least.
    NoHeading,
}

impl Sentence for DirectoryFault {
    fn pair(&self) -> (String, String) {
        match self {
            Self::Refused(refused) => refused.pair(),
            Self::NoTable => both(
                "名录要用 Excel（xlsx、xls）或 CSV 文件",
                "a directory is an Excel workbook (xlsx, xls) or a CSV file",
            ),
            Self::TooLarge => both(
                format!("名录文件超过 {} MB", mebibytes(TABLE_BYTES)),
                format!("the directory has more than {} MiB", mebibytes(TABLE_BYTES)),
            ),
            Self::TooMany => both(
                format!("名录超过 {ROWS} 行或 {COLUMNS} 列。请删去空白的行和列，或者分成几个文件"),
                format!(
                    "the directory has more than {ROWS} rows or {COLUMNS} columns; delete blank ones or divide it"
                ),
            ),
            Self::Damaged => both(
                "工作簿无法读取。请在 Excel 或 WPS 中另存为 xlsx 后再导入",
                "the workbook cannot be read; save it as xlsx in Excel or WPS and import that",
            ),
            Self::Archive(fault) => fault.pair(),
            Self::Empty => both("名录里没有内容", "the directory has no content"),
            Self::NoHeading => both(
                "没有找到表头。表头中至少要有“企业名称”一列",
                "no heading was found; it has a column “企业名称” at least",
            ),
        }
    }
}
