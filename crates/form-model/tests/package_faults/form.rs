//! Faults of `form.toml`.

use crate::edit::Edited;

#[test]
fn a_form_without_version_and_agencies_is_told_both() {
    Edited::new()
        .replace("form.toml", "version = \"1.0.0\"\n", "")
        .replace("form.toml", "id = \"visit\"\n", "")
        .fails(&[
            ("form.toml", 1, "缺少“id”。请补上。", "the key \"id\" is missing. Add it."),
            ("form.toml", 1, "缺少“version”。请补上。", "the key \"version\" is missing. Add it."),
        ]);
}

#[test]
fn a_version_of_two_numbers_is_refused() {
    Edited::new().replace("form.toml", "\"1.0.0\"", "\"1.0\"").fails(&[(
        "form.toml",
        2,
        "“version”的值不对。请写成三段版本号，例如 \"1.0.0\"。",
        "the value of \"version\" is wrong. Write three numbers, such as \"1.0.0\".",
    )]);
}

#[test]
fn a_deadline_that_no_calendar_has_is_refused() {
    Edited::new().replace("form.toml", "\"2027-03-01\"", "\"2027-02-29\"").fails(&[(
        "form.toml",
        4,
        "“deadline”的值不对。请写成日期，例如 \"2026-08-15\"。",
        "the value of \"deadline\" is wrong. Write a date, such as \"2026-08-15\".",
    )]);
}

#[test]
fn an_unknown_language_is_refused_with_those_known() {
    Edited::new().replace("form.toml", "\"en\"]", "\"en\", \"fr\"]").fails(&[(
        "form.toml",
        3,
        "“languages”不能是“fr”。可用的有：zh-CN、en。",
        "\"languages\" cannot be \"fr\". Known: zh-CN, en.",
    )]);
}

#[test]
fn a_section_named_twice_is_reported() {
    Edited::new()
        .replace(
            "form.toml",
            "agencies = [\"office\", \"guest\"]",
            "agencies = [\"office\", \"guest\", \"office\"]",
        )
        .fails(&[(
            "form.toml",
            6,
            "编号“office”重复，form.toml 第 6 行已经用过。请换一个编号。",
            "the id \"office\" is used already in form.toml, line 6. Choose another.",
        )]);
}

#[test]
fn a_name_that_is_no_answer_is_refused_with_the_nearest() {
    Edited::new().replace("form.toml", "\"stay.host\"\nagencies", "\"stay.hots\"\nagencies").fails(&[(
        "form.toml",
        5,
        "表单中没有“stay.hots”这一栏。是否指“stay.host”？请改正或删去。",
        "the form has no field or answer \"stay.hots\". Did you mean \"stay.host\"? Correct or remove it.",
    )]);
}

#[test]
fn an_evidence_slot_whose_field_does_not_ask_for_it_is_reported() {
    Edited::new().replace("form.toml", "field = \"stay.host\"", "field = \"stay.names\"").fails(&[(
        "form.toml",
        14,
        "佐证材料“letter”与“stay.names”没有互相引用。请在该栏写上 evidence = \"letter\"，并在 form.toml 中写上 field。",
        "the evidence slot \"letter\" and \"stay.names\" do not name each other. Give the field evidence = \"letter\" and the slot in form.toml its field.",
    )]);
}

#[test]
fn a_clause_for_a_check_that_does_not_exist_is_refused() {
    Edited::new().replace("form.toml", "checks = [\"required\"]", "checks = [\"requird\"]").fails(&[(
        "form.toml",
        12,
        "“checks”不能是“requird”。可用的有：required、number、decimal_places、whole_number、minimum、maximum、too_long、date、date_incomplete、phone、option、other_text、confirm、unreadable_character、wrong_kind、direction_mark、disqualifying、unknown_answer、evidence、directory。",
        "\"checks\" cannot be \"requird\". Known: required, number, decimal_places, whole_number, minimum, maximum, too_long, date, date_incomplete, phone, option, other_text, confirm, unreadable_character, wrong_kind, direction_mark, disqualifying, unknown_answer, evidence, directory.",
    )]);
}

#[test]
fn a_deadline_answer_that_is_no_date_is_refused() {
    Edited::new().replace("form.toml", "name_answer", "deadline_answer = \"stay.names\"\nname_answer").fails(
        &[(
            "form.toml",
            5,
            "“stay.names”不能用在这里。请改用一个日期栏目。",
            "\"stay.names\" does not fit here. Name a date field.",
        )],
    );
}

#[test]
fn a_directory_that_is_compared_with_no_number_by_an_unknown_sum_is_told_both() {
    let comparison = "kinds = [\"host\"]\ndirectory = [{ answer = \"stay.host\", total = \"guests\" }]";
    Edited::new().replace("form.toml", "kinds = [\"host\"]", comparison).fails(&[
        (
            "form.toml",
            19,
            "“total”不能是“guests”。可用的有：enterprises、smes、foreign、champions、little_giants、specialised、tech_innovative、revenue.2025、sme_share.2025。",
            "\"total\" cannot be \"guests\". Known: enterprises, smes, foreign, champions, little_giants, specialised, tech_innovative, revenue.2025, sme_share.2025.",
        ),
        (
            "form.toml",
            19,
            "“stay.host”不能用在这里。请改用一个数字（分列的栏目要写明列，例如 .2025）。",
            "\"stay.host\" does not fit here. Name a number (of a field in columns, name the column, such as .2025).",
        ),
    ]);
}
