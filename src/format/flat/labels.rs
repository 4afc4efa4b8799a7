//! A tenant's own labels as keys.

use std::collections::BTreeMap;

/// The labels as pairs of a key and a value. A key is one word of ASCII letters and digits: `prefix` and the label's name, whose
/// words begin with capitals (`data-centre` is `DataCentre`). Names without any such character, and those that come out like
/// one before them, have no key.
pub fn keyed<'a>(labels: &'a BTreeMap<String, String>, prefix: &str) -> Vec<(String, &'a str)> {
    let mut pairs: Vec<(String, &str)> = Vec::with_capacity(labels.len());
    for (name, value) in labels {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let key: String = std::iter::once(prefix.to_owned()).chain(words.map(capitalised)).collect();
        if key.len() > prefix.len() && !pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            pairs.push((key, value));
        }
    }
    pairs
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::keyed;

    #[test]
    fn names_become_single_words() {
        let labels = ["tier", "Tier", "data-centre", "data.centre", "größe", "区域", "-", "7"];
        let labels: BTreeMap<String, String> = labels.iter().map(|name| ((*name).to_owned(), format!("of {name}"))).collect();
        let keys = keyed(&labels, "label");
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        assert_eq!(
            keys,
            [("label7", "of 7"), ("labelTier", "of Tier"), ("labelDataCentre", "of data-centre"), ("labelGrE", "of größe")]
        );
    }
}
