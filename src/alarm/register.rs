//! Which alarms stand: each is told once when it comes and once when it goes, however often it is found.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Alarm, Kind, Subject};
use crate::tenant::SinkName;

/// From so many alarms of one kind and sink on, a line says so, and again at each power of ten.
const MANY: usize = 10;

/// The alarms that stand.
#[derive(Debug)]
pub struct Register {
    clear_after: Duration,
    standing: BTreeMap<Subject, Standing>,
    /// How many of one kind and sink were last told as a crowd.
    crowds: BTreeMap<(Kind, Option<SinkName>), usize>,
}

#[derive(Debug)]
struct Standing {
    alarm: Alarm,
    /// When it was last found, by the clock of [`Register::turn`].
    found: Duration,
}

/// What is to be told after a look.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub crowds: Vec<Crowd>,
    pub came: Vec<Alarm>,
    pub gone: Vec<Alarm>,
}

/// Many alarms that have one cause, most likely.
#[derive(Debug, PartialEq, Eq)]
pub struct Crowd {
    pub kind: Kind,
    pub count: usize,
    /// What the first of them advises.
    pub advice: String,
}

impl Register {
    #[must_use]
    pub fn new(clear_after: Duration) -> Self {
        Self { clear_after, standing: BTreeMap::new(), crowds: BTreeMap::new() }
    }

    /// Takes in what a look has found. `at` is the time since the program started.
    pub fn turn(&mut self, at: Duration, found: Vec<Alarm>) -> Turn {
        let mut turn = Turn::default();
        for alarm in found {
            if let Some(standing) = self.standing.get_mut(&alarm.subject) {
                // It began when it was first told, whatever clocks have done since.
                let since = standing.alarm.since;
                *standing = Standing { alarm: Alarm { since, ..alarm }, found: at };
            } else {
                turn.came.push(alarm.clone());
                self.standing.insert(alarm.subject.clone(), Standing { alarm, found: at });
            }
        }
        turn.came.sort_by(|one, other| one.subject.cmp(&other.subject));
        let over = |one: &Standing| one.found < at && at.saturating_sub(one.found) >= self.clear_after;
        let gone: Vec<Subject> = self.standing.iter().filter(|(_, one)| over(one)).map(|(subject, _)| subject.clone()).collect();
        turn.gone = gone.iter().filter_map(|subject| self.standing.remove(subject)).map(|one| one.alarm).collect();
        turn.crowds = self.crowds();
        turn
    }

    /// Those that stand, the gravest first.
    pub fn standing(&self) -> impl Iterator<Item = &Alarm> {
        self.standing.values().map(|standing| &standing.alarm)
    }

    /// Crowds that have grown to the next power of ten.
    fn crowds(&mut self) -> Vec<Crowd> {
        let mut counts: BTreeMap<(Kind, Option<SinkName>), (usize, &str)> = BTreeMap::new();
        for Standing { alarm, .. } in self.standing.values() {
            let cause = (alarm.subject.kind, alarm.subject.sink.clone());
            counts.entry(cause).or_insert((0, &alarm.advice)).0 += 1;
        }
        counts.retain(|_, (count, _)| *count >= MANY);
        self.crowds.retain(|cause, _| counts.contains_key(cause));
        let mut grown = Vec::new();
        for (cause, (count, advice)) in counts {
            let told = self.crowds.get(&cause).copied().unwrap_or_default();
            if told == 0 || count.ilog10() > told.ilog10() {
                grown.push(Crowd { kind: cause.0, count, advice: advice.to_owned() });
                self.crowds.insert(cause, count);
            }
        }
        grown
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn alarm(tenant: &str, advice: &str) -> Alarm {
        let subject = Subject { tenant: Some(tenant.into()), ..Subject::of(Kind::NeedsConsent) };
        Alarm { subject, since: Timestamp::UNIX_EPOCH, message: "no consent".to_owned(), advice: advice.to_owned() }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn tenants(turn: &[Alarm]) -> Vec<String> {
        turn.iter().filter_map(|alarm| alarm.subject.tenant.as_ref().map(ToString::to_string)).collect()
    }

    #[test]
    fn an_alarm_is_told_once_when_it_comes_and_once_when_it_has_been_gone_for_a_while() {
        let mut register = Register::new(seconds(30));
        let (a, b) = (alarm("a", "consent"), alarm("b", "consent"));
        let first = register.turn(seconds(0), vec![b.clone(), a.clone()]);
        assert_eq!((tenants(&first.came), tenants(&first.gone)), (vec!["a".to_owned(), "b".to_owned()], vec![]));
        assert_eq!(register.turn(seconds(5), vec![a.clone(), b.clone()]), Turn::default());
        // It comes and goes every few seconds: it stands.
        for at in (10..100).step_by(5) {
            let found = if at % 20 == 0 { vec![a.clone(), b.clone()] } else { vec![b.clone()] };
            assert_eq!(register.turn(seconds(at), found), Turn::default(), "{at}");
        }
        assert_eq!(tenants(&register.turn(seconds(110), vec![b.clone()]).gone), ["a"]);
        assert_eq!(register.standing().count(), 1);
        assert_eq!(tenants(&register.turn(seconds(115), vec![a, b]).came), ["a"], "it is back");
    }

    #[test]
    fn the_words_follow_what_is_found_and_the_beginning_stays() {
        let mut register = Register::new(seconds(0));
        register.turn(seconds(0), vec![alarm("a", "consent")]);
        let later = Alarm { message: "still".to_owned(), since: Timestamp::MAX, ..alarm("a", "consent") };
        register.turn(seconds(1), vec![later]);
        let standing: Vec<_> = register.standing().collect();
        assert_eq!((standing[0].message.as_str(), standing[0].since), ("still", Timestamp::UNIX_EPOCH));
        assert_eq!(register.turn(seconds(1), vec![]), Turn::default(), "nothing goes in the very moment in which it was found");
        assert_eq!(register.turn(seconds(2), vec![]).gone.len(), 1);
    }

    #[test]
    fn a_crowd_is_told_at_each_power_of_ten_and_anew_once_it_has_shrunk() {
        let mut register = Register::new(seconds(0));
        let some = |count: usize| (0..count).map(|n| alarm(&format!("t{n:04}"), "consent")).collect::<Vec<_>>();
        let mut told = Vec::new();
        for (second, count) in [9, 10, 11, 99, 100, 250, 1000, 1001, 40, 5, 12].into_iter().enumerate() {
            let turn = register.turn(seconds(second as u64), some(count));
            told.extend(turn.crowds.into_iter().map(|crowd| (count, crowd.count)));
        }
        assert_eq!(told, [(10, 10), (100, 100), (1000, 1000), (12, 12)]);
        // The advice may name each tenant; what makes a crowd is the kind and the sink.
        let mut mixed = Register::new(seconds(0));
        let towards = |n: usize| {
            let alarm = alarm(&format!("t{n:02}"), &format!("do {n}"));
            let sink = Some(if n.is_multiple_of(2) { "siem" } else { "soc" }.into());
            Alarm { subject: Subject { sink, ..alarm.subject }, ..alarm }
        };
        assert_eq!(mixed.turn(seconds(0), (0..18).map(towards).collect()).crowds, []);
        let told = mixed.turn(seconds(1), (0..20).map(towards).collect()).crowds;
        assert_eq!(
            told.iter().map(|crowd| (crowd.count, crowd.advice.as_str())).collect::<Vec<_>>(),
            [(10, "do 0"), (10, "do 1")]
        );
    }
}
