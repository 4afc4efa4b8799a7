//! Templates of topics, and the names that come out of them.
#![no_main]

use alertferry::alert::Severity;
use alertferry::sink::topic::TopicTemplate;
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;

libfuzzer_sys::fuzz_target!(|input: (&str, &str, &str)| {
    let (template, name, customer) = input;
    let Ok(template) = TopicTemplate::parse(template) else { return };
    let tenant = Tenant { name: name.into(), customer: customer.to_owned(), ..alertferry_fuzz::tenant() };
    let topic = template.name(&tenant, FeedKind::GraphAlerts, Severity::High);
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    assert!(topic.len() <= 249 && topic.chars().all(legal) && topic != "." && topic != "..", "{topic:?}");
});
