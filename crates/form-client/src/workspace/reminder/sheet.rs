//! 催办 as a spreadsheet.

use form_model::command::Owed;
use form_model::language::Language;
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::cause::Cause;

/// Under the application's name and the day of making, and an empty row.
const HEAD_ROW: u32 = 3;
const COLUMNS: usize = 7;
/// How wide a column is at least, in characters of 0: a date, or a head of four 汉字.
const WIDTH_MIN: u16 = 11;
/// How wide it is at most: the rest is broken into lines, so that a page across holds all columns.
const WIDTH_MAX: u16 = 44;
/// What Excel keeps free at both sides, and a bold head takes more.
const WIDTH_SPARE: u16 = 2;
/// A4, in the numbering of the file format.
const PAPER_A4: u8 = 9;
/// Text of what is late: the screen's colour of problems.
const LATE: Color = Color::RGB(0x00b4_2318);
const HEAD_GROUND: Color = Color::RGB(0x00e8_ecf2);
const DATE: &str = "yyyy-mm-dd";

/// Who owes what in an application on a day.
pub(super) struct Sheet {
    /// The application's.
    pub name: String,
    /// The day of making, `YYYY-MM-DD`.
    pub made: String,
    pub lines: Vec<Owed>,
}

impl Sheet {
    /// The bytes of an Excel workbook with one sheet.
    pub fn workbook(&self, language: Language) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name(language.pick("催办", "Reminder"))?;
        self.top(sheet, language)?;
        let heads = heads(language);
        let head = Format::new()
            .set_bold()
            .set_background_color(HEAD_GROUND)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        for (column, text) in (0_u16..).zip(heads) {
            sheet.write_with_format(HEAD_ROW, column, text, &head)?;
        }
        for (row, owed) in (HEAD_ROW + 1..).zip(&self.lines) {
            write_line(sheet, row, owed)?;
        }
        for (column, width) in (0_u16..).zip(self.widths(heads)) {
            sheet.set_column_width(column, width)?;
        }
        set_up_page(sheet)?;
        workbook.save_to_buffer()
    }

    fn top(&self, sheet: &mut Worksheet, language: Language) -> Result<(), XlsxError> {
        let title = match language {
            Language::Chinese => format!("催办：{}", self.name),
            Language::English => format!("Reminder: {}", self.name),
        };
        sheet.write_with_format(0, 0, title, &Format::new().set_bold().set_font_size(14))?;
        sheet.write(1, 0, language.pick("制表日期", "Made on"))?;
        let left = Format::new().set_num_format(DATE).set_align(FormatAlign::Left);
        write_day(sheet, 1, 1, &self.made, &left)
    }

    /// The widths that hold the heads and the lines.
    fn widths(&self, heads: [&str; COLUMNS]) -> [u16; COLUMNS] {
        let mut widths = heads.map(width);
        for owed in &self.lines {
            let texts = [(0, &owed.agency_name), (1, &owed.part), (6, &owed.time_left)];
            for (column, text) in texts {
                widths[column] = widths[column].max(width(text));
            }
        }
        widths.map(|width| (width + WIDTH_SPARE).clamp(WIDTH_MIN, WIDTH_MAX))
    }
}

fn heads(language: Language) -> [&'static str; COLUMNS] {
    match language {
        Language::Chinese => ["单位", "部分", "已填", "应填", "需改正", "截止日期", "期限"],
        Language::English => ["Agency", "Part", "Filled", "Required", "To correct", "Due", "Time left"],
    }
}

fn write_line(sheet: &mut Worksheet, row: u32, owed: &Owed) -> Result<(), XlsxError> {
    let mut cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
    if owed.overdue {
        cell = cell.set_font_color(LATE);
    }
    let words = cell.clone().set_text_wrap();
    sheet.write_with_format(row, 0, owed.agency_name.as_str(), &words)?;
    sheet.write_with_format(row, 1, owed.part.as_str(), &words)?;
    for (column, figure) in (2_u16..).zip([owed.answered, owed.required, owed.problems]) {
        sheet.write_with_format(row, column, figure, &cell)?;
    }
    let day = cell.clone().set_num_format(DATE).set_align(FormatAlign::Center);
    match &owed.due {
        Some(due) => write_day(sheet, row, 5, due, &day)?,
        None => drop(sheet.write_blank(row, 5, &day)?),
    }
    sheet.write_with_format(row, 6, owed.time_left.as_str(), &words)?;
    Ok(())
}

/// A day as a date that can be reckoned with.
fn write_day(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    day: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    match ExcelDateTime::parse_from_str(day) {
        Ok(date) => sheet.write_with_format(row, column, &date, format)?,
        // A roster takes days of the calendar alone; Excel's begins in 1900.
        Err(_) => sheet.write_with_format(row, column, day, format)?,
    };
    Ok(())
}

fn set_up_page(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    sheet.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

/// How wide a text is, in characters of 0: what is not Latin is about twice as wide. The library's own fitting takes
/// 汉字 for Latin letters.
fn width(text: &str) -> u16 {
    text.chars().fold(0, |width: u16, char| width.saturating_add(if char.is_ascii() { 1 } else { 2 }))
}

impl Cause for XlsxError {
    fn chinese(&self) -> String {
        format!("表格不能生成（{self}）")
    }

    fn english(&self) -> String {
        self.to_string()
    }
}
