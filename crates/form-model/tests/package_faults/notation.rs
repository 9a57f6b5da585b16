//! Faults of files and of notation.

use form_model::package::load;

use crate::edit::{Edited, sample};

#[test]
fn a_package_without_form_toml_says_so() {
    Edited::new().remove("form.toml").fails(&[(
        "form.toml",
        1,
        "缺少文件 form.toml。请补上这个文件，或删去这里对它的引用。",
        "the file form.toml is missing. Add it, or remove what names it here.",
    )]);
}

#[test]
fn a_missing_section_file_is_reported_where_it_is_named() {
    Edited::new().remove("sections/stay.toml").fails(&[(
        "form.toml",
        7,
        "缺少文件 sections/stay.toml。请补上这个文件，或删去这里对它的引用。",
        "the file sections/stay.toml is missing. Add it, or remove what names it here.",
    )]);
}

#[test]
fn a_missing_layout_is_reported_where_its_section_is_named() {
    Edited::new().remove("layout/stay.toml").fails(&[(
        "form.toml",
        7,
        "缺少文件 layout/stay.toml。请补上这个文件，或删去这里对它的引用。",
        "the file layout/stay.toml is missing. Add it, or remove what names it here.",
    )]);
}

#[test]
fn a_missing_language_file_is_reported_where_the_language_is_named() {
    Edited::new().remove("messages/en.toml").fails(&[(
        "form.toml",
        3,
        "缺少文件 messages/en.toml。请补上这个文件，或删去这里对它的引用。",
        "the file messages/en.toml is missing. Add it, or remove what names it here.",
    )]);
}

#[test]
fn a_file_that_nothing_names_is_reported() {
    Edited::new().write("sections/staye.toml", b"owner = \"office\"\n").write("notes.txt", b"x").fails(&[
        (
            "notes.txt",
            1,
            "表单包中没有任何地方用到这个文件。请在 form.toml 中登记，或删去这个文件。",
            "nothing in the package names this file. Name it in form.toml, or remove it.",
        ),
        (
            "sections/staye.toml",
            1,
            "表单包中没有任何地方用到这个文件。请在 form.toml 中登记，或删去这个文件。",
            "nothing in the package names this file. Name it in form.toml, or remove it.",
        ),
    ]);
}

#[test]
fn a_file_in_another_encoding_is_reported_and_nothing_else() {
    // 表单 in GBK.
    Edited::new().write("messages/zh-CN.toml", b"title = \"\xb1\xed\xb5\xa5\"\n").fails(&[(
        "messages/zh-CN.toml",
        1,
        "文件不是 UTF-8 文本。请另存为 UTF-8 编码。",
        "the file is not UTF-8 text. Save it as UTF-8.",
    )]);
}

#[test]
fn broken_notation_is_reported_with_its_line_and_nothing_else() {
    Edited::new().replace("sections/stay.toml", "min = 0", "min = ").fails(&[(
        "sections/stay.toml",
        23,
        "不符合 TOML 语法：string values must be quoted, expected literal string。请按 TOML 的写法改正。",
        "not TOML: string values must be quoted, expected literal string. Correct the notation.",
    )]);
}

#[test]
fn a_key_given_twice_is_reported_at_the_second() {
    Edited::new().replace("sections/stay.toml", "max = 500", "max = 500\nmin = 1").fails(&[(
        "sections/stay.toml",
        25,
        "不符合 TOML 语法：duplicate key。请按 TOML 的写法改正。",
        "not TOML: duplicate key. Correct the notation.",
    )]);
}

#[test]
fn what_a_desktop_leaves_in_a_folder_is_no_fault() {
    let package = Edited::new().write(".DS_Store", b"x").write("layout/.stay.toml.swp", b"x");
    assert!(load(package.files()).is_ok());
    assert_eq!(package.files().hash(), sample().hash());
}
