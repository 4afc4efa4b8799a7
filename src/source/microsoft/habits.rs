//! What a place has shown of itself from one window to the next: how it pages, how much it copes with, which rows it fails on.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::source::Window;
use crate::source::paging::Memory;

/// After so many failures in a row something is asked for otherwise: some answers are too much for the server itself.
pub(super) const PATIENCE: u32 = 3;

/// Where each row is read by itself, a page is at most so many requests.
pub(super) const MOST_ALONE: u32 = 50;

/// `$expand` that kept failing is tried again after so long: what was too big for the server may have left its window.
const EXPAND_AGAIN: Duration = Duration::from_hours(24);

/// So many rows that fail are remembered, at least as many as a page can hold.
const MOST_TROUBLED: usize = 1024;

/// The first of so many steps of half a year is a quarter of a minute long.
const MOST_STEPS: u32 = 20;

#[derive(Debug)]
pub(super) struct Habits {
    pub(super) memory: Memory,
    failing: Option<Failing>,
    expand_dropped: Option<Dropped>,
    /// Where a window starts that failed before anything of it was complete, and how often in a row.
    stuck: Option<(Timestamp, u32)>,
    /// Rows whose own reading failed, and in how many windows; the latest stands last.
    troubled: VecDeque<(String, u32)>,
}

/// `$expand` is not asked for since then.
#[derive(Debug, Clone, Copy)]
struct Dropped {
    since: Instant,
    /// The list has been answered without it.
    helped: bool,
}

/// Windows in a row that failed without coming further than the first of them.
#[derive(Debug, Clone, Copy)]
struct Failing {
    windows: u32,
    /// How far they came.
    at: Timestamp,
}

impl Habits {
    pub(super) fn new(page_size: u32) -> Self {
        Self { memory: Memory::new(page_size), failing: None, expand_dropped: None, stuck: None, troubled: VecDeque::new() }
    }

    /// A window is opened: `$expand` may be due again. Answers whether it is asked for.
    pub(super) fn opened(&mut self, most: u32) -> bool {
        if self.expand_dropped.is_some_and(|dropped| dropped.since.elapsed() >= EXPAND_AGAIN) {
            self.expand_dropped = None;
            self.failing = None;
        }
        self.memory.page_size = self.memory.page_size.min(self.most(most));
        self.expand_dropped.is_none()
    }

    /// How many rows pages may grow to.
    pub(super) fn most(&self, most: u32) -> u32 {
        if self.expand_dropped.is_some() { most.min(MOST_ALONE) } else { most }
    }

    /// The list was answered.
    pub(super) fn answered(&mut self, memory: Memory) {
        self.memory = memory;
        if let Some(dropped) = &mut self.expand_dropped {
            dropped.helped = true;
        }
    }

    /// A window failed that had come so far. Answers whether that lasts.
    pub(super) fn failed(&mut self, at: Timestamp) -> bool {
        if self.expand_dropped.take_if(|dropped| !dropped.helped).is_some() {
            self.failing = None; // the list fails without `$expand` too: that was not the fault
        }
        let before = self.failing.filter(|failing| at <= failing.at);
        let windows = before.map_or(0, |failing| failing.windows).saturating_add(1);
        self.failing = Some(Failing { windows, at: before.map_or(at, |failing| failing.at) });
        windows >= PATIENCE
    }

    /// A window was read to its end. Failures of another one, where a feed also catches up or sweeps, are not forgotten.
    pub(super) fn ended(&mut self, window: Window) {
        self.failing = self.failing.filter(|failing| failing.at < window.from || failing.at > window.to);
    }

    /// A window failed before anything of it was complete: all of it will be asked for again.
    pub(super) fn stuck(&mut self, window: Window) {
        let before = self.stuck.filter(|(from, _)| *from == window.from).map_or(0, |(_, times)| times);
        self.stuck = Some((window.from, before.saturating_add(1)));
    }

    /// Into how many steps a window is cut before it is asked for; see [`Walk::in_steps`](crate::source::paging::Walk::in_steps).
    /// One failure proves nothing; then each quarters the first step.
    pub(super) fn steps(&self, window: Window) -> u32 {
        let times = self.stuck.filter(|(from, _)| *from == window.from).map_or(0, |(_, times)| times);
        times.saturating_sub(1).saturating_mul(2).min(MOST_STEPS)
    }

    /// `$expand` is too much for the server. Answers how many rows to ask for from now on.
    pub(super) fn drop_expand(&mut self, most: u32) -> u32 {
        self.expand_dropped = Some(Dropped { since: Instant::now(), helped: false });
        self.failing = None;
        self.memory.page_size = self.most(most);
        self.memory.page_size
    }

    /// A row could not be read by itself; answers how many windows that has happened in.
    pub(super) fn row_failed(&mut self, id: &str) -> u32 {
        let before = self.row_read(id);
        if self.troubled.len() >= MOST_TROUBLED {
            self.troubled.pop_front();
        }
        self.troubled.push_back((id.to_owned(), before.saturating_add(1)));
        before.saturating_add(1)
    }

    /// A row never will be read by itself. Answers whether that is news.
    pub(super) fn row_given_up(&mut self, id: &str) -> bool {
        let failures = self.row_failed(id);
        if let Some(last) = self.troubled.back_mut() {
            last.1 = last.1.max(PATIENCE + 1);
        }
        failures <= PATIENCE
    }

    /// A row was read after all. Answers in how many windows it had failed.
    pub(super) fn row_read(&mut self, id: &str) -> u32 {
        let at = self.troubled.iter().position(|(other, _)| other == id);
        at.and_then(|at| self.troubled.remove(at)).map_or(0, |(_, failures)| failures)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Habits, MOST_TROUBLED, PATIENCE};
    use crate::source::Window;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn windows_that_fail_at_the_same_place_last_and_one_that_comes_further_starts_the_count_anew() {
        let mut habits = Habits::new(100);
        assert_eq!([5, 5, 4].map(|second| habits.failed(at(second))), [false, false, true]);
        assert!(!habits.failed(at(6)), "it came further");
        assert_eq!([6, 6].map(|second| habits.failed(at(second))), [false, true]);
    }

    #[test]
    fn a_window_that_ends_forgets_the_failures_that_lie_in_it_and_no_others() {
        let mut habits = Habits::new(100);
        for _ in 0..2 {
            habits.failed(at(50));
        }
        habits.ended(Window { from: at(60), to: at(90) });
        assert!(habits.failed(at(50)), "the newest rows were read, those that fail are older");
        habits.ended(Window { from: at(40), to: at(90) });
        assert!(!habits.failed(at(50)));
    }

    #[test]
    fn a_window_that_fails_again_before_anything_is_complete_is_cut_ever_finer_and_another_is_not() {
        let mut habits = Habits::new(100);
        let (window, other) = (Window { from: at(0), to: at(100) }, Window { from: at(50), to: at(100) });
        let steps = [(); 4].map(|()| {
            habits.stuck(window);
            habits.steps(Window { to: at(101), ..window })
        });
        assert_eq!((steps, habits.steps(other)), ([0, 2, 4, 6], 0));
        habits.stuck(other);
        assert_eq!(habits.steps(window), 0, "it came further");
    }

    #[tokio::test(start_paused = true)]
    async fn expand_is_tried_again_after_a_day_and_until_then_pages_are_small() {
        let mut habits = Habits::new(1000);
        assert!(habits.opened(1000));
        assert_eq!(habits.drop_expand(1000), 50);
        habits.answered(habits.memory.clone());
        habits.failed(at(5));
        tokio::time::advance(std::time::Duration::from_hours(23)).await;
        assert!(!habits.opened(1000));
        assert_eq!(habits.memory.page_size, 50);
        tokio::time::advance(std::time::Duration::from_hours(1)).await;
        assert!(habits.opened(1000));
        assert_eq!(habits.most(1000), 1000);
    }

    #[tokio::test]
    async fn a_list_that_fails_without_expand_too_gets_it_back_at_once() {
        let mut habits = Habits::new(100);
        habits.drop_expand(100);
        assert!(!habits.opened(100));
        assert!(!habits.failed(at(5)));
        assert!(habits.opened(100));
    }

    #[test]
    fn rows_that_fail_are_counted_each_and_forgotten_when_there_are_too_many() {
        let mut habits = Habits::new(100);
        assert_eq!([habits.row_failed("a"), habits.row_failed("b"), habits.row_failed("a")], [1, 1, 2]);
        assert_eq!(habits.row_read("a"), 2);
        assert_eq!(habits.row_failed("a"), 1);
        for row in 0..2 * MOST_TROUBLED {
            habits.row_failed(&row.to_string());
        }
        assert_eq!(habits.troubled.len(), MOST_TROUBLED);
        assert_eq!(habits.row_failed("b"), 1);
    }

    #[test]
    fn giving_a_row_up_is_news_once() {
        let mut habits = Habits::new(100);
        assert!(habits.row_given_up("a"));
        assert!(!habits.row_given_up("a"));
        habits.row_failed("b");
        habits.row_failed("b");
        assert_eq!(habits.row_failed("b"), PATIENCE);
        assert_eq!(habits.row_failed("b"), PATIENCE + 1);
    }
}
