//! `huiqian evidence directory`: a table of enterprises read, told row by row, held against the form, put into its slot.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Said, at};

const FORM: &str = "zone-application-2026";
/// A table as a clerk keeps it, with a title, the unit above and thousands separated; revenue 30.01 and 12 万元.
const GOOD: &str = "示例合作区入驻企业名录,,,\n单位：万元,,,\n企业名称,企业规模,2025年营业收入,小巨人\n\
                    甲公司,小型,\"300,100\",是\n乙公司,大型,\"120,000.00\",否\n合计,,\"420,100\",\n";
const BAD: &str = "企业名称,企业规模,2025年营业收入,小巨人\n甲公司,巨型,12万,是\n甲公司,小型,5,也许\n";

struct Ground {
    home: tempfile::TempDir,
    id: String,
}

impl Ground {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let said = at(home.path(), &["--json", "app", "new", "--form", FORM, "--name", "示例"]);
        let id = said.json()["id"].as_str().unwrap().to_owned();
        Self { home, id }
    }

    fn says(&self, arguments: &[&str]) -> Said {
        at(self.home.path(), arguments)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn directory(&self, file: &str, more: &[&str]) -> Said {
        self.says(&[&["evidence", "directory", &self.id, file], more].concat())
    }

    fn set(&self, answer: &str, value: &str) {
        let said = self.says(&["set", &self.id, answer, value]);
        assert_eq!(said.code, Some(0), "{said:?}");
    }
}

fn compared<'a>(read: &'a Value, answer: &str) -> &'a Value {
    read["compared"].as_array().unwrap().iter().find(|one| one["answer"] == answer).unwrap()
}

#[test]
fn a_directory_that_agrees_goes_into_its_slot_and_check_is_silent_until_a_figure_changes() {
    let ground = Ground::new();
    for (answer, value) in
        [("basics.revenue.2025", "42.01"), ("basics.sme_share.2025", "71.44"), ("basics.sme_count", "1")]
    {
        ground.set(answer, value);
    }
    ground.set("cultivation.little_giants", "1");
    let file = ground.file("名录.csv", GOOD);
    let said = ground.directory(&file, &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("名录.csv  第 4 行起，2 家企业"), "{said:?}");
    assert!(said.out.contains("C 2025年营业收入（万元）"), "{said:?}");
    assert!(said.out.contains("[一致] 2025年合作区营业总收入：申报表 42.01，名录 42.01"), "{said:?}");
    assert!(said.out.contains("[名录没有此列]"), "{said:?}");
    let listed = || ground.says(&["evidence", "list", &ground.id, "1"]).out;
    assert!(!listed().contains("名录.csv"), "it was only looked at");

    let said = ground.directory(&file, &["--add"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("已放入佐证材料 1"), "{said:?}");
    assert!(listed().contains("名录.csv") && listed().contains("名录：2 家企业"), "{}", listed());
    let warnings = || {
        let report = ground.says(&["--json", "check", &ground.id]).json();
        let all = report["violations"].as_array().unwrap().clone();
        all.into_iter().filter(|one| one["rule"] == "directory").collect::<Vec<_>>()
    };
    assert_eq!(warnings(), Vec::<Value>::new());
    ground.set("basics.revenue.2025", "43");
    let [warning] = &warnings()[..] else { panic!("{:?}", warnings()) };
    assert_eq!((&warning["severity"], &warning["field"]), (&json!("caution"), &json!("basics.revenue.2025")));
    assert!(warning["message"].as_str().unwrap().contains("合计是 42.01"), "{warning}");
}

#[test]
fn faulty_rows_end_with_1_and_say_what_to_do_in_both_languages() {
    let ground = Ground::new();
    let file = ground.file("名录.csv", BAD);
    let said = ground.directory(&file, &[]);
    assert_eq!(said.code, Some(1), "{said:?}");
    for line in [
        "B2  甲公司  企业规模：“巨型”不是企业规模，请填大型、中型、小型或微型",
        "C2  甲公司  2025年营业收入：“12万”不是数字，请只填数字，没有的留空",
        "A3  甲公司  企业名称：与第 2 行重复，请删去重复的一行",
        "D3  甲公司  专精特新“小巨人”：“也许”既不是“是”也不是“否”，请填“是”或“否”",
    ] {
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
    let said = ground.directory(&file, &["--lang", "en"]);
    assert!(
        said.out.contains("C2  甲公司  revenue of 2025: “12万” is no number; write digits only"),
        "{said:?}"
    );
    let read = ground.directory(&file, &["--json"]).json();
    assert_eq!(
        (&read["fault_count"], &read["agrees"], &read["added"]),
        (&json!(4), &json!(false), &json!(false))
    );
    assert_eq!(read["faults"][0]["cell"], "B2");
    assert_eq!(read["totals"]["figures"]["enterprises"], "2");
}

#[test]
fn columns_are_named_on_the_command_line_and_a_report_is_written() {
    let ground = Ground::new();
    let file = ground.file("无表头.csv", "示例甲,小,300\n示例乙,大,100\n");
    let said = ground.directory(&file, &[]);
    assert_eq!(said.code, Some(2), "no heading: {said:?}");
    assert!(said.err.contains("企业名称"), "{said:?}");
    let report = ground.home.path().join("核对.xlsx");
    let map = "name=A,size=B,revenue.2025=C:亿元";
    let more = ["--map", map, "--first-row", "1", "--report", report.to_str().unwrap(), "--json"];
    ground.set("basics.revenue.2025", "401");
    let said = ground.directory(&file, &more);
    assert_eq!(said.code, Some(1), "{said:?}");
    let read = said.json();
    assert_eq!(read["enterprises"], 2);
    assert_eq!(compared(&read, "basics.revenue.2025")["agreement"], "differs");
    assert_eq!(compared(&read, "basics.revenue.2025")["directory"], "400");
    assert_eq!(compared(&read, "basics.sme_count")["agreement"], "unfilled");
    assert!(fs::read(&report).unwrap().starts_with(b"PK"), "a workbook");
    let said = ground.directory(&file, &["--map", "name=A,size=-", "--first-row", "1", "--json"]);
    assert_eq!(compared(&said.json(), "basics.sme_count")["agreement"], "absent");
}

#[test]
fn what_cannot_be_understood_is_refused_with_a_sentence_and_2() {
    let ground = Ground::new();
    let file = ground.file("名录.csv", GOOD);
    let page = ground.file("页.pdf", "%PDF-1.4\n%%EOF\n");
    let missing = Path::new(&file).with_file_name("没有.xlsx").to_str().unwrap().to_owned();
    for (file, more, code) in [
        (&file, &["--map", "name"][..], "bad_column"),
        (&file, &["--map", "village=B"], "bad_column"),
        (&file, &["--map", "revenue.1999=B"], "bad_column"),
        (&file, &["--map", "size=B:万元"], "bad_column"),
        (&file, &["--map", "name=-"], "bad_column"),
        (&file, &["--sheet", "2"], "no_such_sheet"),
        (&file, &["--sheet", "0"], "no_such_sheet"),
        (&file, &["--slot", "2"], "no_directory"),
        (&file, &["--slot", "99"], "no_such_slot"),
        (&page, &[], "bad_directory"),
        (&missing, &[], "file_unusable"),
    ] {
        let said = ground.directory(file, &[&["--json"], more].concat());
        assert_eq!((said.code, &said.json()["error"]["code"]), (Some(2), &json!(code)), "{more:?}: {said:?}");
        assert!(!said.err.contains('{'), "{said:?}");
    }
}
