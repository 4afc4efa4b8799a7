//! What a receiver answers: a code, words for a human, and for `open` what it offers.

/// The data of a `rsp` frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200 is the only good one.
    pub code: u16,
    /// Fit for a log line: short, without control characters.
    pub words: String,
    /// Lines of `NAME=VALUE,…`.
    offers: String,
}

const LONGEST_WORDS: usize = 200;

impl Answer {
    /// `None` where the data is no answer.
    #[must_use]
    pub fn read(data: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(data);
        let (first, offers) = text.split_once('\n').unwrap_or((&text, ""));
        let (code, words) = first.split_once(' ').unwrap_or((first, ""));
        if code.len() != 3 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let words = words.chars().filter(|c| !c.is_control()).take(LONGEST_WORDS).collect();
        Some(Self { code: code.parse().ok()?, words, offers: offers.to_owned() })
    }

    #[must_use]
    pub fn is_good(&self) -> bool {
        self.code == 200
    }

    /// What is missing of an answer to `open` for syslog messages to be sent.
    #[must_use]
    pub fn objection(&self) -> Option<String> {
        if !self.is_good() {
            return Some(format!("it refused the session with {} {}", self.code, self.words));
        }
        match self.offer("relp_version") {
            Some("0" | "1") => {}
            Some(other) => return Some(format!("it speaks version {} of RELP, and we speak 0", other.escape_debug())),
            None => return Some("it did not say which version of RELP it speaks".to_owned()),
        }
        let takes_syslog = self.offer("commands").is_some_and(|commands| commands.split(',').any(|command| command == "syslog"));
        (!takes_syslog).then(|| "it takes no syslog messages".to_owned())
    }

    fn offer(&self, name: &str) -> Option<&str> {
        self.offers.lines().find_map(|line| line.split_once('=').filter(|(found, _)| *found == name)).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn answers_are_read_and_anything_else_is_none() {
        for (data, code, words) in [
            (&b"200 OK"[..], 200, "OK"),
            (b"200", 200, ""),
            (b"200 OK\nrelp_version=0", 200, "OK"),
            ("500 disk \u{7}full \u{e9}".as_bytes(), 500, "disk full é"),
        ] {
            let answer = Answer::read(data).unwrap();
            assert_eq!((answer.code, answer.words.as_str()), (code, words));
        }
        assert_eq!(Answer::read(format!("500 {}", "x".repeat(999)).as_bytes()).unwrap().words.len(), 200);
        for data in [&b""[..], b"OK", b"20", b"2000 OK", b"+20 OK", b" 200 OK", b"\xff\xff\xff"] {
            assert_eq!(Answer::read(data), None, "{data:?}");
        }
    }

    #[test]
    fn a_session_needs_a_version_and_syslog() {
        let objection = |data: &str| Answer::read(data.as_bytes()).unwrap().objection();
        let offers = "relp_version=0\nrelp_software=librelp,1.11.0,http://librelp.adiscon.com\ncommands=syslog";
        assert_eq!(objection(&format!("200 OK\n{offers}")), None);
        assert_eq!(objection("200 OK\ncommands=eventlog,syslog\nrelp_version=1\n"), None);
        for (data, words) in [
            ("500 go away", "it refused the session with 500 go away"),
            ("200 OK", "it did not say which version of RELP it speaks"),
            ("200 OK\nrelp_version=2\ncommands=syslog", "it speaks version 2 of RELP, and we speak 0"),
            ("200 OK\nrelp_version=0", "it takes no syslog messages"),
            ("200 OK\nrelp_version=0\ncommands=eventlog", "it takes no syslog messages"),
        ] {
            assert_eq!(objection(data).as_deref(), Some(words));
        }
    }
}
