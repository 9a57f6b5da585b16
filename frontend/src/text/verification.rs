//! Words of checking what others hand over (验真), and of final revisions that are taken along and compared.

use super::Text;

texts! {
    // The screen.
    VERIFY: "验真", "Verify";
    VERIFY_WHY: "核验别人交来的提交包或回执：是不是定稿时签认的那一份，有没有被改动。不需要网络。", "Check a submission package or a receipt that was handed to you: whether it is what was signed, and whether anything was changed. No network is needed.";
    VERIFY_WHAT: "核验什么", "What is to be verified";
    VERIFY_DROP: "把提交包（ZIP）、它的文件夹或回执拖到这里", "Drop a submission package (ZIP), its folder or a receipt here";
    VERIFY_CHOOSE_FILE: "选择文件", "Choose a file";
    VERIFY_CHOOSE_FOLDER: "选择文件夹", "Choose a folder";
    VERIFY_AT_HAND: "待核验：{name}", "To be verified: {name}";
    VERIFY_KEY: "凭哪个协同中心的根密钥", "By which hub's root key";
    VERIFY_KEY_WHY: "根密钥由协同中心的管理单位公布。请向管理单位索取或核对，不要用随提交包一起交来的。", "Whoever runs the hub publishes its root key. Get it from them; do not use one that came along with the package.";
    VERIFY_KEY_FIELD: "根密钥", "Root key";
    VERIFY_KEY_EXAMPLE: "64 位数字和小写字母", "64 digits and lower-case letters";
    VERIFY_KEY_KNOWN: "来自本机已知的协同中心 {origin}", "From the hub {origin}, which this computer knows";
    VERIFY_KEY_OTHER: "另行填写", "Another one";
    VERIFY_KEY_BAD: "根密钥应是 64 位，由数字和 a 到 f 组成；现在有 {count} 位。", "A root key has 64 characters, digits and a to f; this has {count}.";
    VERIFY_EXPECTED: "只认某一份申报（可不填）", "Accept one application only (optional)";
    VERIFY_APPLICATION: "申报编号", "Number of the application";
    VERIFY_REVISION: "第几稿", "Revision";
    VERIFY_DO: "开始核验", "Verify";
    VERIFY_STOP: "停止", "Stop";
    VERIFY_BUSY: "正在核对…", "Verifying…";
    VERIFY_BUSY_OF: "正在核对… {read} / {total}", "Verifying… {read} of {total}";

    // What was found.
    VERIFY_GOOD: "核验通过", "Verified";
    VERIFY_GOOD_PACKAGE: "确是第 {revision} 稿的定稿内容，{count} 个佐证材料文件逐一核对无误，没有改动。", "It is what revision {revision} was when it became final; all {count} files of evidence were looked at, and nothing was changed.";
    VERIFY_GOOD_RECEIPT: "确是第 {revision} 稿的回执，没有改动。只核验了回执；佐证材料没有核对，请核验提交包。", "It is the receipt of revision {revision}, unchanged. The receipt alone was verified; to have the files of evidence looked at, verify the package.";
    VERIFY_BAD: "核验未通过", "Not verified";
    VERIFY_BAD_PART: "回执有效，但有 {count} 处与定稿时不一致。请不要采用这份材料。", "The receipt holds, but {count} things are not as they were signed. Do not use it.";
    VERIFY_BAD_ALL: "它什么也不能证明。请不要采用这份材料。", "It proves nothing. Do not use it.";
    VERIFY_FAULTS: "哪里不对", "What is wrong";
    VERIFY_FAULT_FILE: "佐证材料 {slot}：{name}", "Evidence {slot}: {name}";
    VERIFY_SUBMISSION: "定稿内容", "What was submitted";
    VERIFY_NAME: "申报", "Application";
    VERIFY_FORM: "表单", "Form";
    VERIFY_MADE: "定稿", "Made final";
    VERIFY_DIGEST: "定稿摘要", "Digest";
    VERIFY_LOG: "存证日志", "Public log";
    VERIFY_LOG_ENTRY: "{origin} 第 {entry} 号（签名时共 {size} 条）", "{origin}, entry {entry} (the log had {size} when it was signed)";
    VERIFY_ANSWERS: "填写内容", "Answers";
    VERIFY_ANSWERS_COUNT: "{count} 项", "{count}";
    VERIFY_FORM_FILE: "表单文件", "Form files";
    VERIFY_FORM_CHECKED: "与定稿时所填的一致", "as when it was filled";
    VERIFY_FORM_ABSENT: "没有随包附带", "not in the package";
    VERIFY_NOT_WAITED: "没有等待的设备", "Not waited for";
    VERIFY_SIGNED: "签认", "Signed off";
    VERIFY_SECTION: "部分", "Part";
    VERIFY_STEP: "环节", "Step";
    VERIFY_DECLARED: "真实性声明（全文）", "Declaration of truth (the whole)";
    VERIFY_SIGNER: "签认人", "By";
    VERIFY_WHEN: "时间", "When";
    VERIFY_REMARK: "说明", "Remark";
    VERIFY_FILES: "佐证材料", "Evidence";
    VERIFY_SLOT: "材料", "Evidence";
    VERIFY_FILE: "文件", "File";
    VERIFY_SIZE: "大小", "Size";
    VERIFY_RESULT: "核对结果", "Result";
    VERIFY_FILE_GOOD: "一致", "unchanged";
    VERIFY_FILE_BAD: "不一致", "not as signed";
    VERIFY_FILE_OPEN: "未核对", "not looked at";
    VERIFY_NO_FILES: "没有佐证材料。", "There are no files of evidence.";

    // Final revisions.
    FINALS_NONE: "还没有定稿。", "No revision is final yet.";
    FINALS: "历次定稿", "Final revisions";
    FINAL_MADE: "{time} {person} 定稿", "made final {time} by {person}";
    FINAL_LOG: "存证日志 {origin} 第 {entry} 号", "public log {origin}, entry {entry}";
    FINAL_SAVE_RECEIPT: "另存回执", "Save the receipt";
    FINAL_SAVE_ARCHIVE: "另存提交包（ZIP）", "Save the package (ZIP)";
    FINAL_SAVE_FOLDER: "另存提交包（文件夹）", "Save the package (folder)";
    FINAL_SAVING: "正在写提交包；缺少的佐证材料会先从协同中心取回…", "Writing the package; files that are not here are fetched from the hub first…";
    FINAL_SAVED: "提交包已存为“{name}”，含 {count} 个佐证材料文件，{size}。核验它需要根密钥，请另行交给核验方：", "The package was saved as “{name}”, with {count} files of evidence, {size}. Its root key is needed to verify it; hand it over apart from it:";
    FINAL_COMPARE: "与第 {number} 稿对照", "Compare with revision {number}";
    FINAL_COMPARE_CLOSE: "收起对照", "Close the comparison";
    FINAL_SAME: "两稿的填写内容和佐证材料都相同。", "Answers and evidence of both are the same.";
    FINAL_FIELD: "栏目", "Field";
    FINAL_FILES: "佐证材料的变化", "Changes of evidence";
    FINAL_FILE_NEW: "新增", "new";
    FINAL_FILE_CHANGED: "说明有改动", "described differently";
    FINAL_ORDER_CHANGED: "顺序有变", "in another order";
    FINAL_FILE_GONE: "去掉", "gone";

    // By courier.
    CARRIED_HANDED_IN: "定稿申请已交到协同中心，第 {revision} 稿已定稿。请在“历次定稿”里另存回执，带回给牵头单位导入。", "The submission was handed in at the hub, and revision {revision} is final. Save its receipt under “Final revisions” and bring it back to the lead, to be imported there.";
    CARRIED_RECEIPT: "第 {revision} 稿的回执核验无误，已存本机：这一稿已定稿。", "The receipt of revision {revision} was verified and is kept here: the revision is final.";
}
