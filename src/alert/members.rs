//! The members of one JSON object, taken out one by one; whatever nobody takes stays, so that nothing gets lost.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::json;
use super::shortened::cut;
use super::{Stamp, Text};

/// The members of a JSON object in the vendor's order.
#[derive(Debug, Clone, Default)]
pub struct Members<'a> {
    members: Vec<(Text<'a>, Member<'a>)>,
    /// Texts are cut after so many characters, and what is left is left out where its JSON has more octets.
    longest: Option<usize>,
}

/// What is there of one member.
#[derive(Debug, Clone)]
pub enum Member<'a> {
    Whole(&'a RawValue),
    /// An object out of which something was taken.
    Part(Members<'a>),
    Taken,
}

impl<'a> Members<'a> {
    /// `None` when the value is no object.
    #[must_use]
    pub fn read(value: &'a RawValue) -> Option<Self> {
        let mut members = Vec::new();
        json::members(value.get(), |name, value| members.push((name, Member::Whole(value)))).ok()?;
        Some(Self { members, longest: None })
    }

    /// The same, with texts of at most so many characters.
    #[must_use]
    pub fn within(self, longest: usize) -> Self {
        Self { longest: Some(longest), ..self }
    }

    /// Members that were read already.
    #[must_use]
    pub fn of(members: Vec<(Text<'a>, &'a RawValue)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name, Member::Whole(value))).collect();
        Self { members, longest: None }
    }

    /// Those that nothing was taken from.
    #[must_use]
    pub fn into_whole(self) -> Vec<(Text<'a>, &'a RawValue)> {
        let whole = |(name, member)| match member {
            Member::Whole(value) => Some((name, value)),
            Member::Part(_) | Member::Taken => None,
        };
        self.members.into_iter().filter_map(whole).collect()
    }

    /// What is left and says something: neither taken, nor `null`, nor an empty text, array or object.
    pub fn left(&self) -> impl Iterator<Item = (&Text<'a>, &Member<'a>)> {
        let fits = |member: &Member<'_>| match (member, self.longest) {
            (Member::Whole(value), Some(longest)) => value.get().len() <= longest,
            _ => true,
        };
        let telling = self.members.iter().filter(move |(_, member)| member.says_something() && fits(member));
        telling.map(|(name, member)| (name, member))
    }

    /// The value of a member that nobody has taken yet.
    #[must_use]
    pub fn peek(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().find_map(|(known, member)| match member {
            Member::Whole(value) if known == name => Some(*value),
            _ => None,
        })
    }

    #[must_use]
    pub fn peek_text(&self, name: &str) -> Option<Text<'a>> {
        json::text(self.peek(name)?).found().map(|text| self.short(text))
    }

    fn short(&self, text: Text<'a>) -> Text<'a> {
        match self.longest {
            Some(longest) => cut(text, longest),
            None => text,
        }
    }

    /// Takes a member out if `read` makes something of it.
    pub fn take<T>(&mut self, name: &str, read: impl FnOnce(&'a RawValue) -> Option<T>) -> Option<T> {
        let (_, member) = self.members.iter_mut().find(|(known, member)| known == name && matches!(member, Member::Whole(_)))?;
        let Member::Whole(value) = *member else { return None };
        let found = read(value)?;
        *member = Member::Taken;
        Some(found)
    }

    /// Takes what `read` wants out of a member that is itself an object.
    pub fn part<T>(&mut self, name: &str, read: impl FnOnce(&mut Members<'a>) -> T) -> Option<T> {
        let (_, member) = self.members.iter_mut().find(|(known, member)| known == name && matches!(member, Member::Whole(_)))?;
        let Member::Whole(value) = *member else { return None };
        let mut members = Members { longest: self.longest, ..Members::read(value)? };
        let found = read(&mut members);
        *member = Member::Part(members);
        Some(found)
    }

    /// The same for an object that can only be kept as a whole: it stays when `read` leaves anything in it.
    pub fn all_of<T>(&mut self, name: &str, read: impl FnOnce(&mut Members<'a>) -> Option<T>) -> Option<T> {
        let mut members = Members { longest: self.longest, ..Members::read(self.peek(name)?)? };
        let found = read(&mut members)?;
        if members.left().next().is_none() {
            self.take(name, Some);
        }
        Some(found)
    }

    pub fn text(&mut self, name: &str) -> Option<Text<'a>> {
        self.take(name, |value| json::text(value).found()).map(|text| self.short(text))
    }

    pub fn text_or_number(&mut self, name: &str) -> Option<Text<'a>> {
        self.take(name, |value| json::text_or_number(value).found()).map(|text| self.short(text))
    }

    pub fn integer(&mut self, name: &str) -> Option<i64> {
        self.take(name, |value| json::integer(value).found())
    }

    pub fn float(&mut self, name: &str) -> Option<f64> {
        self.take(name, |value| value.get().parse().ok().filter(|number: &f64| number.is_finite()))
    }

    /// A moment at which something can have happened.
    pub fn stamp(&mut self, name: &str) -> Option<Stamp<'a>> {
        self.take(name, |value| json::stamp(value).found().filter(|stamp| stamp.at.is_some_and(can_have_happened)))
    }

    /// An address that really is one.
    pub fn ip(&mut self, name: &str) -> Option<IpAddr> {
        self.take(name, |value| address(&json::text(value).found()?))
    }

    /// The addresses in an array. The array stays when not everything in it is an address.
    pub fn ips(&mut self, name: &str) -> Vec<IpAddr> {
        let Some(value) = self.peek(name) else { return Vec::new() };
        let (texts, whole) = json::texts(value);
        let ips: Vec<IpAddr> = texts.iter().filter_map(|text| address(text)).collect();
        if whole && ips.len() == texts.len() {
            self.take(name, Some);
        }
        ips
    }

    /// The texts in an array, when there is nothing else in it.
    pub fn texts(&mut self, name: &str) -> Vec<Text<'a>> {
        let texts = self.take(name, |value| Some(json::texts(value)).filter(|(_, whole)| *whole).map(|(texts, _)| texts));
        texts.unwrap_or_default().into_iter().map(|text| self.short(text)).collect()
    }

    /// An electronic-mail address that OCSF would take as one.
    pub fn mail_address(&mut self, name: &str) -> Option<Text<'a>> {
        self.take(name, |value| json::text(value).found().filter(|text| is_mail_address(text)))
    }
}

impl Member<'_> {
    fn says_something(&self) -> bool {
        match self {
            Member::Whole(value) => is_telling(value),
            Member::Part(members) => members.left().next().is_some(),
            Member::Taken => false,
        }
    }
}

/// Whether a value says anything: `null`, `""`, `[]` and `{}` do not.
#[must_use]
pub fn is_telling(value: &RawValue) -> bool {
    match value.get() {
        "null" | "\"\"" | "[]" | "{}" => false,
        json => !matches!(json.as_bytes(), [b'[' | b'{', inner @ .., _] if inner.trim_ascii().is_empty()),
    }
}

/// Clocks that were never set say 1970, 1601 (Windows) or 1 (.NET); nothing that alerts tell of happened up to 1970.
#[must_use]
pub fn can_have_happened(at: Timestamp) -> bool {
    at > Timestamp::UNIX_EPOCH
}

/// Reads an address; text around one, a scope or letters for dots make it none.
#[must_use]
pub fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

/// OCSF 1.8.0 `email_t`: a local part, an at sign, a label, a dot and a rest, of the characters that its pattern lists.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let Some((label, rest)) = domain.split_once('.') else { return false };
    let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+,-./=?^_`{|}~".contains(c);
    let in_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
    [local, label, rest].iter().all(|part| !part.is_empty())
        && local.chars().all(in_local)
        && label.chars().all(in_label)
        && rest.chars().all(|c| in_label(c) || c == '.')
}
