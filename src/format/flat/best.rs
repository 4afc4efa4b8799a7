//! The one of many that a key gets.

/// Keeps the first of those with the lowest rank.
#[derive(Debug, Clone)]
pub struct Best<T>(Option<(u8, T)>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    pub fn offer(&mut self, rank: u8, value: Option<T>) {
        let better = self.0.as_ref().is_none_or(|(known, _)| rank < *known);
        if let Some(value) = value.filter(|_| better) {
            self.0 = Some((rank, value));
        }
    }

    pub fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    /// The better one of two, the first one when they are as good.
    pub fn or(self, that: Self) -> Self {
        match (&self.0, &that.0) {
            (Some((one, _)), Some((other, _))) if other < one => that,
            (Some(_), _) => self,
            (None, _) => that,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Best;

    #[test]
    fn the_first_of_the_lowest_rank_stays() {
        let mut best = Best::default();
        for (rank, value) in [(3, Some("a")), (1, None), (2, Some("b")), (2, Some("c")), (3, Some("d"))] {
            best.offer(rank, value);
        }
        assert_eq!(best.clone().take(), Some("b"));
        let mut other = Best::default();
        assert_eq!(best.clone().or(other.clone()).take(), Some("b"));
        assert_eq!(other.clone().or(best.clone()).take(), Some("b"));
        other.offer(2, Some("e"));
        assert_eq!(best.clone().or(other.clone()).take(), Some("b"));
        other.offer(1, Some("f"));
        assert_eq!(best.or(other).take(), Some("f"));
    }
}
