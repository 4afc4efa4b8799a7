//! The habits of single feeds at random: no order asked for, no offset, a small ceiling, rows that move or merge meanwhile.

use proptest::prelude::*;

use super::server::{Links, SLICING, Server, Skip, Sorted, at};
use super::{check, memory, walk};
use crate::source::Window;
use crate::source::paging::{Stuck, Via, Walk};

fn ticks() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![0i64..1000, Just(500i64), 300i64..310], 0..80)
}

/// Every row comes, except among those at a moment that the walk has told as unreached.
fn assert_all_or_told(mut server: Server, page_size: u32) {
    let before = server.alerts.clone();
    let walked = walk(&mut server, page_size);
    for alert in before.iter().filter(|alert| (0..=1000).contains(&alert.tick)) {
        let told = walked.walk.unreached().iter().any(|unreached| unreached.at == at(alert.tick));
        assert!(told || walked.ids.contains(&alert.id), "lost {} at {} in silence", alert.id, alert.tick);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Microsoft Graph's and Defender XDR's incidents: newest first, nobody sorts them for us, and they move while they are paged.
    #[test]
    fn newest_first_without_orderby(
        ticks in ticks(),
        links in prop_oneof![Just(Links::Never), Just(Links::WhenMore), Just(Links::Looping), Just(Links::Failing)],
        page_size in 1u32..50,
        moves in prop::collection::vec((2usize..12, 0usize..80), 0..4),
    ) {
        let moves = moves.into_iter().filter(|(_, index)| *index < ticks.len()).collect();
        check(Server { sorted: Sorted::NewestFirst, asked: false, links, moves, ..Server::new(&ticks) }, page_size);
    }

    /// The same where new is what was created last: an old row that was updated stands behind all others.
    #[test]
    fn newest_created_first(
        rows in prop::collection::vec((0i64..1000, 0i64..1000), 0..80),
        page_size in 1u32..50,
        cut in 2usize..50,
    ) {
        let (ticks, created): (Vec<i64>, Vec<i64>) = rows.into_iter().unzip();
        let mut server = Server { sorted: Sorted::NewestCreatedFirst, asked: false, cut, ..Server::new(&ticks) };
        for (alert, created) in server.alerts.iter_mut().zip(created) {
            alert.created = created.min(alert.tick);
        }
        check(server, page_size);
    }

    /// A server that keeps no order at all, though not asked for any.
    #[test]
    fn unordered(ticks in ticks(), cut in 2usize..50, page_size in 2u32..50) {
        check(Server { sorted: Sorted::Not, asked: false, cut, ..Server::new(&ticks) }, page_size);
    }

    /// A server that is asked for an order and keeps none. A cut page of few rows could look ordered by chance, which nobody can
    /// tell; with a dozen that does not happen.
    #[test]
    fn unordered_although_asked(ticks in prop::collection::btree_set(0i64..1000, 0..80), cut in 12usize..50, page_size in 12u32..50) {
        let ticks: Vec<i64> = ticks.into_iter().collect();
        check(Server { sorted: Sorted::Not, cut, ..Server::new(&ticks) }, page_size);
    }

    /// Risk detections and Microsoft Sentinel: links, and no `$skip`. More rows at one moment than slices reach are told.
    #[test]
    fn no_skip(
        ticks in ticks(),
        sorted in prop_oneof![Just(Sorted::Ascending), Just(Sorted::NewestFirst)],
        links in prop_oneof![Just(Links::Never), Just(Links::WhenMore), Just(Links::Looping), Just(Links::Failing)],
        page_size in 2u32..50,
        duplicates: bool,
    ) {
        assert_all_or_told(Server { sorted, links, duplicates, skip: Skip::RefusedAbove(0), ..Server::new(&ticks) }, page_size);
    }

    /// A page holds at most so many rows whatever is asked for, without notice.
    #[test]
    fn a_silent_ceiling(ticks in ticks(), cut in 2usize..30, sorted in prop_oneof![Just(Sorted::Ascending), Just(Sorted::NewestFirst)]) {
        check(Server { sorted, cut, ..Server::new(&ticks) }, 50);
        assert_all_or_told(Server { sorted, cut, skip: Skip::RefusedAbove(0), ..Server::new(&ticks) }, 50);
    }
}

/// Quirk 8: filters that are ignored bring rows of other windows, which are left to those.
#[test]
fn a_server_that_ignores_the_filter_is_read_as_far_as_links_and_offsets_lead() {
    let ticks: Vec<i64> = (0..120).map(|i| i * 20 - 400).collect();
    for sorted in [Sorted::Ascending, Sorted::NewestFirst] {
        check(Server { sorted, ignores_filter: true, links: Links::WhenMore, ..Server::new(&ticks) }, 50);
    }
}

/// Nothing but its link leads on from an empty page: taken for the end, it would hide all that lies behind.
#[test]
fn an_empty_page_whose_link_fails_is_not_the_end() {
    let mut walk = Walk::new(Window { from: at(0), to: at(1000) }, memory(10), SLICING, true);
    walk.answered(&[], Some("more".to_owned()));
    assert!(walk.ask().is_some_and(|ask| matches!(ask.via, Via::Link(_))));
    assert_eq!(walk.refused(), Err(Stuck));
    assert!(!walk.is_done());
}
