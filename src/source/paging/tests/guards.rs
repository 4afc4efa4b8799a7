//! What a walk must not do, one guard each: found by taking the guards away one by one (docs/mutants.md).

use super::*;
use crate::source::paging::{Chain, Onward, Unreached};

/// Walks the window 0..=1000; before each request `before` may do something to the server.
fn walk_while(server: &mut Server, page_size: u32, before: impl Fn(&mut Server)) -> Walked {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(page_size), SLICING, server.asked);
    let (mut ids, mut completes) = (Vec::new(), Vec::new());
    while let Some(ask) = walk.ask() {
        assert!(server.requests < 1000, "the walk spins: {ask:?}");
        before(server);
        let (page, link) = server.answer(&ask).expect("a server that refuses nothing");
        let rows: Vec<Row<'_>> = page.iter().map(|alert| Row { key: &alert.id, at: Some(at(alert.tick)) }).collect();
        let taken = walk.answered(&rows, link);
        ids.extend(taken.fresh.iter().map(|index| page[*index].id.clone()));
        completes.push(tick(taken.complete_to));
    }
    Walked { ids, completes, walk }
}

#[test]
fn a_window_that_ends_before_it_starts_is_read_already_in_steps_or_not() {
    let mut walk = Walk::new(Window { from: at(10), to: at(0) }, memory(10), SLICING, true);
    assert!(walk.is_done());
    walk.in_steps(3);
    assert!(walk.is_done() && walk.ask().is_none());
    assert!(!Walk::new(Window { from: at(0), to: at(0) }, memory(10), SLICING, true).is_done());
}

#[test]
fn pages_are_halved_down_to_one_row_and_say_so_and_can_be_set_anew() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    let mut shrunk = || (walk.shrink(), walk.ask().unwrap().top);
    assert_eq!([shrunk(), shrunk(), shrunk(), shrunk()], [(true, 5), (true, 2), (true, 1), (false, 1)]);
    walk.resize(50);
    assert_eq!(walk.ask().unwrap().top, 50);
    walk.resize(0);
    assert_eq!(walk.ask().unwrap().top, 1);
}

#[test]
fn a_slice_that_is_refused_is_told_as_unreached_and_the_others_are_read() {
    let mut walk = after_two_ties(0);
    assert_eq!(walk.ask().unwrap().via, Via::Skip(2));
    walk.refused().unwrap();
    let slice = walk.ask().unwrap().slice;
    assert_eq!(slice.len(), 1);
    walk.refused().expect("there are other slices");
    assert_eq!(walk.unreached(), [Unreached { at: at(0), reached: 0 }]);
    assert_ne!(walk.ask().unwrap().slice, slice);
}

#[test]
fn each_page_of_a_server_that_sorts_moves_the_cursor() {
    let mut server = Server::new(&spread(200));
    let walked = walk_while(&mut server, 40, |_| {});
    assert!(walked.completes[..4].iter().zip(&walked.completes[1..5]).all(|(a, b)| a < b), "{:?}", walked.completes);
    assert!(walked.walk.memory().ascending);
}

#[test]
fn rows_at_one_timestamp_are_not_believed_to_be_all_when_a_page_is_shorter_than_one_before() {
    let mut server = Server { cut: 5, ..Server::new(&[0, 1, 2, 500, 500, 500, 500]) };
    let walked = walk_while(&mut server, 10, |server| server.cut = if server.requests == 0 { 5 } else { 2 });
    assert_all_once(&server.clone(), &server.alerts, &walked);
}

#[test]
fn a_short_page_with_something_new_is_never_the_last_of_its_span() {
    let rows: Vec<(String, i64)> = (0..12).map(|n| (format!("a{n}"), n * 83)).collect();
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, false);
    let mut shown = BTreeSet::new();
    let mut requests = 0;
    while let Some(ask) = walk.ask() {
        requests += 1;
        assert!(requests < 1000, "the walk spins: {ask:?}");
        let mut page: Vec<_> = rows.iter().filter(|(_, at)| (tick(ask.from)..=tick(ask.to)).contains(at)).collect();
        page.sort_by_key(|(id, at)| (shown.contains(id), -at));
        let offset = if let Via::Skip(rows) = ask.via { rows as usize } else { 0 };
        let page: Vec<_> = page.into_iter().skip(offset).take(if requests == 1 { 5 } else { 2 }).collect();
        let found: Vec<Row<'_>> = page.iter().map(|(id, tick)| Row { key: id, at: Some(at(*tick)) }).collect();
        walk.answered(&found, None);
        shown.extend(page.iter().map(|(id, _)| id.clone()));
    }
    assert_eq!(shown.len(), rows.len(), "only {shown:?}");
}

/// Two rows at the window's start fill a page; gives the walk that has to go on behind them.
fn after_two_ties(to: i64) -> Walk {
    let mut walk = Walk::new(Window { from: at(0), to: at(to) }, memory(2), SLICING, true);
    let rows = ["a", "b"].map(|key| Row { key, at: Some(at(0)) });
    walk.answered(&rows, None);
    walk
}

#[test]
fn an_offset_counts_among_the_rows_of_one_timestamp_and_the_rest_is_read_by_time() {
    let mut walk = after_two_ties(1000);
    let ask = walk.ask().unwrap();
    assert_eq!((ask.from, ask.to, ask.via), (at(0), at(0), Via::Skip(2)));
    while walk.ask().unwrap().to == at(0) {
        walk.answered(&[], None);
    }
    let ask = walk.ask().unwrap();
    assert_eq!((ask.from, ask.to, ask.via), (at(1), at(1000), Via::Time));
}

#[test]
fn behind_the_slices_of_one_timestamp_the_rest_of_the_window_is_read() {
    let mut walk = after_two_ties(1000);
    walk.refused().unwrap();
    let mut last = None;
    while let Some(ask) = walk.ask() {
        walk.answered(&[], None);
        last = Some((ask.from, ask.to, ask.slice.is_empty()));
    }
    assert_eq!(last, Some((at(1), at(1000), true)));
}

#[test]
fn a_window_of_one_moment_leaves_nothing_behind_its_ties() {
    for refused in [false, true] {
        let mut walk = after_two_ties(0);
        if refused {
            walk.refused().unwrap();
        }
        while let Some(ask) = walk.ask() {
            assert!(ask.from <= ask.to, "{ask:?}");
            walk.answered(&[], None);
        }
    }
}

#[test]
fn rows_that_nobody_can_meet_again_are_forgotten() {
    let walked = walk_while(&mut Server::new(&spread(200)), 40, |_| {});
    assert!(walked.walk.known.is_empty(), "{} are remembered", walked.walk.known.len());
}

#[test]
fn a_list_with_rows_may_be_long_and_one_without_may_not() {
    let mut chain = Chain::default();
    for link in 0..500 {
        chain.answered(1, Onward::Link(link.to_string())).unwrap();
    }
    let barren = (500..1000).take_while(|link| chain.answered(0, Onward::Link(link.to_string())).is_ok()).count();
    assert_eq!(barren, 99);
}
