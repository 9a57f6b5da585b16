//! `huiqian evidence ticket`: its lines are run as they stand, by curl, tuspy and tus-js-client in their own code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use form_model::hex;
use huiqian_tests::camera::Camera;
use huiqian_tests::place::repository;
use huiqian_tests::scene::command_line;
use huiqian_tests::team::Team;
use ring::digest::{SHA256, digest};
use serde_json::Value;

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes).as_ref())
}

/// A ticket's line, with what stands in it for a file and a hash.
fn line(ticket: &Value, name: &str, file: &Path, hash: &str) -> String {
    let line = ticket[name].as_str().unwrap();
    line.replace("FILE", &file.display().to_string()).replace("SHA256", hash)
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.current_dir(repository().join("tests/interop")).output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {problem}");
    output.stdout
}

fn shell(line: &str) -> Vec<u8> {
    run(Command::new("sh").args(["-c", line]))
}

/// Uploads a file as the ticket says for a program.
fn upload(ticket: &Value, program: &str, file: &Path) {
    let line = line(ticket, program, file, "");
    match program {
        "curl_upload" => drop(shell(&line)),
        "tuspy" => {
            let script = format!("from tusclient.client import TusClient\n{line}");
            run(Command::new("python3").env("PYTHONPATH", "python-packages").args(["-c", &script]));
        }
        _ => {
            let script = format!(
                "import fs from 'node:fs'; import * as tus from 'tus-js-client';\
                 const file = fs.readFileSync('{}'); {line}",
                file.display()
            );
            run(Command::new("node").args(["--input-type=module", "-e", &script]));
        }
    }
}

/// A team, and the colleague's ticket.
fn team_with_ticket() -> (Team, Value) {
    let team = Team::new(&[]).unwrap();
    let words = ["--json", "evidence", "ticket", &team.id.0];
    let (code, said) = command_line(&team.colleague.home(), &words).unwrap();
    assert_eq!(code, Some(0), "{said}");
    let ticket = serde_json::from_str(&said).unwrap();
    (team, ticket)
}

#[test]
fn other_programs_upload_by_a_tickets_lines_and_curl_fetches_the_whole_a_part_and_what_is_left() {
    let (team, ticket) = team_with_ticket();
    let folder = tempfile::tempdir().unwrap();
    let camera = Camera::new(9).unwrap();
    let header = ticket["header"].as_str().unwrap();
    for (number, program) in (1..).zip(["curl_upload", "tuspy", "tus_js_client"]) {
        let file = folder.path().join(format!("{program}.jpg"));
        camera.take(&file, number).unwrap();
        upload(&ticket, program, &file);
        let (content, back) = (fs::read(&file).unwrap(), folder.path().join(format!("{program}.back")));
        let hash = sha256(&content);
        // A download that broke off is gone on with.
        fs::write(&back, &content[..1_000_000]).unwrap();
        shell(&line(&ticket, "curl_download", &back, &hash));
        assert!(fs::read(&back).unwrap() == content, "{program}: what came back is another file");
        let place = format!("{}/{hash}", ticket["blobs"].as_str().unwrap());
        let part = shell(&format!("curl -sf -r 1000-1999 -H '{header}' '{place}'"));
        assert!(part == content[1_000..2_000], "{program}: another part");
    }
    let words = ["evidence", "ticket", &team.id.0];
    let (code, said) = command_line(&team.colleague.home(), &words).unwrap();
    assert_eq!(code, Some(0), "{said}");
    for word in ["上传地址", "请求头", "有效至", "curl", "tuspy", "tus-js-client"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn a_file_that_another_program_brought_is_the_hubs_when_a_desk_adds_it_and_is_not_sent_again() {
    let (team, ticket) = team_with_ticket();
    let file = team.colleague.folder().join("现场.jpg");
    Camera::new(10).unwrap().take(&file, 1).unwrap();
    upload(&ticket, "curl_upload", &file);
    let kept = files_below(&team.hub.data().join("blobs"));
    let shown = file.display().to_string();
    for words in [vec!["evidence", "add", &team.id.0, "3", &shown], vec!["sync", &team.id.0]] {
        let (code, said) = command_line(&team.colleague.home(), &words).unwrap();
        assert_eq!(code, Some(0), "{words:?}: {said}");
    }
    assert_eq!(files_below(&team.hub.data().join("blobs")), kept, "one copy, and nothing on its way");
    let (_, said) = command_line(&team.colleague.home(), &["evidence", "list", &team.id.0, "3"]).unwrap();
    assert!(said.contains("本机和协同中心都有"), "{said}");
}

fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.insert(path);
        }
    }
    found
}
