//! A revision becomes final: what is refused, what is signed, and what stands after a restart.

use form_document::digest::Sha256;
use form_document::log::Reason;
use form_document::snapshot::{Obstacle, Override};
use form_document::transparency::{Known, Receipt, VerifiedReceipt, check_consistency};
use form_document::wire::{Exchange, Left, Offer, PageEntry, StepFault, Submission, WireHash};
use form_model::id::AnswerId;
use form_model::member::{AgencyId, Step};
use sync_server::arbiter::Core;
use sync_server::error::{ErrorCode, HubError};

use crate::support::desk::Desk;
use crate::support::faulty::{Call, Faulty, Plan};
use crate::support::signing::{FILES, ROOT, seal, sign_all, signed, submission};
use crate::support::{TestCore, key};

/// A hub with a seal.
fn sealed() -> TestCore {
    let mut hub = TestCore::new();
    hub.core.set_seal(seal()).unwrap();
    hub
}

/// A hub with an application that nothing stands in the way of.
fn ready() -> (TestCore, Desk, Desk) {
    let mut hub = sealed();
    let (lead, desk) = signed(&mut hub.core);
    assert_eq!(hub.core.obstacles(&lead.device(), &lead.application), Ok(vec![]));
    (hub, lead, desk)
}

fn finalise(core: &mut Core, lead: &Desk, submission: &Submission) -> Result<Receipt, HubError> {
    core.finalise(&lead.device(), &lead.application, submission)
}

fn verified(receipt: &Receipt, lead: &Desk, revision: u64) -> VerifiedReceipt {
    let known =
        Known { application: Some(lead.application.clone()), revision: Some(revision), ..Known::default() };
    receipt.verify(&key(ROOT).public(), &known).unwrap()
}

#[test]
fn a_final_revision_is_logged_and_signed_and_asking_again_gives_the_same_receipt() {
    let (mut hub, mut lead, _) = ready();
    let submission = lead.submission();
    let receipt = finalise(&mut hub.core, &lead, &submission).unwrap();
    let proven = verified(&receipt, &lead, 1);
    assert_eq!(proven.manifest, lead.manifest(Vec::new()));
    assert_eq!((proven.lead, proven.index, proven.tree.size), (lead.device(), 1, 2));
    assert_eq!(proven.statements.len(), 4, "three sections and the declaration");
    let again = finalise(&mut hub.core, &lead, &submission).unwrap();
    assert_eq!(again.to_vec().unwrap(), receipt.to_vec().unwrap());
    lead.sync(&mut hub.core).unwrap();
    assert!(lead.ledger.chain().newest().revision.is_closed());

    // Another application's revision lies behind it in the log: the same signatures, a newer checkpoint.
    let mut other = Desk::lead_at(11, [11; 16], hub.core.hub());
    other.publish(&mut hub.core).unwrap();
    other.fill();
    other.sync(&mut hub.core).unwrap();
    other.bring_files(&mut hub.core);
    for section in ["station", "operation", "safety"] {
        other.sign_off("lead", section);
    }
    other.declare();
    other.sync(&mut hub.core).unwrap();
    finalise(&mut hub.core, &other, &other.submission()).unwrap();
    let mut hub = hub.restarted();
    hub.core.set_seal(seal()).unwrap();
    let later = finalise(&mut hub.core, &lead, &submission).unwrap();
    assert_eq!((&later.envelope, later.index), (&receipt.envelope, receipt.index));
    let grown = verified(&later, &lead, 1).tree;
    assert_eq!(grown.size, 3);
    let proof = hub.core.consistency(2, 3).unwrap();
    check_consistency(proven.tree, grown, &proof).unwrap();
    assert_eq!(hub.core.receipt(&lead.device(), &lead.application, 1), Ok(later));
    let none = hub.core.receipt(&lead.device(), &lead.application, 2).unwrap_err();
    assert_eq!(none.code, ErrorCode::NotFound);
}

/// What stands in the way after something was done to an application that was ready.
fn hindered(spoil: impl FnOnce(&mut Core, &mut Desk, &mut Desk)) -> Vec<Obstacle> {
    let (mut hub, mut lead, mut desk) = ready();
    spoil(&mut hub.core, &mut lead, &mut desk);
    desk.sync(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    let mut hub = hub.restarted();
    hub.core.set_seal(seal()).unwrap();
    let refused = finalise(&mut hub.core, &lead, &lead.submission()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFinal, "{refused}");
    assert_eq!(hub.core.obstacles(&lead.device(), &lead.application).as_ref(), Ok(&refused.obstacles));
    assert_eq!(hub.core.storage().seal_size().unwrap(), 1, "nothing was logged");
    lead.sync(&mut hub.core).unwrap();
    assert!(!lead.ledger.chain().newest().revision.is_closed());
    refused.obstacles
}

#[test]
fn each_obstacle_keeps_a_revision_from_being_final_by_its_own_name() {
    let unsigned = |section: &str, agency: &str| Obstacle::Unsigned {
        section: section.to_owned(),
        agency: AgencyId(agency.to_owned()),
        step: Step::Sign,
    };
    let edited = hindered(|_, lead, _| lead.set("station.name", "另一站"));
    assert_eq!(edited, [unsigned("station", "lead"), Obstacle::Undeclared]);
    let unsigned_there = hindered(|_, _, desk| desk.append("safety.waste", "。"));
    assert_eq!(unsigned_there, [unsigned("safety", "safety"), Obstacle::Undeclared]);
    let wrong = hindered(|_, lead, _| {
        lead.set("operation.beds.summer", "三");
        lead.sign_off("lead", "operation");
        lead.declare();
    });
    assert!(
        matches!(wrong.as_slice(), [Obstacle::Problem { problem }] if problem.answer.section() == "operation")
    );
    let other_file = b"not here";
    let missing = hindered(|core, lead, desk| {
        lead.name_file("safety.waste", 9, other_file);
        lead.sync(core).unwrap();
        sign_all(lead, desk, core);
    });
    let expected = Obstacle::FileMissing { sha256: Sha256::of(other_file), name: "9.pdf".to_owned() };
    assert_eq!(missing, [expected]);
}

#[test]
fn a_value_beside_a_clearing_is_disputed_also_at_a_hub_that_was_restarted() {
    for clears_first in [true, false] {
        let disputed = hindered(|core, lead, desk| {
            lead.set("safety.inspected", "2026-03");
            desk.clear("safety.inspected");
            let (first, second) =
                if clears_first { (&mut *desk, &mut *lead) } else { (&mut *lead, &mut *desk) };
            first.sync(core).unwrap();
            second.sync(core).unwrap();
            sign_all(lead, desk, core);
        });
        assert_eq!(disputed, [Obstacle::Disputed { answer: AnswerId("safety.inspected".to_owned()) }]);
    }
}

#[test]
fn a_device_that_is_known_to_hold_more_is_waited_for_unless_the_lead_says_why_not() {
    let (mut hub, lead, mut desk) = ready();
    desk.append("safety.waste", "。");
    desk.sign();
    let shows = Exchange { hello: desk.hello(), offer: Offer::default() };
    hub.core.exchange(&desk.device(), &desk.application, shows).unwrap();
    let unsent = Obstacle::Unsent { device: desk.device(), changes: 1 };
    let refused = finalise(&mut hub.core, &lead, &lead.submission()).unwrap_err();
    assert_eq!(refused.obstacles, std::slice::from_ref(&unsent));
    let with = |reason: &str| {
        let excuse = Override { device: desk.device(), reason: reason.to_owned() };
        lead.submission_of(&lead.manifest(vec![excuse]))
    };
    let refused = finalise(&mut hub.core, &lead, &with(" ")).unwrap_err();
    assert_eq!(refused.obstacles, [unsent], "a reason says something");
    let receipt = finalise(&mut hub.core, &lead, &with("人在船上，下周才回")).unwrap();
    let overrides = verified(&receipt, &lead, 1).manifest.overrides;
    assert_eq!(overrides.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["人在船上，下周才回"]);
    // What it held comes too late for this revision.
    let reply = desk.sync(&mut hub.core).unwrap();
    let held = |entry: &PageEntry| matches!(entry, PageEntry::Refused { reason: Reason::Held, .. });
    assert!(reply.page.entries.iter().any(held), "{:?}", reply.page.entries);
}

#[test]
fn what_is_not_the_leads_word_on_what_the_hub_has_is_refused() {
    let (mut hub, lead, mut desk) = ready();
    let manifest = lead.manifest(Vec::new());
    let mut altered = manifest.clone();
    altered.name = "别的名字".to_owned();
    let mut later = manifest.clone();
    later.revision = 2;
    let mut foreign = Desk::lead_at(11, [11; 16], hub.core.hub()).manifest(Vec::new());
    foreign.revision = 1;
    let by_desk = desk.submission_of(&manifest);
    let mixed = submission(&manifest, &lead.key, desk.closing(&manifest));
    let unfit = submission(&manifest, &lead.key, lead.closing(&altered));
    let mut broken = lead.submission();
    broken.envelope.pop();
    let refused = ErrorCode::SubmissionRefused;
    let tries = [
        (lead.submission_of(&altered), refused),
        (lead.submission_of(&later), refused),
        (lead.submission_of(&foreign), refused),
        (unfit, refused),
        (broken, refused),
        (by_desk, ErrorCode::NotALead),
        (mixed, ErrorCode::NotALead),
    ];
    for (number, (submission, code)) in tries.iter().enumerate() {
        let error = finalise(&mut hub.core, &lead, submission).unwrap_err();
        assert_eq!(error.code, *code, "{number}: {error}");
    }
    // The hub has gone on since the lead looked.
    let outdated = lead.submission();
    desk.remark("还有一句");
    desk.sync(&mut hub.core).unwrap();
    let moved = finalise(&mut hub.core, &lead, &outdated).unwrap_err();
    assert_eq!(moved.code, ErrorCode::RosterMoved);
    assert_eq!(hub.core.storage().seal_size().unwrap(), 1, "nothing was logged");
}

#[test]
fn any_member_carries_a_leads_submission_and_nobody_else_does() {
    let (mut hub, mut lead, mut desk) = ready();
    let submission = lead.submission();
    let stranger = hub.core.finalise(&key(99).public(), &lead.application, &submission).unwrap_err();
    assert_eq!(stranger.code, ErrorCode::NotAMember);
    let receipt = hub.core.finalise(&desk.device(), &lead.application, &submission).unwrap();
    assert_eq!(verified(&receipt, &lead, 1).lead, lead.device());
    for desk in [&mut lead, &mut desk] {
        desk.sync(&mut hub.core).unwrap();
        assert!(desk.ledger.chain().newest().revision.is_closed());
    }
}

#[test]
fn a_mere_offer_makes_nothing_final() {
    let (mut hub, lead, _) = ready();
    let step = lead.closing(&lead.manifest(Vec::new()));
    let offer = Offer { roster: Some(vec![step.clone()]), ..Offer::default() };
    let exchange = Exchange { hello: lead.hello(), offer };
    let reply = hub.core.exchange(&lead.device(), &lead.application, exchange).unwrap();
    let left = Left::Step { entry: WireHash(step.hash()), why: StepFault::NotAllowed };
    assert_eq!(reply.receipt.left, [left]);
    assert_eq!(reply.page.head.position, lead.ledger.log().position, "the log stands as it did");
    finalise(&mut hub.core, &lead, &lead.submission()).unwrap();
}

#[test]
fn a_returned_revision_is_made_final_again_and_both_stay_verifiable() {
    let (mut hub, mut lead, mut desk) = ready();
    let first = finalise(&mut hub.core, &lead, &lead.submission()).unwrap();
    lead.sync(&mut hub.core).unwrap();
    let closed = finalise(&mut hub.core, &lead, &lead.submission_of(&lead.manifest(vec![]))).unwrap_err();
    assert_eq!(closed.obstacles, [Obstacle::Closed { revision: 1 }]);
    lead.give_back(&["safety"]);
    lead.sync(&mut hub.core).unwrap();
    desk.sync(&mut hub.core).unwrap();
    lead.set("station.name", "另一站");
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(desk.text("station.name"), "Example Ridge Station", "only what was returned is open");
    desk.append("safety.waste", "补充");
    desk.sign_off("safety", "safety");
    desk.sync(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    lead.declare();
    lead.sync(&mut hub.core).unwrap();
    let obstacles = hub.core.obstacles(&lead.device(), &lead.application);
    assert_eq!(obstacles, Ok(vec![]), "the other sections' sign-offs stand");
    let second = finalise(&mut hub.core, &lead, &lead.submission()).unwrap();
    let (one, two) = (verified(&first, &lead, 1), verified(&second, &lead, 2));
    assert_eq!(two.manifest.previous, Some(one.digest));
    let known = Known { revision: Some(1), ..Known::default() };
    assert!(second.verify(&key(ROOT).public(), &known).is_err(), "each is about its own revision");
    let stored = hub.core.receipt(&lead.device(), &lead.application, 1).unwrap();
    assert_eq!(verified(&stored, &lead, 1).manifest, one.manifest);
}

#[test]
fn a_seal_is_taken_over_in_an_empty_log_and_afterwards_only_the_one_that_the_log_names() {
    let mut hub = TestCore::new();
    let (lead, _) = signed(&mut hub.core);
    let unsealed = finalise(&mut hub.core, &lead, &lead.submission()).unwrap_err();
    assert_eq!(unsealed.code, ErrorCode::Unsealed);
    let rootless = sync_server::seal::Seal { root_key: None, ..seal() };
    assert_eq!(hub.core.set_seal(rootless).unwrap_err().code, ErrorCode::Unsealed, "nobody names its key");
    hub.core.set_seal(seal()).unwrap();
    let checkpoint = hub.core.checkpoint().unwrap();
    let mut hub = hub.restarted();
    let other = sync_server::seal::Seal { key: key(7), ..seal() };
    assert_eq!(hub.core.set_seal(other).unwrap_err().code, ErrorCode::Unsealed);
    let rootless = sync_server::seal::Seal { root_key: None, ..seal() };
    hub.core.set_seal(rootless).unwrap();
    assert_eq!(hub.core.checkpoint(), Ok(checkpoint), "nothing was added");
    finalise(&mut hub.core, &lead, &lead.submission()).unwrap();
}

#[test]
fn a_revision_that_was_stored_and_not_signed_is_signed_at_the_next_start_and_by_the_next_try() {
    for asks_again in [false, true] {
        let plan = Plan::default();
        let given = plan.clone();
        let mut hub = TestCore::over(|inner| Box::new(Faulty { inner, plan: given }));
        hub.core.set_seal(seal()).unwrap();
        let (lead, _) = signed(&mut hub.core);
        let submission = lead.submission();
        // The last commit of all signs; it is the second of finalising.
        plan.fail_commit_after(1);
        let failed = finalise(&mut hub.core, &lead, &submission).unwrap_err();
        assert_eq!(failed.code, ErrorCode::StorageFailed);
        assert_eq!(plan.failed(), Some(Call::Commit));
        assert_eq!(hub.core.storage().seal_unsigned().unwrap().len(), 1);
        let digest = Sha256::of(&lead.manifest(Vec::new()).to_vec().unwrap());
        assert_eq!(hub.core.revision_by_digest(&digest), Ok(None), "what is not signed is not known");
        if !asks_again {
            hub = hub.restarted();
            hub.core.set_seal(seal()).unwrap();
            assert!(hub.core.storage().seal_unsigned().unwrap().is_empty());
        }
        let receipt = finalise(&mut hub.core, &lead, &submission).unwrap();
        verified(&receipt, &lead, 1);
        assert_eq!(hub.core.storage().seal_size().unwrap(), 2, "it is logged once");
        assert!(hub.core.revision_by_digest(&digest).unwrap().is_some());
    }
}

#[test]
fn every_file_is_asked_for_by_its_name() {
    let mut hub = sealed();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    lead.fill();
    lead.sync(&mut hub.core).unwrap();
    let missing = |hub: &mut TestCore| {
        let found = hub.core.obstacles(&lead.device(), &lead.application).unwrap();
        found.iter().filter(|one| matches!(one, Obstacle::FileMissing { .. })).count()
    };
    assert_eq!(missing(&mut hub), FILES.len());
    lead.bring_files(&mut hub.core);
    assert_eq!(missing(&mut hub), 0);
}
