//! Every word of the user interface, Chinese and English, in one place. What the form itself says comes from its
//! package.

use form_model::language::Language;

/// A text in both languages; `{name}` marks what is filled in.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    chinese: &'static str,
    english: &'static str,
}

impl Text {
    /// The text in a language.
    pub fn of(&self, language: Language) -> &'static str {
        language.pick(self.chinese, self.english)
    }

    /// The text in a language, filled in.
    pub fn fill(&self, language: Language, values: &[(&str, &str)]) -> String {
        let text = self.of(language).to_owned();
        values.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

macro_rules! texts {
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        $(pub const $name: Text = Text { chinese: $chinese, english: $english };)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, Text)] = &[$((stringify!($name), $name),)*];
    };
}

mod evidence;
mod signing;
mod team;
mod verification;

pub use evidence::*;
pub use signing::*;
pub use team::*;
pub use verification::*;

texts! {
    // The program.
    NAME: "会签", "Huiqian";
    SKIP: "跳到表单", "Skip to the form";
    LOADING: "正在打开…", "Opening…";
    NO_ANSWER: "程序没有应答：{cause}。请关闭会签后重新打开；已存的内容都在。", "The program did not answer: {cause}. Close Huiqian and open it again; what was saved is kept.";
    CANCEL: "取消", "Cancel";
    CLOSE: "关闭", "Close";
    BACK: "返回", "Back";
    TRY_AGAIN: "重试", "Try again";

    // First run and settings.
    WELCOME: "欢迎使用会签", "Welcome to Huiqian";
    WELCOME_WHY: "填写单位和姓名后即可开始。它们会记在每一处修改上，让同事知道是谁填的；以后可以在“设置”中更改。", "Enter your agency and name to begin. They are kept with every change, so that colleagues know who made it; you can change them later under Settings.";
    AGENCY: "单位", "Agency";
    AGENCY_EXAMPLE: "例如：示例市工业和信息化局", "For example: Example City Bureau of Industry";
    PERSON: "姓名", "Name";
    PERSON_EXAMPLE: "例如：王小明", "For example: Wang Xiaoming";
    BEGIN: "开始使用", "Begin";
    SETTINGS: "设置", "Settings";
    WHO: "使用者", "Who uses this desk";
    LOOKS: "显示", "Appearance";
    LANGUAGE: "语言", "Language";
    TEXT_SIZE: "字号", "Text size";
    DATA: "数据", "Data";
    DATA_FOLDER: "数据文件夹", "Data folder";
    DATA_FOLDER_WHY: "所有申报都存在本机的这个文件夹里，没有网络也能填写。备份时请复制整个文件夹。", "All applications are kept in this folder on this computer; no network is needed to fill them in. To back up, copy the whole folder.";
    OPEN_FOLDER: "打开文件夹", "Open folder";
    VERSION: "会签 {version}", "Huiqian {version}";
    SETTINGS_SAVED: "设置已存本机", "Settings saved on this computer";

    // Home.
    APPLICATIONS: "申报", "Applications";
    NEW_APPLICATION: "新建申报", "New application";
    IMPORT: "从U盘导入", "Import from USB";
    DUPLICATE: "以此为底稿新建", "New from this one";
    HOME_EMPTY: "还没有申报", "No applications yet";
    HOME_EMPTY_WHY: "由您牵头的，新建一份申报；收到邀请的，凭邀请加入；没有网络的，把同事导出的交换包从U盘导入。", "Start a new application if you lead it; join by the invite that you were sent; without a network, import a colleague's exchange file from a USB stick.";
    COLUMN_NAME: "名称", "Name";
    COLUMN_PROGRESS: "填写进度", "Progress";
    COLUMN_DEADLINE: "截止", "Deadline";
    COLUMN_CHANGED: "最近修改", "Last change";
    PROGRESS: "必填 {answered}/{required}", "{answered} of {required} required";
    PROBLEMS: "{count} 处有问题", "{count} to mend";
    DAYS_LEFT: "还有 {count} 天", "{count} days left";
    DUE_TODAY: "今天截止", "Due today";
    DAYS_PAST: "已过 {count} 天", "{count} days past";
    NO_DEADLINE: "未定", "Not set";
    UNNAMED: "未命名的申报", "Unnamed application";
    CHOOSE_FORM: "填哪一种表", "Which form";
    FORM_VERSION: "版本 {version}", "version {version}";
    APPLICATION_NAME: "名称", "Name";
    APPLICATION_NAME_WHY: "先起个名字便于查找，例如合作区名称。", "A name to find it by, such as the zone's name.";
    COPY_FROM: "沿用以前的填写内容", "Start from an earlier application";
    COPY_NOTHING: "不沿用，从空白表开始", "Start from an empty form";
    CREATE: "新建", "Create";
    NO_FORMS: "本机还没有表单包。请把表单包放入数据文件夹的 forms 目录，再重新打开会签。", "There is no form package on this computer. Put one into the folder forms of the data folder, then open Huiqian again.";
    IMPORTED_HOME: "已导入，本机新增 {count} 处修改。", "Imported: {count} changes are new here.";

    // The application's frame.
    TASKS: "栏目", "Parts";
    UNTOUCHED: "未开始", "Not started";
    IN_PROGRESS: "进行中", "In progress";
    COMPLETE: "已填完", "Complete";
    HAS_PROBLEM: "有问题", "Has problems";
    CONFLICTS: "{count} 处填法不同", "{count} filled in differently";
    NOT_COUNTED: "不计入", "Not counted";
    SEARCH: "搜索栏目", "Find a field";
    SEARCH_HINT: "输入栏目名称中的字", "Type part of a field's name";
    SEARCH_NONE: "没有名称含“{query}”的栏目。换个词再试。", "No field's name has “{query}”. Try another word.";
    UNDO: "撤销", "Undo";
    REDO: "重做", "Redo";
    CHECK: "核对", "Check answers";
    EXPORT: "导出", "Export";
    EXPORT_JSON: "填报内容（JSON）", "Answers (JSON)";
    EXPORT_AUTOMERGE: "完整文档，含修改记录（Automerge）", "Whole document with its history (Automerge)";
    EXPORT_WHAT: "导出什么", "What to export";
    PANEL: "本栏说明", "About this field";
    SAVING: "正在保存…", "Saving…";
    SAVED: "已存本机 {time}", "Saved here {time}";
    NOT_SAVED: "{count} 处没有存上", "{count} not saved";
    OUT_OF_STEP: "显示的内容与存储的内容对不上了，已停止保存。请先复制刚输入的文字，再重新打开本申报。", "What is shown and what is stored no longer agree, so saving has stopped. Copy what you typed last, then open the application again.";
    REOPEN: "重新打开", "Open again";
    IMPORT_REFUSED: "另有 {count} 处没有收下：不是填写人本人签名的，或不在其分工之内。", "{count} more were left out: not signed by who made them, or outside their part.";
    OVERLAPS: "两人同时改写了同一处，请通读：{fields}。", "Rewritten by two people at once, please read: {fields}.";
    FILES_COMING: "正在取出 {count} 个佐证材料文件，请先不要拔出U盘。", "Taking {count} files of evidence; do not unplug the stick yet.";
    FILES_KEPT: "取出 {count} 个佐证材料文件，可以拔出U盘了。", "{count} files of evidence were taken; the stick can be unplugged.";
    FILES_UNNAMED: "有 {count} 个文件没有登记在申报里，没有取出；可能要先导入更早的交换包，再导入这一个。", "{count} files are not named in the application and were left out; an earlier exchange file may have to be imported first, then this one again.";
    FILES_RESTRICTED: "有 {count} 个文件本单位无权查看，没有取出。", "{count} files may not be read by this agency and were left out.";
    IMPORTED: "从文件收到 {count} 处修改。", "{count} changes came in from a file.";
    EXPORTED: "已导出：{file}", "Exported: {file}";

    // Fields.
    YES: "是", "Yes";
    NO: "否", "No";
    TICKED: "已勾选", "ticked";
    NOT_TICKED: "未勾选", "not ticked";
    BLANK: "空白", "blank";
    FOCUS_MODE: "专注写作", "Focus on writing";
    LEAVE_FOCUS: "回到表单", "Back to the form";
    OVER_LIMIT: "超出 {count} 字", "{count} over";
    ATTACHED: "另附纸填写", "Given on attached paper";
    SUPPLEMENT: "补充信息（不印在表上）", "Further details (not printed on the form)";
    CONFIRM: "确认属实", "Confirm";
    CONFIRMED: "已确认", "confirmed";
    WITHDRAW: "撤回确认", "Withdraw";
    CONFLICT: "“{answer}”有 {count} 种填法，请选定一个", "“{answer}” was filled in {count} ways; pick one";
    BEFORE: "此前：{value}", "before: {value}";
    PICK: "采用", "Take this";
    OUTLINE: "提纲", "Outline";
    OUTLINE_WHY: "点标题跳到该处；正文里还没有的标题，会按顺序加进去。", "Choose a heading to go there; one that the text lacks is put in, in order.";
    OUTLINE_PRESENT: "已写", "in the text";

    // The panel.
    PANEL_EMPTY: "点到一栏，这里就显示它的填写说明、规则和修改记录。", "Enter a field to see its guidance, rules and history here.";
    PANEL_RULES: "规则 · 依据", "Rules";
    PANEL_CLAUSE: "依据：{clause}", "Source: {clause}";
    PANEL_PROBLEMS: "问题", "Problems";
    PANEL_INSTRUCTIONS: "填报须知", "Instructions";
    PANEL_EVIDENCE: "佐证材料 {number}", "Evidence {number}";
    PANEL_FIGURES: "分年数据", "Figures by year";
    PANEL_KEYS: "方向键移到邻格，Enter 到下一行；Ctrl+D 取上一格，Ctrl+R 取左一格；可整块粘贴 Excel 或 Word 的单元格。", "Arrow keys go to the next cell, Enter to the next row; Ctrl+D fills from above, Ctrl+R from the left; paste a block of cells from Excel or Word.";
    PANEL_NOTE: "备注", "Note";
    NOTE_OF: "备注：{answer}", "Note: {answer}";
    PANEL_HISTORY: "修改记录", "History";
    HISTORY_EMPTY: "还没有人填写过。", "Nobody has filled this in yet.";
    HISTORY_OLDER: "还有更早的 {count} 条。", "{count} earlier entries.";
    HISTORY_CONCURRENT: "与他人同时填写", "at the same time as somebody else";
    RULE_REQUIRED: "必填", "Required";
    RULE_OPTIONAL: "选填", "Optional";
    RULE_NONE: "没有相关情况时填“无”", "Enter 无 where nothing applies";
    RULE_LIMIT: "不超过 {limit} 字（不计空格）", "At most {limit} characters, spaces not counted";
    RULE_WHOLE: "整数", "A whole number";
    RULE_SCALE: "有小数时保留 {scale} 位", "Up to {scale} decimal places";
    RULE_BETWEEN: "在 {min} 与 {max} 之间", "Between {min} and {max}";
    RULE_MINIMUM: "不小于 {min}", "At least {min}";
    RULE_MAXIMUM: "不大于 {max}", "At most {max}";
    RULE_UNIT: "单位：{unit}", "Unit: {unit}";
    RULE_MONTH: "日期，例如 2026年4月 或 2026-04-01", "A date, such as 2026年4月 or 2026-04-01";
    RULE_DAY: "日期，例如 2026年4月1日 或 2026-04-01", "A date, such as 2026年4月1日 or 2026-04-01";
    RULE_ONE: "选一项", "Choose one";
    RULE_SEVERAL: "可选多项", "Choose any number";
    RULE_CALCULATED: "由其他栏目自动计算", "Computed from other fields";
    RULE_UNPRINTED: "随申报一并签认，不印在表上", "Signed with the application, not printed on the form";
    UNIT_HUNDRED_MILLION: "亿元", "hundred million yuan";
    UNIT_TEN_THOUSAND: "万元", "ten thousand yuan";

    // Pasting.
    PASTE_TITLE: "粘贴到表格", "Paste into the table";
    PASTE_WHAT: "粘贴后各格如下。粘贴后仍可撤销（Ctrl+Z）。", "The cells will read as follows. You can undo this afterwards (Ctrl+Z).";
    PASTE_CONVERT: "把金额换算成本表的单位", "Convert amounts to the form's unit";
    PASTE_CELL: "格", "Cell";
    PASTE_OLD: "现在", "Now";
    PASTE_NEW: "粘贴后", "After pasting";
    PASTE_TAKE: "粘贴 {count} 格", "Paste {count} cells";
    PASTE_UNFIT: "表上没有位置、不会粘贴的：{texts}", "No place on the form, left out: {texts}";
    CONVERT_TITLE: "换算金额", "Convert an amount";
    CONVERT_WHAT: "您粘贴了“{pasted}”。“{answer}”的单位是{unit}，要换算吗？", "You pasted “{pasted}”. “{answer}” is in {unit}; convert it?";
    CONVERT_RATE: "汇率（1 美元合人民币元）", "Rate (yuan per dollar)";
    CONVERT_SOURCE: "汇率出处", "Source of the rate";
    CONVERT_SOURCE_DEFAULT: "该年度国民经济和社会发展统计公报", "Statistical communiqué of that year";
    CONVERT_RATE_NEEDED: "请填写统计公报中该年度的汇率。", "Enter the rate from the statistical communiqué of that year.";
    CONVERT_BAD_RATE: "汇率应是大于 0 的数，例如 7.0467。", "The rate must be a number above 0, such as 7.0467.";
    CONVERT_TOO_LARGE: "这个金额不能准确换算，请直接填写。", "This amount cannot be converted exactly; enter the figure yourself.";
    CONVERT_EXACT: "（未舍入：{exact}）", " (not rounded: {exact})";
    CONVERT_TAKE: "换算后填入", "Enter the converted figure";
    CONVERT_KEEP: "按原样填入", "Enter as pasted";
    CONVERT_NOTE_YUAN: "由“{pasted}”换算，未舍入 {exact}。", "Converted from “{pasted}”, not rounded {exact}.";
    CONVERT_NOTE_DOLLAR: "由“{pasted}”换算，汇率 {rate}（{source}），未舍入 {exact}。", "Converted from “{pasted}” at {rate} ({source}), not rounded {exact}.";

    // Check answers.
    CHECK_TITLE: "核对", "Check answers";
    CHECK_BLOCKING: "有 {count} 处需要填写或改正", "{count} answers to fill in or mend";
    CHECK_CONFLICTS: "有 {count} 处填法不同，请选定", "{count} answers were filled in differently; pick one";
    CHECK_CAUTIONS: "有 {count} 处需要确认", "{count} answers to confirm";
    CHECK_CONFIRMED: "已确认 {count} 处", "{count} confirmed";
    CHECK_CLEAR: "没有需要改正的地方", "Nothing to mend";
    CHECK_CLEAR_WHY: "所有必填栏目都已填写，数据符合填报说明。", "Every required field is filled in and follows the form's instructions.";
    CHECK_HOW: "点任意一条，直接到那一栏。", "Choose an entry to go to its field.";
    NEXT_PART: "下一栏：{part}", "Next: {part}";
    BACK_TO_PARTS: "返回填写", "Back to filling in";

    // Others in the form.
    PRESENT: "正在填写的人", "People in the form";
    PRESENT_AT: "{who}，在“{place}”", "{who}, at “{place}”";
    READ_ONLY_OWNER: "由{agency}填写，这里只能查看", "Filled in by {agency}; read-only here";
    READ_ONLY_STOPPED: "本机已不能填写，只能查看", "This computer may no longer write; read-only";
    OWNER_FILLS: "填写", "fills this part";
    OWNER_FILLS_OWN: "（本单位）填写", "(this agency) fills this part";
    OWNER_READ_ONLY: "只能查看", "read-only here";
    OWNER_FIELDS: "填写其中：{fields}", "fills of it: {fields}";
    PASTE_FOREIGN: "有 {count} 格由其他单位填写，不会改动。", "{count} cells belong to other agencies and stay as they are.";
    CONFLICT_MERGE: "合在一起再改", "Put together and edit";
    REREAD: "两人同时改写过同一处，两种写法都保留在文中，请通读一遍。", "Two people rewrote the same place at once; both versions are in the text. Please read it through.";
    REREAD_DONE: "已通读", "Read";
    TO_REREAD: "待通读 {count} 处", "{count} to read";
    CHECK_REREAD: "有 {count} 处长文字被两人同时改写，请通读", "{count} long texts were rewritten by two people at once; please read";
    CONFLICT_THIRD: "另填一个", "Write another";
    CONFLICT_STORE: "填入", "Enter it";
    CONFLICT_TICK: "也可以直接在上面重新选择。", "You can also simply choose anew above.";
    CONFLICT_KEPT: "没有采用的填法会留在修改记录里。", "What is not taken stays in the history.";
    CONFLICT_THEIRS: "请等填写单位选定。", "To be picked by who fills it in. ";
    OVERTAKEN: "在您填写时填了“{value}”（{time}），已被您填的内容取代。", "entered “{value}” while you were typing ({time}); yours has replaced it.";
    OVERTAKEN_TAKE: "改用这个", "Use theirs";
    OVERTAKEN_KEEP: "保留我的", "Keep mine";

    // Comments.
    COMMENTS: "批注", "Comments";
    COMMENTS_UNREAD: "批注，{count} 条未读", "Comments, {count} unread";
    COMMENTS_NEW: "未读", "Unread";
    COMMENTS_FOR_ME: "请本单位处理", "For us";
    COMMENTS_ALL: "全部", "All";
    COMMENTS_NONE: "没有批注。", "No comments.";
    COMMENT_NEW: "写批注", "New comment";
    COMMENT_EXAMPLE: "写批注…（Ctrl+Enter 发出）", "Write a comment… (Ctrl+Enter sends it)";
    COMMENT_TO: "请谁处理", "For whom";
    COMMENT_SAY: "发出", "Send";
    COMMENT_WHOLE: "关于整份申报", "About the application as a whole";
    REPLY: "回复", "Reply";
    SETTLE: "标为已解决", "Mark as settled";
    SETTLED: "已解决", "settled";
    REOPEN_COMMENT: "重新提出", "Reopen";
    UNREAD: "未读", "new";
    MARK_READ: "全部标为已读", "Mark all as read";
    PANEL_PAGES: "右栏内容", "What the panel shows";
    REMINDER: "催办", "Reminders";
    REMINDER_TITLE: "催办：谁还欠什么", "Reminders: who owes what";
    REMINDER_EMPTY: "各部分都已填完。", "Every part is complete.";
    REMINDER_TEXT: "催办文字", "Text of the reminder";
    REMINDER_EXPORT: "导出 Excel", "Export to Excel";
    REMINDER_PART: "部分", "Part";
    COPY: "复制", "Copy";
    COPIED: "已复制", "Copied";
    COPY_BY_HAND: "没有复制成，请选中文字后按 Ctrl+C", "Could not copy; select the text and press Ctrl+C";
    YESTERDAY: "昨天 {time}", "yesterday {time}";
    WITH_DAY: "{words}（{day}）", "{words} ({day})";

    DAY_AND_TIME: "{month}月{day}日 {time}", "{day}/{month} {time}";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static (&'static str, Text)> {
        ALL.iter().chain(evidence::ALL).chain(signing::ALL).chain(team::ALL).chain(verification::ALL)
    }

    fn blanks(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_fill_in_the_same() {
        for (name, text) in all() {
            assert_eq!(blanks(text.chinese), blanks(text.english), "{name}");
        }
    }

    #[test]
    fn one_text_alone_says_synchronised() {
        for (name, text) in all() {
            let says = text.chinese.contains("已同步");
            assert_eq!(
                says,
                *name == "SYNC_DONE",
                "{name}: only the state line knows whether the hub said so"
            );
        }
    }

    /// What the public log is called; a log alone is a word of the trade.
    const PUBLIC_LOG: &str = "存证日志";

    /// Words of the trade, for which UI.md has others.
    const TECHNICAL: [&str; 9] = ["冲突", "合并", "服务器", "哈希", "快照", "日志", "权限", "节点", "令牌"];

    #[test]
    fn no_technical_word_reaches_a_person() {
        for (name, text) in all() {
            let said = text.chinese.replace(PUBLIC_LOG, "");
            let found = TECHNICAL.iter().find(|word| said.contains(**word));
            assert!(found.is_none(), "{name}: {found:?}");
        }
    }
}
