//! The walk against a made-up server with every habit that was met in the field, one named trap each, and all of them at random.

mod any_server;
mod chain;
mod guards;
mod habits;
mod segments;
mod server;
mod smaller;

use std::collections::BTreeSet;

use jiff::SignedDuration;

use self::server::{Alert, Links, SLICING, Server, Skip, Sorted, at, tick};
use super::{BARREN_LINKS, Memory, Row, Via, Walk};
use crate::source::Window;

struct Walked {
    ids: Vec<String>,
    completes: Vec<i64>,
    walk: Walk,
}

fn memory(page_size: u32) -> Memory {
    Memory::new(page_size)
}

/// Walks the window 0..=1000 to its end.
fn walk(server: &mut Server, page_size: u32) -> Walked {
    walk_with(server, memory(page_size), |_| {})
}

/// As [`walk`], with what is remembered of the windows before, and with what happens after each answer.
fn walk_with(server: &mut Server, memory: Memory, mut then: impl FnMut(&mut Walk)) -> Walked {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory, SLICING, server.asked);
    let (mut ids, mut completes) = (Vec::new(), Vec::new());
    while let Some(ask) = walk.ask() {
        assert!(server.requests < 20_000, "the walk spins: {ask:?}");
        match server.answer(&ask) {
            Err(()) => walk.refused().expect("another way"),
            Ok((page, link)) => {
                let rows: Vec<Row<'_>> = page.iter().map(|alert| Row { key: &alert.id, at: Some(at(alert.tick)) }).collect();
                let taken = walk.answered(&rows, link);
                ids.extend(taken.fresh.iter().map(|index| page[*index].id.clone()));
                completes.push(tick(taken.complete_to));
                then(&mut walk);
            }
        }
    }
    Walked { ids, completes, walk }
}

/// Every row that was in the window all the time, once. Where rows move, one may be met again: the ledger knows it by then.
fn assert_all_once(server: &Server, before: &[Alert], walked: &Walked) {
    let got: BTreeSet<&str> = walked.ids.iter().map(String::as_str).collect();
    if server.moves.is_empty() {
        assert_eq!(got.len(), walked.ids.len(), "a row came twice: {:?}", walked.ids);
    }
    let moved: Vec<&str> = server.moves.iter().map(|(_, index)| before[*index].id.as_str()).collect();
    for alert in before.iter().filter(|alert| (0..=1000).contains(&alert.tick) && !moved.contains(&alert.id.as_str())) {
        assert!(got.contains(alert.id.as_str()), "lost {} at {}; got {:?}", alert.id, alert.tick, walked.ids);
    }
    for alert in before.iter().filter(|alert| !(0..=1000).contains(&alert.tick)) {
        assert!(!got.contains(alert.id.as_str()), "{} lies outside the window", alert.id);
    }
}

fn check(server: Server, page_size: u32) -> Walked {
    check_with(server, memory(page_size), |_| {})
}

fn check_with(mut server: Server, memory: Memory, then: impl FnMut(&mut Walk)) -> Walked {
    let before = server.alerts.clone();
    let walked = walk_with(&mut server, memory, then);
    assert_all_once(&server, &before, &walked);
    assert!(walked.walk.unreached().is_empty(), "{:?}", walked.walk.unreached());
    walked
}

fn spread(n: i64) -> Vec<i64> {
    (0..n).map(|i| i * 7 % 997).collect()
}

#[test]
fn an_empty_window_costs_one_request() {
    let mut server = Server::new(&[]);
    walk(&mut server, 10);
    assert_eq!(server.requests, 1);
}

#[test]
fn full_pages_without_a_next_link_are_followed_by_time() {
    check(Server::new(&spread(95)), 10);
}

#[test]
fn next_links_that_come_do_no_harm() {
    for links in [Links::WhenMore, Links::Always, Links::Looping, Links::Failing] {
        check(Server { links, ..Server::new(&spread(95)) }, 10);
    }
}

#[test]
fn a_next_link_is_followed_where_time_cannot_make_progress() {
    // The filter is ignored and `$skip` too, so only the link leads on.
    let server = Server { links: Links::WhenMore, ignores_filter: true, skip: Skip::Ignored, ..Server::new(&spread(40)) };
    check(server, 10);
}

#[test]
fn a_next_link_that_was_followed_before_is_not_followed_again() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    let mut followed = 0;
    while let Some(ask) = walk.ask() {
        followed += u32::from(matches!(ask.via, Via::Link(_)));
        walk.answered(&[], Some("next".to_owned()));
    }
    assert_eq!(followed, 1);
}

#[test]
fn next_links_that_are_ever_new_and_bring_nothing_are_left() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    let mut links = 0;
    for request in 0.. {
        let Some(ask) = walk.ask() else { break };
        links += u32::from(matches!(ask.via, Via::Link(_)));
        assert!(request < 100, "the walk follows links without end");
        walk.answered(&[], Some(format!("link {request}")));
    }
    assert!(links >= BARREN_LINKS, "{links}");
}

#[test]
fn pages_cut_without_notice_are_not_taken_for_the_last() {
    for cut in [1, 3, 9] {
        check(Server { cut, ..Server::new(&spread(50)) }, 10);
    }
}

#[test]
fn more_rows_at_one_timestamp_than_a_page_holds_are_read_by_skip() {
    for links in [Links::Never, Links::WhenMore, Links::Looping, Links::Failing] {
        let ticks: Vec<i64> = (0..60)
            .map(|i| {
                if i < 10 {
                    i
                } else if i < 50 {
                    100
                } else {
                    100 + i
                }
            })
            .collect();
        check(Server { links, ..Server::new(&ticks) }, 10);
    }
}

#[test]
fn rows_at_one_timestamp_are_read_in_slices_where_skip_is_refused_or_ignored() {
    for skip in [Skip::Ignored, Skip::RefusedAbove(0), Skip::RefusedAbove(10)] {
        let ticks: Vec<i64> = (0..45).map(|i| if i < 40 { 100 } else { 100 + i }).collect();
        check(Server { skip, ..Server::new(&ticks) }, 10);
    }
}

#[test]
fn rows_that_no_request_reaches_are_told_and_the_rest_is_read() {
    let mut server = Server { skip: Skip::Ignored, ..Server::new(&[100; 200]) };
    server.alerts.push(Alert { id: "later".into(), tick: 500, created: 500, words: ["low", "new"] });
    let walked = walk(&mut server, 10);
    assert!(!walked.walk.unreached().is_empty());
    assert!(walked.walk.unreached().iter().all(|unreached| unreached.at == at(100) && unreached.reached >= 10));
    assert!(walked.ids.iter().any(|id| id == "later"));
}

#[test]
fn newest_first_is_walked_downwards_and_the_cursor_waits_for_the_end() {
    for cut in [1, 4, usize::MAX] {
        let walked = check(Server { sorted: Sorted::NewestFirst, cut, ..Server::new(&spread(60)) }, 10);
        assert_eq!(walked.completes.first(), Some(&0), "the cursor moved past rows that had not been read");
        assert_eq!(walked.completes.last(), Some(&1000));
    }
}

#[test]
fn a_server_without_any_order_is_read_in_halves() {
    for cut in [5, usize::MAX] {
        check(Server { sorted: Sorted::Not, cut, ..Server::new(&spread(60)) }, 10);
    }
}

#[test]
fn in_steps_each_row_comes_once_and_the_lowest_are_complete_after_a_few_requests() {
    for steps in [1, 2, 6, 20] {
        let mut server = Server { sorted: Sorted::NewestFirst, asked: false, ..Server::new(&(0..1000).collect::<Vec<_>>()) };
        let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(50), SLICING, false);
        walk.in_steps(steps);
        let (mut ids, mut further) = (Vec::new(), None);
        while let Some(ask) = walk.ask() {
            let (page, link) = server.answer(&ask).unwrap();
            let rows: Vec<Row<'_>> = page.iter().map(|alert| Row { key: &alert.id, at: Some(at(alert.tick)) }).collect();
            let taken = walk.answered(&rows, link);
            ids.extend(taken.fresh.iter().map(|index| page[*index].id.clone()));
            further = further.or((taken.complete_to > at(0)).then_some(server.requests));
        }
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (1000, 1000), "{steps} steps");
        assert!(steps != 6 || further.is_some_and(|requests| requests <= 6), "{steps} steps: {further:?}");
    }
}

/// What is read in the wrong order, or in none that was asked for, may leave out any row: also where it looks sorted.
#[test]
fn an_old_row_that_was_updated_among_new_ones_is_not_hidden_by_pages_of_the_newest_created() {
    for asked in [true, false] {
        let mut server = Server { sorted: Sorted::NewestCreatedFirst, asked, ..Server::new(&(0..60).collect::<Vec<_>>()) };
        for old in [3, 30, 57] {
            server.alerts[old].created = -1000;
        }
        check(server, 10);
    }
}

#[test]
fn no_row_falls_between_two_halves_of_a_window_that_starts_between_two_ticks() {
    let mut server = Server { sorted: Sorted::Not, ..Server::new(&(1..=400).collect::<Vec<_>>()) };
    let from = at(0) + SignedDuration::from_nanos(34);
    let mut walk = Walk::new(Window { from, to: at(1000) }, memory(50), SLICING, false);
    let mut ids = BTreeSet::new();
    while let Some(ask) = walk.ask() {
        let (page, link) = server.answer(&ask).unwrap();
        let rows: Vec<Row<'_>> = page.iter().map(|alert| Row { key: &alert.id, at: Some(at(alert.tick)) }).collect();
        ids.extend(walk.answered(&rows, link).fresh.iter().map(|index| page[*index].id.clone()));
    }
    assert_eq!(ids.len(), 400);
}

#[test]
fn a_few_rows_that_nobody_sorts_cost_a_few_requests_however_near_they_are() {
    for rows in [1, 2, 5, 9] {
        let mut server =
            Server { sorted: Sorted::NewestFirst, asked: false, ..Server::new(&(500..500 + rows).collect::<Vec<_>>()) };
        walk(&mut server, 10);
        assert!(server.requests <= 5, "{rows} rows cost {} requests", server.requests);
    }
}

#[test]
fn rows_that_move_while_paging_do_not_hide_their_neighbours() {
    for sorted in [Sorted::Ascending, Sorted::NewestFirst] {
        for links in [Links::Never, Links::WhenMore] {
            let moves = vec![(2, 0), (2, 3), (3, 15), (4, 30)];
            check(Server { sorted, links, moves, ..Server::new(&(0..60).map(|i| i * 3).collect::<Vec<_>>()) }, 10);
        }
    }
}

#[test]
fn the_cursor_never_passes_a_row_that_was_not_read() {
    let mut server = Server::new(&spread(95));
    let alerts = server.alerts.clone();
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    let mut read = BTreeSet::new();
    while let Some(ask) = walk.ask() {
        let (page, link) = server.answer(&ask).unwrap();
        let rows: Vec<Row<'_>> = page.iter().map(|alert| Row { key: &alert.id, at: Some(at(alert.tick)) }).collect();
        let taken = walk.answered(&rows, link);
        read.extend(page.iter().map(|alert| alert.id.clone()));
        let complete = tick(taken.complete_to);
        for alert in alerts.iter().filter(|alert| alert.tick < complete) {
            assert!(read.contains(&alert.id), "{} at {} is behind the cursor {complete}", alert.id, alert.tick);
        }
    }
}

#[test]
fn a_row_without_a_time_is_taken_once() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    let rows = [Row { key: "x", at: None }, Row { key: "y", at: Some(at(5)) }];
    assert_eq!(walk.answered(&rows, None).fresh, [0, 1]);
    assert_eq!(walk.answered(&rows, None).fresh, Vec::<usize>::new());
}

#[test]
fn a_refused_plain_request_is_an_error_and_reads_nothing() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    assert!(walk.refused().is_err());
    assert!(walk.ask().is_some());
}

#[test]
fn a_window_that_ends_before_it_starts_holds_nothing() {
    assert!(Walk::new(Window { from: at(5), to: at(4) }, memory(10), SLICING, true).ask().is_none());
}
