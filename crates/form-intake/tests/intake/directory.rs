//! The directory of enterprises, as agencies keep it.

use std::io::Cursor;

use form_intake::Sentence;
use form_intake::directory::{
    Column, DirectoryFault, Figure, Mapping, Report, RowProblem, Sheet, Size, Unit, propose, read, read_rows,
    totals,
};
use form_model::directory::DirectoryTotals;
use form_model::language::Language;
use rust_xlsxwriter::{Format, Formula, Workbook};

const YEARS: [u16; 3] = [2023, 2024, 2025];
/// Two sound codes of companies, and one with its last character wrong.
const CODES: [&str; 3] = ["91350100M000100Y43", "91330106673959654P", "91330106673959654Q"];

fn rows() -> Vec<Vec<&'static str>> {
    vec![
        vec!["合作区入驻企业名录"],
        vec!["单位：万元"],
        vec![
            "序号",
            "企业名称",
            "统一社会信用代码",
            "企业规模",
            "营业收入",
            "",
            "",
            "优质企业称号",
            "是否外资",
        ],
        vec!["", "", "", "", "2023年", "2024年", "2025年", "", ""],
        vec![
            "1",
            "甲公司",
            CODES[0],
            "小型",
            "1,000",
            "2000.5",
            "３０００",
            "专精特新“小巨人”企业、单项冠军",
            "否",
        ],
        vec!["2", "乙公司", CODES[1], "大型", "9000", "8000", "7000", "", "是"],
        vec!["", "", "", "", "", "", "", "", ""],
        vec!["3", "丙公司", "", "微型", "无", "-", "0.01", "专精特新中小企业", "中外合资"],
        vec!["合 计", "", "", "", "10000", "10000.5", "10000.01", "", ""],
    ]
}

fn csv(rows: &[Vec<&str>], separator: char) -> String {
    let quoted =
        |cell: &&str| if cell.contains(separator) { format!("\"{cell}\"") } else { (*cell).to_owned() };
    let line = |row: &Vec<&str>| row.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string());
    rows.iter().map(|row| line(row) + "\r\n").collect()
}

fn excel(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("填表说明").unwrap().write(0, 0, "请逐行填写").unwrap();
    let sheet = workbook.add_worksheet().set_name("名录").unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write(row, column, *cell).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn import(bytes: &[u8], name: &str) -> (Sheet, Mapping, Report) {
    let sheets = read(&mut Cursor::new(bytes), name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (index, mapping) = propose(&sheets, &YEARS).unwrap();
    let report = read_rows(&sheets[index], &mapping);
    (sheets[index].clone(), mapping, report)
}

fn table(text: &str) -> (Mapping, Report) {
    let (_, mapping, report) = import(text.as_bytes(), "名录.csv");
    (mapping, report)
}

#[test]
fn a_directory_is_read_alike_from_excel_and_every_kind_of_csv() {
    let text = csv(&rows(), ',');
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    let tabs = csv(&rows(), '\t');
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = format!("\u{feff}{}", csv(&rows(), ';'));
    let files = [
        ("名录.xlsx", excel(&rows())),
        ("utf8.csv", text.into_bytes()),
        ("gb.csv", gb),
        ("utf16.txt", utf16),
        ("marked.csv", marked.into_bytes()),
    ];
    for (name, bytes) in files {
        let (_, mapping, report) = import(&bytes, name);
        assert_eq!(mapping.first_row, 4, "{name}");
        assert_eq!(mapping.columns[&Column::Revenue(2024)], 5, "{name}");
        assert_eq!(mapping.units[&Column::Revenue(2024)], Unit::TenThousandYuan, "{name}");
        assert_eq!(report.errors, [], "{name}");
        let names: Vec<_> = report.enterprises.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["甲公司", "乙公司", "丙公司"], "{name}: neither blank rows nor the sum");
        let first = &report.enterprises[0];
        assert_eq!((first.row, first.size, first.foreign), (4, Some(Size::Small), false), "{name}");
        assert_eq!(first.revenue[&2024].to_string(), "0.20005", "{name}");
        let titles: Vec<_> = first.titles.iter().copied().collect();
        assert_eq!(titles, [Column::Champion, Column::LittleGiant], "{name}");
        assert!(report.enterprises[2].foreign, "{name}: 中外合资");
        assert!(!report.enterprises[2].revenue.contains_key(&2023), "{name}: 无");
    }
}

/// The figures and their sums, as they are stored.
fn figures(totals: &DirectoryTotals) -> Vec<(Figure, &str)> {
    totals.figures.iter().map(|(figure, text)| (*figure, text.as_str())).collect()
}

#[test]
fn a_directory_adds_up_exactly_to_what_its_columns_say() {
    let (_, mapping, report) = import(&excel(&rows()), "名录.xlsx");
    let totals = totals(&report, &mapping);
    let expected = [
        (Figure::Enterprises, "3"),
        (Figure::Smes, "2"),
        (Figure::Foreign, "2"),
        (Figure::Revenue(2023), "1"),
        (Figure::Revenue(2024), "1.00005"),
        (Figure::Revenue(2025), "1.000001"),
        (Figure::SmeShare(2023), "10"),
        (Figure::SmeShare(2024), "20.0039998"),
        (Figure::SmeShare(2025), "30.00007"),
        (Figure::Champions, "1"),
        (Figure::LittleGiants, "1"),
        (Figure::Specialised, "1"),
        (Figure::TechInnovative, "0"),
    ];
    assert_eq!(figures(&totals), expected);
    assert_eq!(totals.errors, 0);
    let stored = totals.stored();
    assert_eq!(DirectoryTotals::read(stored.as_text()), Some(totals));
}

#[test]
fn a_figure_without_a_column_is_not_added_up() {
    let (mapping, report) = table("企业名称,2025年营业收入（亿元）\n甲,1.5\n乙,2\n");
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::HundredMillionYuan);
    let totals = totals(&report, &mapping);
    // Without sizes nobody knows whose revenue it is.
    assert_eq!(figures(&totals), [(Figure::Enterprises, "2"), (Figure::Revenue(2025), "3.5")]);
}

#[test]
fn another_years_form_asks_for_other_columns() {
    let text = "企业名称,2025年营业收入,2027年营业收入\n甲,1,2\n";
    let sheets = read(&mut Cursor::new(text.as_bytes()), "a.csv").unwrap();
    let (_, mapping) = propose(&sheets, &[2026, 2027]).unwrap();
    let columns: Vec<_> = mapping.columns.keys().copied().collect();
    assert_eq!(columns, [Column::Name, Column::Revenue(2027)]);
}

#[test]
fn what_a_formula_could_not_work_out_is_told_and_its_result_is_read() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, ["企业名称", "2025年营业收入"]).unwrap();
    for (row, name) in (1..).zip(["甲", "乙"]) {
        sheet.write(row, 0, name).unwrap();
    }
    sheet.write_formula(1, 1, Formula::new("=6*7").set_result("42")).unwrap();
    sheet.write_formula(2, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let (_, _, report) = import(&workbook.save_to_buffer().unwrap(), "a.xlsx");
    assert_eq!(report.enterprises[0].revenue[&2025].to_string(), "0.0042");
    let found = "#DIV/0!".to_owned();
    assert_eq!(report.errors[0].problem, RowProblem::NotANumber { found });
    assert!(!report.enterprises[1].revenue.contains_key(&2025));
}

#[test]
fn merged_headings_over_two_rows_name_the_columns() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 4, "示例市合作区入驻企业名录（2025年底）", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "企业名称", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 3, "营业收入（亿元）", &plain).unwrap();
    sheet.merge_range(1, 4, 2, 4, "企业规模", &plain).unwrap();
    sheet.write_row(2, 1, ["2023年", "2024年", "2025年"]).unwrap();
    sheet.write_row(3, 0, ["甲", "1.5", "2.5", "3.5", "小型"]).unwrap();
    let (_, mapping, report) = import(&workbook.save_to_buffer().unwrap(), "a.xlsx");
    assert_eq!((mapping.first_row, mapping.columns.len()), (3, 5), "{mapping:?}");
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::HundredMillionYuan);
    assert_eq!(report.enterprises[0].revenue[&2025].to_string(), "3.5");
}

#[test]
fn each_faulty_cell_is_told_with_row_and_column_and_its_enterprise_stays() {
    let text = format!(
        "企业名称,信用代码,规模,2025营收(元),小巨人\n\
         甲,{},中型,12万,是\n\
         甲,{},巨型,-5,2024年\n\
         ,{},否,7,也许\n",
        CODES[0], CODES[2], CODES[0]
    );
    let (mapping, report) = table(&text);
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::Yuan);
    let told: Vec<_> = report.errors.iter().map(|error| error.sentence(Language::Chinese)).collect();
    assert_eq!(
        told,
        [
            "第 2 行“2025年营业收入”：“12万”不是数字，请只填数字，没有的留空",
            "第 3 行“统一社会信用代码”：不是正确的统一社会信用代码，请核对 18 位字符",
            "第 3 行“企业规模”：“巨型”不是企业规模，请填大型、中型、小型或微型",
            "第 3 行“2025年营业收入”：不能是负数，请核对金额",
            "第 3 行“企业名称”：与第 2 行重复，请删去重复的一行",
            "第 4 行“企业名称”：没有企业名称，请补上名称，或删去这一行",
            "第 4 行“专精特新“小巨人””：“也许”既不是“是”也不是“否”，请填“是”或“否”",
            "第 4 行“统一社会信用代码”：与第 2 行重复，请删去重复的一行",
        ]
    );
    assert_eq!(report.enterprises.len(), 3);
    assert_eq!(report.enterprises[2].size, Some(Size::Large), "an SME? No.");
    assert_eq!(report.enterprises[2].revenue[&2025].to_string(), "0.00000007");
    assert_eq!(report.errors[4].problem, RowProblem::Twice { row: 1 });
}

#[test]
fn a_size_that_nobody_knows_is_told_and_none_that_is_denied_is_large() {
    let (_, report) = table("企业名称,企业规模\n甲,不详\n乙,不是中小企业\n丙,非中小\n丁,中小微\n");
    let sizes: Vec<_> = report.enterprises.iter().map(|one| one.size).collect();
    assert_eq!(sizes, [None, Some(Size::Large), Some(Size::Large), Some(Size::Micro)]);
    assert_eq!(report.errors[0].problem, RowProblem::UnknownSize { found: "不详".to_owned() });
}

#[test]
fn rows_are_counted_as_a_person_sees_them() {
    let (_, report) = table("名录\n\n企业名称,备注,规模\n\n甲,\"两\n行\",小型\n\n\n乙,,巨型\n");
    let rows: Vec<_> = report.enterprises.iter().map(|one| one.row).collect();
    assert_eq!(rows, [4, 7], "blank lines count, lines within a cell do not");
    assert_eq!(report.errors[0].row, 7);
}

#[test]
fn the_first_enterprise_is_no_part_of_the_heading() {
    // What it says beside would name a column more.
    let (mapping, report) = table("填报单位：万元市商务局\n企业名称,备注,2025年营收\n甲,专精特新,3\n乙,,4\n");
    assert_eq!(mapping.first_row, 2);
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::TenThousandYuan, "an office is no unit");
    assert_eq!(report.enterprises.len(), 2);
    let (mapping, report) = table("合作区入驻企业名录\n企业名称\n甲\n");
    assert_eq!((mapping.first_row, report.enterprises.len()), (2, 1), "the title names no column");
    let (mapping, _) = table("（单位：亿元）\n企业名称,2025年营收\n甲,3\n");
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::HundredMillionYuan);
}

#[test]
fn a_person_can_map_the_columns_otherwise() {
    let text = "企业名称,曾用名称,营业收入\n甲,甲甲,5\n";
    let (sheet, mut mapping, _) = import(text.as_bytes(), "a.csv");
    assert!(!mapping.columns.contains_key(&Column::Revenue(2025)), "of no year that it names");
    mapping.columns.insert(Column::Name, 1);
    mapping.columns.insert(Column::Revenue(2025), 2);
    mapping.units.insert(Column::Revenue(2025), Unit::HundredMillionYuan);
    let report = read_rows(&sheet, &mapping);
    assert_eq!(report.enterprises[0].name, "甲甲");
    assert_eq!(report.enterprises[0].revenue[&2025].to_string(), "5");
}

#[test]
fn what_is_no_directory_is_refused_with_a_reason() {
    let fault = |bytes: &[u8], name: &str| {
        read(&mut Cursor::new(bytes), name)
            .and_then(|sheets| propose(&sheets, &YEARS).map(|_| ()))
            .unwrap_err()
    };
    assert!(matches!(fault(b"a,b\n1,2\n", "a.csv"), DirectoryFault::NoHeading));
    assert!(matches!(fault(&crate::made::pdf(&["1 0 0"]), "a.csv"), DirectoryFault::NoTable));
    assert!(matches!(fault(b"\n\n \n", "a.csv"), DirectoryFault::Empty));
    assert!(matches!(fault(&crate::made::compound(&["/Workbook"]), "a.xls"), DirectoryFault::Damaged));
}

#[test]
fn a_cell_at_the_end_of_the_world_takes_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "企业名称").unwrap();
    sheet.write(1_048_575, 16_383, "x").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let refused = read(&mut Cursor::new(&bytes), "a.xlsx");
    assert!(matches!(refused, Err(DirectoryFault::TooMany)), "{refused:?}");
}

#[test]
fn an_old_workbook_is_weighed_before_it_is_read() {
    // A number in the last row and column that the format has (MS-XLS 2.4.180).
    let mut stream = vec![0x09, 0x08, 16, 0];
    stream.extend([0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    stream.extend([0x03, 0x02, 14, 0, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    std::io::Write::write_all(&mut file.create_stream("/Workbook").unwrap(), &stream).unwrap();
    let bytes = file.into_inner().into_inner();
    let refused = read(&mut Cursor::new(&bytes), "a.xls");
    assert!(matches!(refused, Err(DirectoryFault::TooMany)), "{refused:?}");
}
