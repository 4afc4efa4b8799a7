//! Members that hold several values: words, comments, tags, steps.

use serde_json::value::RawValue;

use crate::alert::json::{self, Read};
use crate::alert::members::Members;
use crate::alert::{Comment, Text};

/// The texts of an array go into an empty list, each once. `false` when the member must be kept as well.
pub(super) fn put_texts<'a>(slot: &mut Vec<Text<'a>>, value: &'a RawValue) -> bool {
    let (texts, whole) = json::texts(value);
    if !slot.is_empty() {
        return texts.is_empty() && whole;
    }
    *slot = texts;
    each_once(slot);
    whole
}

/// Quadratic in the number of words, so a list that no vendor sends is left as it is.
pub(super) fn each_once(words: &mut Vec<Text<'_>>) {
    const PLAUSIBLE: usize = 100;
    if words.len() > PLAUSIBLE {
        return;
    }
    let mut kept: Vec<Text<'_>> = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    *words = kept;
}

/// Steps, one a line.
pub(super) fn put_steps<'a>(slot: &mut Option<Text<'a>>, value: &'a RawValue) -> bool {
    let (texts, whole) = json::texts(value);
    match texts.as_slice() {
        [] => whole,
        _ if slot.is_some() => false,
        [step] => {
            *slot = Some(step.clone());
            whole
        }
        steps => {
            *slot = Some(Text::Owned(steps.join("\n")));
            whole
        }
    }
}

/// A name, or several with commas between them; these are kept as they were sent as well. `Unknown` is none.
pub(super) fn put_intent<'a>(slot: &mut Vec<Text<'a>>, value: &'a RawValue) -> bool {
    match json::text(value) {
        Read::Absent => true,
        Read::Found(text) if slot.is_empty() && !text.eq_ignore_ascii_case("unknown") => {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            *slot = names.map(|name| Text::Owned(name.to_owned())).collect();
            each_once(slot);
            slot.len() == 1 && slot[0] == text
        }
        Read::Found(_) | Read::Odd => false,
    }
}

/// Sentinel's labels are objects; one that says more than its name is kept whole.
pub(super) fn put_labels<'a>(slot: &mut Vec<Text<'a>>, value: &'a RawValue) -> bool {
    let labels = match json::elements(value) {
        Read::Absent => return true,
        Read::Found(labels) if slot.is_empty() => labels,
        Read::Found(_) | Read::Odd => return false,
    };
    let mut whole = true;
    for label in labels {
        let name = Members::read(label).and_then(|mut label| {
            let name = label.text("labelName");
            whole &= label.left().next().is_none();
            name
        });
        whole &= name.is_some();
        slot.extend(name);
    }
    each_once(slot);
    whole
}

pub(super) fn put_comments<'a>(slot: &mut Vec<Comment<'a>>, value: &'a RawValue) -> bool {
    let comments = match json::elements(value) {
        Read::Absent => return true,
        Read::Found(comments) if slot.is_empty() => comments,
        Read::Found(_) | Read::Odd => return false,
    };
    let mut whole = true;
    for comment in comments {
        let (mut text, mut author, mut created) = (None, None, None);
        let read = json::members(comment.get(), |name, value| {
            whole &= match &*name {
                "comment" => json::text(value).put(&mut text),
                "createdByDisplayName" | "createdBy" => json::text(value).put(&mut author),
                "createdDateTime" | "createdTime" => json::text(value).put(&mut created),
                "@odata.type" => true,
                _ => false,
            };
        });
        whole &= read.is_ok();
        slot.push(Comment { text, author, created });
    }
    whole
}

/// Who an incident is assigned to, by the first of its names that says something; with several, the object is kept whole.
pub(super) fn put_owner<'a>(slot: &mut Option<Text<'a>>, value: &'a RawValue) -> bool {
    let Some(mut owner) = Members::read(value) else { return value.get() == "null" };
    if slot.is_none() {
        *slot = ["userPrincipalName", "email", "assignedTo", "objectId"].into_iter().find_map(|name| owner.text(name));
    }
    owner.left().next().is_none()
}
