//! Pages that are smaller than those before: after trouble fewer rows are asked for, and a full page is then a short one.

use proptest::prelude::*;

use super::server::{Links, Server, Skip, Sorted};
use super::{Memory, check_with, spread};

/// Once seven rows came at once; now fewer are asked for.
fn shrunk(page_size: u32) -> Memory {
    Memory { ascending: true, largest: 7, page_size }
}

#[test]
fn a_page_of_the_one_row_that_was_asked_for_is_a_full_one() {
    for links in [Links::Never, Links::WhenMore, Links::Looping, Links::Failing, Links::Always] {
        for page_size in [1, 2, 3] {
            check_with(Server { links, ..Server::new(&spread(40)) }, shrunk(page_size));
        }
    }
}

#[test]
fn a_page_of_the_one_row_that_was_asked_for_hides_none_that_nobody_sorts() {
    for sorted in [Sorted::NewestFirst, Sorted::NewestCreatedFirst, Sorted::Ascending] {
        for page_size in [1, 2, 3] {
            let memory = Memory { ascending: false, ..shrunk(page_size) };
            check_with(Server { sorted, asked: false, ..Server::new(&spread(40)) }, memory);
        }
    }
}

#[test]
fn a_row_that_stands_twice_in_a_page_is_no_reason_to_skip_another() {
    for page_size in [2, 3, 7] {
        let ticks: Vec<i64> = (0..40).map(|i| if i < 30 { 100 } else { 100 + i }).collect();
        check_with(Server { duplicates: true, ..Server::new(&ticks) }, shrunk(page_size));
    }
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
    ) {
        let server = Server { sorted, asked, links, duplicates, skip: Skip::Works, ..Server::new(&ticks) };
        check_with(server, Memory { ascending, largest, page_size });
    }
}
