//! Sizes for people.

/// `1.5 GB`: three digits at most, in powers of 1000 as disks are sold.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    // Tenths of the unit, rounded; the next unit once there would be four digits.
    let mut scale = 1000_u64;
    let mut unit = 0;
    while unit + 1 < UNITS.len() && bytes / scale >= 1000 {
        scale *= 1000;
        unit += 1;
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(scale) / 2) / u128::from(scale);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if whole >= 100 || tenth == 0 { format!("{whole} {}", UNITS[unit]) } else { format!("{whole}.{tenth} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_have_a_unit_and_at_most_one_decimal() {
        for (number, expected) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (1550, "1.6 kB"),
            (36_864, "36.9 kB"),
            (123_456_789, "123 MB"),
            (1_500_000_000, "1.5 GB"),
            (2_000_000_000_000_000, "2000 TB"),
        ] {
            assert_eq!(bytes(number), expected);
        }
    }
}
