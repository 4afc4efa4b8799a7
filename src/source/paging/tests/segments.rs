//! What a walk asks for and what it remembers, request by request: found by a second run of docs/mutants.md.

use super::*;
use crate::source::paging::growth::Growth;
use crate::source::paging::segment::{Answer, Segment};

#[test]
fn behind_rows_without_a_time_the_rest_of_the_window_is_read_where_offsets_are_refused() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(2), SLICING, true);
    walk.answered(&["a", "b"].map(|key| Row { key, at: None }), None);
    assert_eq!(walk.ask().unwrap().via, Via::Skip(2));
    walk.refused().unwrap();
    let mut asked = Vec::new();
    while let Some(ask) = walk.ask() {
        asked.push((tick(ask.from), tick(ask.to), ask.slice.is_empty()));
        walk.answered(&[], None);
    }
    assert_eq!(asked.last(), Some(&(1, 1000, true)), "{asked:?}");
}

#[test]
fn pages_that_are_as_large_as_may_be_grow_back_at_once_after_the_first_time_that_they_were_too_much() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    for _ in 0..5 {
        walk.grow(10);
    }
    walk.shrink();
    assert!(!walk.is_untried());
    walk.grow(10);
    assert_eq!(walk.ask().unwrap().top, 10);
    assert!(walk.is_untried(), "until an answer comes");
    walk.grow(10);
    assert!(!walk.is_untried());
}

/// The requests for this many rows at these ticks, of a server that is known to sort.
fn requests(ticks: &[i64], page_size: u32) -> usize {
    let mut server = Server::new(ticks);
    walk_with(&mut server, Memory { ascending: true, ..memory(page_size) }, |_| {});
    server.requests
}

#[test]
fn of_a_server_that_is_known_to_sort_nothing_older_than_its_first_row_is_asked_for() {
    assert_eq!(requests(&[500], 10), 4, "the window, from the row on, what an offset finds there, and the rest");
}

#[test]
fn once_a_walk_has_seen_the_order_a_full_page_of_one_timestamp_hides_nothing_older() {
    let ties = requests(&[10, 20, 30, 30, 30], 3);
    assert_eq!(requests(&[10, 20, 30, 30, 30, 50, 50, 50], 3) - ties, 5, "what lies between them is asked for");
}

#[test]
fn what_lies_in_the_middle_of_a_page_parts_the_halves() {
    let placed: Vec<_> = (0..100).map(|tick| at(tick * 10)).collect();
    let halves = Segment::new(at(0), at(1000)).halves(&placed).map(|half| (tick(half.from), tick(half.to)));
    assert_eq!(halves, [(500, 1000), (0, 499)]);
}

#[test]
fn only_the_edges_of_a_segment_are_met_again_and_all_of_one_that_was_halved() {
    let segment = Segment::new(at(10), at(20));
    let [halved, _] = Segment::new(at(0), at(20)).halves(&[at(0), at(10)]);
    assert_eq!((tick(halved.from), tick(halved.to)), (10, 20));
    let met = |segment: &Segment| [9, 10, 11, 19, 20, 21].map(|tick| segment.may_meet(at(tick)));
    assert_eq!(met(&segment), [false, true, false, false, true, false]);
    assert_eq!(met(&halved), [false, true, true, true, true, false]);
}

#[test]
fn while_it_is_under_way_a_walk_remembers_the_rows_of_one_timestamp_and_no_others() {
    let mut most = 0;
    walk_with(&mut Server::new(&spread(200)), memory(40), |walk| most = most.max(walk.known.len()));
    assert!((1..=2).contains(&most), "{most} rows are remembered");
}

#[test]
fn a_link_that_leaves_ties_behind_has_the_seam_looked_at_only_where_there_is_one() {
    let mut segment = Segment::new(at(10), at(20));
    assert!(segment.left_ties(&[at(10), at(10)], true, true).is_empty(), "they are not left behind yet");
    let answer = Answer { placed: &[at(10)], rows: 2, fresh: true, advanced: true, link: Some("more".to_owned()) };
    assert!(segment.follow(&answer));
    let again = |placed: &[i64]| {
        let placed: Vec<_> = placed.iter().map(|tick| at(*tick)).collect();
        let spans = segment.clone().left_ties(&placed, true, true);
        spans.iter().map(|span| (tick(span.from), tick(span.to))).collect::<Vec<_>>()
    };
    assert_eq!(again(&[15, 16]), [(11, 15), (10, 10)], "between the ties and the next row, and the ties themselves");
    assert_eq!(again(&[10, 16]), [(10, 10)], "there is nothing between");
}

#[test]
fn ties_that_an_offset_left_are_swept_again_where_a_page_was_full_or_brought_something_new() {
    for (fresh, full, sweeps) in [(false, false, 0), (true, false, 1), (false, true, 1), (true, true, 1)] {
        let mut segment = Segment::new(at(10), at(20));
        assert!(segment.left_ties(&[at(10), at(10)], fresh, full).is_empty(), "they are not left behind yet");
        segment.skip();
        let again = segment.left_ties(&[at(15)], false, false);
        assert_eq!(again.len(), sweeps, "new: {fresh}, full: {full}");
        for mut sweep in again {
            assert_eq!((tick(sweep.from), tick(sweep.to)), (10, 10));
            // A page of a sweep may well be full: it is what it brings that counts.
            sweep.left_ties(&[at(10)], false, true);
            sweep.skip();
            assert!(sweep.left_ties(&[], false, false).is_empty(), "nothing new, and as many as before");
            let mut sweep = Segment::clone(&sweep);
            sweep.left_ties(&[at(10)], true, false);
            assert_eq!(sweep.left_ties(&[], false, false).len(), 1, "something new on a page that is not full");
        }
    }
}

#[test]
fn patience_with_larger_pages_doubles_each_time_they_were_too_much_and_halves_each_time_they_did_well() {
    let mut growth = Growth::default();
    let waits = |growth: &mut Growth| 1 + (0..100).take_while(|_| !growth.due(true)).count();
    for _ in 0..2 {
        waits(&mut growth);
        growth.shrunk();
    }
    assert_eq!([(); 4].map(|()| waits(&mut growth)), [4, 4, 2, 1]);
}
