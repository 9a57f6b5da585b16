//! `/verify`: a page that loads nothing, and says what the log knows and nothing more.

use form_document::digest::Sha256;
use reqwest::{Client, Response, StatusCode};

use crate::TestHub;
use crate::file::said;

/// What stands between two marks.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap() + start.len();
    &text[from..from + text[from..].find(end).unwrap()]
}

fn base64_of(text: &str) -> String {
    data_encoding::BASE64.encode(&Sha256::of(text.as_bytes()).0)
}

async fn ask(url: &str, form: &str) -> Response {
    let request = Client::new().post(format!("{url}/verify"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_owned()).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_allows_itself_its_own_style_and_script_and_nothing_else() {
    let hub = TestHub::new().await;
    let page = reqwest::get(format!("{}/verify", hub.hub.url)).await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(said(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(said(&page, "x-content-type-options"), "nosniff");
    let policy = said(&page, "content-security-policy").to_owned();
    let text = page.text().await.unwrap();
    let style = base64_of(between(&text, "<style>", "</style>"));
    let script = base64_of(between(&text, "<script>", "</script>"));
    for allowed in [
        "default-src 'none'",
        &format!("style-src 'sha256-{style}'"),
        &format!("script-src 'sha256-{script}'"),
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.split("; ").any(|one| one == allowed), "{allowed}: {policy}");
    }
    assert_eq!(policy.split("; ").count(), 7, "{policy}");
    for loads in ["src=", "href=", "url(", "@import", "style=\"", "onclick", "http://", "https://"] {
        assert!(!text.contains(loads), "{loads}");
    }
    assert!(text.contains("验真") && text.contains("Verify"));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_what_the_log_does_not_know_and_takes_digests_alone() {
    let hub = TestHub::new().await;
    let digest = Sha256::of(b"nobody's").to_string();
    let answer = ask(&hub.hub.url, &format!("digest={digest}")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    let result = between(&text, "<div id=\"result\" role=\"status\">", "</div>");
    assert!(result.contains("没有这个摘要") && result.contains("does not have this digest"), "{result}");
    assert!(text.contains(&format!("value=\"{digest}\"")));
    let long = format!("digest={}", "0".repeat(100_000));
    for bad in
        ["", "digest=", "digest=12", "other=1", "digest=%22%3E%3Cscript%3E", "digest=\"><script>", &long]
    {
        let answer = ask(&hub.hub.url, bad).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{bad:.40}");
        let text = answer.text().await.unwrap();
        assert!(between(&text, "role=\"status\">", "</div>").contains("64 位"), "{bad:.40}");
        assert_eq!(text.matches("<script>").count(), 1, "nothing of what was sent comes back");
    }
    hub.hub.shutdown().await;
}
