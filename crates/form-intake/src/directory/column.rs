//! What people call the columns of a directory, their units and their years.

use super::{Column, Unit};

/// What a heading means, where it may name one of these years; `None` when it means nothing here. Longer names come
/// before those that they contain.
pub(super) fn named(heading: &str, years: &[u16]) -> Option<Column> {
    let heading: String = heading.chars().filter(|char| !char.is_whitespace()).collect();
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    if has(&["信用代码", "机构代码", "税号", "纳税人识别号"]) {
        return Some(Column::CreditCode);
    }
    if has(&["营业收入", "营业总收入", "主营业务收入", "营收", "销售收入"]) {
        return year(&heading, years).map(Column::Revenue);
    }
    if let Some(title) = title(&heading) {
        return Some(title);
    }
    if has(&["资质", "荣誉", "称号", "培育类别", "优质企业"]) {
        return Some(Column::Titles);
    }
    if has(&["规模", "划型", "是否中小", "是否为中小", "大中小微"]) {
        return Some(Column::Size);
    }
    if has(&["外资", "合资", "注册类型", "登记类型", "企业性质"]) {
        return Some(Column::Foreign);
    }
    let name = has(&["企业名称", "单位名称", "公司名称", "企业全称", "机构名称"]);
    (name || matches!(heading.as_str(), "名称" | "企业" | "公司" | "入驻企业")).then_some(Column::Name)
}

/// The title that a text names, as a heading or in a cell.
pub(super) fn title(text: &str) -> Option<Column> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["单项冠军"]) {
        Some(Column::Champion)
    } else if has(&["小巨人"]) {
        Some(Column::LittleGiant)
    } else if has(&["专精特新"]) {
        Some(Column::Specialised)
    } else {
        has(&["科技型", "创新型", "科技和创新", "科技中小"]).then_some(Column::TechInnovative)
    }
}

/// The year that a heading names, if it is one of these.
pub(super) fn year(heading: &str, years: &[u16]) -> Option<u16> {
    years.iter().copied().find(|year| heading.contains(&year.to_string()))
}

/// The unit that a heading names.
pub(super) fn unit(heading: &str) -> Option<Unit> {
    if heading.contains('亿') {
        Some(Unit::HundredMillionYuan)
    } else if heading.contains('万') {
        Some(Unit::TenThousandYuan)
    } else {
        heading.contains('元').then_some(Unit::Yuan)
    }
}
