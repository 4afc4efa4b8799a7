//! Forgets old IDs in strides, day by day, so that steps can be committed in between; abandoned replays before.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::moment::Moment;
use super::replays;
use crate::crash;

/// How many rows one stride looks at: about two milliseconds of work.
const STRIDE: u32 = 1000;

/// One walk through all days that hold something older than a moment.
#[derive(Debug)]
pub struct Forgetting {
    before: Moment,
    /// Abandoned replays are gone.
    begun: bool,
    /// Days up to here are done.
    done: i64,
    place: Option<Place>,
}

/// How far the walk through one day has come.
#[derive(Debug)]
struct Place {
    day: i64,
    after: (i64, String),
    /// The oldest moment that stays.
    oldest: i64,
}

/// One row as the walk sees it.
struct Row {
    scope: i64,
    id: String,
    moment: Moment,
}

impl Forgetting {
    pub fn new(before: Timestamp) -> Self {
        Self { before: before.into(), begun: false, done: i64::MIN, place: None }
    }

    /// Something was recorded while the walk is under way, perhaps behind it.
    pub fn heard(&mut self, moment: Moment) {
        if let Some(place) = &mut self.place {
            place.oldest = place.oldest.min(moment.ticks);
        }
    }

    /// Goes one stride further. `false` when there is nothing left to do.
    pub fn stride(&mut self, connection: &mut Connection) -> rusqlite::Result<bool> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if !self.begun {
            replays::forget(&transaction, self.before)?;
            transaction.commit()?;
            self.begun = true;
            return Ok(true);
        }
        let mut place = match self.place.take() {
            Some(place) => place,
            None => match self.next_day(&transaction)? {
                Some(day) => {
                    self.note(&transaction)?;
                    Place { day, after: (i64::MIN, String::new()), oldest: i64::MAX }
                }
                None => return Ok(false),
            },
        };
        let rows = rows(&transaction, &place)?;
        let last = rows.len() < STRIDE as usize;
        let forgotten = self.delete(&transaction, &mut place, rows)?;
        crash::point("ledger.forgetting");
        transaction.prepare_cached("UPDATE days SET ids = ids - ?2 WHERE day = ?1")?.execute(params![place.day, forgotten])?;
        if last {
            transaction
                .prepare_cached("UPDATE days SET oldest = ?2 WHERE day = ?1")?
                .execute(params![place.day, place.oldest])?;
            transaction.prepare_cached("DELETE FROM days WHERE day = ?1 AND ids = 0")?.execute([place.day])?;
        }
        transaction.commit()?;
        crash::point("ledger.forgotten");
        if last {
            self.done = place.day;
        } else {
            self.place = Some(place);
        }
        Ok(true)
    }

    /// In the same commit as the first row that goes, or a replay could take what was forgotten for never sent.
    fn note(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "INSERT INTO marks VALUES ('forgotten', ?1) ON CONFLICT (mark) DO UPDATE SET at = max(at, excluded.at)",
            )?
            .execute([self.before.ceiling()])?;
        Ok(())
    }

    fn next_day(&self, transaction: &Transaction<'_>) -> rusqlite::Result<Option<i64>> {
        transaction
            .prepare_cached("SELECT day FROM days WHERE day > ?1 AND oldest < ?2 ORDER BY day LIMIT 1")?
            .query_row([self.done, self.before.ceiling()], |row| row.get(0))
            .optional()
    }

    fn delete(&self, transaction: &Transaction<'_>, place: &mut Place, rows: Vec<Row>) -> rusqlite::Result<i64> {
        let mut forgotten = 0;
        for row in rows {
            if row.moment < self.before {
                transaction
                    .prepare_cached("DELETE FROM seen WHERE day = ?1 AND scope = ?2 AND id = ?3")?
                    .execute(params![place.day, row.scope, row.id])?;
                forgotten += 1;
            } else {
                place.oldest = place.oldest.min(row.moment.ticks);
            }
            place.after = (row.scope, row.id);
        }
        Ok(forgotten)
    }
}

fn rows(transaction: &Transaction<'_>, place: &Place) -> rusqlite::Result<Vec<Row>> {
    transaction
        .prepare_cached(
            "SELECT scope, id, coalesce(revision, recorded), nanos FROM seen
             WHERE day = ?1 AND (scope, id) > (?2, ?3) ORDER BY scope, id LIMIT ?4",
        )?
        .query_map(params![place.day, place.after.0, place.after.1, STRIDE], |row| {
            let moment = Moment { ticks: row.get(2)?, nanos: row.get(3)? };
            Ok(Row { scope: row.get(0)?, id: row.get(1)?, moment })
        })?
        .collect()
}
