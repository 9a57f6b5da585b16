//! What is not signed, not made final, and why: each told by its own sentence, in both languages.

use crate::company::Company;
use crate::company::Who::{Clerk, Head, Lead, Province, Safety};

#[test]
fn each_refusal_of_a_sign_off_says_why() {
    let company = Company::new();
    company.sync_all();
    let signs = |section: &'static str, person: &'static str| [section, "--person", person];
    company.refuses(Clerk, "sign-off", &signs("safety", "Zhang"), &["不负责这一部分"]);
    company.refuses(Province, "sign-off", &signs("safety", "Zhao"), &["不负责这一部分"]);
    company.refuses(Lead, "sign-off", &signs("elsewhere", "Lin"), &["没有这一部分"]);
    company.refuses(Lead, "sign-off", &signs("station", " "), &["姓名不能为空"]);
    company.refuses(Clerk, "declare", &[], &["只有牵头单位"]);
    company.refuses(Clerk, "finalise", &[], &["只有牵头单位"]);
    company.sign(Clerk, "operation");
    // One person takes one of the steps, under whatever name, on whichever computer.
    company.refuses(Clerk, "sign-off", &signs("operation", "Zhang"), &["不同的人"]);
    company.refuses(Clerk, "sign-off", &signs("operation", "Wang"), &["不同的人"]);
    company.sync(Head);
    company.refuses(Head, "sign-off", &signs("operation", "Zhang"), &["不同的人"]);
    company.sign(Head, "operation");
    company.refuses(Head, "sign-off", &signs("operation", "Wang"), &["已经签认"]);
    assert_eq!(company.states(Head, "operation"), ["holds", "holds"], "no refusal left a trace");
}

#[test]
fn a_sign_off_is_taken_back_by_its_own_agency_once_and_with_a_reason() {
    let company = Company::new();
    company.sign(Safety, "safety");
    company.sync(Clerk);
    let section = company.section(Safety, "safety");
    let name = section["statements"][0]["id"].as_str().unwrap();
    let back = |reason: &'static str| [&name[..12], "--reason", reason];
    company.refuses(Clerk, "withdraw", &back("no"), &["其他单位的签认"]);
    company.refuses(Safety, "withdraw", &back(" "), &["撤回须写明理由"]);
    company.refuses(Safety, "withdraw", &["0000", "--reason", "no"], &["0000"]);
    company.says(Safety, "withdraw", &back("a figure was wrong"));
    assert_eq!(company.states(Safety, "safety"), ["withdrawn"]);
    company.refuses(Safety, "withdraw", &back("again"), &["已经撤回"]);
    company.sync(Safety);
    company.sync(Lead);
    let said = company.says(Lead, "signing", &[]);
    assert!(said.contains("已撤回") && said.contains("a figure was wrong"), "{said}");
    company.sign(Safety, "safety");
    assert_eq!(company.states(Safety, "safety"), ["withdrawn", "holds"]);
}

#[test]
fn whatever_stands_in_the_way_of_a_final_revision_is_named() {
    let company = Company::new();
    company.sync_all();
    // Two values beside each other, and an answer that is missing.
    company.says(Clerk, "set", &["operation.staff.summer", "49"]);
    company.says(Lead, "set", &["operation.staff.summer", "50"]);
    company.says(Safety, "set", &["safety.inspected", ""]);
    company.sync_all();
    let words = [
        "两处填法不同",
        "Station尚未经办",
        "Safety office尚未签认",
        "佐证材料",
        "真实性声明",
        "最近一次检查",
    ];
    company.refuses(Lead, "finalise", &[], &words);
    company.says(Clerk, "resolve", &["operation.staff.summer", "--pick", "1"]);
    company.says(Clerk, "set", &["operation.staff.summer", "42"]);
    company.says(Safety, "set", &["safety.inspected", "2026-02"]);
    company.sync_all();
    // A file that has not reached the hub.
    company.evidence("1", "inspector");
    company.sync(Lead);
    company.says(Lead, "evidence transfer", &["--pause"]);
    company.evidence("2", "station_record");
    company.sign_all();
    company.refuses(Lead, "finalise", &[], &["2 station_record.csv", "还没有传到协同中心"]);
    company.says(Lead, "evidence transfer", &["--resume"]);
    company.sync(Lead);
    assert_eq!(company.tells(Lead, "finalise", &[])["number"], 1);
    company.refuses(Lead, "sign-off", &["station", "--person", "Lin"], &["已经定稿"]);
    company.refuses(Lead, "declare", &[], &["已经定稿"]);
    company.refuses(Lead, "receipt", &["--revision", "2"], &["第 2 稿"]);
    company.refuses(Lead, "diff", &["1", "2"], &["第 2 稿"]);
}
