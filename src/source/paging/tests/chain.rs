//! Chains of next links: whole ones are followed to their end, broken ones are never taken for whole.

use proptest::prelude::*;

use crate::source::paging::{Broken, Chain, Onward};

/// How a made-up list breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Loop,
    Foreign,
    Refused,
}

/// Reads a list of so many pages of one row; `fault` strikes behind the page `at`, the first `times` times. Answers which pages
/// came, and how it ended.
fn follow(pages: usize, fault: Fault, at: usize, mut times: u32) -> (Vec<usize>, Result<(), Broken>) {
    let mut chain = Chain::default();
    let mut came = Vec::new();
    for _ in 0..10_000 {
        if chain.is_done() {
            return (came, Ok(()));
        }
        let page = chain.link().map_or(0, |link| link.parse().unwrap());
        let strikes = times > 0 && page == at && page + 1 < pages;
        times -= u32::from(strikes);
        came.push(page);
        let link = Onward::Link((page + 1).to_string());
        let result = match (strikes, fault) {
            (false, _) if page + 1 < pages => chain.answered(1, link),
            (false, _) => chain.answered(1, Onward::End),
            (true, Fault::Foreign) => chain.answered(1, Onward::Foreign),
            (true, Fault::Loop) => chain.answered(1, link).and_then(|()| {
                came.push(page + 1);
                chain.answered(1, Onward::Link((page + 1).to_string()))
            }),
            (true, Fault::Refused) => chain.answered(1, link).and_then(|()| chain.refused()),
        };
        if let Err(broken) = result {
            return (came, Err(broken));
        }
    }
    panic!("the chain never ends");
}

#[test]
fn a_list_that_cannot_be_asked_at_all_is_refused_at_once() {
    assert_eq!(Chain::default().refused(), Err(Broken::Refused));
}

#[test]
fn links_that_are_ever_new_end_nowhere_and_are_left_with_rows_or_without() {
    for rows in [0, 1] {
        let mut chain = Chain::default();
        let broken = (0..).find_map(|n: u32| {
            assert!(n < 10_000, "links are followed for ever");
            chain.answered(rows, Onward::Link(n.to_string())).err()
        });
        assert_eq!(broken, Some(Broken::Endless));
        assert!(!chain.is_done());
    }
}

#[test]
fn a_page_that_links_to_itself_is_a_loop() {
    let mut chain = Chain::default();
    chain.answered(1, Onward::Link("x".to_owned())).unwrap();
    chain.answered(1, Onward::Link("x".to_owned())).unwrap();
    assert_eq!(chain.link(), None, "it starts over");
    chain.answered(1, Onward::Link("x".to_owned())).unwrap();
    assert_eq!(chain.answered(1, Onward::Link("x".to_owned())), Err(Broken::Loop));
}

proptest! {
    #[test]
    fn a_list_is_whole_or_an_error(
        pages in 1usize..20,
        fault in prop_oneof![Just(Fault::Loop), Just(Fault::Foreign), Just(Fault::Refused)],
        at in 0usize..20,
        times in 0u32..3,
    ) {
        let (came, end) = follow(pages, fault, at, times);
        let strikes = at + 1 < pages;
        if times < 2 || !strikes {
            prop_assert_eq!(end, Ok(()));
            let last_round: Vec<usize> = came[came.iter().rposition(|page| *page == 0).unwrap()..].to_vec();
            prop_assert_eq!(last_round, (0..pages).collect::<Vec<_>>());
        } else {
            prop_assert_eq!(end, Err(match fault {
                Fault::Loop => Broken::Loop,
                Fault::Foreign => Broken::Foreign,
                Fault::Refused => Broken::Refused,
            }));
        }
    }
}
