//! How the holder of a ledger's lock names itself to those who come later: its process, since when, where, and its command line.

use crate::clock;

/// Options and assignments whose name holds one of these have a value that nobody else should read.
const SECRET: [&str; 6] = ["secret", "token", "password", "passphrase", "key", "credential"];

/// A command line is told up to about here.
const LONGEST: usize = 300;

/// This process, in one line.
pub fn ours() -> String {
    let host = hostname::get().map(|host| host.to_string_lossy().into_owned()).unwrap_or_default();
    let host = if host.is_empty() { String::new() } else { format!(" on {host}") };
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    printable(&format!("process {} since {:.0}{host}: {}", std::process::id(), clock::now(), command(&words))) + "\n"
}

/// Text on one line that no terminal acts upon.
pub fn printable(text: &str) -> String {
    let escape = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    text.chars().map(escape).collect()
}

/// A command line without what its secret options say.
fn command(words: &[String]) -> String {
    let mut shown = Vec::new();
    let mut hide = false;
    for (place, word) in words.iter().enumerate() {
        let name = word.split('=').next().unwrap_or_default();
        let secret = SECRET.iter().any(|secret| name.to_ascii_lowercase().contains(secret));
        shown.push(match word.split_once('=') {
            _ if place == 0 => word.rsplit('/').next().unwrap_or_default().to_owned(),
            _ if std::mem::take(&mut hide) && !word.starts_with('-') => "…".to_owned(),
            Some((name, _)) if secret => format!("{name}=…"),
            _ => word.clone(),
        });
        hide = place > 0 && secret && word.starts_with('-') && !word.contains('=');
    }
    let line = shown.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, command, printable};

    #[test]
    fn a_command_line_is_told_without_its_secrets() {
        for (line, expected) in [
            ("/usr/bin/alertferry run --config /etc/a.toml", "alertferry run --config /etc/a.toml"),
            ("alertferry add --client-secret hunter2 --name x", "alertferry add --client-secret … --name x"),
            ("alertferry add --Client-Secret=hunter2 x", "alertferry add --Client-Secret=… x"),
            ("alertferry run API_TOKEN=hunter2", "alertferry run API_TOKEN=…"),
            ("alertferry add --password -v", "alertferry add --password -v"),
            ("/opt/secret/alertferry run", "alertferry run"),
            ("-secret run --config=/etc/a.toml", "-secret run --config=/etc/a.toml"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(command(&words), expected);
        }
    }

    #[test]
    fn a_long_command_line_is_cut_between_characters() {
        let long = command(&["alertferry".to_owned(), "é".repeat(2 * LONGEST)]);
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with("é…"), "{long}");
    }

    #[test]
    fn nothing_in_it_moves_a_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb é"), "a\\u{1b}[2J\\nb é");
    }
}
