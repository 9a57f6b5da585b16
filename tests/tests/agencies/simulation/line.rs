//! A desk's line to the hub: what is asked over it is answered, lost, answered in vain, heard twice, or comes late.

use std::sync::Mutex;

use form_client::hub::HubLine;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::wire::{Exchange, HeldWork, LogStanding, Page, Reply, Start};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use huiqian_tests::direct::{Direct, HUB_URL, at_once};
use huiqian_tests::random::Random;

use super::note;

/// More rounds than any honest exchange takes.
const ROUNDS_MAX: usize = 60;
/// How many messages lie about at most.
pub const LATE_MAX: usize = 8;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Answered,
    Lost,
    AnswerLost,
    Twice,
    Late,
    AnswerLate,
}

/// The line of one device.
pub struct Line<'w> {
    pub direct: Direct<'w>,
    pub key: PublicKey,
    /// Whether anything goes wrong on it.
    pub faults: bool,
    pub under_way: Mutex<UnderWay<'w>>,
}

/// What the world knows of lines.
pub struct UnderWay<'w> {
    pub random: &'w mut Random,
    pub requests: &'w mut Vec<(PublicKey, Exchange)>,
    pub pages: &'w mut Vec<(PublicKey, Page)>,
    pub rounds: usize,
}

impl Line<'_> {
    fn fate(&self) -> Fate {
        if !self.faults {
            return Fate::Answered;
        }
        let fate = match self.under_way.lock().unwrap().random.below(100) {
            0..8 => Fate::Lost,
            8..16 => Fate::AnswerLost,
            16..24 => Fate::Twice,
            24..28 => Fate::Late,
            28..33 => Fate::AnswerLate,
            _ => Fate::Answered,
        };
        if fate != Fate::Answered {
            note(format!("  the request is {fate:?}"));
        }
        fate
    }

    /// A request that says nothing new: late ones are lost, too.
    fn asked<T>(&self, ask: impl Fn() -> Result<T, UserError>) -> Result<T, UserError> {
        match self.fate() {
            Fate::Lost | Fate::Late => Err(broken()),
            Fate::AnswerLost | Fate::AnswerLate => ask().and(Err(broken())),
            Fate::Twice => ask().and_then(|_| ask()),
            Fate::Answered => ask(),
        }
    }
}

impl HubLine for Line<'_> {
    fn url(&self) -> &str {
        HUB_URL
    }

    async fn exchange(&self, id: &ApplicationId, exchange: &Exchange) -> Result<Reply, UserError> {
        let rounds = {
            let mut under_way = self.under_way.lock().unwrap();
            under_way.rounds += 1;
            under_way.rounds
        };
        assert!(rounds <= ROUNDS_MAX, "a desk and the hub never come to an end");
        let fate = self.fate();
        match fate {
            Fate::Lost => return Err(broken()),
            Fate::Late => {
                let mut under_way = self.under_way.lock().unwrap();
                under_way.requests.push((self.key, exchange.clone()));
                under_way.requests.truncate(LATE_MAX);
                return Err(broken());
            }
            Fate::Twice => drop(self.direct.exchange(id, exchange).await),
            Fate::Answered | Fate::AnswerLost | Fate::AnswerLate => {}
        }
        let reply = self.direct.exchange(id, exchange).await?;
        match fate {
            Fate::AnswerLost => Err(broken()),
            Fate::AnswerLate => {
                let mut under_way = self.under_way.lock().unwrap();
                under_way.pages.push((self.key, reply.page));
                under_way.pages.truncate(LATE_MAX);
                Err(broken())
            }
            _ => Ok(reply),
        }
    }

    async fn start(&self, id: &ApplicationId) -> Result<Start, UserError> {
        self.direct.start(id).await
    }

    async fn standing(&self, id: &ApplicationId) -> Result<LogStanding, UserError> {
        self.asked(|| at_once(self.direct.standing(id)))
    }

    async fn top_up(&self, id: &ApplicationId, page: &Page) -> Result<(), UserError> {
        self.asked(|| at_once(self.direct.top_up(id, page)))
    }

    async fn held(&self, id: &ApplicationId, after: Position) -> Result<HeldWork, UserError> {
        self.asked(|| at_once(self.direct.held(id, after)))
    }
}

fn broken() -> UserError {
    UserError::new(ErrorCode::HubUnreachable).with("hub", HUB_URL).with("cause", "the line broke")
}
