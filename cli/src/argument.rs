//! What the command line takes.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use form_client::home;
use form_client::workspace::Workspace;
use form_model::command::ExportFormat;
use form_model::error::UserError;
use form_model::language::Language;

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
    /// 导入（新建或合并）。Import an exported file: as a new application, or merged into the one here.
    Import { file: PathBuf },
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
        Workspace::open(&self.home(), form_client::clock::system)
    }
}
