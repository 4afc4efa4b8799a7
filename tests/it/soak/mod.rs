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
    days: u32,
    /// By the end of this day the ledger remembers as much as it ever will.
    settled: u32,
    /// In so many steps a day passes. Each is to be much shorter than the overlap: the cloud makes a step's alerts as it comes to it, when
    /// the first look may be over.
    steps: u32,
    /// Looks at each tenant in each step until then: three days of a program that looks every minute are 4,320 looks, and
    /// what an allocator holds beyond what is in use comes with the first hundred.
    looks: u32,
    /// What memory and the ledger's file may have grown by beyond a tenth, in KiB, where there is so little of both that a tenth is
    /// less than chance. What a commit costs is not judged then.
    chance: Option<(u64, u64)>,
}

const QUICK: Form = Form { tenants: 20, days: 7, settled: 4, steps: 4, looks: 1, chance: Some((16 * 1024, 64)) };
const LONG: Form = Form { tenants: 200, days: 30, settled: 3, steps: 4, looks: 8, chance: None };

/// New alerts of each tenant.
const ALERTS_A_DAY: u32 = 12;

/// IDs of so many days are remembered at most: two of retention, what comes late, and an hour between two forgettings, which may be
/// some steps of these days.
const REMEMBERED: u32 = 5;

/// What an ID takes in the ledger at most, in octets; `cargo bench --bench ledger` measures less.
const OF_AN_ID: u64 = 120;

#[test]
fn after_weeks_nothing_has_grown_and_nothing_is_lost_or_repeated() {
    let form = if std::env::var("ALERTFERRY_SOAK").is_ok_and(|form| form == "long") { LONG } else { QUICK };
    let mut world = World::start(&form);
    let mut days: Vec<Day> = Vec::new();
    for number in 1..=form.days {
        let day = world.live_through(number, if number > form.settled { 1 } else { form.looks });
        println!("{day}");
        days.push(day);
        if number == form.settled || number == form.days {
            world.keep_ledger(number);
        }
    }
    let score = world.settle();
    println!("{score}");
    assert_eq!((score.lost, score.repeated), (0, 0), "{score}");
    let of_days = |days: u32| form.tenants * (days * ALERTS_A_DAY) as usize;
    let expected = of_days(form.days);
    assert!(score.due * 10 > expected * 8, "{score}, where some {expected} were to be expected");

    let (early, late) = (&days[..form.settled as usize], &days[days.len() - form.settled as usize..]);
    let [then, now] = [early, late].map(|days| days.iter().map(|day| day.memory).max().expect("some days"));
    let (of_memory, of_file) = form.chance.unwrap_or_default();
    assert!(now <= then + then / 10 + of_memory, "memory has grown from {then} KiB to {now} KiB");
    let [then, now] = [early, &days[..]].map(|days| {
        let most = |of: fn(&Day) -> u64| days.iter().map(of).max().expect("some days");
        (most(|day| day.ledger), most(|day| day.ids))
    });
    assert!(now.1 <= of_days(REMEMBERED) as u64, "{} IDs are remembered", now.1);
    let window = (now.1 - then.1) * OF_AN_ID / 1024;
    assert!(
        now.0 <= then.0 + then.0 / 10 + window + of_file,
        "the ledger's file and its IDs have grown from {then:?} to {now:?}"
    );
    let [before, after] = commit::costs([form.settled, form.days].map(|day| world.kept(day)));
    println!("a commit of 50 IDs: {before:?} after day {}, {after:?} after day {}", form.settled, form.days);
    assert!(
        form.chance.is_some() || after < before.mul_f64(1.1) + commit::CHANCE,
        "a commit took {before:?}, and takes {after:?} now"
    );
}
