//! Who may hold a connection: so many in all, so many from one address, and nobody who does not take what is sent.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready as ready_or_return};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::limit::STALL_MAX;
use crate::metric;

/// Lets connections in. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    held: Arc<Mutex<Held>>,
    most: usize,
    /// `None` behind a proxy, where all come from one address.
    most_of_address: Option<usize>,
}

#[derive(Debug, Default)]
struct Held {
    by_address: BTreeMap<IpAddr, usize>,
    all: usize,
}

/// The place of one connection; free again when this is dropped.
#[derive(Debug)]
struct Place {
    held: Arc<Mutex<Held>>,
    address: IpAddr,
}

impl Door {
    /// A door for so many connections.
    pub(crate) fn new(most: usize, most_of_address: Option<usize>) -> Self {
        Self { held: Arc::default(), most, most_of_address }
    }

    fn enter(&self, address: IpAddr) -> io::Result<Place> {
        let mut held = lock(&self.held);
        if held.all >= self.most {
            return Err(io::Error::other("the hub holds as many connections as it can"));
        }
        let own = held.by_address.entry(address).or_insert(0);
        if self.most_of_address.is_some_and(|most| *own >= most) {
            return Err(io::Error::other(format!("{address} holds as many connections as an address may")));
        }
        *own += 1;
        held.all += 1;
        metric::connections(held.all);
        Ok(Place { held: Arc::clone(&self.held), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        held.all = held.all.saturating_sub(1);
        metric::connections(held.all);
        if let Some(own) = held.by_address.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                held.by_address.remove(&self.address);
            }
        }
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S> Accept<TcpStream, S> for Door {
    type Stream = Admitted<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().and_then(|peer| self.enter(peer.ip()));
        // Every message goes out at once. A receipt that follows a page would otherwise wait until the client has
        // acknowledged the page, which it puts off for 40 ms (RFC 1122, section 4.2.3.2).
        let place = place.and_then(|place| stream.set_nodelay(true).map(|()| place));
        if let Err(error) = &place {
            metric::connection_refused();
            tracing::debug!(%error, "a connection is closed at once");
        }
        ready(place.map(|place| (Admitted { stream, stall: None, _place: Some(place) }, service)))
    }
}

/// A connection that was let in.
#[derive(Debug)]
pub(crate) struct Admitted<S> {
    stream: S,
    /// Running while the other side takes nothing of what is to be sent.
    stall: Option<Pin<Box<Sleep>>>,
    _place: Option<Place>,
}

impl<S> Admitted<S> {
    /// Gives what a write came to, or an error once nothing could be written for [`STALL_MAX`].
    fn moved<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL_MAX)));
        ready_or_return!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other side takes nothing in")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Admitted<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Admitted<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.moved(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.moved(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        this.moved(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    fn address(number: u8) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, number).into()
    }

    #[test]
    fn an_address_that_holds_many_connections_leaves_room_for_others_and_all_leave_room_for_the_hub() {
        let door = Door::new(3, Some(2));
        let one = door.enter(address(1)).unwrap();
        let _two = door.enter(address(1)).unwrap();
        assert!(door.enter(address(1)).is_err());
        let _three = door.enter(address(2)).unwrap();
        assert!(door.enter(address(3)).is_err());
        drop(one);
        let _four = door.enter(address(3)).unwrap();
        assert_eq!(lock(&door.held).all, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_an_answer_is_let_go_and_who_takes_it_slowly_is_not() {
        let (ours, mut theirs) = duplex(16);
        let mut ours = Admitted { stream: ours, stall: None, _place: None };
        let slow = tokio::spawn(async move {
            let mut byte = [0; 16];
            for _ in 0..4 {
                sleep(STALL_MAX / 2).await;
                theirs.read_exact(&mut byte).await.unwrap();
            }
            theirs
        });
        ours.write_all(&[0; 80]).await.unwrap();
        let _theirs = slow.await.unwrap();
        let refused = ours.write_all(&[0; 1]).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
    }
}
