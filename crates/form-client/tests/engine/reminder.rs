//! 催办, as a lead hands it on: its text, and its workbook as a spreadsheet program reads it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{Settings, TeamAct, TeamRequest};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, FormPart, Grant, Role};

use crate::support::{new_application, set};

/// 2026-08-10, about noon in China and in London.
const NOW_MS: i64 = 1_786_334_400_000;

fn team(home: &Path) -> (Workspace, ApplicationId) {
    let surroundings = Surroundings { now_ms: || NOW_MS, ..Surroundings::without_keyring() };
    let mut desk = Workspace::open(home, surroundings).unwrap();
    let settings =
        Settings { agency: "示例市发展局".into(), person: "王示例".into(), ..desk.settings() };
    desk.save_settings(&settings).unwrap();
    let id = new_application(&mut desk);
    set(&mut desk, &id, "cover.zone_name", "示例中外中小企业合作区");
    grant(&mut desk, &id, "commerce", "示例市商务局", Role::Contributor, &[("openness", Some("2026-08-08"))]);
    let science = [("innovation", Some("2026-08-11")), ("plan.text", None)];
    grant(&mut desk, &id, "science", "示例市科技局", Role::Contributor, &science);
    (desk, id)
}

fn grant(
    desk: &mut Workspace,
    id: &ApplicationId,
    agency: &str,
    name: &str,
    role: Role,
    parts: &[(&str, Option<&str>)],
) {
    let part = |(part, due): &(&str, Option<&str>)| (FormPart((*part).into()), due.map(str::to_owned));
    let parts: BTreeMap<_, _> = parts.iter().map(part).collect();
    let act = TeamAct::SaveAgency {
        id: AgencyId(agency.into()),
        name: name.into(),
        mark: name.chars().take(1).collect(),
        grant: Grant { role, parts, ..Grant::default() },
        accept_until: None,
    };
    desk.team(&TeamRequest { application: id.clone(), act }).unwrap();
}

fn sheet(bytes: &[u8]) -> Range<Data> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["催办"]);
    book.worksheet_range("催办").unwrap()
}

/// A file of the workbook, as it stands in there.
fn inside(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes))
        .unwrap()
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_workbook_says_of_what_application_and_day_it_is_and_has_days_to_reckon_with() {
    let home = tempfile::tempdir().unwrap();
    let (mut desk, id) = team(home.path());
    let bytes = desk.reminder_workbook(&id).unwrap();
    let cells = sheet(&bytes);
    let day = |row, column| match cells.get_value((row, column)) {
        Some(Data::DateTime(day)) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        other => panic!("{row} {column} is no date but {other:?}"),
    };
    assert_eq!(cells.get_value((0, 0)).unwrap().to_string(), "催办：示例中外中小企业合作区");
    assert_eq!(day(1, 1), "2026-08-10");
    let rows: Vec<_> = cells.rows().skip(4).collect();
    assert_eq!((rows[0][0].to_string(), day(4, 5)), ("示例市商务局".into(), "2026-08-08".into()));
    assert_eq!(rows[0][6].to_string(), "已逾期 2 天");
    assert_eq!((rows[1][0].to_string(), day(5, 5)), ("示例市科技局".into(), "2026-08-11".into()));
    assert_eq!(rows[1][6].to_string(), "明天到期");
    assert_eq!((rows[2][0].to_string(), &rows[2][5]), ("示例市科技局".into(), &Data::Empty));
    assert!(matches!(rows[0][3], Data::Float(required) if required > 0.0), "{:?}", rows[0]);
}

#[test]
fn its_head_stays_in_sight_and_its_columns_hold_what_is_in_them() {
    let home = tempfile::tempdir().unwrap();
    let (mut desk, id) = team(home.path());
    let bytes = desk.reminder_workbook(&id).unwrap();
    let xml = inside(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        xml.contains(r#"<pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/>"#),
        "{xml}"
    );
    let first = xml.split_once(r#"<col min="1" max="1" width=""#).unwrap().1;
    let width: f64 = first.split_once('"').unwrap().0.parse().unwrap();
    // 示例市商务局 is six characters, each twice as wide as a digit.
    assert!((12.0..20.0).contains(&width), "{width}");
}

#[test]
fn what_was_handed_to_nobody_and_what_the_lead_took_upon_itself_is_in_it() {
    let home = tempfile::tempdir().unwrap();
    let (mut desk, id) = team(home.path());
    grant(&mut desk, &id, "lead", "示例市发展局", Role::Lead, &[("basics", Some("2026-08-12"))]);
    let reminder = desk.reminder(&id).unwrap();
    let of = |name: &str| -> Vec<_> {
        reminder.lines.iter().filter(|line| line.agency_name == name).map(|line| line.part.as_str()).collect()
    };
    assert_eq!(of("示例市发展局").len(), 1, "{:?}", reminder.lines);
    let nobodys = of("未分配");
    assert!(
        !nobodys.is_empty() && !nobodys.iter().any(|part| part.contains(of("示例市发展局")[0])),
        "{nobodys:?}"
    );
    assert!(
        reminder.lines.iter().rev().take(nobodys.len()).all(|line| line.agency.is_none()),
        "they come last"
    );
    let lines: Vec<&str> = reminder.text.lines().collect();
    assert_eq!(lines[0], "【催办】示例中外中小企业合作区（2026年8月10日）");
    assert!(
        lines[1].starts_with("示例市商务局：") && lines[1].ends_with("，2026年8月8日前交，已逾期 2 天"),
        "{}",
        lines[1]
    );
    assert!(
        lines.iter().any(|line| line.starts_with("未分配：") && line.ends_with("未定截止日期")),
        "{lines:?}"
    );
    let cells = sheet(&desk.reminder_workbook(&id).unwrap());
    let names: Vec<String> = cells.rows().skip(4).map(|row| row[0].to_string()).collect();
    assert_eq!(names.iter().filter(|name| *name == "未分配").count(), nobodys.len());
}

#[test]
fn of_a_section_of_which_fields_were_handed_out_the_rest_is_nobodys() {
    let home = tempfile::tempdir().unwrap();
    let (mut desk, id) = team(home.path());
    let whole = desk.reminder(&id).unwrap();
    let plan =
        |lines: &[form_model::command::Owed]| lines.iter().filter(|line| line.agency.is_none()).count();
    let before = plan(&whole.lines);
    grant(&mut desk, &id, "science", "示例市科技局", Role::Contributor, &[]);
    let after = desk.reminder(&id).unwrap();
    assert!(plan(&after.lines) > before, "innovation is nobody's now: {:?}", after.lines);
    let required = |lines: &[form_model::command::Owed]| lines.iter().map(|line| line.required).sum::<u32>();
    assert_eq!(required(&after.lines), required(&whole.lines), "each field is asked for once");
}
