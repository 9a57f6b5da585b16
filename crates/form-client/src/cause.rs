//! Why something failed, in both languages: what goes into the sentences of `form_model::error`.

use std::io;

use form_document::key::BadKeyPair;
use form_document::ledger::LogFault;
use form_document::roster::RosterFault;
use form_document::wire::BadMessage;
use form_document::{GenesisError, LoadError, Refusal};
use form_model::error::UserError;
use form_model::language::Language;
use form_model::package::PackageError;
use form_store::StoreError;
use ring::error::Unspecified;

/// A cause that a person can read.
pub(crate) trait Cause {
    /// In Chinese.
    fn chinese(&self) -> String;
    /// In English.
    fn english(&self) -> String;
}

/// Adds the cause to an error.
pub(crate) fn because(error: UserError, cause: &dyn Cause) -> UserError {
    error.with_pair("cause", cause.chinese(), cause.english())
}

/// The cause that a file has more bytes than anything of its kind, as it lies there or unpacked.
pub(crate) fn too_large(limit: u64) -> (String, String) {
    let limit = limit >> 20;
    (format!("内容过大，最多 {limit} MB"), format!("it holds too much; at most {limit} MB"))
}

impl Cause for io::Error {
    fn chinese(&self) -> String {
        match self.kind() {
            io::ErrorKind::NotFound => "文件或文件夹不存在".to_owned(),
            io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
            io::ErrorKind::StorageFull => "磁盘已满".to_owned(),
            io::ErrorKind::ReadOnlyFilesystem => "磁盘不可写".to_owned(),
            io::ErrorKind::AlreadyExists => "已有同名的文件或文件夹，没有覆盖".to_owned(),
            io::ErrorKind::IsADirectory => "这是一个文件夹".to_owned(),
            // FAT32, as most sticks are sold.
            io::ErrorKind::FileTooLarge => {
                "这个磁盘或U盘不能存放这么大的单个文件（FAT32 格式最多 4 GB）".to_owned()
            }
            io::ErrorKind::UnexpectedEof => "内容不完整".to_owned(),
            io::ErrorKind::InvalidData => "内容无法识别".to_owned(),
            _ => format!("系统报告 {self}"),
        }
    }

    fn english(&self) -> String {
        match self.kind() {
            io::ErrorKind::AlreadyExists => {
                "a file or folder of that name exists and was left as it is".to_owned()
            }
            _ => self.to_string(),
        }
    }
}

impl Cause for StoreError {
    fn chinese(&self) -> String {
        match self {
            Self::Newer { .. } => "数据库由更新版本的程序写成".to_owned(),
            Self::Damaged { .. } => "数据库已损坏".to_owned(),
            Self::Full => "磁盘已满".to_owned(),
            Self::Busy => "数据库正被其他程序占用".to_owned(),
            Self::Forbidden => "没有读写数据库的权限".to_owned(),
            Self::Sqlite(error) => format!("数据库报告 {error}"),
            Self::Unreadable { .. } => "数据库中有无法识别的内容".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for GenesisError {
    fn chinese(&self) -> String {
        match self {
            Self::Chunk(_) | Self::NotAGenesis(_) => "它不是会签的申报".to_owned(),
            Self::Newer { .. } => "它由更新版本的会签写成，请先升级".to_owned(),
            Self::OtherForm { found, .. } => format!("它用的是表单 {found}，本机没有这个版本的表单包"),
            Self::Altered { .. } => "它与所用的表单不符，可能被改动过".to_owned(),
            Self::Form(_) => "表单包不能用来建立申报".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for LoadError {
    fn chinese(&self) -> String {
        match self {
            Self::Genesis(error) => error.chinese(),
            Self::Unreadable(_) | Self::BadChange(_) => "内容已损坏，或者不是会签导出的文件".to_owned(),
            Self::TooMuch(_) => "它解开后过大，不会是一份申报".to_owned(),
            Self::Incomplete { .. } => "内容不完整，缺少一部分修改".to_owned(),
            Self::OtherApplication { .. } => "它属于另一份申报".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for PackageError {
    fn chinese(&self) -> String {
        self.sentence(Language::Chinese)
    }

    fn english(&self) -> String {
        self.sentence(Language::English)
    }
}

impl Cause for Refusal {
    fn chinese(&self) -> String {
        "其中有不合规范的修改，可能被改动过".to_owned()
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for RosterFault {
    fn chinese(&self) -> String {
        match self {
            Self::Bad(_) | Self::OtherApplication => "内容无法识别，或不属于这份申报".to_owned(),
            Self::Version { .. } | Self::OtherPast { .. } => "成员名单刚刚有了变化，请重试".to_owned(),
            Self::NotAllowed => "没有这项权限".to_owned(),
            Self::UnknownInvite => "没有这份邀请".to_owned(),
            Self::InviteUsed => "这份邀请已经用过".to_owned(),
            Self::InviteCancelled => "这份邀请已被收回".to_owned(),
            Self::InviteExpired => "这份邀请已过期".to_owned(),
            Self::NoPossession => "设备的签名不对".to_owned(),
            Self::DeviceKnown => "这台设备已经加入".to_owned(),
            Self::UnknownDevice => "没有这台设备".to_owned(),
            Self::UnknownAgency => "没有这个单位".to_owned(),
            Self::LastLead => "至少要保留一台牵头单位的设备".to_owned(),
            Self::EpochPlace => "协同中心的记录刚刚有了变化，请重试".to_owned(),
            Self::Content(_) => "名称、标记或编号不合要求".to_owned(),
            Self::TooMany(_) => "成员、设备或邀请的数目超过上限".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for LogFault {
    fn chinese(&self) -> String {
        match self {
            Self::Gap { .. } => "中间缺少一段记录".to_owned(),
            Self::Head(_) | Self::NoHub => "记录的签名不对".to_owned(),
            Self::Forked => "记录与以前签过名的不一致，协同中心可能被回退或替换".to_owned(),
            Self::Epoch => "记录与牵头单位确认过的不一致".to_owned(),
            Self::Forbidden { .. } => "其中有作者无权作出的修改".to_owned(),
            _ => "其中有不合规范的内容".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for BadMessage {
    fn chinese(&self) -> String {
        "内容已损坏，或者不是会签写成的".to_owned()
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for serde_json::Error {
    fn chinese(&self) -> String {
        format!("第 {} 行第 {} 个字符处不是有效的 JSON", self.line(), self.column())
    }

    fn english(&self) -> String {
        self.to_string()
    }
}

impl Cause for BadKeyPair {
    fn chinese(&self) -> String {
        "它不是本机的密钥".to_owned()
    }

    fn english(&self) -> String {
        "it holds no key of this device".to_owned()
    }
}

impl Cause for Unspecified {
    fn chinese(&self) -> String {
        "系统没有给出随机数".to_owned()
    }

    fn english(&self) -> String {
        "the system gave no random numbers".to_owned()
    }
}

/// A cause that is one of our own: its text in Chinese and in English.
impl Cause for (String, String) {
    fn chinese(&self) -> String {
        self.0.clone()
    }

    fn english(&self) -> String {
        self.1.clone()
    }
}
