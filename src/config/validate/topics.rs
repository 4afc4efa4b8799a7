//! Topics by tenant: two tenants must not come to share one because their names fill a template alike.

use std::collections::BTreeMap;

use super::names::Names;
use crate::alert::Severity;
use crate::config::TenantSettings;
use crate::config::raw::Section;
use crate::sink::settings::Kind;
use crate::sink::topic::TopicTemplate;

/// Notes the first two tenants of each sink that would share a topic although its template keeps tenants or customers apart. Two
/// directories of one customer share the customer's topic on purpose.
pub(super) fn check(top: &Section<'_>, names: &Names, tenants: &[TenantSettings]) {
    for sink in names.sinks.values().flatten() {
        let Kind::Kafka(kafka) = &sink.settings.kind else { continue };
        let by_tenant = kafka.topic.contains("{tenant}");
        if !by_tenant && !kafka.topic.contains("{customer}") {
            continue;
        }
        let Ok(template) = TopicTemplate::parse(&kafka.topic) else { continue };
        let mut owners: BTreeMap<String, (String, &TenantSettings)> = BTreeMap::new();
        let clash = tenants.iter().filter(|one| one.sinks.contains(&sink.settings.name)).find_map(|one| {
            let topics =
                one.feeds.iter().flat_map(|feed| Severity::ALL.map(|severity| template.name(&one.tenant, *feed, severity)));
            let mut clashes = topics.filter_map(|topic| {
                // brokers take "." and "_" for the same, and refuse the second of two such topics
                let (first, owner) = owners.entry(topic.replace('.', "_")).or_insert_with(|| (topic.clone(), one));
                let apart = owner.tenant.id != one.tenant.id && (by_tenant || owner.tenant.customer != one.tenant.customer);
                apart.then(|| (first.clone(), owner.tenant.name.clone(), topic))
            });
            clashes.next().map(|clash| (clash, one))
        });
        let Some(((first, owner, topic), one)) = clash else { continue };
        let same = if first == topic {
            format!("{topic:?}")
        } else {
            format!("{first:?} and {topic:?}, which Kafka takes for the same")
        };
        let section = top.free_section("sinks", &crate::config::keys::SINK);
        let section = section.and_then(|sinks| sinks.free_section(sink.settings.name.as_str(), &crate::config::keys::SINK));
        if let Some(section) = section {
            section.unexpected(
                "topic",
                &format!("a topic for each: tenants {:?} and {:?} would get {same}", owner.as_str(), one.tenant.name.as_str()),
            );
        }
    }
}
