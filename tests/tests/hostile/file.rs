//! Files made to break whoever takes them in.

use form_model::error::ErrorCode;

use crate::ground::{Ground, pack, unpack};

/// A document chunk of one column: operations without end, in 11 bytes.
fn endless_document() -> Vec<u8> {
    let endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1];
    // No actors, no heads, no columns of changes, one of operations: actions.
    let content = [&[0, 0, 0, 1, 66, 11], &endless[..]].concat();
    let length = u8::try_from(content.len()).unwrap();
    [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 0, length], &content[..]].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_unpacks_without_end_or_is_of_another_application_changes_nothing() {
    let mut ground = Ground::new().await;
    let before = ground.science.answers();
    let take = |ground: &Ground, bytes: &[u8], name: &str| {
        let refused = ground.science.desk.with(|desk| desk.import(bytes, name)).unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadImport, "{name}: {refused:?}");
        refused.details["cause"].clone()
    };
    let cause = take(&ground, &endless_document(), "炸弹.automerge");
    assert_eq!(cause, "它解开后过大，不会是一份申报");
    let mut bundle =
        unpack(&ground.villain.desk.with(|desk| desk.export_bundle(&ground.id(), false)).unwrap());
    bundle.genesis = form_document::Genesis::new(
        &ground.science.desk.with(|desk| desk.answers(&ground.id())).unwrap().0,
        [9; 16],
        [8; 32],
    )
    .and_then(|genesis| {
        genesis.build(&ground.science.desk.with(|desk| desk.answers(&ground.id())).unwrap().0)
    })
    .unwrap();
    let cause = take(&ground, &pack(&bundle), "别的申报.hqb");
    assert_eq!(cause, "本机还没有加入这份申报，请先用邀请加入");
    assert_eq!(ground.science.answers(), before);
    ground.goes_on().await;
}
