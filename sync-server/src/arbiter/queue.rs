//! Who is next: one job of each device in turn, so that a device that sends as fast as it can waits for itself
//! alone.

use std::collections::{BTreeMap, VecDeque};

use form_document::key::PublicKey;

/// Something of a device's that waits, and its size in bytes.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    pub(super) lane: PublicKey,
    pub(super) bytes: usize,
    pub(super) job: T,
}

/// Jobs by device.
#[derive(Debug)]
pub(super) struct Queue<T> {
    lanes: BTreeMap<PublicKey, VecDeque<Waiting<T>>>,
    turns: VecDeque<PublicKey>,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self { lanes: BTreeMap::new(), turns: VecDeque::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    pub(super) fn push(&mut self, waiting: Waiting<T>) {
        let lane = self.lanes.entry(waiting.lane).or_default();
        if lane.is_empty() {
            self.turns.push_back(waiting.lane);
        }
        lane.push_back(waiting);
    }

    /// The next jobs: at most one of each device, and at most so many jobs and bytes, but always one.
    pub(super) fn take(&mut self, jobs: usize, bytes: usize) -> Vec<Waiting<T>> {
        let (mut taken, mut left) = (Vec::new(), bytes);
        let devices = self.turns.len().min(jobs);
        for _ in 0..devices {
            let Some(device) = self.turns.front().copied() else { break };
            let Some(lane) = self.lanes.get_mut(&device) else { break };
            let Some(next) = lane.front() else { break };
            if next.bytes > left && !taken.is_empty() {
                break;
            }
            left = left.saturating_sub(next.bytes);
            taken.extend(lane.pop_front());
            self.turns.pop_front();
            if lane.is_empty() {
                self.lanes.remove(&device);
            } else {
                self.turns.push_back(device);
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(device: u8, bytes: usize, job: u8) -> Waiting<u8> {
        Waiting { lane: PublicKey([device; 32]), bytes, job }
    }

    #[test]
    fn a_device_that_sends_much_does_not_hold_up_the_others() {
        let mut queue = Queue::new();
        for job in 0..5 {
            queue.push(waiting(1, 1, job));
        }
        queue.push(waiting(2, 1, 20));
        queue.push(waiting(3, 1, 30));
        let mut rounds = Vec::new();
        while !queue.is_empty() {
            rounds.push(queue.take(10, 10).iter().map(|waiting| waiting.job).collect::<Vec<_>>());
        }
        assert_eq!(rounds, [vec![0, 20, 30], vec![1], vec![2], vec![3], vec![4]]);
    }

    #[test]
    fn a_round_is_bounded_in_jobs_and_bytes_and_takes_one_at_least() {
        let mut queue = Queue::new();
        for device in 1..=4 {
            queue.push(waiting(device, 6, device));
        }
        let jobs = |taken: Vec<Waiting<u8>>| taken.iter().map(|waiting| waiting.job).collect::<Vec<_>>();
        assert_eq!(jobs(queue.take(10, 5)), [1], "too large, and yet taken");
        assert_eq!(jobs(queue.take(1, 100)), [2]);
        assert_eq!(jobs(queue.take(10, 13)), [3, 4]);
    }
}
