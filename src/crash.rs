//! Named points at which a test can have the process die at once; nothing at all in the program that is shipped.
//!
//! The feature `crash-points` is on for `cargo test` only. With it, `ALERTFERRY_CRASH_AT=ledger.committed` aborts the process
//! when it first comes by that point, and `ledger.committed:3` when it comes by for the third time. ARCHITECTURE.md lists the
//! points with what each would cost, and `tests/it/faults/crash_points` dies at every one of them.

/// Where the process may die. Nothing is flushed, closed or unwound, as if it had been killed between two lines.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub fn point(_name: &'static str) {}

/// Where the process may die. Nothing is flushed, closed or unwound, as if it had been killed between two lines.
///
/// # Panics
/// When `ALERTFERRY_CRASH_AT` is neither a name nor a name and a number from 1 on.
#[cfg(feature = "crash-points")]
pub fn point(name: &'static str) {
    armed::pass(name);
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::io::Write as _;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Where this process is to die.
    #[derive(Debug)]
    struct Armed {
        name: String,
        /// How often it may still come by.
        left: AtomicU64,
    }

    pub fn pass(name: &str) {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let Some(armed) = ARMED.get_or_init(|| std::env::var("ALERTFERRY_CRASH_AT").ok().map(|text| Armed::read(&text))) else {
            return;
        };
        if armed.falls(name) {
            // For the test: it was this point, and no other abort.
            let _ = writeln!(std::io::stderr(), "the process dies at the crash point {name}");
            std::process::abort();
        }
    }

    impl Armed {
        fn read(text: &str) -> Self {
            let (name, arrival) = text.split_once(':').unwrap_or((text, "1"));
            let left = arrival.parse().ok().filter(|left| *left > 0);
            let left = left.unwrap_or_else(|| panic!("ALERTFERRY_CRASH_AT: found {text:?}, expected NAME or NAME:NUMBER"));
            Self { name: name.to_owned(), left: AtomicU64::new(left) }
        }

        fn falls(&self, name: &str) -> bool {
            self.name == name && self.left.fetch_sub(1, Ordering::Relaxed) == 1
        }
    }

    #[cfg(test)]
    mod tests {
        use super::Armed;

        #[test]
        fn a_point_falls_at_the_arrival_that_was_asked_for_and_no_other_point_does() {
            let arrivals = |text: &str| {
                let armed = Armed::read(text);
                ["a.b", "a.c", "a.b", "a.b"].map(|name| armed.falls(name))
            };
            assert_eq!(arrivals("a.b"), [true, false, false, false]);
            assert_eq!(arrivals("a.b:2"), [false, false, true, false]);
            assert_eq!(arrivals("a.b:4"), [false; 4]);
        }

        #[test]
        #[should_panic(expected = "expected NAME or NAME:NUMBER")]
        fn what_is_no_number_is_refused() {
            Armed::read("a.b:often");
        }

        #[test]
        #[should_panic(expected = "expected NAME or NAME:NUMBER")]
        fn there_is_no_arrival_before_the_first() {
            Armed::read("a.b:0");
        }
    }
}
