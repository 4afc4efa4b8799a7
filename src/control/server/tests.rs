//! Server and client over a real socket, with errands that a test controls.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::{BoxFuture, pending, ready};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{MOST, PATIENCE, Server, own_user};
use crate::control::Errands;
use crate::control::client::{Client, NoDaemon};
use crate::control::wire::{Ask, Counts, End, Outcome, Progress, Tell, Which};

/// Tells of its progress; a retry then runs until it is told to stop.
struct Desk;

/// Talks without end to whoever may not listen, until it is told to stop.
struct Chatterbox(mpsc::Sender<()>);

impl Errands for Chatterbox {
    fn run(&self, _: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> BoxFuture<'_, End> {
        Box::pin(async move {
            while !stop.is_cancelled() {
                let feed = Some("x".repeat(10_000));
                let _ = tell.try_send(Tell::Progress(Progress { feed, ..Progress::default() }));
                tokio::task::yield_now().await;
            }
            self.0.send(()).await.unwrap();
            End { outcome: Outcome::Interrupted, message: String::new(), advice: None, counts: Counts::default() }
        })
    }
}

impl Errands for Desk {
    fn run(&self, ask: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> BoxFuture<'_, End> {
        Box::pin(async move {
            tell.send(Tell::Progress(Progress { done: 0.5, ..Progress::default() })).await.unwrap();
            let outcome = if matches!(ask, Ask::Retry(_)) {
                stop.cancelled().await;
                Outcome::Interrupted
            } else {
                Outcome::Done
            };
            End { outcome, message: String::new(), advice: None, counts: Counts::default() }
        })
    }
}

fn discard() -> Ask {
    Ask::Discard(Which { sink: Some("siem".to_owned()), ..Which::default() })
}

async fn serving(folder: &TempDir, users: Option<Vec<u32>>) -> (PathBuf, CancellationToken, tokio::task::JoinHandle<()>) {
    let path = folder.path().join("control.sock");
    let users = users.unwrap_or_else(|| vec![own_user().unwrap()]);
    let server = Server::bind_for(path.clone(), users).await.unwrap();
    let until = CancellationToken::new();
    (path, until.clone(), tokio::spawn(server.serve(Arc::new(Desk), until)))
}

#[tokio::test]
async fn an_errand_is_heard_of_to_its_end_and_the_socket_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let (path, until, server) = serving(&folder, None).await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut heard = Vec::new();
    let end = Client::connect(&path).await.unwrap().ask(&discard(), pending(), |tell| heard.push(tell)).await.unwrap();
    assert_eq!(end.outcome, Outcome::Done);
    assert_eq!(heard, [Tell::Progress(Progress { done: 0.5, ..Progress::default() })]);
    until.cancel();
    server.await.unwrap();
    assert!(!path.exists());
    assert!(matches!(Client::connect(&path).await, Err(NoDaemon::Silent)));
}

#[tokio::test]
async fn who_asks_for_the_end_gets_the_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _until, _server) = serving(&folder, None).await;
    let client = Client::connect(&path).await.unwrap();
    let end = client.ask(&Ask::Retry(Which::default()), ready(()), |_| {}).await.unwrap();
    assert_eq!(end.outcome, Outcome::Interrupted);
}

#[tokio::test]
async fn who_is_somebody_else_is_told_and_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _until, _server) = serving(&folder, Some(vec![own_user().unwrap() + 1])).await;
    let end = Client::connect(&path).await.unwrap().ask(&discard(), pending(), |_| panic!("nothing to hear")).await.unwrap();
    assert_eq!(end.outcome, Outcome::Refused);
    assert!(end.message.contains("daemon's own user"), "{}", end.message);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_or_never_ends_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _until, _server) = serving(&folder, None).await;
    for question in [b"{\"fly\":{}}\n".to_vec(), vec![b'x'; 200_000]] {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        let (mut read, mut write) = stream.split();
        let mut answer = String::new();
        // The server stops reading at its limit, and then the pipe is closed on the writer.
        let (_, read) = tokio::join!(write.write_all(&question), read.read_to_string(&mut answer));
        if read.is_ok() {
            assert!(answer.contains("refused"), "{answer}");
        }
    }
    let end = Client::connect(&path).await.unwrap().ask(&discard(), pending(), |_| {}).await.unwrap();
    assert_eq!(end.outcome, Outcome::Done, "others are served");
}

#[tokio::test]
async fn a_socket_of_a_dead_process_is_replaced_and_one_that_answers_or_another_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let (_, until, server) = serving(&folder, None).await;
    let taken = Server::bind(path.clone()).await.unwrap_err();
    assert!(taken.contains("another process answers"), "{taken}");
    until.cancel();
    server.await.unwrap();
    std::fs::write(&path, "mine").unwrap();
    let refused = Server::bind(path.clone()).await.unwrap_err();
    assert!(refused.contains("something else is there"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[tokio::test(start_paused = true)]
async fn who_never_reads_is_given_up_after_one_wait_and_the_errand_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    let server = Server::bind_for(path.clone(), vec![own_user().unwrap()]).await.unwrap();
    let (stopped, mut heard) = mpsc::channel(1);
    let until = CancellationToken::new();
    let _server = tokio::spawn(server.serve(Arc::new(Chatterbox(stopped)), until));
    let mut deaf = UnixStream::connect(&path).await.unwrap();
    deaf.write_all(&crate::control::wire::line(&discard())).await.unwrap();
    let came = Instant::now();
    heard.recv().await.unwrap();
    assert!(came.elapsed() < PATIENCE * 2, "{:?}", came.elapsed());
}

#[tokio::test]
async fn one_too_many_is_told_so_and_does_not_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _until, _server) = serving(&folder, None).await;
    let silent: Vec<UnixStream> = futures_util::future::join_all((0..MOST).map(|_| UnixStream::connect(&path)))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let ask = || async { Client::connect(&path).await.unwrap().ask(&discard(), pending(), |_| {}).await.unwrap() };
    let end = ask().await;
    assert_eq!(end.outcome, Outcome::Failed, "{}", end.message);
    assert!(end.message.contains("16 commands"), "{}", end.message);
    drop(silent);
    // The server notices at its own pace that they have gone.
    while ask().await.outcome == Outcome::Failed {
        tokio::task::yield_now().await;
    }
}
