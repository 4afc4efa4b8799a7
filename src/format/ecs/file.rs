//! `file.*`, and the hashes that a process has too.

use super::field::groups;
use super::related::Related;
use crate::alert::Text;
use crate::alert::evidence::{self as vendor, HashKind};

groups! {
    Hashes {
        md5: Option<Text<'a>>,
        sha1: Option<Text<'a>>,
        sha256: Option<Text<'a>>,
    }

    CodeSignature {
        subject_name: Option<Text<'a>>,
    }

    File {
        name: Option<Text<'a>>,
        extension: Option<Text<'a>>,
        directory: Option<Text<'a>>,
        path: Option<Text<'a>>,
        size: Option<i64>,
        /// `file` where its content was seen.
        #[serde(rename = "type")]
        kind: Option<&'static str>,
        hash: Hashes<'a>,
        code_signature: CodeSignature<'a>,
    }
}

pub fn file<'a>(file: vendor::File<'a>, related: &mut Related<'a>) -> File<'a> {
    let name = file.leaf().map(|leaf| Text::Owned(leaf.to_owned()));
    let path = file.path();
    File {
        extension: name.as_deref().and_then(extension).map(|extension| Text::Owned(extension.to_owned())),
        directory: path.as_deref().zip(name.as_deref()).and_then(|(path, name)| directory(path, name)).map(Text::Owned),
        kind: (!file.hashes.is_empty()).then_some("file"),
        hash: hashes(file.hashes, related),
        code_signature: CodeSignature { subject_name: file.publisher },
        size: file.size.filter(|size| *size >= 0),
        name,
        path,
    }
}

/// A hash alone.
pub fn of_hash<'a>(hash: vendor::Hash<'a>, related: &mut Related<'a>) -> File<'a> {
    File { hash: hashes(vec![hash], related), ..File::default() }
}

/// Those of a kind that ECS does not know are related ones only.
pub fn hashes<'a>(hashes: Vec<vendor::Hash<'a>>, related: &mut Related<'a>) -> Hashes<'a> {
    let mut found = Hashes::default();
    for hash in hashes {
        related.hash.add(hash.value.clone());
        let slot = match hash.kind {
            HashKind::Md5 => &mut found.md5,
            HashKind::Sha1 => &mut found.sha1,
            HashKind::Sha256 => &mut found.sha256,
            HashKind::Unknown | HashKind::Other(_) => continue,
        };
        slot.get_or_insert(hash.value);
    }
    found
}

/// What stands before the name, without the separator unless that makes it a root.
fn directory(path: &str, name: &str) -> Option<String> {
    let before = path.strip_suffix(name)?;
    let trimmed = before.trim_end_matches(['\\', '/']);
    let directory = if trimmed.is_empty() || trimmed.ends_with(':') { before } else { trimmed };
    (!directory.is_empty()).then(|| directory.to_owned())
}

/// What stands behind the last dot, unless the name begins with it.
fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').filter(|(stem, extension)| !stem.is_empty() && !extension.is_empty()).map(|(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::{directory, extension};

    #[test]
    fn a_name_has_one_extension_or_none() {
        for (name, expected) in
            [("a.exe", Some("exe")), ("a.tar.gz", Some("gz")), (".bashrc", None), ("curl", None), ("odd.", None), ("", None)]
        {
            assert_eq!(extension(name), expected, "{name}");
        }
    }

    #[test]
    fn the_directory_is_what_stands_before_the_name() {
        for (path, name, expected) in [
            ("C:\\Temp\\a.exe", "a.exe", Some("C:\\Temp")),
            ("/usr/bin/curl", "curl", Some("/usr/bin")),
            ("/curl", "curl", Some("/")),
            ("C:\\con", "con", Some("C:\\")),
            ("curl", "curl", None),
        ] {
            assert_eq!(directory(path, name).as_deref(), expected, "{path}");
        }
    }
}
