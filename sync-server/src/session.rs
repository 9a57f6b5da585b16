//! Who sends a request: a device signs a challenge once and gets a token, and then signs each request. A token
//! alone is of no use to whoever steals it, nor is a request to whoever sends it again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_document::key::{Nonce, PublicKey, Purpose, Signature, SigningKey};
use form_document::session::{answer_content, challenge_content};
use ring::rand::{SecureRandom, SystemRandom};

use crate::clock::Clock;
use crate::error::{ErrorCode, HubError};
use crate::limit::{CHALLENGE_LIFE, CHALLENGES_MAX, TOKEN_LIFE, TOKENS_MAX};
use crate::replay::Seen;
use form_model::hex;

/// Open challenges and tokens. In memory only: after a restart every device gets a new token by itself.
#[derive(Debug)]
pub(crate) struct Sessions {
    key: Arc<SigningKey>,
    clock: Clock,
    random: SystemRandom,
    challenges: Mutex<Secrets<()>>,
    tokens: Mutex<Secrets<Seen>>,
}

/// Random values, each a device's until some time, with what is kept of it; the oldest go when they are too many.
#[derive(Debug)]
struct Secrets<T> {
    most: usize,
    devices: BTreeMap<[u8; 32], (PublicKey, i64, T)>,
    oldest: VecDeque<[u8; 32]>,
}

impl<T: Default> Secrets<T> {
    fn new(most: usize) -> Self {
        Self { most, devices: BTreeMap::new(), oldest: VecDeque::new() }
    }

    fn put(&mut self, secret: [u8; 32], device: PublicKey, until_ms: i64) {
        while self.oldest.len() >= self.most
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.devices.remove(&oldest);
        }
        self.devices.insert(secret, (device, until_ms, T::default()));
        self.oldest.push_back(secret);
    }

    fn get(&self, secret: &[u8; 32], now_ms: i64) -> Option<PublicKey> {
        self.devices.get(secret).filter(|(_, until_ms, _)| now_ms <= *until_ms).map(|(device, ..)| *device)
    }

    fn forget_expired(&mut self, now_ms: i64) {
        while let Some(oldest) = self.oldest.front() {
            if self.get(oldest, now_ms).is_some() {
                break;
            }
            self.devices.remove(oldest);
            self.oldest.pop_front();
        }
    }
}

impl Sessions {
    pub(crate) fn new(key: Arc<SigningKey>, clock: Clock) -> Self {
        let (challenges, tokens) = (Secrets::new(CHALLENGES_MAX), Secrets::new(TOKENS_MAX));
        let (challenges, tokens) = (Mutex::new(challenges), Mutex::new(tokens));
        Self { key, clock, random: SystemRandom::new(), challenges, tokens }
    }

    fn secret(&self) -> Result<[u8; 32], HubError> {
        let mut secret = [0; 32];
        let none = |_| HubError::new(ErrorCode::Internal, "the system gives no random numbers");
        self.random.fill(&mut secret).map_err(none)?;
        Ok(secret)
    }

    /// A challenge for a device, and the hub's answer to what the device drew.
    pub(crate) fn challenge(&self, device: PublicKey, nonce: &Nonce) -> Result<(Nonce, Signature), HubError> {
        let challenge = self.secret()?;
        let until_ms = self.clock.now_ms().saturating_add(millis(CHALLENGE_LIFE));
        lock(&self.challenges).put(challenge, device, until_ms);
        let challenge = Nonce(challenge);
        let content = answer_content(nonce, &device, &challenge);
        Ok((challenge, self.key.sign(Purpose::HubAnswer, &content)))
    }

    /// A token for a device that has signed its challenge. A challenge works once, whatever comes of it.
    pub(crate) fn token(
        &self,
        device: PublicKey,
        challenge: &Nonce,
        signature: &Signature,
    ) -> Result<String, HubError> {
        let now_ms = self.clock.now_ms();
        let known = {
            let mut challenges = lock(&self.challenges);
            let known = challenges.get(&challenge.0, now_ms);
            challenges.devices.remove(&challenge.0);
            known
        };
        if known != Some(device) {
            let detail = "the challenge is unknown, used or expired; ask for another";
            return Err(HubError::new(ErrorCode::ChallengeUnknown, detail));
        }
        let content = challenge_content(&self.key.public(), challenge);
        device
            .verify(Purpose::Challenge, &content, signature)
            .map_err(|bad| HubError::new(ErrorCode::SignatureWrong, bad.to_string()))?;
        let token = self.secret()?;
        lock(&self.tokens).put(token, device, now_ms.saturating_add(millis(TOKEN_LIFE)));
        Ok(hex::encode(&token))
    }

    /// The device of a token.
    pub(crate) fn device(&self, token: &str) -> Result<PublicKey, HubError> {
        let device = hex::decode(token).and_then(|token| lock(&self.tokens).get(&token, self.clock.now_ms()));
        let unknown = "the token is unknown or expired, as after a restart of the hub; get another";
        device.ok_or_else(|| HubError::new(ErrorCode::TokenUnknown, unknown))
    }

    /// Counts a request that the token's device has signed.
    ///
    /// # Errors
    /// [`ErrorCode::ProofReplayed`] when it has come before.
    pub(crate) fn take(&self, token: &str, number: u64) -> Result<(), HubError> {
        let is_new = hex::decode(token).is_some_and(|token| {
            lock(&self.tokens).devices.get_mut(&token).is_some_and(|(.., seen)| seen.take(number))
        });
        let come = "a request of this number has come under this token; number them, or get another token";
        if is_new { Ok(()) } else { Err(HubError::new(ErrorCode::ProofReplayed, come)) }
    }

    /// Forgets what has expired.
    pub(crate) fn forget_expired(&self) {
        let now_ms = self.clock.now_ms();
        lock(&self.challenges).forget_expired(now_ms);
        lock(&self.tokens).forget_expired(now_ms);
    }
}

fn lock<T>(secrets: &Mutex<Secrets<T>>) -> MutexGuard<'_, Secrets<T>> {
    secrets.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn sessions() -> (Sessions, Arc<AtomicI64>) {
        let now_ms = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&now_ms);
        let key = Arc::new(SigningKey::from_seed(&[9; 32]).unwrap());
        (Sessions::new(key, Clock::new(move || clock.load(Ordering::Relaxed))), now_ms)
    }

    #[test]
    fn a_challenge_works_once_for_its_device_and_in_time() {
        let (sessions, now_ms) = sessions();
        let key = SigningKey::from_seed(&[1; 32]).unwrap();
        let hub = sessions.key.public();
        let sign = |challenge: &Nonce| key.sign(Purpose::Challenge, &challenge_content(&hub, challenge));
        let ask = |device: PublicKey| sessions.challenge(device, &Nonce([7; 32])).unwrap();
        let code = |result: Result<String, HubError>| result.unwrap_err().code;
        let (challenge, proof) = ask(key.public());
        let content = answer_content(&Nonce([7; 32]), &key.public(), &challenge);
        assert_eq!(hub.verify(Purpose::HubAnswer, &content, &proof), Ok(()));
        let token = sessions.token(key.public(), &challenge, &sign(&challenge)).unwrap();
        assert_eq!(sessions.device(&token), Ok(key.public()));
        let again = sessions.token(key.public(), &challenge, &sign(&challenge));
        assert_eq!(code(again), ErrorCode::ChallengeUnknown);
        let (challenge, _) = ask(key.public());
        let wrong = sessions.token(key.public(), &challenge, &sign(&Nonce([0; 32])));
        assert_eq!(code(wrong), ErrorCode::SignatureWrong);
        let (challenge, _) = ask(PublicKey([2; 32]));
        let others = sessions.token(key.public(), &challenge, &sign(&challenge));
        assert_eq!(code(others), ErrorCode::ChallengeUnknown);
        let (challenge, _) = ask(key.public());
        now_ms.fetch_add(61_000, Ordering::Relaxed);
        let late = sessions.token(key.public(), &challenge, &sign(&challenge));
        assert_eq!(code(late), ErrorCode::ChallengeUnknown);
        now_ms.fetch_add(13 * 3_600_000, Ordering::Relaxed);
        assert_eq!(sessions.device(&token).unwrap_err().code, ErrorCode::TokenUnknown);
        sessions.forget_expired();
        assert!(lock(&sessions.tokens).devices.is_empty());
    }
}
