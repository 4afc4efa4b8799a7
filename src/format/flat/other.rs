//! Evidence that the model does not read, where CEF or LEEF have a key for it: groups, what lies in a storage, clusters of mail.

use crate::alert::Text;
use crate::alert::evidence::Evidence;
use crate::alert::members::Members;

/// What it is.
pub enum Other<'a> {
    Url(Text<'a>),
    /// Its ID.
    Group(Text<'a>),
    /// So many messages.
    MailCluster(i32),
}

pub fn read<'a>(evidence: &Evidence<'a>) -> Option<Other<'a>> {
    let kind = evidence.type_name.as_deref()?.rsplit('.').next()?.to_ascii_lowercase().replace('-', "");
    let members = Members::read(evidence.raw)?;
    match kind.strip_suffix("evidence").unwrap_or(&kind) {
        "blob" | "blobcontainer" => members.peek_text("url").map(Other::Url),
        "securitygroup" => members.peek_text("securityGroupId").or_else(|| members.peek_text("sid")).map(Other::Group),
        "mailcluster" => members.peek("emailCount")?.get().parse().ok().filter(|count| *count >= 0).map(Other::MailCluster),
        _ => None,
    }
}
