//! How `convert` writes: the format with its options, and how long a document may be.

use clap::ValueEnum;

use crate::format::shorten::Oversize;
use crate::format::{Encoder, Format, cef, ecs, leef, ocsf};

/// What can be said of the documents to write; a sink's table of the same name says the same.
#[derive(Debug, clap::Args)]
pub(super) struct Written {
    /// The format to write.
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: To,

    /// With ocsf: the version of the schema whose attributes are used.
    #[arg(long, value_name = "VERSION", value_parser = ocsf::Version::ALL.map(|(_, word)| word))]
    ocsf_version: Option<String>,

    /// With ocsf and ecs: put the vendor's own document into the new one as text (`raw_data`, `event.original`).
    #[arg(long)]
    raw_data: bool,

    /// With cef: keep every field to the length that ArcSight's dictionary gives it.
    #[arg(long)]
    strict_lengths: bool,

    /// With leef: the version of the line.
    #[arg(long, value_name = "VERSION", value_parser = leef::Version::ALL.map(|(_, word)| word))]
    leef_version: Option<String>,

    /// Shorten documents that are longer, as a sink with this `max_bytes` does (what it puts around them not counted).
    #[arg(long, value_name = "OCTETS")]
    max_bytes: Option<usize>,

    /// With --max-bytes: what becomes of a document that is too long; dead-letter refuses it.
    #[arg(long, value_name = "WORD", requires = "max_bytes", value_parser = ["shorten", "dead-letter"], default_value = "shorten")]
    oversize: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// OCSF Detection Finding or Incident Finding, JSON.
    Ocsf,
    /// Elastic Common Schema, JSON.
    Ecs,
    /// Common Event Format, one line.
    Cef,
    /// QRadar's Log Event Extended Format, one line.
    Leef,
    /// The vendor's own JSON.
    Raw,
}

impl Written {
    /// The format with its options.
    ///
    /// # Errors
    /// An option of another format.
    pub fn encoder(&self) -> Result<Encoder, String> {
        let format = self.to.format();
        let (ocsf, ecs) = (format == Format::Ocsf, format == Format::Ecs);
        let strangers = [
            ("--ocsf-version", self.ocsf_version.is_some() && !ocsf, "ocsf"),
            ("--raw-data", self.raw_data && !ocsf && !ecs, "ocsf or ecs"),
            ("--strict-lengths", self.strict_lengths && format != Format::Cef, "cef"),
            ("--leef-version", self.leef_version.is_some() && format != Format::Leef, "leef"),
        ];
        if let Some((option, _, owner)) = strangers.into_iter().find(|(_, stranger, _)| *stranger) {
            return Err(format!("{option} says nothing with --to {}, expected it with --to {owner}", format.as_str()));
        }
        Ok(match format {
            Format::Ocsf => {
                let version = named(&ocsf::Version::ALL, self.ocsf_version.as_deref()).unwrap_or_default();
                Encoder::Ocsf(ocsf::Options { version, raw_data: self.raw_data })
            }
            Format::Ecs => Encoder::Ecs(ecs::Options { original: self.raw_data }),
            Format::Cef => Encoder::Cef(cef::Options { strict_lengths: self.strict_lengths, ..cef::Options::default() }),
            Format::Leef => {
                let usual = leef::Options::default();
                let version = named(&leef::Version::ALL, self.leef_version.as_deref()).unwrap_or(usual.version);
                Encoder::Leef(leef::Options { version, ..usual })
            }
            Format::Raw => Encoder::Raw,
        })
    }

    /// How many octets a document may have, and what becomes of a longer one.
    pub fn room(&self) -> (usize, Oversize) {
        let oversize = if self.oversize == "shorten" { Oversize::Shorten } else { Oversize::DeadLetter };
        (self.max_bytes.unwrap_or(usize::MAX), oversize)
    }
}

fn named<T: Copy>(words: &[(T, &str)], word: Option<&str>) -> Option<T> {
    words.iter().find(|(_, known)| Some(*known) == word).map(|(value, _)| *value)
}

impl To {
    fn format(self) -> Format {
        match self {
            To::Ocsf => Format::Ocsf,
            To::Ecs => Format::Ecs,
            To::Cef => Format::Cef,
            To::Leef => Format::Leef,
            To::Raw => Format::Raw,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Written;
    use crate::format::shorten::Oversize;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        written: Written,
    }

    fn written(words: &str) -> Result<Written, String> {
        let line = Line::try_parse_from(std::iter::once("convert").chain(words.split(' ')));
        line.map(|line| line.written).map_err(|error| error.to_string())
    }

    #[test]
    fn options_make_the_format_that_a_sink_with_the_same_keys_has() {
        for (words, versioned, is_usual) in [
            ("--to ocsf", "ocsf/1.8.0", true),
            ("--to ocsf --ocsf-version 1.8.0", "ocsf/1.8.0", true),
            ("--to ocsf --raw-data", "ocsf/1.8.0", false),
            ("--to ecs --raw-data", "ecs/9.4.0", false),
            ("--to cef --strict-lengths", "cef/0", false),
            ("--to leef --leef-version 1.0", "leef/1.0", false),
            ("--to raw", "raw", true),
        ] {
            let encoder = written(words).unwrap().encoder().unwrap();
            assert_eq!(encoder.versioned(), versioned, "{words}");
            assert_eq!(encoder == crate::format::Encoder::of(encoder.format()), is_usual, "{words}");
        }
    }

    #[test]
    fn an_option_of_another_format_is_refused() {
        for (words, refusal) in [
            ("--to ecs --ocsf-version 1.8.0", "--ocsf-version says nothing with --to ecs, expected it with --to ocsf"),
            ("--to cef --raw-data", "--raw-data says nothing with --to cef, expected it with --to ocsf or ecs"),
            ("--to raw --strict-lengths", "--strict-lengths says nothing with --to raw, expected it with --to cef"),
            ("--to cef --leef-version 2.0", "--leef-version says nothing with --to cef, expected it with --to leef"),
        ] {
            assert_eq!(written(words).unwrap().encoder().unwrap_err(), refusal);
        }
        assert!(written("--to ocsf --oversize dead-letter").unwrap_err().contains("--max-bytes"));
    }

    #[test]
    fn without_a_limit_there_is_room_for_everything() {
        assert_eq!(written("--to cef").unwrap().room(), (usize::MAX, Oversize::Shorten));
        let limited = written("--to cef --max-bytes 2048 --oversize dead-letter").unwrap();
        assert_eq!(limited.room(), (2048, Oversize::DeadLetter));
    }
}
