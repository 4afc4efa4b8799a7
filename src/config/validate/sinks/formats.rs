//! How a sink's messages are written: its format, with the table of that format's options.

use config::ValueKind;

use crate::config::keys::{self, Group};
use crate::config::raw::Section;
use crate::format::{Encoder, Format, cef, ecs, leef, ocsf};

const DELIMITER: &str = "one punctuation mark other than \"= | . , : / - _\", the word \"tab\", or a code such as \"x5E\"";

/// The format with its options. The table of another format is refused.
pub(super) fn encoder(section: &Section<'_>) -> Option<Encoder> {
    let format = section.word_or_first("format", &Format::ALL)?;
    let foreign = Format::ALL.iter().filter(|(other, word)| *other != format && keys::SINK.knows(word) && section.has(word));
    for (_, word) in foreign {
        let format = format.as_str();
        section.refuse(word, &format!("found beside format {format:?}, expected it with format = {word:?} only"));
    }
    Some(match format {
        Format::Ocsf => Encoder::Ocsf(options(section, format, &keys::OCSF, ocsf)?),
        Format::Ecs => Encoder::Ecs(options(section, format, &keys::ECS, ecs)?),
        Format::Cef => Encoder::Cef(options(section, format, &keys::CEF, cef)?),
        Format::Leef => Encoder::Leef(options(section, format, &keys::LEEF, leef)?),
        Format::Raw => Encoder::Raw,
    })
}

fn options<T: Default>(
    section: &Section<'_>,
    format: Format,
    group: &'static Group,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Option<T> {
    if section.has(format.as_str()) { read(&section.section(format.as_str(), group)?) } else { Some(T::default()) }
}

fn ocsf(table: &Section<'_>) -> Option<ocsf::Options> {
    let version = table.or("version", ocsf::Version::default(), |table, key| table.word_or_first(key, &ocsf::Version::ALL));
    let raw_data = table.or("raw_data", false, Section::flag);
    Some(ocsf::Options { version: version?, raw_data: raw_data? })
}

fn ecs(table: &Section<'_>) -> Option<ecs::Options> {
    Some(ecs::Options { original: table.or("original", false, Section::flag)? })
}

fn cef(table: &Section<'_>) -> Option<cef::Options> {
    let ipv6_in_src = table.word_or_first("ipv6", &[(false, "c6a"), (true, "src")]);
    let high_is_ten = table.or("high", false, high_is_ten);
    let strict_lengths = table.or("strict_lengths", false, Section::flag);
    Some(cef::Options { strict_lengths: strict_lengths?, ipv6_in_src: ipv6_in_src?, high_is_ten: high_is_ten? })
}

fn high_is_ten(table: &Section<'_>, key: &str) -> Option<bool> {
    let is_ten = match &table.value(key)?.kind {
        ValueKind::I64(8) => Some(false),
        ValueKind::I64(10) => Some(true),
        ValueKind::String(text) => {
            [("8", false), ("10", true)].iter().find(|(word, _)| *word == text.trim()).map(|(_, ten)| *ten)
        }
        _ => None,
    };
    if is_ten.is_none() {
        table.unexpected(key, "8 or 10");
    }
    is_ten
}

fn leef(table: &Section<'_>) -> Option<leef::Options> {
    let usual = leef::Options::default();
    let version = table.or("version", usual.version, |table, key| table.word_or_first(key, &leef::Version::ALL))?;
    if !table.has("delimiter") {
        return Some(leef::Options { version, ..usual });
    }
    if version == leef::Version::V1_0 {
        table.refuse(
            "delimiter",
            "found beside version \"1.0\", where it is always a tab, expected version \"2.0\" or no delimiter",
        );
    }
    let delimiter = table.parsed("delimiter", DELIMITER, delimiter)?;
    Some(leef::Options { version, delimiter })
}

/// A character, `tab`, or a code as QRadar writes it: `x5E`, `0x09`.
fn delimiter(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let code = || {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix('x'))?;
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
    };
    let delimiter = match (text, chars.next(), chars.next()) {
        ("tab", ..) => Some('\t'),
        (_, one, None) => one,
        _ => code(),
    };
    delimiter.filter(|one| leef::can_delimit(*one))
}
