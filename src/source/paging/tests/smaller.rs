//! Pages that are smaller than those before: after trouble fewer rows are asked for, and a full page is then a short one.

use proptest::prelude::*;

use super::habits::assert_all_or_told_with;
use super::server::{Links, SLICING, Server, Skip, Sorted, at};
use super::{Memory, Walk, check_with, spread};
use crate::source::Window;

/// Once seven rows came at once; now fewer are asked for.
fn shrunk(page_size: u32) -> Memory {
    Memory { ascending: true, largest: 7, ..Memory::new(page_size) }
}

#[test]
fn a_page_of_the_one_row_that_was_asked_for_is_a_full_one() {
    for links in [Links::Never, Links::WhenMore, Links::Looping, Links::Failing, Links::Always] {
        for page_size in [1, 2, 3] {
            check_with(Server { links, ..Server::new(&spread(40)) }, shrunk(page_size), |_| {});
        }
    }
}

#[test]
fn a_page_of_the_one_row_that_was_asked_for_hides_none_that_nobody_sorts() {
    for sorted in [Sorted::NewestFirst, Sorted::NewestCreatedFirst, Sorted::Ascending] {
        for page_size in [1, 2, 3] {
            let memory = Memory { ascending: false, ..shrunk(page_size) };
            check_with(Server { sorted, asked: false, ..Server::new(&spread(40)) }, memory, |_| {});
        }
    }
}

#[test]
fn a_row_that_stands_twice_in_a_page_is_no_reason_to_skip_another() {
    for page_size in [2, 3, 7] {
        let ticks: Vec<i64> = (0..40).map(|i| if i < 30 { 100 } else { 100 + i }).collect();
        check_with(Server { duplicates: true, ..Server::new(&ticks) }, shrunk(page_size), |_| {});
    }
}

#[test]
fn pages_grow_again_with_each_answer_and_more_slowly_where_that_was_too_much() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, shrunk(1), SLICING, true);
    let mut sizes = |answers: usize| -> Vec<u32> {
        (0..answers)
            .map(|_| {
                walk.grow(6);
                let size = walk.memory().page_size;
                if size == 6 {
                    walk.shrink();
                }
                size
            })
            .collect()
    };
    assert_eq!(sizes(3), [2, 4, 6]);
    assert_eq!(sizes(2), [3, 6]);
    assert_eq!(sizes(4), [3, 3, 3, 6]);
}

/// Whatever there was before, full pages are back after fewer answers than an hour of it has made it wait for.
#[test]
fn pages_that_do_well_again_grow_ever_faster_also_from_one_window_to_the_next() {
    let mut memory = shrunk(1);
    for _ in 0..20 {
        memory.growth.shrunk();
        while !memory.growth.due(true) {}
    }
    let mut answers = 0;
    while memory.page_size < 512 {
        let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory, SLICING, true);
        walk.grow(512);
        memory = walk.memory().clone();
        answers += 1;
    }
    assert!(answers < 150, "64, 64, 32, 16, 8, 4, 2, 1 and 1: took {answers}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn whatever_was_shown_before_each_row_comes_once(
        ticks in prop::collection::vec(prop_oneof![0i64..1000, Just(500i64), 300i64..310], 0..80),
        (sorted, asked) in prop_oneof![Just((Sorted::Ascending, true)), Just((Sorted::NewestFirst, false)), Just((Sorted::NewestFirst, true))],
        links in prop_oneof![Just(Links::Never), Just(Links::WhenMore), Just(Links::Always), Just(Links::Looping), Just(Links::Failing)],
        largest in 0usize..30,
        page_size in 1u32..25,
        ascending: bool,
        duplicates: bool,
        mut troubles in prop::collection::vec(any::<bool>(), 0..40),
    ) {
        let server = Server { sorted, asked, links, duplicates, ..Server::new(&ticks) };
        check_with(server, Memory { ascending, largest, ..Memory::new(page_size) }, |walk| {
            if troubles.pop() == Some(true) {
                walk.shrink();
            } else {
                walk.grow(24);
            }
        });
    }

    /// As risk detections: nobody sorts, and no `$skip`.
    #[test]
    fn whatever_was_shown_before_no_row_is_lost_in_silence_without_skip(
        ticks in prop::collection::vec(prop_oneof![0i64..1000, Just(500i64), 300i64..310], 0..80),
        sorted in prop_oneof![Just(Sorted::NewestFirst), Just(Sorted::NewestCreatedFirst)],
        links in prop_oneof![Just(Links::Never), Just(Links::WhenMore), Just(Links::Looping), Just(Links::Failing)],
        largest in 0usize..30,
        page_size in 1u32..8,
        duplicates: bool,
    ) {
        let server = Server { sorted, asked: false, links, duplicates, skip: Skip::RefusedAbove(0), ..Server::new(&ticks) };
        assert_all_or_told_with(server, Memory { largest, ..Memory::new(page_size) });
    }
}
