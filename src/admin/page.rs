//! The status page: plain HTML, every word escaped, no script.

use std::fmt::{self, Display, Write as _};

use super::view::{AlarmView, CredentialView, FeedView, SinkView, TenantView};

/// Where [`STYLE`] is served: a file of its own, so that the content security policy need not allow any inline style.
pub const STYLE_PATH: &str = "/style.css";
pub const STYLE: &str = include_str!("style.css");

/// More alarms than this are counted and not shown: whoever has a thousand looks for their common cause.
const SHOWN: usize = 200;

/// Text that cannot leave its place in HTML, in an element as little as in a quoted attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The whole page. It asks the browser to come again every 15 seconds.
pub fn render(
    ready: &Result<(), String>,
    alarms: &[AlarmView],
    tenants: &[TenantView],
    sinks: &[SinkView],
    credentials: &[CredentialView],
) -> String {
    let mut out = String::from(concat!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>alertferry</title>\n",
        "<meta http-equiv=\"refresh\" content=\"15\">\n<meta name=\"viewport\" content=\"width=device-width\">\n",
        "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<h1>alertferry</h1>\n",
    ));
    // Writing to a String does not fail.
    let _ = write_body(&mut out, ready, alarms, tenants, sinks, credentials);
    out.push_str("</body>\n</html>\n");
    out
}

fn write_body(
    out: &mut String,
    ready: &Result<(), String>,
    alarms: &[AlarmView],
    tenants: &[TenantView],
    sinks: &[SinkView],
    credentials: &[CredentialView],
) -> fmt::Result {
    match ready {
        Ok(()) => writeln!(out, "<p class=\"ok\">Ready.</p>")?,
        Err(reason) => writeln!(out, "<p class=\"bad\">Not ready: {}</p>", Escaped(reason))?,
    }
    write_alarms(out, alarms)?;
    write_table(
        out,
        "Tenants",
        &["tenant", "customer", "feed", "state", "since", "fresh to", "last error", "what to do"],
        |out| tenants.iter().try_for_each(|tenant| tenant.feeds.iter().try_for_each(|feed| write_feed(out, tenant, feed))),
    )?;
    write_table(out, "Sinks", &["sink", "kind", "state", "since", "last error", "what to do"], |out| {
        sinks.iter().try_for_each(|sink| write_sink(out, sink))
    })?;
    if !credentials.is_empty() {
        write_table(out, "Credentials", &["app", "expires", "days left"], |out| {
            credentials.iter().try_for_each(|credential| write_credential(out, credential))
        })?;
    }
    writeln!(
        out,
        "<p>As JSON: <a href=\"/api/v1/alarms\">alarms</a>, <a href=\"/api/v1/tenants\">tenants</a>, <a href=\"/api/v1/sinks\">sinks</a>, \
         <a href=\"/api/v1/credentials\">credentials</a>, \
         <a href=\"/api/v1/dead-letters\">dead letters</a>. For Prometheus: <a href=\"/metrics\">metrics</a>.</p>"
    )
}

fn write_table(out: &mut String, title: &str, columns: &[&str], rows: impl FnOnce(&mut String) -> fmt::Result) -> fmt::Result {
    write!(out, "<h2>{title}</h2>\n<table>\n<tr>")?;
    columns.iter().try_for_each(|column| write!(out, "<th>{column}</th>"))?;
    out.push_str("</tr>\n");
    rows(out)?;
    out.push_str("</table>\n");
    Ok(())
}

fn write_alarms(out: &mut String, alarms: &[AlarmView]) -> fmt::Result {
    if alarms.is_empty() {
        return writeln!(out, "<h2>Alarms</h2>\n<p class=\"ok\">None.</p>");
    }
    write_table(out, "Alarms", &["alarm", "about", "since", "what is the matter", "what to do"], |out| {
        alarms.iter().take(SHOWN).try_for_each(|alarm| write_alarm(out, alarm))
    })?;
    match alarms.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "<p class=\"bad\">And {more} more; <a href=\"/api/v1/alarms\">all of them</a>.</p>"),
    }
}

fn write_alarm(out: &mut String, alarm: &AlarmView) -> fmt::Result {
    let about = [&alarm.tenant, &alarm.feed, &alarm.sink, &alarm.app];
    let about = about.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "<tr><td class=\"bad\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        Escaped(&alarm.kind),
        Escaped(&about),
        alarm.since,
        Escaped(&alarm.message),
        Escaped(&alarm.advice),
    )
}

fn write_feed(out: &mut String, tenant: &TenantView, feed: &FeedView) -> fmt::Result {
    let fresh = feed.freshness_seconds.map(|seconds| format!("{seconds:.0} s ago")).unwrap_or_default();
    let class = if feed.state == "ok" { "ok" } else { "bad" };
    writeln!(
        out,
        "<tr><td title=\"{}\">{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        Escaped(&tenant.tenant_id),
        Escaped(&tenant.name),
        Escaped(&tenant.customer),
        Escaped(&feed.feed),
        Escaped(&feed.state),
        feed.since,
        fresh,
        Escaped(feed.last_error.as_deref().unwrap_or_default()),
        Escaped(feed.advice.as_deref().unwrap_or_default()),
    )
}

fn write_sink(out: &mut String, sink: &SinkView) -> fmt::Result {
    let (class, state) = if sink.up { ("ok", "up") } else { ("bad", "down") };
    writeln!(
        out,
        "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{state}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        Escaped(&sink.name),
        Escaped(&sink.kind),
        sink.since,
        Escaped(sink.last_error.as_deref().unwrap_or_default()),
        Escaped(sink.advice.as_deref().unwrap_or_default()),
    )
}

fn write_credential(out: &mut String, credential: &CredentialView) -> fmt::Result {
    let class = if credential.days_left < 30 { "bad" } else { "ok" };
    writeln!(
        out,
        "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{}</td></tr>",
        Escaped(&credential.app),
        credential.expires,
        credential.days_left,
    )
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn no_character_with_a_meaning_in_html_survives() {
        assert_eq!(Escaped(r#"<a b="c" d='e'>&amp;"#).to_string(), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
        assert_eq!(Escaped("Müller – 株式会社").to_string(), "Müller – 株式会社");
    }
}
