//! Which messages of a page were sent under which transaction number, and what the receiver answered for each.

use std::collections::VecDeque;

use super::answer::Answer;
use crate::sink::Verdict;

/// As many messages as rsyslog's own sender leaves unanswered.
const SIZE: usize = 128;
/// The next one is 1 again.
const LAST_TXNR: u32 = 999_999_999;

/// The transactions of a session.
#[derive(Debug)]
pub struct Window {
    next: u32,
    /// The transaction number of each message that was not answered, and its place in the page. Oldest first.
    open: VecDeque<(u32, usize)>,
    verdicts: Vec<Verdict>,
}

impl Window {
    pub fn new() -> Self {
        Self { next: 1, open: VecDeque::with_capacity(SIZE), verdicts: Vec::new() }
    }

    /// A number for something that is no message.
    pub fn transaction(&mut self) -> u32 {
        let txnr = self.next;
        self.next = if txnr == LAST_TXNR { 1 } else { txnr + 1 };
        txnr
    }

    /// The number for the next message of the page.
    pub fn message(&mut self) -> u32 {
        let txnr = self.transaction();
        self.open.push_back((txnr, self.verdicts.len()));
        self.verdicts.push(Verdict::Unknown);
        txnr
    }

    pub fn is_full(&self) -> bool {
        self.open.len() >= SIZE
    }

    /// How many messages the receiver owes an answer for.
    pub fn unanswered(&self) -> usize {
        self.open.len()
    }

    /// Notes an answer. They come in the order of the messages, and the specification also lets them come in any other. `false`
    /// where nothing waits for this one.
    pub fn answered(&mut self, txnr: u32, answer: &Answer) -> bool {
        let Some(found) = self.open.iter().position(|(open, _)| *open == txnr) else { return false };
        if let Some((_, place)) = self.open.remove(found) {
            self.verdicts[place] = if answer.is_good() {
                Verdict::Delivered
            } else {
                Verdict::Refused(format!("the receiver refused it with {} {}", answer.code, answer.words))
            };
        }
        true
    }

    /// What is known of each message since this was last asked, in their order.
    pub fn verdicts(&mut self) -> Vec<Verdict> {
        std::mem::take(&mut self.verdicts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answer, LAST_TXNR, SIZE, Verdict, Window};

    fn good() -> Answer {
        Answer::read(b"200 OK").unwrap()
    }

    #[test]
    fn transaction_numbers_begin_at_one_and_begin_again_after_the_last() {
        let mut window = Window::new();
        assert_eq!([window.transaction(), window.message(), window.message()], [1, 2, 3]);
        window.next = LAST_TXNR;
        assert_eq!([window.message(), window.message()], [LAST_TXNR, 1]);
    }

    #[test]
    fn the_window_is_full_with_as_many_as_may_be_unanswered() {
        let mut window = Window::new();
        for _ in 0..SIZE {
            assert!(!window.is_full());
            window.message();
        }
        assert!(window.is_full());
        assert!(window.answered(1, &good()));
        assert!(!window.is_full());
    }

    #[test]
    fn nobody_is_answered_twice_or_without_having_asked() {
        let mut window = Window::new();
        let asked = window.message();
        assert!(!window.answered(asked + 1, &good()));
        assert!(window.answered(asked, &good()));
        assert!(!window.answered(asked, &good()));
        assert_eq!(window.verdicts(), [Verdict::Delivered]);
    }

    proptest! {
        #[test]
        fn each_message_has_the_verdict_of_its_own_answer(
            codes in prop::collection::vec(prop::option::of(prop_oneof![Just(200u16), Just(500u16)]), 0..SIZE),
            order in any::<prop::sample::Index>(),
        ) {
            let mut window = Window::new();
            let numbers: Vec<u32> = codes.iter().map(|_| window.message()).collect();
            let first = if codes.is_empty() { 0 } else { order.index(codes.len()) };
            for place in (first..codes.len()).chain(0..first) {
                if let Some(code) = codes[place] {
                    let answer = Answer::read(format!("{code} words").as_bytes()).unwrap();
                    prop_assert!(window.answered(numbers[place], &answer));
                }
            }
            prop_assert_eq!(window.unanswered(), codes.iter().filter(|code| code.is_none()).count());
            let expected: Vec<Verdict> = codes.iter().map(|code| match code {
                Some(200) => Verdict::Delivered,
                Some(code) => Verdict::Refused(format!("the receiver refused it with {code} words")),
                None => Verdict::Unknown,
            }).collect();
            prop_assert_eq!(window.verdicts(), expected);
        }
    }
}
