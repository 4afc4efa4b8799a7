//! "Did you mean …?": the accepted word nearest to what was written.

/// The candidate that a slip of the finger most likely meant; `None` when nothing is near.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `one of "a", "b" — did you mean "b"?`, cut short where there are very many.
pub(super) fn one_of<'a>(found: &str, accepted: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 20;
    let accepted: Vec<&str> = accepted.into_iter().collect();
    let list = accepted.iter().take(SHOWN).map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    let rest = accepted.len().saturating_sub(SHOWN);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    let hint = nearest(found, accepted).map(|word| format!(" — did you mean {word:?}?")).unwrap_or_default();
    format!("one of {list}{rest}{hint}")
}

#[cfg(test)]
mod tests {
    use super::{nearest, one_of};

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        for (word, meant) in [
            ("mian", Some("main")),
            ("brokrs", Some("brokers")),
            ("Brokers", Some("brokers")),
            ("tenantid", Some("tenant_id")),
            ("zebra", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, ["main", "brokers", "tenant_id"]), meant, "{word}");
        }
    }

    #[test]
    fn a_long_list_is_cut_short_but_the_hint_looks_at_all_of_it() {
        let names: Vec<String> = (10..40).map(|n| format!("sink-{n}")).collect();
        let text = one_of("sink-399", names.iter().map(String::as_str));
        assert!(text.ends_with("\"sink-29\" and 10 more — did you mean \"sink-39\"?"), "{text}");
    }
}
