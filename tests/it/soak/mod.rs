//! Weeks in minutes: the built program under a wall clock that is put forward by hours, and what it costs by the day.
//!
//! Only dates are moved (Debian's libfaketime, for the program alone): what waits, waits as ever. The simulated cloud follows by
//! its fault `skew`. The next hours come when every tenant has been looked at, so that a slow machine takes longer and measures the
//! same. IDs are remembered for two days: from the third on as many are forgotten as come, and whatever still grows then would
//! grow for ever: memory, the ledger's file, the time of a commit. `make soak` runs the long form, of 30 days and 200 tenants; its
//! figures stand in docs/soak.md.

mod commit;
mod day;
mod world;

use day::Day;
use world::World;

/// How much of it.
struct Form {
    tenants: usize,
    /// Days before the first: three days of a program that looks every minute are 4,320 looks, and here they are twelve. What an
    /// allocator comes to hold depends on the looks.
    run_in: u32,
    days: u32,
    /// By the end of this day the ledger remembers as much as it ever will.
    settled: u32,
    /// In so many steps a day passes.
    steps: u32,
    /// What a small heap or file may have grown by beyond a tenth, in KiB: a tenth of little is less than chance.
    chance: u64,
}

const QUICK: Form = Form { tenants: 20, run_in: 0, days: 7, settled: 4, steps: 2, chance: 32 * 1024 };
const LONG: Form = Form { tenants: 200, run_in: 25, days: 30, settled: 3, steps: 4, chance: 1024 };

/// New alerts of each tenant.
const ALERTS_A_DAY: u32 = 12;

#[test]
fn after_weeks_nothing_has_grown_and_nothing_is_lost_or_repeated() {
    let form = if std::env::var("ALERTFERRY_SOAK").is_ok_and(|form| form == "long") { LONG } else { QUICK };
    let mut world = World::start(&form);
    let mut days: Vec<Day> = Vec::new();
    for number in 1..=form.run_in {
        println!("running in, {}", world.live_through(number));
    }
    for number in 1..=form.days {
        let day = world.live_through(number);
        println!("{day}");
        days.push(day);
        if number == form.settled || number == form.days {
            world.keep_ledger(number);
        }
    }
    let score = world.settle();
    println!("{score}");
    assert_eq!((score.lost, score.repeated), (0, 0), "{score}");
    let expected = form.tenants * ((form.run_in + form.days) * ALERTS_A_DAY) as usize;
    assert!(score.due * 10 > expected * 8, "{score}, where some {expected} were to be expected");

    let [then, now] = [form.settled, form.days].map(|number| days.iter().find(|day| day.number == number).expect("that day"));
    let grown = |before: u64, after: u64| after > before + before / 10 + form.chance;
    assert!(!grown(then.memory, now.memory), "memory has grown from {then} to {now}");
    assert!(!grown(then.ledger, now.ledger), "the ledger's file has grown from {then} to {now}");
    let [before, after] = commit::costs([form.settled, form.days].map(|day| world.kept(day)));
    println!("a commit of 50 IDs: {before:?} after day {}, {after:?} after day {}", form.settled, form.days);
    assert!(after < before.mul_f64(1.1) + commit::CHANCE, "a commit took {before:?}, and takes {after:?} now");
}
