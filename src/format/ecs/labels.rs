//! `labels.*`: a flat map of short words, those of the finding and the tenant's own.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::alert::{Severity, Shortened, Status, Text};
use crate::format::{Activity, Context};

#[derive(Debug, Clone)]
pub struct Labels<'a>(BTreeMap<Text<'a>, Text<'a>>);

impl<'a> Labels<'a> {
    /// With what is known of every finding.
    pub fn of(context: &Context<'a>) -> Self {
        let mut labels = Self(BTreeMap::new());
        labels.put("tenant", Some(context.tenant.name.as_str().into()));
        labels.put("feed", Some(context.feed.as_str().into()));
        let activity = match context.activity {
            Activity::Create => "create",
            Activity::Update => "update",
            Activity::Close => "close",
        };
        labels.put("activity", Some(activity.into()));
        labels
    }

    pub fn put(&mut self, name: &'static str, value: Option<Text<'a>>) {
        if let Some(value) = value {
            self.0.insert(name.into(), value);
        }
    }

    /// The vendor's word where it is none of ours.
    pub fn put_severity(&mut self, severity: Severity, word: Option<&Text<'a>>) {
        let other = word.filter(|_| severity == Severity::Other).cloned();
        self.put("severity", Some(other.unwrap_or_else(|| severity.as_str().into())));
    }

    /// The same.
    pub fn put_status(&mut self, status: Status, word: Option<&Text<'a>>) {
        let other = word.filter(|_| status == Status::Other).cloned();
        self.put("status", Some(other.unwrap_or_else(|| status.as_str().into())));
    }

    pub fn put_shortened(&mut self, shortened: Option<Shortened>) {
        self.put("untruncated_bytes", shortened.map(|shortened| Text::Owned(shortened.octets.to_string())));
    }

    /// Adds the tenant's own labels. They come last, and yield where a name is taken already.
    pub fn with_those_of_the_tenant(mut self, context: &Context<'a>) -> BTreeMap<Text<'a>, Text<'a>> {
        for (name, value) in &context.tenant.labels {
            let safe = safe(name);
            let mut candidate = safe.clone();
            let mut number = 1;
            loop {
                match self.0.entry(candidate) {
                    Entry::Vacant(entry) => {
                        entry.insert(Text::Borrowed(value.as_str()));
                        break;
                    }
                    Entry::Occupied(_) => {
                        number += 1;
                        candidate = Text::Owned(format!("{safe}_{number}"));
                    }
                }
            }
        }
        self.0
    }
}

/// Elasticsearch reads a dot in a name as an object within an object, and refuses names of nothing but space.
fn safe(name: &str) -> Text<'_> {
    let is_safe = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    match name {
        "" => Text::Borrowed("_"),
        name if name.chars().all(is_safe) => Text::Borrowed(name),
        name => Text::Owned(name.chars().map(|c| if is_safe(c) { c } else { '_' }).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::FeedKind;
    use crate::tenant::Tenant;

    #[test]
    fn the_labels_of_a_tenant_have_safe_names_and_take_nobody_elses() {
        let names = ["a.b", "a_b", "status", " ", "", "größe", "tier"];
        let tenant = Tenant {
            name: "contoso".into(),
            id: "9".into(),
            customer: "Contoso Ltd".to_owned(),
            labels: names.iter().map(|name| ((*name).to_owned(), format!("of {name}"))).collect(),
        };
        let collected = "2026-03-02T07:44:02Z".parse().expect("a date");
        let context =
            Context { tenant: &tenant, feed: FeedKind::MdeAlerts, activity: Activity::Close, collected, replayed: false };
        let mut labels = Labels::of(&context);
        labels.put_status(Status::New, Some(&"New".into()));
        labels.put_severity(Severity::Other, Some(&"grave".into()));
        let found = labels.with_those_of_the_tenant(&context);
        let expected = BTreeMap::from([
            ("_", "of "),
            ("__2", "of  "),
            ("a_b", "of a.b"),
            ("a_b_2", "of a_b"),
            ("activity", "close"),
            ("feed", "mde-alerts"),
            ("größe", "of größe"),
            ("severity", "grave"),
            ("status", "new"),
            ("status_2", "of status"),
            ("tenant", "contoso"),
            ("tier", "of tier"),
        ]);
        assert_eq!(found.iter().map(|(name, value)| (&**name, &**value)).collect::<BTreeMap<_, _>>(), expected);
    }
}
