//! The file sink: whole lines only, whatever happens to the file, the disk or the reader.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::format::Encoder;
use alertferry::sink::file::File;
use alertferry::sink::{About, Batch, DeliverError, Sink as _, Verdict, settings};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use tempfile::TempDir;
use tokio::time::timeout;

/// Where a test that starts itself again finds its file; see [`again`].
const AGAIN: &str = "ALERTFERRY_TEST_FILE";

/// Long enough to see that somebody does not wait, which takes no time at all.
const A_WHILE: Duration = Duration::from_millis(200);

fn open(path: &Path) -> Result<File, DeliverError> {
    File::open("out".into(), &settings::File { path: path.to_owned() })
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("alerts.jsonl");
    (folder, path)
}

fn page(name: &str, count: usize, size: usize) -> Batch {
    let tenant = Tenant { name: name.into(), id: name.into(), customer: name.to_owned(), labels: BTreeMap::new() };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw);
    for number in 0..count {
        let Ok(()) = batch.push(About::alert(&number.to_string(), Severity::Low, None), |out| {
            out.extend_from_slice(format!("{{\"id\":\"{name}-{number}\",\n\"x\":\"{}\"}}", "x".repeat(size)).as_bytes());
            Ok::<(), Infallible>(())
        });
    }
    batch
}

fn lines(page: &Batch) -> String {
    page.messages().map(|message| String::from_utf8_lossy(message.payload).replace('\n', " ") + "\n").collect()
}

async fn deliver(sink: &File, page: &Batch) {
    let delivery = sink.deliver(page).await;
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    assert_eq!(delivery.verdicts, vec![Verdict::Delivered; page.len()]);
}

async fn refuse(sink: &File, page: &Batch) -> DeliverError {
    let delivery = sink.deliver(page).await;
    assert_eq!(delivery.verdicts, vec![Verdict::Unknown; page.len()]);
    delivery.failure.expect("a failure")
}

#[tokio::test]
async fn pages_are_appended_as_lines_to_a_file_that_others_cannot_read() {
    let (_folder, path) = folder();
    let (first, second) = (page("first", 3, 10), page("second", 2, 10));
    let sink = open(&path).unwrap();
    deliver(&sink, &first).await;
    drop(sink);
    deliver(&open(&path).unwrap(), &second).await;
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(&first) + &lines(&second));
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode & !0o640, 0, "{mode:o}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_many_tenants_never_interleave_and_rotation_loses_and_splits_nothing() {
    let (folder, path) = folder();
    let sink = Arc::new(open(&path).unwrap());
    let tenant = |tenant: usize| {
        let sink = sink.clone();
        async move {
            for turn in 0..20 {
                deliver(&sink, &page(&format!("tenant{tenant}turn{turn}"), 20, 500)).await;
            }
        }
    };
    let writing: Vec<_> = (0..8).map(|number| tokio::spawn(tenant(number))).collect();
    for rotation in 0..10 {
        deliver(&sink, &page(&format!("rotation{rotation}"), 20, 500)).await;
        fs::rename(&path, folder.path().join(format!("rotated{rotation}"))).unwrap();
        sink.reopen();
    }
    for writer in writing {
        writer.await.unwrap();
    }
    deliver(&sink, &page("last", 20, 500)).await;
    assert!(fs::read_to_string(&path).unwrap().ends_with(&lines(&page("last", 20, 500))), "the new file is not in use");

    let mut pages = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let all: Vec<&str> = text.split_inclusive('\n').collect();
        for one in all.chunks(20) {
            let name = one[0].strip_prefix("{\"id\":\"").unwrap().split('-').next().unwrap();
            assert_eq!(one.concat(), lines(&page(name, 20, 500)));
            pages += 1;
        }
    }
    assert_eq!(pages, 8 * 20 + 10 + 1);
}

#[tokio::test]
async fn only_a_reopened_sink_leaves_a_renamed_file_but_a_removed_one_is_made_anew() {
    let (folder, path) = folder();
    let (renamed, page) = (folder.path().join("renamed"), page("a", 2, 10));
    let sink = open(&path).unwrap();
    fs::rename(&path, &renamed).unwrap();
    deliver(&sink, &page).await;
    assert_eq!(fs::read_to_string(&renamed).unwrap(), lines(&page));
    assert!(!path.exists());
    fs::remove_file(&renamed).unwrap();
    deliver(&sink, &page).await;
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(&page));
}

#[tokio::test]
async fn a_torn_last_line_of_ours_is_cut_off_however_long_it_is() {
    let torn = "{\"id\":\"torn".to_owned() + &"x".repeat(200_000);
    for (before, kept) in [
        (String::from("{\"id\":\"whole\"}\n{\"id\":\"to"), "{\"id\":\"whole\"}\n"),
        (format!("{{\"id\":\"whole\"}}\n{torn}"), "{\"id\":\"whole\"}\n"),
        (torn, ""),
        (String::from("{\"id\":\"whole\"}\n\0\0\0\0"), "{\"id\":\"whole\"}\n"),
        (String::from("written by somebody else\n"), "written by somebody else\n"),
    ] {
        let (_folder, path) = folder();
        fs::write(&path, &before).unwrap();
        let page = page("after", 2, 10);
        deliver(&open(&path).unwrap(), &page).await;
        assert_eq!(fs::read_to_string(&path).unwrap(), kept.to_owned() + &lines(&page));
    }
}

#[test]
fn a_last_line_of_somebody_else_is_never_cut_off() {
    let (_folder, path) = folder();
    fs::write(&path, "{}\nmy notes").unwrap();
    let error = open(&path).unwrap_err();
    assert!(error.message.contains(path.to_str().unwrap()) && error.message.contains("not written by alertferry"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}\nmy notes");
}

#[tokio::test]
async fn a_missing_folder_is_named_at_opening_and_after_a_rotation() {
    let (folder, _) = folder();
    let inner = folder.path().join("inner");
    let path = inner.join("alerts.jsonl");
    let named = format!("file sink out: the folder {} does not exist", inner.display());
    let error = open(&path).unwrap_err();
    assert!(error.message.starts_with(&named), "{error}");

    fs::create_dir(&inner).unwrap();
    let sink = open(&path).unwrap();
    sink.probe().await.unwrap();
    fs::remove_dir_all(&inner).unwrap();
    sink.reopen();
    assert!(refuse(&sink, &page("a", 2, 10)).await.message.starts_with(&named));
    assert!(sink.probe().await.unwrap_err().message.starts_with(&named));
    fs::create_dir(&inner).unwrap();
    deliver(&sink, &page("a", 2, 10)).await;
}

#[test]
fn only_regular_files_are_taken_and_a_named_pipe_does_not_hold_us_up() {
    let (folder, path) = folder();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    for odd in [path.as_path(), folder.path()] {
        let error = open(odd).unwrap_err();
        assert!(error.message.ends_with("is not a regular file"), "{error}");
    }
}

/// The other writer is a sink that a reload is about to replace: while it writes, the file may end in mid-line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_sink_writes_to_the_file_nothing_is_appended_or_cut_off() {
    let (_folder, path) = folder();
    let page = page("a", 2, 10);
    let sink = Arc::new(open(&path).unwrap());
    let other = fs::File::options().append(true).open(&path).unwrap();
    other.lock().unwrap();
    fs::write(&path, "{\"id\":").unwrap();
    let mut opening = tokio::task::spawn_blocking({
        let path = path.clone();
        move || open(&path).map(drop)
    });
    assert!(timeout(A_WHILE, &mut opening).await.is_err(), "did not wait for the other");
    fs::write(&path, "{\"id\":1}\n").unwrap();
    other.unlock().unwrap();
    opening.await.unwrap().unwrap();

    other.lock().unwrap();
    let mut delivering = tokio::spawn(async move { sink.deliver(&page).await.failure.is_none() });
    assert!(timeout(A_WHILE, &mut delivering).await.is_err(), "did not wait for the other");
    other.unlock().unwrap();
    assert!(delivering.await.unwrap());
    assert!(fs::read_to_string(&path).unwrap().starts_with("{\"id\":1}\n{\"id\":\"a-0\""));
}

/// A limit on the size of files stops a write half way, as a full disk does.
#[tokio::test]
async fn a_write_that_fails_half_way_leaves_whole_lines_only() {
    let (small, large) = (page("small", 3, 10), page("large", 1_000, 500));
    if let Some(path) = std::env::var_os(AGAIN) {
        let sink = open(Path::new(&path)).unwrap();
        deliver(&sink, &small).await;
        let failure = refuse(&sink, &large).await;
        assert!(failure.message.contains("a page cannot be written to"), "{failure}");
        assert_eq!(sink.probe().await.unwrap_err().message, failure.message, "a full disk is not well because it can be opened");
        deliver(&sink, &small).await;
        sink.probe().await.unwrap();
        return;
    }
    let (_folder, path) = folder();
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap "" XFSZ; ulimit -f 32; exec "$@""#, "sh"]);
    let output = again(limited, "a_write_that_fails_half_way_leaves_whole_lines_only", &path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(fs::read_to_string(&path).unwrap(), lines(&small) + &lines(&small));
}

#[tokio::test]
async fn standard_output_takes_pages_until_its_reader_leaves_which_is_a_failure_and_no_panic() {
    let page = page("out", 3, 10);
    if let Some(path) = std::env::var_os(AGAIN) {
        let sink = open(Path::new("-")).unwrap();
        let failure = loop {
            if let Some(failure) = sink.deliver(&page).await.failure {
                break failure;
            }
        };
        assert_eq!(sink.probe().await.unwrap_err().message, failure.message, "nobody will read this again");
        fs::write(path, failure.message).unwrap();
        return;
    }
    let (_folder, path) = folder();
    let name = "standard_output_takes_pages_until_its_reader_leaves_which_is_a_failure_and_no_panic";
    let mut child = again(Command::new("env"), name, &path).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut read = String::new();
    while !read.contains(&lines(&page)) {
        assert_ne!(reader.read_line(&mut read).unwrap(), 0, "{read}");
    }
    drop(reader);
    // Its test runner has lost its output as well, so what it made of that is not asked.
    child.wait().unwrap();
    let failure = fs::read_to_string(&path).unwrap();
    assert_eq!(failure, "file sink out: nobody reads standard output any more (broken pipe)");
}

/// This test binary once more, for one test of this file, started through `launcher`.
fn again(mut launcher: Command, test: &str, path: &Path) -> Command {
    launcher.arg(std::env::current_exe().expect("our own path")).args(["--exact", "--nocapture", &format!("file_sink::{test}")]);
    launcher.env(AGAIN, path);
    launcher
}
