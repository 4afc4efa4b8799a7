//! Files and their hashes.

use std::borrow::Cow;

use crate::alert::members::Members;
use crate::alert::{Text, json};

/// A file, as a piece of evidence or as the image of a process.
#[derive(Debug, Clone, Default)]
pub struct File<'a> {
    pub name: Option<Text<'a>>,
    /// The vendor's `filePath`: the folder, or now and then the whole path.
    pub folder: Option<Text<'a>>,
    /// In bytes.
    pub size: Option<i64>,
    pub publisher: Option<Text<'a>>,
    pub hashes: Vec<Hash<'a>>,
}

impl<'a> File<'a> {
    /// From the member of that name. `None` when it is no object, or names neither the file nor a hash.
    pub(super) fn take(members: &mut Members<'a>, name: &str) -> Option<Self> {
        Members::read(members.peek(name)?).map(|mut details| Self::take_details(&mut details)).filter(Self::is_something)?;
        members.part(name, Self::take_details)
    }

    /// From members of a flat shape. `None` when they name neither the file nor a hash; then they stay.
    pub(super) fn take_here(members: &mut Members<'a>) -> Option<Self> {
        Some(Self::take_details(&mut members.clone())).filter(Self::is_something)?;
        Some(Self::take_details(members))
    }

    /// The image of the process that started this one, from members of a flat shape.
    pub(super) fn take_parent(members: &mut Members<'a>) -> Option<Self> {
        let (name, folder) = (members.text("parentProcessFileName"), members.text("parentProcessFilePath"));
        Some(Self { name, folder, ..Self::default() }).filter(Self::is_something)
    }

    /// From a `file` of Azure. Its hashes are entities of their own, and stay among the rest as well.
    pub(super) fn take_azure(members: &mut Members<'a>) -> Option<Self> {
        let hashes = members.peek("fileHashes").and_then(|hashes| json::elements(hashes).found()).unwrap_or_default();
        let hashes = hashes.into_iter().filter_map(Members::read).filter_map(|mut hash| Hash::take(&mut hash)).collect();
        let mut probe = members.clone();
        let found = Self { name: probe.text("name"), folder: probe.text("directory"), hashes, ..Self::default() };
        found.is_something().then(|| {
            *members = probe;
            found
        })
    }

    fn take_details(details: &mut Members<'a>) -> Self {
        let hashes = [("sha256", HashKind::Sha256), ("sha1", HashKind::Sha1), ("md5", HashKind::Md5)];
        Self {
            name: details.text("fileName"),
            folder: details.text("filePath"),
            size: details.integer("fileSize"),
            publisher: details.text("filePublisher"),
            hashes: hashes
                .into_iter()
                .filter_map(|(name, kind)| Some(Hash { kind, value: lower(details.text(name)?) }))
                .collect(),
        }
    }

    fn is_something(&self) -> bool {
        self.name.is_some() || self.folder.is_some() || !self.hashes.is_empty()
    }

    /// The name, else the last part of the path.
    #[must_use]
    pub fn leaf(&self) -> Option<&str> {
        self.name.as_deref().or_else(|| self.folder.as_deref()?.rsplit(['\\', '/']).next()).filter(|leaf| !leaf.is_empty())
    }

    /// The folder with the name behind it, unless it ends with the name already.
    #[must_use]
    pub fn path(&self) -> Option<Text<'a>> {
        let folder = self.folder.as_ref()?;
        let Some(name) = self.name.as_deref() else { return Some(folder.clone()) };
        let separator = if folder.contains('\\') { '\\' } else { '/' };
        if let Some(before) = folder.strip_suffix(name)
            && (before.is_empty() || before.ends_with(['\\', '/']))
        {
            return Some(folder.clone());
        }
        let joined = if folder.ends_with(['\\', '/']) { format!("{folder}{name}") } else { format!("{folder}{separator}{name}") };
        Some(Cow::Owned(joined))
    }
}

/// A hash of a file's content, in lower-case hex where it is hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash<'a> {
    pub kind: HashKind<'a>,
    pub value: Text<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HashKind<'a> {
    Md5,
    Sha1,
    Sha256,
    /// The vendor said `unknown` or nothing.
    Unknown,
    /// The vendor's word, e.g. `sha256ac`, the hash that Windows uses to authorize code.
    Other(Text<'a>),
}

impl<'a> Hash<'a> {
    /// From `fileHashEvidence`.
    pub(super) fn take(members: &mut Members<'a>) -> Option<Self> {
        let value = lower(members.text("value")?);
        let kind = match members.text("algorithm") {
            None => HashKind::Unknown,
            Some(word) => match &*word.to_ascii_lowercase() {
                "md5" => HashKind::Md5,
                "sha1" => HashKind::Sha1,
                "sha256" => HashKind::Sha256,
                "unknown" | "unknownfuturevalue" => HashKind::Unknown,
                _ => HashKind::Other(word),
            },
        };
        Some(Self { kind, value })
    }
}

fn lower(text: Text<'_>) -> Text<'_> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(text.to_ascii_lowercase()) } else { text }
}

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn a_path_holds_the_name_once() {
        for (folder, name, path) in [
            ("C:\\Temp", "tool.exe", "C:\\Temp\\tool.exe"),
            ("C:\\Temp\\", "tool.exe", "C:\\Temp\\tool.exe"),
            ("C:\\Temp\\tool.exe", "tool.exe", "C:\\Temp\\tool.exe"),
            ("/usr/bin/", "curl", "/usr/bin/curl"),
            ("/usr/bin", "curl", "/usr/bin/curl"),
            ("/opt/mycurl", "curl", "/opt/mycurl/curl"),
            ("curl", "curl", "curl"),
        ] {
            let file = File { name: Some(name.into()), folder: Some(folder.into()), ..File::default() };
            assert_eq!(file.path().as_deref(), Some(path));
            assert_eq!(file.leaf(), Some(name));
        }
        let nameless = File { folder: Some("C:\\Temp\\x.dll".into()), ..File::default() };
        assert_eq!((nameless.path().as_deref(), nameless.leaf()), (Some("C:\\Temp\\x.dll"), Some("x.dll")));
    }
}
