//! Errors as a person meets them: a code, what it is about, and the sentence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What went wrong. A code exists only where the view or the command line acts or speaks differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Another Huiqian works in this data folder. `folder`.
    FolderInUse,
    /// The data folder can't be read or written. `folder`, `cause`.
    FolderUnusable,
    /// The database was written by a newer program. `file`, `found`, `known`.
    DatabaseNewer,
    /// The database is damaged; what could be read was exported. `file`, `salvage`.
    DatabaseDamaged,
    /// Writing failed; the edit is not kept. `cause`.
    NotSaved,
    /// Writing what the hub says failed; nothing has changed. `cause`.
    NewsNotSaved,
    /// No such application here. `application`.
    UnknownApplication,
    /// Several applications start so. `application`, `count`.
    AmbiguousApplication,
    /// No such form package here. `form`.
    UnknownForm,
    /// The form package is faulty. `cause` (file, line, what to do).
    BadForm,
    /// The form has no such answer. `answer`.
    UnknownAnswer,
    /// The value is of the wrong kind for the answer. `answer`, `expected`.
    WrongKind,
    /// The answer has no such value among those that wait for a choice. `answer`, `count`.
    NoSuchValue,
    /// The answer has one value, and nothing waits for a choice. `answer`.
    NothingToPick,
    /// Too long to be kept at all. `answer`, `length`, `limit`.
    TooLong,
    /// The text has characters that no document may hold (NUL, control characters). `answer`.
    BadCharacter,
    /// A splice does not fit the text. `answer`.
    BadSplice,
    /// A file can't be taken in. `file`, `cause`.
    BadImport,
    /// A file can't be read or written. `file`, `cause`.
    FileUnusable,
    /// Undo finds that the answer has changed since. `answer`.
    UndoOvertaken,
    /// The answer belongs to another agency's part. `answer`, `owner`.
    NotYours,
    /// This device has no rights in the application (any more).
    NotMember,
    /// What was typed may not be written there (any more) and is kept apart. `cause`.
    KeptApart,
    /// This device's agency looks on, and neither writes nor comments.
    LooksOn,
    /// Only a lead may do this.
    NotLead,
    /// The application has no such agency. `agency`.
    UnknownAgency,
    /// A step of the team that cannot be taken. `cause`.
    TeamRefused,
    /// What was pasted is no invite, or one that is no longer good. `cause`.
    BadInvite,
    /// The application is on no hub yet.
    NoHub,
    /// The hub was not reached. `hub`, `cause`.
    HubUnreachable,
    /// The hub that was named for the first time was not reached, and nobody tries again. `hub`, `cause`.
    HubNotFound,
    /// The hub was reached and says no. `hub`, `cause`.
    HubRefused,
    /// What the hub says breaks a rule that it has signed. `cause`.
    HubBroken,
    /// The hub has no verdict on changes that it was given. `count`, `cause` (and what to do).
    LeftByHub,
    /// The hub does not take a lead's step, which was taken back. `step`, `cause`.
    StepRefused,
    /// A joining desk hands nothing on before everything has been checked.
    StillChecking,
    /// A comment without a word.
    EmptyComment,
    /// Not one refused change starts so, but none or several. `change`, `count`.
    NoSuchRefusal,
    /// The system's keyring does not give this device's key. `cause`.
    KeyringSilent,
    /// The keyring answers and does not have this device's key. `device`.
    KeyMissing,
    /// The key file could be read by others. `file`, `done`.
    KeyWasOpen,
    /// A file without signatures, for an application that several agencies share. `file`.
    UnsignedImport,
    /// A file of evidence without a byte. `file`.
    EmptyFile,
    /// A file of evidence larger than any that is kept. `file`, `limit` (MB).
    FileTooLarge,
    /// A file was written to while it was read. `file`.
    FileChanged,
    /// A file that is not taken in as evidence. `file`, `cause`.
    FileRefused,
    /// What is to be known of a file that was taken in. `file`, `cause`.
    FileNoted,
    /// Too little room on this machine's disk for a file. `file`, `needed`, `free` (MB).
    DiskFull,
    /// The form has no such slot of evidence. `slot`.
    NoSuchSlot,
    /// A slot has no such file. `slot`, `file`.
    NoSuchEvidence,
    /// A slot takes no files of that kind. `slot`, `kind`, `kinds`.
    NoSuchKind,
    /// A slot has no room for more files. `slot`, `limit`.
    SlotFull,
    /// A folder with more files than are taken at a time. `folder`, `limit`.
    FolderTooLarge,
    /// A folder that lies too deep in others. `folder`, `limit`.
    FolderTooDeep,
    /// A picture from the clipboard that the page cannot hand over. `limit` (MB).
    PasteTooLarge,
    /// There is no file in the clipboard.
    NothingToPaste,
    /// The bytes of a file of evidence are not on this machine yet. `file`.
    BlobMissing,
    /// The bytes of a file of evidence are not those that were kept. `file`.
    BlobDamaged,
    /// The revision, or this part of it, is final.
    Closed,
    /// Refused work cannot be written again as it was.
    NotAdopted,
    /// Something cannot be signed so. `cause`.
    NotSigned,
    /// A final revision is not given back so. `cause`.
    NotReturned,
    /// One thing that stands in the way of a final revision. `cause`, a whole sentence.
    InTheWay,
    /// A revision cannot be final yet. `cause`, whole sentences; `devices`: the keys of those that are waited for, with
    /// blanks between them.
    NotFinal,
    /// A submission that a courier has brought has not reached the hub. `cause`, whole sentences.
    NotHandedIn,
    /// A receipt proves nothing. `cause`.
    ReceiptBroken,
    /// A text, or a file of that name, holds no root key. `key`.
    BadRootKey,
    /// There is no such final revision here. `revision`.
    NoSuchRevision,
    /// The hub's public log is not what it was. `cause`, `since`: when that was first seen, in local time.
    LogBroken,
    /// A file is no table that can be read as a directory. `file`, `cause`.
    BadDirectory,
    /// A table has no such sheet. `file`, `sheet`, `count`.
    NoSuchSheet,
    /// The form, or the slot that was named, asks for no directory. `slot`.
    NoDirectory,
    /// The table that the page speaks of is not open any more.
    TableGone,
    /// What was said about the columns of a table cannot be understood. `text`, `known`.
    BadColumn,
    /// Files of evidence could not be read to the end of an exchange file. `file`, `left`, `cause`.
    StickCut,
    /// What an exchange file says of its files of evidence makes no sense. `file`, `cause`.
    StickFaulty,
}

/// Marks the English text of a detail that differs by language.
const ENGLISH: &str = ".en";

/// An error for a person. `details` fill the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.sentence(Language::English))]
pub struct UserError {
    pub code: ErrorCode,
    pub details: BTreeMap<String, String>,
}

impl UserError {
    /// An error of that code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, details: BTreeMap::new() }
    }

    /// Adds a detail.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over paths' displays, numbers and errors as they are"
    )]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.details.insert(key.to_owned(), value.to_string());
        self
    }

    /// Adds a detail that differs by language.
    #[must_use]
    pub fn with_pair(self, key: &str, chinese: String, english: String) -> Self {
        self.with(key, chinese).with(&format!("{key}{ENGLISH}"), english)
    }

    fn detail(&self, language: Language, key: &str) -> &str {
        let english = (language == Language::English).then(|| self.details.get(&format!("{key}{ENGLISH}")));
        english.flatten().or_else(|| self.details.get(key)).map_or("?", String::as_str)
    }

    /// The details as a program reads them, in one language.
    pub fn details_in(&self, language: Language) -> BTreeMap<&str, &str> {
        let names = self.details.keys().filter(|name| !name.ends_with(ENGLISH));
        names.map(|name| (name.as_str(), self.detail(language, name))).collect()
    }

    /// What is wrong, where, and what to do.
    pub fn sentence(&self, language: Language) -> String {
        let (chinese, english) = self.template();
        let mut sentence = language.pick(chinese, english).to_owned();
        for key in self.details.keys() {
            sentence = sentence.replace(&format!("{{{key}}}"), self.detail(language, key));
        }
        sentence
    }

    fn template(&self) -> (&'static str, &'static str) {
        match self.code {
            ErrorCode::FolderInUse => (
                "数据文件夹 {folder} 正由另一个会签窗口使用。请切换到那个窗口，或先把它关闭。",
                "The data folder {folder} is in use by another Huiqian window. Switch to that window, or close it first.",
            ),
            ErrorCode::FolderUnusable => (
                "不能使用数据文件夹 {folder}：{cause}。请检查磁盘与权限，或换一个文件夹。",
                "The data folder {folder} cannot be used: {cause}. Check the disk and permissions, or choose another folder.",
            ),
            ErrorCode::DatabaseNewer => (
                "{file} 由更新版本的会签写成（格式 {found}，本程序识别到 {known}）。文件未作任何改动，请安装新版本后再打开。",
                "{file} was written by a newer Huiqian (format {found}, this program knows up to {known}). It was left untouched; install the newer version to open it.",
            ),
            ErrorCode::DatabaseDamaged => (
                "{file} 已损坏，未作任何改动。能读出的内容已另存到 {salvage}。请从备份恢复，或用另存的内容重新导入。",
                "{file} is damaged and was left untouched. What could be read was saved to {salvage}. Restore a backup, or import what was saved.",
            ),
            ErrorCode::NotSaved => (
                "这一处修改没有存入磁盘：{cause}。请先释放磁盘空间或检查权限，再重新填写这一处。",
                "This edit was not saved to disk: {cause}. Free disk space or check permissions, then enter it again.",
            ),
            ErrorCode::NewsNotSaved => (
                "协同中心的新内容没有存入本机磁盘：{cause}。请释放磁盘空间或检查权限；本机已存的内容没有变动，稍后自动重试。",
                "What is new at the hub was not saved to this computer's disk: {cause}. Free disk space or check permissions; what is kept here has not changed, and it is tried again soon.",
            ),
            ErrorCode::UnknownApplication => (
                "本机没有编号为 {application} 的申报。请在首页查看已有的申报。",
                "There is no application {application} on this machine. See the list of applications.",
            ),
            ErrorCode::AmbiguousApplication => (
                "有 {count} 份申报的编号以 {application} 开头。请多输入几位。",
                "{count} applications start with {application}. Give more of the id.",
            ),
            ErrorCode::UnknownForm => (
                "本机没有表单包 {form}。请把表单包放入数据文件夹的 forms 目录后重试。",
                "The form package {form} is not on this machine. Put it into the folder forms of the data folder and try again.",
            ),
            ErrorCode::BadForm => ("表单包有误：{cause}", "The form package is faulty: {cause}"),
            ErrorCode::UnknownAnswer => (
                "表单中没有“{answer}”这一栏。请核对栏目编号。",
                "The form has no field “{answer}”. Check the field's id.",
            ),
            ErrorCode::WrongKind => (
                "“{answer}”这一栏应填{expected}。请按此改正。",
                "The field “{answer}” takes {expected}. Correct the value accordingly.",
            ),
            ErrorCode::NoSuchValue => (
                "“{answer}”一栏现有 {count} 种填法待选，没有您指定的这一种。请先查看各种填法，再用序号选定。",
                "“{answer}” has {count} values to choose from, and not the one you named. Look at them first, then give a number.",
            ),
            ErrorCode::NothingToPick => (
                "“{answer}”一栏现在只有一种填法，没有需要选定的。",
                "“{answer}” has one value; there is nothing to choose.",
            ),
            ErrorCode::TooLong => (
                "内容有 {length} 字，“{answer}”一栏最多能存 {limit} 字。原有内容没有改动，请分段或删减后再填。",
                "The text has {length} characters; the field “{answer}” keeps at most {limit}. Nothing was changed; shorten the text and enter it again.",
            ),
            ErrorCode::BadCharacter => (
                "“{answer}”一栏的内容含有不能保存的控制字符。原有内容没有改动，请清除后再填。",
                "The text for “{answer}” contains control characters that cannot be kept. Nothing was changed; remove them and try again.",
            ),
            ErrorCode::BadSplice => (
                "“{answer}”一栏的这处改动与现有文字对不上，没有写入。请重新打开本申报。",
                "This change of “{answer}” does not fit its present text and was not written. Open the application again.",
            ),
            ErrorCode::BadImport => (
                "不能导入 {file}：{cause}。本机内容没有改动。",
                "{file} cannot be imported: {cause}. Nothing was changed here.",
            ),
            ErrorCode::FileUnusable => {
                ("不能读写文件 {file}：{cause}。", "The file {file} cannot be read or written: {cause}.")
            }
            ErrorCode::UndoOvertaken => (
                "“{answer}”一栏在您修改之后又有变化，不能撤销那一步。请直接填写需要的内容。",
                "“{answer}” has changed since your edit, so that step cannot be undone. Enter what you need directly.",
            ),
            ErrorCode::NotYours => (
                "“{answer}”由{owner}填写，您的单位没有这一栏的分工。内容没有改动；需要修改时，请在批注中提出，或请牵头单位调整分工。",
                "“{answer}” is filled in by {owner}; your agency was not given this field. Nothing was changed. Say what you need in a comment, or ask the lead to change the division of work.",
            ),
            ErrorCode::NotMember => (
                "本机没有这份申报的填写权限，可能已被撤销。内容没有改动；请与牵头单位联系。",
                "This device has no rights in this application; they may have been revoked. Nothing was changed. Please contact the lead agency.",
            ),
            ErrorCode::KeptApart => (
                "{cause}。您刚才输入的内容没有写进申报，但没有丢失：请点状态栏的“查看”，在“未被接受的内容”中复制，或作为批注提出。",
                "{cause}. What you typed did not go into the application, but it is not lost: choose “view” in the state line to copy it or to propose it as a comment.",
            ),
            ErrorCode::LooksOn => (
                "您的单位在这份申报中只看，不填写，也不批注。内容没有改动；需要填写或批注时，请牵头单位调整分工。",
                "Your agency looks on in this application; it neither writes nor comments. Nothing was changed. Ask the lead to change the division of work if you need to.",
            ),
            ErrorCode::UnknownAgency => (
                "这份申报里没有编号为“{agency}”的单位。没有改动；请照“成员与分工”核对编号。增加新单位时请同时给出名称（命令行：--name）。",
                "The application has no agency “{agency}”. Nothing was changed; check its id in the list of members. Give a name as well to take a new agency in (command line: --name).",
            ),
            ErrorCode::NotLead => (
                "只有牵头单位可以这样做。没有改动；请与牵头单位联系。",
                "Only the lead agency may do this. Nothing was changed; please contact the lead.",
            ),
            ErrorCode::TeamRefused => ("成员与分工没有改动：{cause}。", "The team was not changed: {cause}."),
            ErrorCode::BadInvite => (
                "不能使用这份邀请：{cause}。请核对粘贴的内容，或请牵头单位重新发出邀请。",
                "This invite cannot be used: {cause}. Check what was pasted, or ask the lead for a new invite.",
            ),
            ErrorCode::NoHub => (
                "这份申报还没有接入协同中心。请先在“成员与分工”中接入。",
                "This application is on no hub yet. Connect it under “Members” first.",
            ),
            ErrorCode::HubUnreachable => (
                "连不上协同中心 {hub}：{cause}。填写的内容都已存在本机，连通后会自动同步。",
                "The hub {hub} cannot be reached: {cause}. Everything is kept on this machine and is sent when the hub is back.",
            ),
            ErrorCode::HubNotFound => (
                "连不上协同中心 {hub}：{cause}。没有改动；请核对地址与网络后重试。",
                "The hub {hub} cannot be reached: {cause}. Nothing was changed; check the address and the network, and try again.",
            ),
            ErrorCode::HubRefused => {
                ("协同中心 {hub} 没有接受：{cause}。", "The hub {hub} did not accept this: {cause}.")
            }
            ErrorCode::HubBroken => (
                "协同中心发来的内容不符合它签过名的记录：{cause}。本机已停止与它同步，内容没有改动；请通知牵头单位和协同中心的管理员。",
                "What the hub sent contradicts what it has signed: {cause}. This desk has stopped syncing with it and nothing was changed; tell the lead and whoever runs the hub.",
            ),
            ErrorCode::LeftByHub => (
                "协同中心没有收下这里的 {count} 处修改：{cause}。内容都存在本机，没有丢失。",
                "The hub has not taken {count} changes from here: {cause}. Everything is kept on this machine.",
            ),
            ErrorCode::StepRefused => (
                "协同中心没有接受您的这一步：{step}。原因：{cause}。这一步已经撤回，其他各步照常；仍需要时请重新操作。",
                "The hub did not accept this step of yours: {step}. Why: {cause}. It was taken back, and your other steps go on; take it again if it is still needed.",
            ),
            ErrorCode::StillChecking => (
                "刚加入的内容还在核对，核对完成后才能导出交换包。可以先继续填写，稍后再试。",
                "What was joined is still being checked; an exchange file can be written when that is done. Go on filling in, and try again later.",
            ),
            ErrorCode::EmptyComment => {
                ("批注没有内容。请写下要说的话。", "The comment is empty. Write what is to be said.")
            }
            ErrorCode::NoSuchRefusal => (
                "有 {count} 处被拒收的修改以 {change} 开头，不能确定是哪一处。请先查看被拒收的修改。",
                "{count} refused changes start with {change}, so it is not clear which is meant. Look at what was refused first.",
            ),
            ErrorCode::KeyringSilent => (
                "系统密钥环现在不能用：{cause}。可以照常查看和填写，内容都存在本机；请解锁密钥环后再试，签名和同步会接着进行。",
                "The system's keyring cannot be used now: {cause}. Go on reading and filling in, everything is kept on this machine; unlock the keyring and try again, and signing and syncing go on.",
            ),
            ErrorCode::KeyMissing => (
                "系统密钥环里没有本机的签名密钥（设备 {device}），数据文件夹可能是从别的电脑或账户复制来的。已有内容可以照常查看和填写；要同步，请回到原来的电脑或账户，或请牵头单位重新邀请，用新的数据文件夹加入。",
                "The system's keyring does not hold this device's key (device {device}); the data folder may be a copy from another machine or account. Go on reading and filling in; to sync, go back to that machine or account, or ask the lead for a new invite and join with a new data folder.",
            ),
            ErrorCode::KeyWasOpen => (
                "密钥文件 {file} 曾允许其他人读取：{done}。",
                "The key file {file} could be read by others: {done}.",
            ),
            ErrorCode::EmptyFile => (
                "{file} 是空文件（0 字节），没有添加。请检查原文件是否完整，再重新添加。",
                "{file} is empty (0 bytes) and was not added. See whether the original is whole, and add it again.",
            ),
            ErrorCode::FileTooLarge => (
                "{file} 太大，单个文件最多 {limit} MB，没有添加。请拆分或压缩后再添加。",
                "{file} is too large; one file has at most {limit} MB. It was not added; split or shrink it first.",
            ),
            ErrorCode::FileChanged => (
                "{file} 在读取过程中被改动，没有添加。请等其他程序写完，再重新添加。",
                "{file} was changed while it was read and was not added. Wait until other programs have finished with it, and add it again.",
            ),
            ErrorCode::FileNoted => ("{file}：{cause}。", "{file}: {cause}."),
            ErrorCode::FileRefused => ("{file} 没有添加：{cause}。", "{file} was not added: {cause}."),
            ErrorCode::DiskFull => (
                "本机磁盘空间不足，{file} 没有存入：需要 {needed} MB，现余 {free} MB。请先清理磁盘；已有内容没有变动。",
                "There is too little room on this machine's disk for {file}: {needed} MB are needed, {free} MB are free. Free some space first; nothing that was kept has changed.",
            ),
            ErrorCode::NoSuchSlot => (
                "表单没有佐证材料“{slot}”。请用表上的编号，例如 1。",
                "The form has no evidence “{slot}”. Use the number that the form prints, such as 1.",
            ),
            ErrorCode::NoSuchEvidence => (
                "佐证材料 {slot} 里没有文件“{file}”。请先查看这一项的文件清单。",
                "Evidence {slot} has no file “{file}”. Look at the list of its files first.",
            ),
            ErrorCode::NoSuchKind => (
                "佐证材料 {slot} 没有“{kind}”这一种类。可用的有：{kinds}。",
                "Evidence {slot} has no kind “{kind}”. Known: {kinds}.",
            ),
            ErrorCode::SlotFull => (
                "佐证材料 {slot} 最多放 {limit} 个文件，没有添加。请把文件合并或打包后再添加。",
                "Evidence {slot} holds at most {limit} files; nothing was added. Put several into one file first.",
            ),
            ErrorCode::FolderTooLarge => (
                "文件夹“{folder}”里的文件超过 {limit} 个，没有添加。请分几个文件夹添加。",
                "The folder “{folder}” has more than {limit} files; nothing of it was added. Add it in parts.",
            ),
            ErrorCode::FolderTooDeep => (
                "文件夹“{folder}”在第 {limit} 层以下，里面的文件没有添加。请直接添加这个文件夹。",
                "The folder “{folder}” lies more than {limit} folders deep; its files were not added. Add that folder itself.",
            ),
            ErrorCode::PasteTooLarge => (
                "剪贴板里的图片超过 {limit} MB，没有添加。请先存成文件，再添加文件。",
                "The picture in the clipboard has more than {limit} MB and was not added. Save it as a file and add that.",
            ),
            ErrorCode::NothingToPaste => (
                "剪贴板里没有文件或图片。请先复制，再粘贴。",
                "There is no file or picture in the clipboard. Copy one first.",
            ),
            ErrorCode::BlobMissing => (
                "{file} 还没有传到本机。请连接协同中心，或从U盘导入带有它的交换包。",
                "{file} is not on this machine yet. Connect to the hub, or import an exchange file that carries it.",
            ),
            ErrorCode::BlobDamaged => (
                "{file} 的内容与登记的不一致，不能使用。本机会从协同中心重新取得；也可以由添加它的单位重新添加。",
                "The content of {file} is not what was registered and cannot be used. It is fetched again from the hub; the agency that added it can also add it again.",
            ),
            ErrorCode::Closed => (
                "这一稿已经定稿，不能再改。内容没有变动；需要修改时，请牵头单位或省级单位退回修改。",
                "This revision is final and is not changed any more. Nothing was changed; have the lead or the province return it first.",
            ),
            ErrorCode::NotAdopted => (
                "这处内容接在已经没有的文字上，不能自动填入。请复制后自行填写；它仍留在“未被接受的内容”里。",
                "It hangs on text that is gone, so it cannot be written again by itself. Copy it and put it in by hand; it stays under “Not accepted”.",
            ),
            ErrorCode::NotSigned => ("没有签认：{cause}。", "Nothing was signed: {cause}."),
            ErrorCode::NotReturned => ("没有退回：{cause}。", "Nothing was returned: {cause}."),
            ErrorCode::InTheWay => ("{cause}", "{cause}"),
            ErrorCode::NotFinal => ("还不能定稿。{cause}", "It cannot be final yet. {cause}"),
            ErrorCode::NotHandedIn => (
                "这是一份定稿申请，还没有交到协同中心。{cause}",
                "This is a submission; it has not been handed in at the hub yet. {cause}",
            ),
            ErrorCode::ReceiptBroken => (
                "回执不能证明定稿内容：{cause}。请不要使用这份回执，并通知协同中心的管理员。",
                "The receipt does not prove the submission: {cause}. Do not use it, and tell whoever runs the hub.",
            ),
            ErrorCode::BadRootKey => (
                "“{key}”不是根密钥。根密钥是 64 位小写的十六进制数字，或存有它的文件；请向协同中心的管理单位索取。",
                "“{key}” is no root key: 64 lower-case hexadecimal digits, or a file that holds them. Get it from whoever runs the hub.",
            ),
            ErrorCode::NoSuchRevision => (
                "本机没有第 {revision} 稿的回执。请先同步，或核对稿次。",
                "There is no receipt of revision {revision} here. Sync first, or check the number.",
            ),
            ErrorCode::LogBroken => (
                "自 {since} 起，协同中心的存证日志与本机见过的不一致：{cause}。填写和同步照常，但暂时不能定稿；已有回执仍可验证。请通知牵头单位和协同中心的管理员；日志恢复一致后，提示自行消失。",
                "Since {since} the hub's public log has not been what this desk has seen before: {cause}. Filling in and syncing go on, but nothing is made final meanwhile; receipts that exist can still be verified. Tell the lead and whoever runs the hub; this ends by itself once the log is as it was known again.",
            ),
            ErrorCode::BadDirectory => {
                ("{file} 不能作为名录读取：{cause}。", "{file} cannot be read as a directory: {cause}.")
            }
            ErrorCode::NoSuchSheet => (
                "{file} 有 {count} 个有内容的工作表，没有第 {sheet} 个。请按次序写明。",
                "{file} has {count} sheets with content, and no sheet {sheet}. Count them from 1.",
            ),
            ErrorCode::NoDirectory => (
                "表单没有要用企业名录核对的佐证材料{slot}。请用“添加文件”。",
                "The form compares no directory of enterprises with its figures {slot}. Add it as a file.",
            ),
            ErrorCode::TableGone => {
                ("这份名录已经关闭。请重新打开。", "This directory is not open any more. Open it again.")
            }
            ErrorCode::BadColumn => (
                "“{text}”不是列的写法。请写成“内容=列”，例如 name=B、revenue.2025=F:万元；不用的写成 size=-。可用的内容：{known}。",
                "“{text}” names no column. Write content=column, such as name=B or revenue.2025=F:yuan; size=- leaves one out. Known: {known}.",
            ),
            ErrorCode::StickCut => (
                "交换包 {file} 的佐证材料没有取完，还差 {left} 个文件：{cause}。已取出的都存在本机；请插好U盘，再导入一次，会接着取其余的。",
                "{left} files of evidence of the exchange file {file} have not come: {cause}. What has come is kept here; plug the stick in and import it again, and it goes on from there.",
            ),
            ErrorCode::StickFaulty => (
                "交换包 {file} 的佐证材料部分有问题：{cause}。核对无误的文件都已取出；缺的请对方重新导出。",
                "Something is wrong with the evidence in the exchange file {file}: {cause}. Every file that was found sound has been taken; ask for a new export if some are missing.",
            ),
            ErrorCode::UnsignedImport => (
                "{file} 里的修改没有签名，而这份申报由多个单位共同填写，不能直接并入。请对方用“导出交换包”发来。",
                "The changes in {file} are not signed, and several agencies share this application, so they cannot be merged. Ask for an exchange file instead.",
            ),
        }
    }
}
