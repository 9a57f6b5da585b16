//! Tells which bytes of an HTTP/1.1 connection (RFC 9112) are files', and which are all else: heads, questions, changes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// What went one way, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Of files.
    pub files: u64,
    /// Of everything else.
    pub rest: u64,
}

/// Of each request that is not answered yet, whether it was a HEAD: its answer has a length and no body.
type Asked = Arc<Mutex<VecDeque<bool>>>;

/// Follows one direction of a connection.
#[derive(Debug)]
pub struct Meter {
    place: Place,
    /// The head, or the line before a chunk, so far.
    line: Vec<u8>,
    answers: bool,
    asked: Asked,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Head,
    Body {
        left: u64,
        file: bool,
    },
    /// Before a chunk (RFC 9112, section 7.1).
    Size {
        file: bool,
    },
    Chunk {
        left: u64,
        file: bool,
    },
    /// Behind the last chunk.
    Trailer,
    /// No HTTP any more: a WebSocket.
    Open,
}

impl Meter {
    /// One for what is asked, and one for what is answered.
    pub fn pair() -> (Self, Self) {
        let asked = Asked::default();
        let one = |answers| Self { place: Place::Head, line: Vec::new(), answers, asked: Arc::clone(&asked) };
        (one(false), one(true))
    }

    /// Takes the next bytes.
    pub fn see(&mut self, mut bytes: &[u8]) -> Carried {
        let mut carried = Carried::default();
        while !bytes.is_empty() {
            let taken = match self.place {
                Place::Open => bytes.len(),
                Place::Body { left, .. } | Place::Chunk { left, .. } => {
                    usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())
                }
                Place::Head | Place::Size { .. } | Place::Trailer => {
                    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)
                }
            };
            let (seen, rest) = bytes.split_at(taken);
            match self.place {
                Place::Body { file: true, .. } | Place::Chunk { file: true, .. } => {
                    carried.files += taken as u64;
                }
                _ => carried.rest += taken as u64,
            }
            self.place = self.after(seen);
            bytes = rest;
        }
        carried
    }

    fn after(&mut self, seen: &[u8]) -> Place {
        let length = seen.len() as u64;
        match self.place {
            Place::Open => Place::Open,
            Place::Body { left, file } if left > length => Place::Body { left: left - length, file },
            Place::Body { .. } => Place::Head,
            Place::Chunk { left, file } if left > length => Place::Chunk { left: left - length, file },
            Place::Chunk { file, .. } => Place::Size { file },
            Place::Head | Place::Size { .. } | Place::Trailer => {
                self.line.extend_from_slice(seen);
                if self.line.ends_with(b"\n") { self.after_line() } else { self.place }
            }
        }
    }

    fn after_line(&mut self) -> Place {
        match self.place {
            Place::Head if self.line.ends_with(b"\r\n\r\n") => {
                let head = String::from_utf8_lossy(&std::mem::take(&mut self.line)).to_lowercase();
                self.after_head(&head)
            }
            Place::Size { file } => {
                let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
                match u64::from_str_radix(line.trim(), 16) {
                    Ok(0) => Place::Trailer,
                    Ok(left) => Place::Chunk { left, file },
                    // The end of the chunk before.
                    Err(_) => Place::Size { file },
                }
            }
            Place::Trailer if std::mem::take(&mut self.line) == b"\r\n" => Place::Head,
            place => place,
        }
    }

    fn after_head(&mut self, head: &str) -> Place {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let empty = if self.answers {
            if head.starts_with("http/1.1 101") {
                return Place::Open;
            }
            // What the hub says before it answers.
            if head.starts_with("http/1.1 1") {
                return Place::Head;
            }
            asked.pop_front().unwrap_or(false)
        } else {
            asked.push_back(head.starts_with("head "));
            if said(head, "upgrade").is_some() {
                return Place::Open;
            }
            false
        };
        let kind = said(head, "content-type").unwrap_or_default();
        let file = kind.ends_with("octet-stream");
        let length = said(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        match said(head, "transfer-encoding") {
            Some("chunked") if !empty => Place::Size { file },
            None if length > 0 && !empty => Place::Body { left: length, file },
            _ => Place::Head,
        }
    }
}

/// A header's value in a head of small letters.
fn said<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(meter: &mut Meter, text: &str, step: usize) -> (u64, u64) {
        let mut all = Carried::default();
        for piece in text.as_bytes().chunks(step) {
            let carried = meter.see(piece);
            (all.files, all.rest) = (all.files + carried.files, all.rest + carried.rest);
        }
        (all.files, all.rest)
    }

    #[test]
    fn bodies_of_files_are_told_from_all_else_however_the_bytes_come() {
        let patch =
            "PATCH /u HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 5\r\n\r\n";
        let ask = "HEAD /u HTTP/1.1\r\n\r\n";
        let questions =
            format!("{patch}abcde{ask}POST /x HTTP/1.1\r\ncontent-length: 2\r\n\r\nxx{patch}abcde");
        let answers = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 404 Not Found\r\n\
                       content-length: 99\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
                       HTTP/1.1 206 Partial Content\r\ncontent-type: application/octet-stream\r\n\
                       content-length: 7\r\n\r\n1234567";
        for step in [1, 3, 1_000] {
            let (mut asked, mut answered) = Meter::pair();
            assert_eq!(told(&mut asked, &questions, step), (10, questions.len() as u64 - 10));
            assert_eq!(told(&mut answered, answers, step), (7, answers.len() as u64 - 7), "by {step}");
        }
    }

    #[test]
    fn a_stream_that_took_over_the_connection_carries_no_files() {
        let (mut asked, _) = Meter::pair();
        let upgrade = "GET /live HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
        let patch = "PATCH /u HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 5\r\n\r\nabcde";
        assert_eq!(told(&mut asked, &format!("{upgrade}{patch}"), 7).0, 0);
    }
}
