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

mod signing;
mod verification;

pub use signing::*;
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

    // Who takes part.
    MEMBERS: "成员与分工", "Members";
    MEMBERS_EMPTY: "还没有分工", "Nobody has been given a part yet";
    MEMBERS_EMPTY_WHY: "这份申报现在由本机一家填写，各栏都可以填。连接协同中心以后，就可以请其他单位加入，并把各部分分给他们。", "This application is filled in on this computer alone, and every field is open. Once it is connected to a hub, other agencies can be invited and given their parts.";
    MEMBERS_LOOK: "分工由牵头单位（{lead}）安排，这里可以查看。", "The lead ({lead}) hands out the parts; you can look here.";
    MEMBERS_NO_HUB: "还没有连接协同中心：其他单位暂时不能凭邀请加入，修改也只存在本机。", "Not connected to a hub yet: nobody can join by invite, and changes stay on this computer.";
    MEMBERS_UNCONFIRMED: "有 {count} 处分工改动还没有得到协同中心确认。", "{count} changes of the parts are not confirmed by the hub yet.";
    ADD_AGENCY: "添加单位", "Add an agency";
    CHANGE_AGENCY: "修改单位", "Change the agency";
    REMOVE_AGENCY: "移除{agency}？", "Remove {agency}?";
    REMOVE_AGENCY_WHY: "移除后，这个单位的人不能再填写和批注；已经填的内容和修改记录都保留。以后可以重新邀请。", "Its people can then no longer write or comment; what they filled in and its history are kept. They can be invited again later.";
    AGENCY_NAME: "单位名称", "Name of the agency";
    AGENCY_MARK: "简称（一两个字）", "Mark (one or two characters)";
    AGENCY_KINDS: "表中常见的单位，选一个会带出它通常填写的部分", "Agencies that this form knows; each brings the parts that it usually fills";
    OWN_AGENCY: "本单位", "this agency";
    THIS_DESK: "（本机）", " (here)";
    ROLE: "身份", "Role";
    ROLE_OF: "{agency}的身份", "Role of {agency}";
    ROLE_LEAD: "牵头单位", "Lead";
    ROLE_CONTRIBUTOR: "协同单位", "Contributor";
    ROLE_REVIEWER: "审阅批注", "Reviewer";
    ROLE_OBSERVER: "只看", "Reader";
    PARTS: "填写的部分", "Parts to fill in";
    PARTS_FIELDS: "只填其中几栏", "Only some of its fields";
    EVIDENCE: "佐证材料", "Evidence";
    EVIDENCE_DONE: "佐证材料 {done}/{asked}", "Evidence {done}/{asked}";
    EVIDENCE_MISSING: "缺 {count} 项", "{count} missing";
    EVIDENCE_COMPLETE: "已备齐", "Complete";
    EVIDENCE_FOR: "对应栏目", "For";
    EVIDENCE_ISSUER: "出具方", "Issued by";
    EVIDENCE_ADD: "添加文件", "Add files";
    EVIDENCE_DROP: "把照片、PDF、Word、Excel 或整个文件夹拖到这里", "Drop photos, PDF, Word or Excel files, or whole folders, here";
    EVIDENCE_PASTE: "也可以按 Ctrl+V 粘贴截图和复制的文件", "or press Ctrl+V to paste a screenshot or copied files";
    EVIDENCE_ADDING: "正在存入…", "Storing…";
    EVIDENCE_EMPTY: "这一项还没有文件。", "No file here yet.";
    EVIDENCE_NOT_ASKED: "该栏填写为无，不需要佐证材料。", "The field says that there is nothing, so no evidence is needed.";
    EVIDENCE_REMOVED: "已移除 {count} 个文件，可以恢复", "{count} removed; they can be put back";
    EVIDENCE_REMOVE: "移除", "Remove";
    EVIDENCE_RESTORE: "恢复", "Put back";
    EVIDENCE_EARLIER: "前移", "Move up";
    EVIDENCE_LATER: "后移", "Move down";
    EVIDENCE_DRAG: "拖动调整次序", "Drag to reorder";
    EVIDENCE_OPEN: "放大查看 {name}", "View {name}";
    EVIDENCE_CAPTION: "说明", "Caption";
    EVIDENCE_KIND: "种类", "Kind";
    EVIDENCE_KIND_UNSAID: "未注明种类", "Kind not stated";
    EVIDENCE_LACKS: "还缺{kinds}", "still lacks: {kinds}";
    EVIDENCE_REMOVAL: "是否移除", "Whether it is removed";
    EVIDENCE_PLACED: "第 {at} 张，共 {count} 张", "{at} of {count}";
    EVIDENCE_BEFORE: "上一张", "The one before";
    EVIDENCE_BEHIND: "下一张", "The next one";
    PAGE_OF: "第 {page} 页，共 {count} 页", "Page {page} of {count}";
    PAGE_BEFORE: "上一页", "The page before";
    PAGE_BEHIND: "下一页", "The next page";
    REMOVED: "移除", "Removed";
    NOT_REMOVED: "保留", "Kept";
    REMOVAL: "“{name}”：有人移除，有人恢复", "“{name}”: removed by one, put back by another";
    REMOVAL_REMOVED: "移除了它", "removed it";
    REMOVAL_RESTORED: "恢复了它", "put it back";
    REMOVAL_KEEP: "保留文件", "Keep the file";
    REMOVAL_REMOVE: "移除文件", "Remove the file";
    WATCH: "自动收取存储卡照片…", "Take what comes on a camera card…";
    WATCH_HERE: "正在自动收取“{folder}”里的文件", "Taking what comes into “{folder}”";
    WATCH_ELSEWHERE: "正在自动收取“{folder}”里的文件，放入佐证材料 {number}", "Taking what comes into “{folder}” for evidence {number}";
    WATCH_AWAY: "“{folder}”已取出，插回后继续收取", "“{folder}” was taken out; it goes on when it is back";
    WATCH_NOTHING: "还没有收到文件", "Nothing has come yet";
    WATCH_ADDED: "新添 {count} 个", "{count} added";
    WATCH_KNOWN: "原来已有 {count} 个", "{count} were here before";
    WATCH_WAITING: "等待写完 {count} 个", "{count} still being written";
    WATCH_REFUSED: "未添加 {count} 个", "{count} not added";
    WATCH_STOP: "停止收取", "Stop";
    EVIDENCE_BY: "拍摄或出具人", "Taken or issued by";
    EVIDENCE_TAKEN: "时间", "When";
    EVIDENCE_PLACE: "地点", "Where";
    EVIDENCE_DETAILS: "时间、地点、出具人", "When, where, by whom";
    EVIDENCE_SAVE: "另存一份", "Save a copy";
    EVIDENCE_SAVE_NO_PLACE: "另存（去掉拍摄地点）", "Save without the place";
    EVIDENCE_FETCH: "现在取来", "Fetch now";
    EVIDENCE_SMALLER: "大照片用小图提交，原图留存本机", "Submit large photos as smaller copies; keep the originals";
    EVIDENCE_SAVE_ORIGINAL: "另存原图", "Save the original";
    EVIDENCE_METERED: "省流量：只传小文件，大文件点了再取", "Metered line: small files only; others when asked for";
    EVIDENCE_SEND: "现在上传", "Send now";
    EVIDENCE_PAUSE: "暂停传输", "Pause";
    EVIDENCE_RESUME: "继续传输", "Go on";
    EVIDENCE_PAUSED: "已暂停", "Paused";
    EVIDENCE_LEFT: "还有 {size} 待上传", "{size} still to send";
    EVIDENCE_LEFT_TO_FETCH: "还有 {size} 待取来", "{size} still to fetch";
    EVIDENCE_ALL_ON_HUB: "本机文件都已在协同中心", "All files of this desk are on the hub";
    EVIDENCE_CHIP: "已有 {count} 个文件", "{count} files";
    EVIDENCE_CHIP_NONE: "缺佐证材料", "Evidence missing";
    EVIDENCE_CHIP_ADD: "添加佐证材料", "Add evidence";
    EVIDENCE_NO_PREVIEW: "此类文件没有预览，可以另存后用其他软件查看。", "There is no preview of this kind of file; save a copy to look at it.";
    DIRECTORY_OPEN: "导入企业名录", "Import a directory";
    DIRECTORY_CHECK: "核对名录", "Check as a directory";
    DIRECTORY_READING: "正在读取名录…", "Reading the directory…";
    DIRECTORY_TITLE: "佐证材料 {number} · 企业名录", "Evidence {number} · directory of enterprises";
    DIRECTORY_PUT: "放入佐证材料 {number}", "Put into evidence {number}";
    DIRECTORY_SAVE: "另存核对表", "Save the checked table";
    DIRECTORY_LEAVE: "返回清单", "Back to the files";
    DIRECTORY_COUNT: "读到 {count} 家企业", "{count} enterprises";
    DIRECTORY_FAULTS: "有问题的单元格 {count} 处", "{count} faulty cells";
    DIRECTORY_NO_FAULTS: "没有发现有问题的单元格", "No faulty cell was found";
    DIRECTORY_DIFFER: "与申报表不一致 {count} 项", "{count} figures differ from the form";
    DIRECTORY_NO_DIFFER: "与申报表没有不一致", "No figure differs from the form";
    DIRECTORY_NO_NAME: "还不知道哪一列是企业名称。请在下表的列头中选择“企业名称”，并核对名录从第几行开始。", "It is not known which column has the names. Choose “name of the enterprise” above a column, and see from which row on the enterprises stand.";
    DIRECTORY_NONE_READ: "从这一行起没有读到企业。请核对名录从第几行开始。", "No enterprise was read from this row on. See from which row on they stand.";
    DIRECTORY_REPLACES: "放入后代替原名录 {file}；原名录可以在“已移除”中恢复。", "It takes the place of {file}, which can be put back from “removed”.";
    DIRECTORY_COLUMNS: "各列的内容", "What the columns hold";
    DIRECTORY_COLUMNS_WHY: "核对每一列的内容，不对的在列头重新选择；用不到的列选“不用”。", "See what each column holds and choose again above it where it is wrong; “not used” leaves a column out.";
    DIRECTORY_SHEET: "工作表", "Sheet";
    DIRECTORY_FIRST_ROW: "企业从第几行开始", "First row of enterprises";
    DIRECTORY_ROW: "行", "Row";
    DIRECTORY_NOT_USED: "不用", "not used";
    DIRECTORY_COLUMN_OF: "{column} 列的内容", "What column {column} holds";
    DIRECTORY_UNIT_OF: "{column} 列的单位", "Unit of column {column}";
    DIRECTORY_MORE_ROWS: "只显示前几行，全部行都已读取。", "Only the first rows are shown; all of them were read.";
    DIRECTORY_COMPARED: "与申报表核对", "Beside the form";
    DIRECTORY_FIGURE: "申报表栏目", "Figure of the form";
    DIRECTORY_FORM: "申报表", "Form";
    DIRECTORY_SUM: "名录合计", "Directory";
    DIRECTORY_RESULT: "核对", "Result";
    DIRECTORY_AGREES: "一致", "the same";
    DIRECTORY_DIFFERS: "不一致", "differs";
    DIRECTORY_UNFILLED: "表上未填", "not filled in";
    DIRECTORY_ABSENT: "名录没有此列", "no such column";
    DIRECTORY_CELL: "单元格", "Cell";
    DIRECTORY_ENTERPRISE: "企业", "Enterprise";
    DIRECTORY_COLUMN: "栏", "Column";
    DIRECTORY_WRONG: "问题", "What is wrong";
    DIRECTORY_REMEDY: "改法", "What to do";
    DIRECTORY_MORE_FAULTS: "还有 {count} 处没有列出。“另存核对表”按企业逐行列出问题。", "{count} more are not listed. “Save the checked table” names them row by row.";
    DIRECTORY_SAVED: "已另存为 {file}", "Saved as {file}";
    DIRECTORY_OF: "名录：{count} 家企业，{faults}，{differ}", "Directory of {count} enterprises; {faults}; {differ}";
    CHECK_EVIDENCE: "缺 {count} 项佐证材料", "{count} pieces of evidence missing";
    BLOB_HERE: "已存本机", "Saved here";
    BLOB_WAITING: "已存本机，待上传", "Saved here, to be sent";
    BLOB_SENDING: "正在上传 {percent}%", "Sending {percent}%";
    BLOB_ON_HUB: "已在协同中心", "On the hub";
    BLOB_AWAITED: "等待对方上传", "Waiting for its desk to send it";
    BLOB_ELSEWHERE: "在协同中心，未传到本机", "On the hub, not here yet";
    BLOB_FETCHING: "正在取来 {percent}%", "Fetching {percent}%";
    BLOB_RESTRICTED: "本单位不能查看此文件", "Not open to this agency";
    BLOB_HELD: "已存本机，省流量，要传时再传", "Saved here, sent when asked for";
    BLOB_LOST: "协同中心丢失，等待有此文件的单位重新上传", "Lost at the hub; awaited from whoever has it";
    BLOB_DAMAGED: "本机文件已损坏，请重新添加", "Damaged on this machine; add it again";
    BLOB_FAILED: "传输受阻：{cause}", "Held up: {cause}";
    EVIDENCE_ONLY: "只能查看本单位所填栏目的佐证材料", "Reads only the evidence of the fields that it fills";
    MATRIX: "各单位填写的部分", "Who fills what";
    SHARE_OF: "{section}：由{agency}填写", "{section}: filled in by {agency}";
    SHARE_WHOLE: "填写整个部分", "fills all of it";
    SHARE_LEAD: "牵头单位，各部分都可以填写", "the lead, may fill everything";
    SHARE_NONE: "不填写", "does not fill it";
    SHARE_FIELDS: "只填：{fields}", "Only: {fields}";
    DUE: "{day}前填完", "due by {day}";
    DUE_DAYS: "填完日期", "Due by";
    DUE_OF: "{section}：填完日期", "{section}: due by";
    DUE_EXAMPLE: "年-月-日", "yyyy-mm-dd";
    DUE_SEVERAL: "各不相同", "several days";
    DRAFT_CHANGES: "{count} 个单位的分工有改动，还没有保存。", "The parts of {count} agencies have changed and are not saved yet.";
    SAVE_SHARES: "保存分工", "Save the parts";
    SAVE: "保存", "Save";
    DISCARD: "放弃改动", "Discard";
    ACCEPT_UNTIL: "原来的填写人最迟哪天可以交上已经写好的内容", "Until which day what was written before is still accepted";
    ACCEPT_UNTIL_WHY: "有人可能正离线填写。这一天以后才交上来的，会作为批注转给新的填写单位，不会丢失。", "Somebody may be writing offline. What comes later is passed to the new agency as a comment; nothing is lost.";
    CHANGE: "修改", "Change";
    REMOVE: "移除", "Remove";
    CHOOSE: "请选择", "Choose";
    DONE: "完成", "Done";
    STATE: "状态", "State";
    PEOPLE: "人员与设备", "People and devices";
    ANYBODY: "未指定", "anybody";
    DEVICE: "设备", "Device";
    DEVICE_OWN: "在用 · 本机", "In use · this computer";
    DEVICE_ACTIVE: "在用", "In use";
    DEVICE_REVOKED: "已撤销", "Revoked";
    REVOKE: "撤销设备", "Revoke";
    REVOKE_DEVICE: "撤销{person}的设备“{device}”？", "Revoke the device “{device}” of {person}?";
    REVOKE_DEVICE_WHY: "撤销后，这台设备还没有交到协同中心的修改不再被接受，也不能再看到新的内容。设备遗失或人员调离时使用；换新设备请重新邀请。", "What this device has not handed to the hub yet will no longer be accepted, and it sees nothing new. For lost devices and people who leave; invite again for a new device.";
    REVOKE_OWN_WHY: "这是您正在使用的设备。撤销后本机不能再填写和同步；请先确认本单位另有设备可用。", "This is the computer that you are using. It will no longer write or synchronise; make sure that your agency has another device.";
    INVITE: "邀请", "Invite";
    INVITE_TITLE: "邀请{agency}", "Invite {agency}";
    INVITE_WHAT: "邀请只能用一次。对方安装会签后，在首页选“凭邀请加入”。", "An invite works once. The other side installs Huiqian and chooses “Join by invite” on the home screen.";
    INVITE_NO_HUB: "还没有连接协同中心，不能邀请。请先在“成员与分工”中连接协同中心。", "Not connected to a hub, so nobody can be invited. Connect to a hub under Members first.";
    INVITE_PERSON: "给谁（可不填）", "For whom (optional)";
    INVITE_DAYS: "有效期", "Good for";
    DAYS: "{count} 天", "{count} days";
    MAKE_INVITE: "生成邀请", "Make the invite";
    INVITE_SEND: "请把下面这段文字发给对方，{time} 前有效。", "Send this text to the other side; it is good until {time}.";
    INVITE_TEXT: "邀请文字", "Text of the invite";
    INVITE_QR: "邀请的二维码", "QR code of the invite";
    INVITE_ONCE: "这段文字只显示这一次，关闭后不能再看。收到的人都可以凭它加入，请只发给本人。", "This text is shown once and cannot be seen again. Whoever has it can join: send it to that person only.";
    INVITE_ROW: "邀请", "Invite";
    INVITE_OPEN: "等待加入，{time} 前有效", "Waiting, good until {time}";
    INVITE_EXPIRED: "已过期（{time}）", "Expired ({time})";
    INVITE_USED: "已加入", "Joined";
    INVITE_CANCELLED: "已取消", "Cancelled";
    CANCEL_INVITE: "取消邀请", "Cancel the invite";
    CANCEL_INVITE_TITLE: "取消这份邀请？", "Cancel this invite?";
    CANCEL_INVITE_WHY: "取消后，收到这段文字的人不能再凭它加入。", "Whoever has its text can then no longer join by it.";
    HAND_OVER: "移交牵头", "Hand over the lead";
    HAND_OVER_WHY: "移交后，由对方安排分工和定稿，本单位只能填写下面选定的部分。只有新的牵头单位能再移交回来。", "The other agency then hands out parts and finalises; this one fills only what is chosen below. Only the new lead can hand it back.";
    HAND_OVER_TO: "移交给", "Hand over to";
    HAND_OVER_KEEP: "本单位以后填写的部分", "What this agency goes on filling in";
    RECOVERY: "恢复码", "Recovery code";
    RECOVERY_WHY: "牵头单位只有一台设备时，设备遗失或损坏就没有人能安排分工。请把恢复码打印出来，与设备分开保管；它可以让一台新设备接管牵头。", "When the lead has a single device and loses it, nobody can hand out parts. Print the recovery code and keep it apart from the device: it lets a new device take over the lead.";
    RECOVERY_SHOW: "显示恢复码", "Show the recovery code";
    RECOVERY_OF: "恢复码：{name}", "Recovery code: {name}";
    RECOVERY_KEEP: "谁有这个码，谁就能接管牵头。请像公章一样保管。", "Whoever has this code can take over the lead. Keep it like the official seal.";
    PRINT: "打印", "Print";
    RECOVER: "用恢复码接管牵头", "Take over the lead by recovery code";
    RECOVER_PASTE: "输入打印的恢复码", "Enter the printed recovery code";
    RECOVER_DO: "接管", "Take over";

    // Joining and the hub.
    JOIN_BY_INVITE: "凭邀请加入", "Join by invite";
    JOIN_PASTE: "把收到的邀请文字粘贴到这里", "Paste the text of the invite here";
    JOIN_EXAMPLE: "牵头单位发来的那段文字，整段粘贴", "The whole text that the lead sent you";
    JOIN_READ: "查看邀请", "Read the invite";
    JOIN: "加入", "Join";
    JOIN_FORM: "申报表", "Form";
    JOIN_AS: "您将加入", "You join";
    JOIN_PARTS: "{count} 个部分", "{count} parts";
    JOIN_UNTIL: "有效期至", "Good until";
    CONNECT: "连接协同中心", "Connect to a hub";
    CONNECT_WHY: "协同中心在各单位之间转送修改。连接后，这份申报会交到那里；没有网络时照常填写，联网后自动同步。", "A hub passes changes between the agencies. Connecting hands this application to it; without a network you go on writing, and it synchronises by itself later.";
    CONNECT_DO: "连接", "Connect";
    CONNECT_BUSY: "正在联系协同中心…", "Asking the hub…";
    HUB: "协同中心", "Hub";
    HUB_ADDRESS: "协同中心地址", "Address of the hub";
    HUB_EXAMPLE: "https://hub.example.gov.cn", "https://hub.example.org";
    ADMISSION: "接入码", "Admission code";
    ADMISSION_EXAMPLE: "协同中心管理员给的；不需要时留空", "From the hub's keeper; leave blank if none is needed";
    SYNC_TITLE: "保存与同步", "Saved and synchronised";
    SYNC_OPEN: "{state}。查看保存与同步情况", "{state}. Show what is saved and synchronised";
    SYNC_WAITING: "{count} 处修改待同步", "{count} changes waiting";
    SYNC_DONE: "已同步 {time}", "Synchronised {time}";
    SYNC_OFFLINE: "离线 · 自{since}", "Offline · since {since}";
    SYNC_REFUSED: "{count} 处未被接受", "{count} not accepted";
    SYNC_LEFT: "协同中心没有收下 {count} 处", "{count} not taken by the hub";
    LOOK: "查看", "view";
    SYNC_HINDERED: "本机有问题，不能同步", "Not syncing: a problem on this computer";
    SYNC_STOPPED: "协同中心停止接收", "The hub no longer takes part";
    SYNC_RESTORED: "协同中心从备份恢复，暂未接收", "The hub was restored and takes nothing in yet";
    RESTORED_WAITS: "协同中心刚从备份恢复，正在等这些设备连上，好补齐它缺少的内容：{devices}。各处的修改都在本机，不会丢失。", "The hub was restored from a backup and waits for these devices, to get back what it lacks: {devices}. All changes are on this computer; nothing is lost.";
    RESTORED_DIFFERS: "协同中心从旧备份恢复后的记录与本机的不一致，已暂停同步。各处的修改都在本机，不会丢失。", "The hub was restored from an old backup and its log differs from what is here; nothing is synchronised for now. All changes are on this computer; nothing is lost.";
    RESTORED_LEAD: "这些设备一时连不上的话，可以让协同中心先继续。以后它们连上时，缺少的内容会自动补交。", "If they cannot come soon, let the hub go on. What it lacks is handed over when they come.";
    RESTORED_OTHERS: "请联系牵头单位。", "Please ask the lead agency.";
    GO_ON: "让协同中心继续", "Let the hub go on";
    SYNC_CHECKING: "正在核对…", "Checking…";
    SYNC_CONNECTING: "正在连接协同中心…", "Connecting to the hub…";
    SYNC_ALONE: "这份申报还没有连接协同中心，所有修改都存在本机。", "This application is not connected to a hub; all changes are on this computer.";
    SYNC_NOW: "立即同步", "Synchronise now";
    LINK: "连接", "Link";
    LINK_LIVE: "已连接", "Connected";
    LINK_STOPPED: "已停止", "Stopped";
    LINK_HINDERED: "本机有问题，稍后自动重试", "A problem on this computer; trying again";
    LINK_RESTORED: "暂未接收", "Takes nothing in yet";
    WAITING: "待同步", "Waiting";
    WAITING_COUNT: "{count} 处修改", "{count} changes";
    LAST_SYNC: "上次同步", "Last synchronised";
    NEVER: "还没有", "never";
    USB: "用U盘交换", "Exchange by USB";
    USB_WHY: "没有网络时，把交换包拷到U盘带给同事，由对方“从U盘导入”；对方给您的也在这里导入。", "Without a network, carry an exchange file to a colleague on a USB stick to be imported there; import theirs here.";
    USB_EVIDENCE: "带上佐证材料（{count} 个文件，{size}）", "Take evidence along ({count} files, {size})";
    USB_SLOT: "佐证材料 {number}（{count} 个文件，{size}）", "Evidence {number} ({count} files, {size})";
    USB_PICKED: "共 {count} 个文件，{size}。", "{count} files, {size}.";
    USB_PICKED_NEW: "其中上次没有带过的 {count} 个，{size}；导出上次以后的修改时只带这些。", " Of these {count} were not carried before ({size}); exporting what is new takes those alone.";
    USB_OPEN: "交换包没有加密，拿到U盘的人都能打开里面的材料，请妥善保管。", "An exchange file is not encrypted: whoever has the stick can open what it carries. Keep it safe.";
    USB_SINCE: "导出上次以后的修改", "Export what is new since last time";
    USB_ALL: "导出全部", "Export everything";
    SET_ASIDE: "未被接受的内容", "Not accepted";
    SET_ASIDE_WHY: "这些内容没有进入申报，但都还在这里。可以复制，或作为批注提给现在的填写单位。", "These did not go into the application, but they are all here. Copy them, or propose them to the agency that fills the field now.";
    SET_ASIDE_AUTHOR: "填写人：", "Written by: ";
    SET_ASIDE_OWNER: "现由下列单位填写：", "Now filled in by: ";
    SET_ASIDE_PROPOSE: "作为批注提出", "Propose as a comment";
    SET_ASIDE_ADOPT: "再次填入", "Write it again";
    SET_ASIDE_DISMISS: "不再显示", "Put away";

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
        ALL.iter().chain(signing::ALL).chain(verification::ALL)
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
