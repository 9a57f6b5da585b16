//! What was read from a directory, as a workbook: for whoever mends the table, and whoever signs the figures.

use std::collections::BTreeMap;

use form_intake::Sentence as _;
use form_intake::directory::{Enterprise, Report, Size};
use form_model::check::subject;
use form_model::directory::{Agreement, Column, DirectoryTotals, Mapping, compare};
use form_model::language::Language;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::Beside;

/// How wide columns are, in characters of 0: a long name, a sentence, everything else.
const NAME_WIDTH: u16 = 36;
const REMARK_WIDTH: u16 = 60;
const WIDTH: u16 = 14;
/// The screen's colours of problems and of heads.
const PROBLEM: Color = Color::RGB(0x00b4_2318);
const HEAD_GROUND: Color = Color::RGB(0x00e8_ecf2);
/// Columns before those of the mapping: the row in the table that was read.
const OWN_COLUMNS: u16 = 1;

/// The bytes of a workbook with two sheets: the enterprises, and the sums beside the form's figures.
pub(super) fn workbook(
    report: &Report,
    mapping: &Mapping,
    totals: &DirectoryTotals,
    beside: Beside<'_>,
    language: Language,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.pick("名录", "Directory"))?;
    enterprises(sheet, report, mapping, language)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.pick("合计核对", "Totals"))?;
    figures(sheet, totals, beside, language)?;
    workbook.save_to_buffer()
}

fn head() -> Format {
    Format::new()
        .set_bold()
        .set_background_color(HEAD_GROUND)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_text_wrap()
}

fn cell() -> Format {
    Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

fn heads(sheet: &mut Worksheet, texts: &[String]) -> Result<(), XlsxError> {
    for (column, text) in (0_u16..).zip(texts) {
        sheet.write_with_format(0, column, text, &head())?;
        sheet.set_column_width(column, WIDTH)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn enterprises(
    sheet: &mut Worksheet,
    report: &Report,
    mapping: &Mapping,
    language: Language,
) -> Result<(), XlsxError> {
    let columns: Vec<Column> = mapping.columns.keys().copied().collect();
    let mut texts = vec![language.pick("原表行号", "Row in the table").to_owned()];
    texts.extend(columns.iter().map(|column| heading(*column, language)));
    texts.push(language.pick("问题和改法", "What is wrong and what to do").to_owned());
    heads(sheet, &texts)?;
    let mut wrong: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for error in &report.errors {
        wrong.entry(error.row).or_default().push(error.sentence(language));
    }
    let last = OWN_COLUMNS + u16::try_from(columns.len()).unwrap_or(u16::MAX - OWN_COLUMNS);
    for (row, enterprise) in (1_u32..).zip(&report.enterprises) {
        let said = wrong.get(&enterprise.row).map(|said| said.join("\n")).unwrap_or_default();
        let format = if said.is_empty() { cell() } else { cell().set_font_color(PROBLEM) };
        sheet.write_with_format(row, 0, format!("{}", enterprise.row + 1), &format)?;
        for (at, column) in (OWN_COLUMNS..).zip(&columns) {
            // As text: a code is no number, and a revenue keeps every digit.
            sheet.write_string_with_format(row, at, spelled(enterprise, *column, language), &format)?;
        }
        sheet.write_string_with_format(row, last, said, &format)?;
    }
    sheet.set_column_width(OWN_COLUMNS, NAME_WIDTH)?;
    sheet.set_column_width(last, REMARK_WIDTH)?;
    Ok(())
}

/// Revenues are in 亿元 here, whatever the table's unit is.
fn heading(column: Column, language: Language) -> String {
    let label = column.label(language);
    match column {
        Column::Revenue(_) => format!("{label}{}", language.pick("（亿元）", " (100 million yuan)")),
        _ => label,
    }
}

fn spelled(enterprise: &Enterprise, column: Column, language: Language) -> String {
    let yes =
        |set: bool| (if set { language.pick("是", "yes") } else { language.pick("否", "no") }).to_owned();
    match column {
        Column::Name => enterprise.name.clone(),
        Column::CreditCode => enterprise.credit_code.clone(),
        Column::Size => enterprise.size.map(|size| size_word(size, language).to_owned()).unwrap_or_default(),
        Column::Revenue(year) => {
            let revenue = enterprise.revenue.get(&year);
            revenue.map(|revenue| revenue.normalize().to_string()).unwrap_or_default()
        }
        Column::Foreign => yes(enterprise.foreign),
        Column::Titles => {
            let titles: Vec<_> = enterprise.titles.iter().map(|title| title.label(language)).collect();
            titles.join(language.pick("、", ", "))
        }
        title => yes(enterprise.titles.contains(&title)),
    }
}

fn size_word(size: Size, language: Language) -> &'static str {
    match size {
        Size::Large => language.pick("大型", "large"),
        Size::Medium => language.pick("中型", "medium"),
        Size::Small => language.pick("小型", "small"),
        Size::Micro => language.pick("微型", "micro"),
        Size::SmallOrMedium => language.pick("中小", "small or medium"),
    }
}

fn figures(
    sheet: &mut Worksheet,
    totals: &DirectoryTotals,
    beside: Beside<'_>,
    language: Language,
) -> Result<(), XlsxError> {
    let texts = [
        ("申报表栏目", "Figure of the form"),
        ("申报表", "Form"),
        ("名录合计", "Directory"),
        ("核对", "Result"),
    ];
    heads(sheet, &texts.map(|(chinese, english)| language.pick(chinese, english).to_owned()))?;
    for (row, one) in (1_u32..).zip(compare(beside.form, beside.slot, beside.answers, totals)) {
        let differs = one.agreement == Agreement::Differs;
        let format = if differs { cell().set_font_color(PROBLEM) } else { cell() };
        let subject = subject(beside.form, language, &one.answer);
        let said = agreement_word(one.agreement, language);
        for (column, text) in (0_u16..).zip([subject.as_str(), &one.form, &one.directory, said]) {
            sheet.write_string_with_format(row, column, text, &format)?;
        }
    }
    sheet.set_column_width(0, REMARK_WIDTH)?;
    Ok(())
}

/// How a figure and a sum stand to each other, in words.
pub fn agreement_word(agreement: Agreement, language: Language) -> &'static str {
    match agreement {
        Agreement::Agrees => language.pick("一致", "the same"),
        Agreement::Differs => language.pick("不一致", "differs"),
        Agreement::Unfilled => language.pick("表上未填", "not filled in"),
        Agreement::Absent => language.pick("名录没有此列", "no such column"),
    }
}
