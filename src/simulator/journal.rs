//! What was asked of the simulator: counts for ever, the last requests one by one. Never a token's text, never a form's.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde::Serialize;

use super::feed::Feed;

/// How many requests are kept one by one.
const KEPT: usize = 10_000;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// By this machine's clock.
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    /// The tenant's ID, where the path or the token told.
    pub tenant: Option<String>,
    /// Which API it was for; `None` for signing in and for addresses that do not exist.
    pub feed: Option<Feed>,
    /// 0 where the connection was closed without an answer.
    pub status: u16,
    /// The `Host` header: to whom the client believed that it spoke.
    pub host: Option<String>,
    /// Whether there was an `Authorization` header.
    pub authorization: bool,
    pub user_agent: Option<String>,
    pub prefer: Option<String>,
}

/// How many requests had this tenant, path and status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    pub tenant: Option<String>,
    pub path: String,
    pub feed: Option<Feed>,
    pub status: u16,
    pub count: u64,
}

/// All requests up to now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Requests {
    pub counts: Vec<Count>,
    /// The last ten thousand, oldest first.
    pub recent: Vec<Request>,
}

impl Requests {
    /// How many requests there were whose path ends like this, with any status.
    pub fn to(&self, path: &str) -> u64 {
        self.counts.iter().filter(|count| count.path.ends_with(path)).map(|count| count.count).sum()
    }

    /// How many requests there were for this API, with any status.
    pub fn of(&self, feed: Feed) -> u64 {
        self.counts.iter().filter(|count| count.feed == Some(feed)).map(|count| count.count).sum()
    }

    /// How many requests were answered with this status.
    pub fn with_status(&self, status: u16) -> u64 {
        self.counts.iter().filter(|count| count.status == status).map(|count| count.count).sum()
    }
}

#[derive(Debug, Default)]
pub struct Journal {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    counts: BTreeMap<(Option<String>, String, Option<Feed>, u16), u64>,
    recent: VecDeque<Request>,
}

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it holds the journal")
    }

    pub fn write(&self, request: Request) {
        let mut inner = self.lock();
        *inner.counts.entry((request.tenant.clone(), request.path.clone(), request.feed, request.status)).or_default() += 1;
        if inner.recent.len() == KEPT {
            inner.recent.pop_front();
        }
        inner.recent.push_back(request);
    }

    pub fn read(&self) -> Requests {
        let inner = self.lock();
        let counts = inner
            .counts
            .iter()
            .map(|((tenant, path, feed, status), count)| Count {
                tenant: tenant.clone(),
                path: path.clone(),
                feed: *feed,
                status: *status,
                count: *count,
            })
            .collect();
        Requests { counts, recent: inner.recent.iter().cloned().collect() }
    }

    pub fn clear(&self) {
        *self.lock() = Inner::default();
    }
}
