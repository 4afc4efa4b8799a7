//! Whatever the server does: properties, and the cases that they once found.

use proptest::prelude::*;

use super::*;

#[test]
fn a_row_that_moves_during_a_second_sweep_hides_no_neighbour_either() {
    let ticks = [
        0, 0, 0, 0, 0, 0, 0, 0, 500, 301, 301, 500, 301, 500, 301, 500, 500, 0, 500, 0, 301, 301, 500, 500, 500, 500, 500, 300,
        300, 301, 301, 301, 500, 0, 500, 500, 301, 301, 301, 500, 0, 301, 301, 501, 501, 301, 0, 500, 500, 500, 500, 500,
    ];
    let moves = vec![(9, 8), (4, 11)];
    check(Server { links: Links::Looping, cut: 16, moves, ..Server::new(&ticks) }, 16);
}

#[test]
fn a_link_to_a_page_that_its_rows_have_left_hides_nothing() {
    check(Server { links: Links::WhenMore, cut: 1, moves: vec![(4, 0)], ..Server::new(&[300, 301]) }, 1);
}

#[test]
fn times_that_differ_in_the_seventh_digit_are_different_times() {
    check(Server { skip: Skip::RefusedAbove(0), ..Server::new(&(0..100).collect::<Vec<_>>()) }, 10);
}

#[test]
fn rows_outside_the_window_are_left_to_their_own_window() {
    let mut ticks = spread(20);
    ticks.extend([-5, 1001, 5000]);
    check(Server { ignores_filter: true, ..Server::new(&ticks) }, 50);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn whatever_the_server_does_each_row_comes_once(
        ticks in prop::collection::vec(prop_oneof![0i64..1000, Just(500i64), 300i64..310], 0..80),
        sorted in prop_oneof![Just(Sorted::Ascending), Just(Sorted::NewestFirst)],
        links in prop_oneof![Just(Links::Never), Just(Links::WhenMore), Just(Links::Always), Just(Links::Looping), Just(Links::Failing)],
        cut in 1usize..30,
        page_size in 1u32..25,
        moves in prop::collection::vec((2usize..10, 0usize..80), 0..4),
    ) {
        let moves = moves.into_iter().filter(|(_, index)| *index < ticks.len()).collect();
        let server = Server { sorted, links, cut, moves, ..Server::new(&ticks) };
        check(server, page_size);
    }
}
