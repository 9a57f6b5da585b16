//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use form_client::device::KeyPlace;
use form_client::home;
use form_client::surroundings::Surroundings;
use form_client::workspace::{INVITE_MAX_DAYS, Workspace};
use form_model::command::ExportFormat;
use form_model::error::UserError;
use form_model::language::Language;
use form_model::member::{Role, Step};

use crate::output::warning;

/// 会签：多个单位共同填写一份申报表。Huiqian: several agencies fill one official application.
#[derive(Debug, Parser)]
#[command(name = "huiqian", version)]
pub struct Arguments {
    /// 数据文件夹。The data folder (default: HUIQIAN_HOME, else the platform's).
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    /// 以 JSON 输出。Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// 输出语言。Language of the output.
    #[arg(long, global = true, value_name = "TAG", default_value = "zh-CN")]
    lang: LanguageArgument,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LanguageArgument {
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
    #[value(name = "en")]
    English,
}

/// The commands. `ID` is an application's id or an unmistakable start of it.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 表单包。Form packages.
    #[command(subcommand)]
    Form(FormCommand),
    /// 申报。Applications.
    #[command(subcommand)]
    App(AppCommand),
    /// 用 JSON 文件填写。Fill from a JSON file of answers.
    Fill {
        id: String,
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// 填写一栏。Fill one field.
    Set { id: String, field: String, value: String },
    /// 读出一栏。Read one field.
    Get { id: String, field: String },
    /// 核对；有必须改正的问题时以 1 退出。Check; exits with 1 when finalising would be blocked.
    Check { id: String },
    /// 修改记录。History of a field, or of all.
    History { id: String, field: Option<String> },
    /// 导出。Export.
    Export {
        id: String,
        #[arg(long, default_value = "json")]
        format: FormatArgument,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 导入（新建或合并）。Import an exported file or an exchange file.
    Import { file: PathBuf },
    /// 接入协同中心。Bring an application to a hub.
    Connect {
        id: String,
        url: String,
        /// 接入码。The code by which a closed hub takes new applications.
        #[arg(long, default_value = "")]
        admission: String,
    },
    /// 凭邀请加入。Join an application by an invite.
    Join { invite: String },
    /// 用恢复码重新成为牵头单位。Take the lead again with the recovery code.
    Recover { code: String },
    /// 显示恢复码。Print the recovery code.
    RecoveryCode { id: String },
    /// 同步。Sync with the hub: once, or with --watch until stopped.
    Sync {
        id: String,
        #[arg(long)]
        watch: bool,
    },
    /// 协同中心从备份恢复后，让它继续。As the lead: let a hub go on that was restored from a backup.
    GoOn { id: String },
    /// 佐证材料。Files of evidence.
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// 同步状态。How an application stands to its hub.
    Status { id: String },
    /// 成员与分工。Who takes part, and who writes what.
    Members { id: String },
    /// 增加单位或改变分工；没有写出的保持不变。Take an agency in, or change what it may do; what is left out stays.
    Grant {
        id: String,
        agency: String,
        /// 单位名称，增加单位时必填。The agency's name; needed to take one in.
        #[arg(long)]
        name: Option<String>,
        /// 一两个字的标记。One or two characters that stand for it.
        #[arg(long)]
        mark: Option<String>,
        /// 新单位不写时为协同单位。A new agency is a contributor unless this says otherwise.
        #[arg(long)]
        role: Option<RoleArgument>,
        /// 部分或一栏，可加截止日：openness 或 basics.revenue=2026-07-31；写出的代替原有全部分工。A section or field, with
        /// its due day; those given take the place of all before.
        #[arg(long = "part", value_name = "PART[=DATE]")]
        parts: Vec<String>,
        /// 收回全部分工。Takes all parts away.
        #[arg(long, conflicts_with = "parts")]
        no_parts: bool,
        /// 可以查看的佐证材料：编号，或 all、none；不写不变。Which evidence it may read: slots, or all, or none.
        #[arg(long, value_name = "SLOT")]
        evidence: Vec<String>,
        /// 签认之前的步骤：prepare（经办）、review（审核），或 none；不写不变。The steps before 签认, by different persons.
        #[arg(long = "step", value_name = "STEP")]
        steps: Vec<StepArgument>,
        /// 原分工下的内容最迟何日交来。The last day for what was written under the earlier grant.
        #[arg(long, value_name = "DATE")]
        accept_until: Option<String>,
    },
    /// 撤销设备（公钥开头），或移出单位。Revoke a device (start of its key), or take an agency out.
    Revoke { id: String, who: String },
    /// 移交牵头。Make another agency the lead.
    HandOver {
        id: String,
        agency: String,
        /// 移交后仍由本单位填写的部分。What this agency still writes afterwards.
        #[arg(long = "part", value_name = "PART[=DATE]")]
        parts: Vec<String>,
        /// 本单位原先填写的内容最迟何日交来。The last day for what this agency wrote as the lead.
        #[arg(long, value_name = "DATE")]
        accept_until: Option<String>,
    },
    /// 发出邀请。Make an invite for one device of an agency.
    Invite {
        id: String,
        agency: String,
        #[arg(long, default_value = "")]
        person: String,
        /// 有效天数。For how many days it is good.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=i64::from(INVITE_MAX_DAYS)))]
        days: u32,
    },
    /// 两处填法不同的栏。Fields with more than one value.
    Conflicts { id: String },
    /// 选定一种填法。Settle a field with more than one value: --pick N of `conflicts`.
    Resolve {
        id: String,
        field: String,
        /// 选第几个；长文字不用。Which value; left out for a long text that was read through.
        #[arg(long)]
        pick: Option<usize>,
    },
    /// 批注。Say something about a field (- for the application as a whole).
    Comment {
        id: String,
        field: String,
        text: String,
        /// 提醒的单位。The agencies that it is for.
        #[arg(long = "to", value_name = "AGENCY")]
        to: Vec<String>,
    },
    /// 全部批注。All comments.
    Comments { id: String },
    /// 被协同中心拒收的修改。What the hub refused.
    SetAside {
        id: String,
        /// 收起这一处。Put one away.
        #[arg(long, value_name = "CHANGE")]
        dismiss: Option<String>,
        /// 收起前作为批注提出。Say it as a comment first.
        #[arg(long, requires = "dismiss")]
        propose: bool,
        /// 再次填入（例如退回修改之后），并收起。Write one again, once that is allowed, and put it away.
        #[arg(long, value_name = "CHANGE", conflicts_with = "dismiss")]
        adopt: Option<String>,
    },
    /// 催办。Who owes what by when.
    Remind {
        id: String,
        /// 另存为 Excel。Also as an Excel workbook.
        #[arg(long, value_name = "FILE")]
        xlsx: Option<PathBuf>,
    },
    /// 交换包。Exchange files.
    #[command(subcommand)]
    Bundle(BundleCommand),
    #[command(flatten)]
    Signing(SigningCommand),
    /// 提交包：一稿的回执、全部佐证材料和表单，写成文件夹或 ZIP。A final revision with all of its files, for whoever checks it
    /// elsewhere: a new folder, or a new ZIP when the name ends so.
    Package {
        id: String,
        /// 第几稿；默认最新的一稿。Default: the newest.
        #[arg(long)]
        revision: Option<u64>,
        #[arg(long, value_name = "DIR|FILE.zip")]
        out: PathBuf,
    },
    /// 验真，不需要网络和数据文件夹；不成立时以 1 退出，不能核验时以 2 退出。Verify a package or a receipt, without network or
    /// data folder; exits with 1 when something does not hold, with 2 when it could not be looked at.
    Verify(VerifyArguments),
    /// 本机的设备与签名密钥的存放处。This device, and where its key lies.
    Device {
        /// 把密钥移到密钥环或文件，以后不再变动。Move the key, and keep it there.
        #[arg(long, value_name = "PLACE")]
        keep_in: Option<PlaceArgument>,
    },
    /// 演示：协同中心和三个单位在本机走一遍。A hub and three agencies on this machine, from start to end.
    Demo {
        /// 保留演示数据的新文件夹。A new folder to keep hub and desks in, to be opened afterwards.
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
}

/// Sign-off and final revisions.
#[derive(Debug, Subcommand)]
pub enum SigningCommand {
    /// 签认与定稿的状态。How sign-off stands, and what stands in the way of a final revision.
    Signing { id: String },
    /// 签认一个部分（本单位的下一步）。Take this agency's next step of a section's sign-off.
    SignOff {
        id: String,
        section: String,
        #[command(flatten)]
        signer: SignerArguments,
    },
    /// 撤回签认，记录保留。Take a statement back; it stays in history.
    Withdraw {
        id: String,
        /// 编号的开头。The start of its name in `signing`.
        statement: String,
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signer: SignerArguments,
    },
    /// 真实性声明。The lead's declaration over the whole.
    Declare {
        id: String,
        #[command(flatten)]
        signer: SignerArguments,
    },
    /// 定稿：协同中心核对、签名并出具回执。Make the revision final at the hub.
    Finalise {
        id: String,
        /// 不再等待的设备（公钥开头）与理由，记入定稿。A device (start of its key) that holds unsent changes and is not waited
        /// for, and why; signed with the rest.
        #[arg(long, value_name = "DEVICE=REASON")]
        unsent: Vec<String>,
        /// 写成信使文件，由他人带到协同中心。Write a courier's file instead, for somebody who reaches the hub.
        #[arg(long, value_name = "FILE")]
        courier: Option<PathBuf>,
    },
    /// 代交信使文件。Hand a courier's file in to the hub.
    Submit { id: String, file: PathBuf },
    /// 退回修改。Give the final revision back for correction.
    Return {
        id: String,
        #[arg(required = true)]
        sections: Vec<String>,
        /// 理由，可写明栏目：basics.revenue=请核对。Why, at a field or for the sections as a whole.
        #[arg(long = "reason", value_name = "[FIELD=]TEXT", required = true)]
        reasons: Vec<String>,
    },
    /// 各稿，以及退回的理由。The final revisions, and why they were returned.
    Revisions { id: String },
    /// 两稿逐栏的不同。How two final revisions differ, field by field.
    Diff { id: String, a: u64, b: u64 },
    /// 回执。A final revision's receipt: printed, written, or taken in from a courier.
    Receipt {
        id: String,
        #[arg(long)]
        revision: Option<u64>,
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// 收下带来的回执。Take in a receipt that was brought.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["revision", "out"])]
        take: Option<PathBuf>,
    },
}

/// What is verified, and against what.
#[derive(Debug, clap::Args)]
pub struct VerifyArguments {
    /// 提交包（文件夹或 ZIP）或回执。A package (folder or ZIP), or a receipt.
    #[arg(value_name = "PACKAGE|RECEIPT")]
    pub path: PathBuf,
    /// 协同中心存证日志的根密钥，或存有它的文件。The root key of the hub's log, or a file that holds it.
    #[arg(long, value_name = "KEY|FILE")]
    pub root: String,
    /// 存证日志中后来的密钥变更（/v1/log/keys?size=N 的内容）。The changes of the hub's keys by now (what /v1/log/keys?size=N answers).
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// 应当是这份申报。The application that it is to be about.
    #[arg(long, value_name = "ID")]
    pub application: Option<String>,
    /// 应当是这一稿。The revision that it is to be.
    #[arg(long)]
    pub revision: Option<u64>,
}

/// Who signs.
#[derive(Debug, clap::Args)]
pub struct SignerArguments {
    /// 姓名；不写时用本机的使用人。The name; this desk's person when left out.
    #[arg(long)]
    pub person: Option<String>,
    /// 职务。The title.
    #[arg(long, default_value = "")]
    pub title: String,
    /// 说明。A remark.
    #[arg(long, default_value = "")]
    pub remark: String,
}

#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// 导出。Write one: everything, or only what is new since the last.
    Export {
        id: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[arg(long)]
        since_last: bool,
        /// 从某个交换包或协同中心的记录序号之后开始。Only what is new since an earlier exchange file, or after a
        /// position in the hub's log.
        #[arg(long, value_name = "FILE|POSITION", conflicts_with = "since_last")]
        since: Option<String>,
        /// 带上佐证材料：all、none、编号，或 编号/文件；只带更早的交换包没有的。Files of evidence that go along, of those that
        /// the earlier exchange file does not carry.
        #[arg(long, value_name = "all|none|SLOT[/FILE]", num_args = 1..)]
        evidence: Vec<String>,
    },
    /// 导入。Take one in.
    Import { file: PathBuf },
}

/// `SLOT` is the number that the form prints; `FILE` a file's name, its place in the slot, or the start of its hash.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// 添加文件或整个文件夹；有文件没有添加时以 1 退出。Add files or whole folders; exits with 1 when one was not added.
    Add {
        id: String,
        slot: String,
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        said: SaidArguments,
        /// 大照片用小图提交，原图留存。Large photos are submitted as smaller copies, and kept as they were taken.
        #[arg(long)]
        smaller: bool,
    },
    /// 读企业名录（Excel 或 CSV），逐行指出问题，并与申报表的数字核对；有问题或不一致时以 1 退出。Read a directory of
    /// enterprises, tell what is wrong row by row, and hold its sums against the form; exits with 1 when something is
    /// wrong or differs.
    Directory {
        id: String,
        file: PathBuf,
        /// 佐证材料编号；默认表单中用名录核对的一项。The slot; default: the one that asks for a directory.
        #[arg(long)]
        slot: Option<String>,
        /// 第几个有内容的工作表，从 1 数起。Which of the sheets that are not empty, counted from 1.
        #[arg(long)]
        sheet: Option<usize>,
        /// 列的内容，例如 name=B,revenue.2025=F:万元,size=-。What columns hold; `-` leaves one out.
        #[arg(long, value_name = "NAME=COLUMN", value_delimiter = ',')]
        map: Vec<String>,
        /// 企业从第几行开始。The first row of enterprises.
        #[arg(long, value_name = "ROW")]
        first_row: Option<usize>,
        /// 另存一份核对表（xlsx）：整理后的企业、问题和合计。Write a workbook of what was read, what is wrong and the sums.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// 放入佐证材料，代替原有的名录。Put it into the slot, in the place of an earlier directory.
        #[arg(long)]
        add: bool,
    },
    /// 守候文件夹（相机存储卡），其中的文件写完就添加，到按 Ctrl+C 为止。Watch a folder, as a camera's card, and add what
    /// comes to rest there, until it is stopped.
    Watch {
        id: String,
        slot: String,
        folder: PathBuf,
        /// 添加现有的文件后结束。Add what is there, and end.
        #[arg(long)]
        once: bool,
    },
    /// 写明文件的说明、种类、时间、地点、出具人；空字表示删去。Say something about a file; an empty text takes it away.
    Say {
        id: String,
        slot: String,
        file: String,
        #[command(flatten)]
        said: SaidArguments,
    },
    /// 清单。The checklist: what is asked for, and what is there.
    List { id: String, slot: Option<String> },
    /// 取出一个文件，不在本机的先从协同中心取来。Write a copy of a file; one that is not here is fetched first.
    Get {
        id: String,
        slot: String,
        file: String,
        /// 文件或文件夹。A new file, or a folder.
        #[arg(long)]
        out: PathBuf,
        /// 照片去掉拍摄地点。A picture without the place where it was taken.
        #[arg(long, conflicts_with = "original")]
        without_place: bool,
        /// 缩小前的原图。The photo as it was taken, of one that was made smaller.
        #[arg(long)]
        original: bool,
    },
    /// 移除（可以恢复）。Take a file out; it can be put back.
    Remove { id: String, slot: String, file: String },
    /// 恢复移除的文件。Put a file back.
    Restore { id: String, slot: String, file: String },
    /// 调整次序，从 1 数起。Move a file to a place, counted from 1.
    Move {
        id: String,
        slot: String,
        file: String,
        #[arg(long)]
        to: usize,
    },
    /// 从协同中心取来全部文件，损坏的重新取；有文件仍不在本机时以 1 退出。Fetch every file that the hub gives to this desk,
    /// damaged ones anew; exits with 1 when one is still not here.
    Fetch {
        id: String,
        /// 已移除的也取来。Those that were taken out, too.
        #[arg(long)]
        all: bool,
    },
    /// 给其他程序的凭票：用 curl、tuspy、tus-js-client 上传和下载。A ticket for other programs: they bring and fetch files
    /// for this device, for 12 hours.
    Ticket { id: String },
    /// 清理本机不再需要的文件：没有任何修改登记过的、未取完的、旧预览。Throw away what nothing names, old halves and previews.
    Collect,
    /// 逐个核对本机文件；有缺损时以 1 退出。Read every file through; exits with 1 when one that stands in a slot is missing or
    /// damaged.
    Verify { id: String },
    /// 文件传输：还有多少待传，暂停、继续、省流量。How much is to be carried; stops it, lets it go on, spares the line.
    Transfer {
        id: String,
        /// 暂停上传和取来，点名要的除外。Carry nothing but what is asked for afterwards.
        #[arg(long, conflicts_with = "resume")]
        pause: bool,
        /// 继续。Go on.
        #[arg(long)]
        resume: bool,
        /// 省流量：大文件等人点了再传。Whether the line costs money: large files wait to be asked for.
        #[arg(long, value_name = "on|off")]
        metered: Option<SwitchArgument>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SwitchArgument {
    On,
    Off,
}

/// What is said about a file.
#[derive(Debug, Default, Args)]
pub struct SaidArguments {
    /// 说明。What it shows.
    #[arg(long)]
    pub caption: Option<String>,
    /// 种类，用表单的编号：authority、third_party、self_declaration。Its kind, by the form's id.
    #[arg(long)]
    pub kind: Option<String>,
    /// 拍摄或出具人。Who took or issued it.
    #[arg(long)]
    pub by: Option<String>,
    /// 时间。When.
    #[arg(long)]
    pub taken: Option<String>,
    /// 地点。Where.
    #[arg(long)]
    pub place: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PlaceArgument {
    File,
    Keyring,
}

impl From<PlaceArgument> for KeyPlace {
    fn from(place: PlaceArgument) -> Self {
        match place {
            PlaceArgument::File => Self::File,
            PlaceArgument::Keyring => Self::Keyring,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StepArgument {
    None,
    Prepare,
    Review,
}

impl StepArgument {
    /// The step; `None` for no step.
    pub fn step(self) -> Option<Step> {
        match self {
            Self::None => None,
            Self::Prepare => Some(Step::Prepare),
            Self::Review => Some(Step::Review),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleArgument {
    Lead,
    Contributor,
    Reviewer,
    Observer,
}

impl From<RoleArgument> for Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Lead => Self::Lead,
            RoleArgument::Contributor => Self::Contributor,
            RoleArgument::Reviewer => Self::Reviewer,
            RoleArgument::Observer => Self::Observer,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum FormCommand {
    /// 本机的表单包。The form packages on this machine.
    List,
    /// 一个表单包的栏目。The fields of a form package.
    Show { id: String },
    /// 检查表单包（文件夹或其中的 form.toml）。Check a form package (its folder, or the form.toml in it).
    Check { file: PathBuf },
    /// 答案的 JSON Schema。The JSON Schema of a form's answers.
    Schema { id: String },
}

#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// 新建。Start an application.
    New {
        #[arg(long, value_name = "ID")]
        form: String,
        #[arg(long)]
        name: String,
    },
    /// 本机的申报。The applications on this machine.
    List,
    /// 一份申报的全部内容。One application with its answers.
    Show { id: String },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArgument {
    Json,
    Automerge,
}

impl From<FormatArgument> for ExportFormat {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Json => Self::Json,
            FormatArgument::Automerge => Self::Automerge,
        }
    }
}

impl Arguments {
    /// The language to speak.
    pub fn language(&self) -> Language {
        match self.lang {
            LanguageArgument::Chinese => Language::Chinese,
            LanguageArgument::English => Language::English,
        }
    }

    /// Where the data folder lies.
    pub fn home(&self) -> PathBuf {
        self.home.clone().unwrap_or_else(home::default_folder)
    }

    /// Opens the desk.
    pub fn workspace(&self) -> Result<Workspace, UserError> {
        let surroundings = Surroundings { language: Some(self.language()), ..Surroundings::system() };
        let workspace = Workspace::open(&self.home(), surroundings)?;
        for notice in workspace.notices() {
            warning(&notice.sentence(self.language()));
        }
        if workspace.is_new_device() {
            workspace.settle_key();
            workspace.device().wait_until_settled();
        }
        Ok(workspace)
    }
}
