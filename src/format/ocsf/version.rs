//! The versions of OCSF that can be written.

/// The version of OCSF whose attributes and numbers are used; whatever came later is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    V1_1_0,
    V1_2_0,
    V1_3_0,
    V1_4_0,
    V1_5_0,
    V1_6_0,
    V1_7_0,
    #[default]
    V1_8_0,
}

impl Version {
    /// Oldest first. The classes of findings as they are now came with 1.1.0.
    pub const ALL: [(Version, &'static str); 8] = [
        (Version::V1_1_0, "1.1.0"),
        (Version::V1_2_0, "1.2.0"),
        (Version::V1_3_0, "1.3.0"),
        (Version::V1_4_0, "1.4.0"),
        (Version::V1_5_0, "1.5.0"),
        (Version::V1_6_0, "1.6.0"),
        (Version::V1_7_0, "1.7.0"),
        (Version::V1_8_0, "1.8.0"),
    ];

    pub(super) const OLDEST: Self = Self::V1_1_0;
    /// What the objects here are modelled after.
    pub(super) const NEWEST: Self = Self::V1_8_0;

    /// With the format's word before it: `ocsf/1.8.0`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Version::V1_1_0 => "ocsf/1.1.0",
            Version::V1_2_0 => "ocsf/1.2.0",
            Version::V1_3_0 => "ocsf/1.3.0",
            Version::V1_4_0 => "ocsf/1.4.0",
            Version::V1_5_0 => "ocsf/1.5.0",
            Version::V1_6_0 => "ocsf/1.6.0",
            Version::V1_7_0 => "ocsf/1.7.0",
            Version::V1_8_0 => "ocsf/1.8.0",
        }
    }

    /// `1.8.0`
    #[must_use]
    pub fn number(self) -> &'static str {
        let word = self.word();
        &word["ocsf/".len()..]
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_listed_in_order_by_their_numbers() {
        assert!(Version::ALL.is_sorted());
        assert_eq!((Version::ALL[0].0, Version::ALL[7].0), (Version::OLDEST, Version::NEWEST));
        assert_eq!(Version::default(), Version::NEWEST);
        for (version, number) in Version::ALL {
            assert_eq!(version.number(), number);
        }
    }
}
