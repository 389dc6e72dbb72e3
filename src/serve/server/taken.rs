//! A stream whose other side has to take what is written.

use std::io::{Error, ErrorKind, Result as IoResult};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// A stream that fails where the other side doesn't take an answer in time.
///
/// The time begins when something first has to wait, and ends when all is taken. A client who takes
/// a byte now and then gains nothing by it.
pub(super) struct TakenInTime<S> {
    stream: S,
    time: Duration,
    waits: Option<Pin<Box<Sleep>>>,
}

impl<S> TakenInTime<S> {
    pub(super) fn new(stream: S, time: Duration) -> Self {
        Self {
            stream,
            time,
            waits: None,
        }
    }

    /// What a write comes to that the stream has answered so.
    fn within_time<T>(
        &mut self,
        context: &mut Context<'_>,
        answer: Poll<IoResult<T>>,
    ) -> Poll<IoResult<T>> {
        if answer.is_ready() {
            return answer;
        }
        let time = self.time;
        let waits = self
            .waits
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        match waits.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(Error::from(ErrorKind::TimedOut))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TakenInTime<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<IoResult<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TakenInTime<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<IoResult<usize>> {
        let answer = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within_time(context, answer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        let answer = Pin::new(&mut self.stream).poll_flush(context);
        if answer.is_ready() {
            self.waits = None;
        }
        self.within_time(context, answer)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        let answer = Pin::new(&mut self.stream).poll_shutdown(context);
        self.within_time(context, answer)
    }
}
