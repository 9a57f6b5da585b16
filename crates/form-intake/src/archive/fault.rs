//! Why an archive is not taken.

use crate::sentence::{Sentence, both, mebibytes};

/// Why an archive is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.pair().1)]
pub enum ArchiveFault {
    /// It cannot be read as a ZIP archive, or something in it is not as long as it says.
    Damaged,
    /// More entries than the limit.
    TooMany { limit: usize },
    /// It becomes more bytes than the limit.
    TooLarge { limit: u64 },
    /// A bomb: it becomes far more than it is, or its entries share bytes.
    Bursts,
    /// Archives within archives, deeper than the limit.
    TooDeep { limit: usize },
    /// An entry that would be written outside of the folder, or a link.
    Escapes { name: String },
    /// A program or script.
    Program { name: String },
    /// Something in it has a password.
    Locked,
}

impl Sentence for ArchiveFault {
    fn pair(&self) -> (String, String) {
        match self {
            Self::Damaged => both(
                "压缩包已损坏，或者不完整。请重新打包后再添加",
                "the archive is damaged or incomplete; pack it again",
            ),
            Self::TooMany { limit } => both(
                format!("压缩包内的文件超过 {limit} 个。请分成几个压缩包"),
                format!("the archive holds more than {limit} files; make several of it"),
            ),
            Self::TooLarge { limit } => both(
                format!("压缩包解开后超过 {} MB。请分成几个压缩包", mebibytes(*limit)),
                format!("the archive becomes more than {} MiB; make several of it", mebibytes(*limit)),
            ),
            Self::Bursts => both(
                "压缩包解开后的大小与它本身极不相称，可能会占满磁盘，不能添加",
                "the archive becomes far more than it is and could fill a disk; it is not taken",
            ),
            Self::TooDeep { limit } => both(
                format!("压缩包套压缩包超过 {limit} 层。请解开后再添加"),
                format!("archives within archives, more than {limit} deep; unpack them first"),
            ),
            Self::Escapes { name } => both(
                format!("压缩包内的“{name}”会写到别的文件夹里去，不能添加"),
                format!("“{name}” in the archive would be written into another folder; it is not taken"),
            ),
            Self::Program { name } => both(
                format!("压缩包内的“{name}”是程序或脚本。请去掉后再添加"),
                format!("“{name}” in the archive is a program or script; take it out first"),
            ),
            Self::Locked => both(
                "压缩包有密码，审核人员无法查看。请去掉密码后再添加",
                "the archive has a password, so no reviewer can look into it; take the password off first",
            ),
        }
    }
}
