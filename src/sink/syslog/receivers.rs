//! The receivers of a sink and the order in which they are tried: as configured, those that failed a page last.

/// The addresses, and which of them took our connection but then failed a page. Nothing else tells that of a receiver that
/// accepts connections and reads nothing, or of one behind UDP: without it, those behind it in the list would never be tried.
#[derive(Debug)]
pub struct Receivers {
    addresses: Vec<String>,
    /// The one that failed most recently last.
    failed: Vec<usize>,
}

impl Receivers {
    pub fn new(addresses: &[String]) -> Self {
        Self { addresses: addresses.to_vec(), failed: Vec::new() }
    }

    pub fn address(&self, place: usize) -> &str {
        &self.addresses[place]
    }

    /// All places in the order in which they are to be tried.
    pub fn order(&self) -> Vec<usize> {
        let trusted = (0..self.addresses.len()).filter(|place| !self.failed.contains(place));
        trusted.chain(self.failed.iter().copied()).collect()
    }

    /// The receiver at this place failed a page.
    pub fn failed(&mut self, place: usize) {
        self.failed.retain(|one| *one != place);
        self.failed.push(place);
    }

    /// A page got through, so the next search starts at the head of the list.
    pub fn delivered(&mut self) {
        self.failed.clear();
    }

    /// Whether there is none that has not failed since the last page that got through.
    pub fn all_failed(&self) -> bool {
        self.failed.len() == self.addresses.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Receivers;

    fn three() -> Receivers {
        Receivers::new(&["a:1".to_owned(), "b:2".to_owned(), "c:3".to_owned()])
    }

    #[test]
    fn the_order_is_the_configured_one_and_again_after_a_page_got_through() {
        let mut receivers = three();
        assert_eq!(receivers.order(), [0, 1, 2]);
        receivers.failed(0);
        assert_eq!(receivers.order(), [1, 2, 0]);
        receivers.delivered();
        assert_eq!(receivers.order(), [0, 1, 2]);
        assert_eq!(receivers.address(1), "b:2");
    }

    #[test]
    fn each_has_its_turn_although_all_those_before_it_fail_again_and_again() {
        let mut receivers = three();
        let mut tried = Vec::new();
        for _ in 0..6 {
            let next = receivers.order()[0];
            tried.push(next);
            receivers.failed(next);
        }
        assert_eq!(tried, [0, 1, 2, 0, 1, 2]);
        assert!(receivers.all_failed());
    }
}
