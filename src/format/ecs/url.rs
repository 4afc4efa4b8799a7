//! `url.*`: an address that somebody clicked or opened.

use super::field::groups;
use super::related::Related;
use crate::alert::Text;

groups! {
    Url {
        original: Option<Text<'a>>,
        /// Only with a scheme.
        full: Option<Text<'a>>,
        scheme: Option<Text<'a>>,
        domain: Option<Text<'a>>,
    }
}

pub fn url<'a>(text: Text<'a>, related: &mut Related<'a>) -> Url<'a> {
    let Some((scheme, domain)) =
        parts(&text).map(|(scheme, domain)| (scheme.to_ascii_lowercase(), domain.map(ToOwned::to_owned)))
    else {
        return Url { original: Some(text), ..Url::default() };
    };
    let domain = domain.map(Text::Owned);
    related.add_hosts([&domain]);
    Url { original: Some(text.clone()), full: Some(text), scheme: Some(Text::Owned(scheme)), domain }
}

/// Scheme and host; `None` where there is no scheme, as in many an address that a vendor sends.
fn parts(url: &str) -> Option<(&str, Option<&str>)> {
    let (scheme, rest) = url.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !is_scheme {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next(),
        None => host.split(':').next(),
    };
    Some((scheme, host.filter(|host| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control()))))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn scheme_and_host_are_found_where_they_are() {
        for (url, expected) in [
            ("https://evil.example/a?b=c", Some(("https", Some("evil.example")))),
            ("http://user:word@evil.example:8080", Some(("http", Some("evil.example")))),
            ("http://[2001:db8::1]:80/", Some(("http", Some("2001:db8::1")))),
            ("file:///etc/passwd", Some(("file", None))),
            ("https://good.example\\@evil.example", Some(("https", Some("good.example")))),
            ("https://two words/", Some(("https", None))),
            ("evil.example/a", None),
            ("x/?u=https://evil.example", None),
            ("://", None),
        ] {
            assert_eq!(parts(url), expected, "{url}");
        }
    }
}
