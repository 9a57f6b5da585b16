//! What the commands about sign-off, final revisions and their verification take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
#[derive(Debug, Args)]
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
#[derive(Debug, Args)]
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
