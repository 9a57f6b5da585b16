//! A pasted block on the real form.

use form_model::paste::{Currency, Plan, convert, plan, table};

use crate::support::{form, id};

fn pasted(anchor: &str, text: &str) -> Plan {
    plan(form(), &id(anchor), &table(text))
}

fn cells(plan: &Plan) -> Vec<(&str, &str)> {
    plan.cells.iter().map(|cell| (cell.answer.as_str(), cell.text.as_str())).collect()
}

#[test]
fn a_row_goes_over_the_years_from_the_anchor() {
    let plan = pasted("openness.overseas_offices.2023", "１２\t1,300\t14\r\n");
    assert_eq!(
        cells(&plan),
        [
            ("openness.overseas_offices.2023", "12"),
            ("openness.overseas_offices.2024", "1300"),
            ("openness.overseas_offices.2025", "14"),
        ]
    );
    assert!(plan.unfit.is_empty());
}

#[test]
fn rows_go_down_the_printed_table_past_cells_of_another_kind() {
    let plan = pasted("openness.overseas_agreements.2024", "1\t2\n3\t4\n");
    assert_eq!(
        cells(&plan),
        [
            ("openness.overseas_agreements.2024", "1"),
            ("openness.overseas_agreements.2025", "2"),
            ("openness.overseas_offices.2024", "3"),
            ("openness.overseas_offices.2025", "4"),
        ]
    );
}

#[test]
fn a_table_with_years_downwards_is_filled_as_it_is_printed() {
    let plan = pasted("basics.revenue.2023", "118.5\t62.1%\n123\t63%\n128.51\t64.25%\n");
    assert_eq!(
        cells(&plan),
        [
            ("basics.revenue.2023", "118.50"),
            ("basics.sme_share.2023", "62.10"),
            ("basics.revenue.2024", "123"),
            ("basics.sme_share.2024", "63"),
            ("basics.revenue.2025", "128.51"),
            ("basics.sme_share.2025", "64.25"),
        ]
    );
}

#[test]
fn headings_and_labels_are_left_out_and_years_find_their_columns() {
    let text = "指标\t2025年\t2024年\t2023年\n海外机构（个）\t14\t13\t12\n";
    let plan = pasted("openness.overseas_offices.2023", text);
    assert_eq!(
        cells(&plan),
        [
            ("openness.overseas_offices.2025", "14"),
            ("openness.overseas_offices.2024", "13"),
            ("openness.overseas_offices.2023", "12"),
        ]
    );
    let plan = pasted("basics.revenue.2023", "2025\t128.51\n2024\t123\n2023\t118.50\n");
    assert_eq!(
        cells(&plan),
        [
            ("basics.revenue.2025", "128.51"),
            ("basics.revenue.2024", "123"),
            ("basics.revenue.2023", "118.50"),
        ]
    );
}

#[test]
fn years_down_find_their_columns_across() {
    let plan = pasted("openness.overseas_offices.2023", "2022年\t11\n2024年\t13\n2023年\t12\n");
    assert_eq!(
        cells(&plan),
        [("openness.overseas_offices.2024", "13"), ("openness.overseas_offices.2023", "12")]
    );
    assert_eq!(plan.unfit.len(), 1, "2022 is not asked for");
}

#[test]
fn figures_that_look_like_years_are_figures() {
    let plan = pasted("openness.overseas_offices.2023", "2001\t2010\t1999\n");
    assert_eq!(cells(&plan).len(), 3);
    let plan = pasted("openness.overseas_agreements.2023", "2001\t2010\t1999\n12\t13\t14\n");
    assert_eq!(cells(&plan).len(), 6);
}

#[test]
fn what_finds_no_cell_is_named() {
    let plan = pasted("openness.overseas_offices.2024", "1\t2\t3\n4\n");
    assert_eq!(cells(&plan).len(), 2);
    let unfit: Vec<_> = plan.unfit.iter().map(|cell| (cell.row, cell.column, cell.text.as_str())).collect();
    assert_eq!(unfit, [(0, 2, "3"), (1, 0, "4")]);
    let plan = pasted("openness.overseas_offices.2023", "2021年\t2023年\n9\t12\n");
    assert_eq!(cells(&plan), [("openness.overseas_offices.2023", "12")]);
    assert_eq!(plan.unfit.len(), 1);
}

#[test]
fn blank_cells_leave_what_is_there() {
    let plan = pasted("openness.overseas_offices.2023", "1\t\t3\n\t\t\n\n");
    assert_eq!(
        cells(&plan),
        [("openness.overseas_offices.2023", "1"), ("openness.overseas_offices.2025", "3")]
    );
}

#[test]
fn amounts_in_another_unit_are_offered_for_conversion() {
    let plan = pasted("basics.revenue.2023", "营业总收入（万元）\t占比\n1,285,050\t62.1\n");
    let [revenue, share] = &plan.cells[..] else { panic!("{plan:?}") };
    let amount = revenue.amount.unwrap();
    assert_eq!((amount.multiplier, amount.currency), (10_000, Currency::Yuan));
    let unit = form_model::definition::Unit::HundredMillionYuan;
    assert_eq!(convert(&amount, unit, None).unwrap().exact, "128.505");
    assert_eq!(share.amount, None, "a share is no money");

    let text = "单位：万元\t\t\n年份\t营业总收入\t占比\n2024年\t1,285,050\t62.1\n";
    let plan = pasted("basics.revenue.2023", text);
    assert_eq!(plan.cells[0].answer, id("basics.revenue.2024"));
    assert_eq!(plan.cells[0].amount.unwrap().multiplier, 10_000, "the title names the unit");

    let plan = pasted("basics.revenue.2023", "$12.5 million\t1.2亿美元\n");
    let amount = plan.cells[0].amount.unwrap();
    assert_eq!(convert(&amount, unit, Some("7.1217")).unwrap().exact, "0.8902125");

    let plan = pasted("basics.revenue.2023", "营业总收入（亿元）\n128.50亿元\n");
    assert_eq!(cells(&plan), [("basics.revenue.2023", "128.50")]);
    assert_eq!(plan.cells[0].amount, None, "already in the form's unit");
}

#[test]
fn a_table_from_a_word_processor_keeps_its_long_cells() {
    let text = "\"甲中心\n（2023年认定）\"\t3\n";
    let plan = pasted("innovation.national_platform_names", text);
    assert_eq!(cells(&plan)[0], ("innovation.national_platform_names", "甲中心\n（2023年认定）"));
}

#[test]
fn an_anchor_outside_any_table_takes_its_neighbours_in_the_section() {
    let plan = pasted("basics.output_value", "130.50\n320\n");
    assert_eq!(cells(&plan)[0], ("basics.output_value", "130.50"));
    let nowhere = pasted("no.such.answer", "1\t2");
    assert!(nowhere.cells.is_empty());
    assert_eq!(nowhere.unfit.len(), 2);
    assert_eq!(pasted("basics.output_value", ""), Plan::default());
}
