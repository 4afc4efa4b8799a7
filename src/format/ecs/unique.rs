//! Lists that hold each value once, in the order in which they came.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Serialize, Serializer};

use super::field::Absent;

#[derive(Debug, Clone)]
pub struct Unique<T> {
    seen: HashSet<T>,
    list: Vec<T>,
}

impl<T> Default for Unique<T> {
    fn default() -> Self {
        Self { seen: HashSet::new(), list: Vec::new() }
    }
}

impl<T: Hash + Eq + Clone> Unique<T> {
    /// `false` when the value is there already.
    pub fn add(&mut self, value: T) -> bool {
        let new = self.seen.insert(value.clone());
        if new {
            self.list.push(value);
        }
        new
    }

    pub fn add_all<'v>(&mut self, values: impl IntoIterator<Item = &'v T>)
    where
        T: 'v,
    {
        values.into_iter().for_each(|value| {
            self.add(value.clone());
        });
    }
}

impl<T: Hash + Eq + Clone> FromIterator<T> for Unique<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut unique = Self::default();
        values.into_iter().for_each(|value| {
            unique.add(value);
        });
        unique
    }
}

impl<T> Absent for Unique<T> {
    fn is_absent(&self) -> bool {
        self.list.is_empty()
    }
}

impl<T: Serialize> Serialize for Unique<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}
