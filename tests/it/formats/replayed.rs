//! What somebody had read again is marked, and is otherwise what it was: the event's ID above all.

use alertferry::format::{Activity, Context, Encoder, Format};
use serde_json::{Value, json};

use super::fixtures::{Fixture, every_feed};
use super::{context, tenant};
use crate::support::ecs;
use crate::support::ocsf::assert_valid;

/// The message as it is, and as it is when it is replayed.
fn both(fixture: &Fixture, format: Format) -> (Vec<u8>, Vec<u8>) {
    let finding = (fixture.feed.dialect().read)(fixture.kind, &fixture.json).expect("a readable record");
    let tenant = tenant();
    let context = context(&tenant, fixture.feed, Activity::Update);
    let encode = |replayed| {
        let mut bytes = Vec::new();
        Encoder::of(format).encode(&finding, &Context { replayed, ..context }, &mut bytes).expect("it can be written");
        bytes
    };
    (encode(false), encode(true))
}

/// Takes the mark out of a list of texts, where it has to stand last.
fn unmark(document: &mut Value, list: &str) {
    let texts = document.pointer_mut(list).and_then(Value::as_array_mut).expect("a list");
    assert_eq!(texts.pop(), Some(json!("replayed")));
}

#[test]
fn json_formats_mark_it_among_labels_or_tags_and_change_nothing_else() {
    for fixture in every_feed() {
        let (before, marked) = both(&fixture, Format::Ocsf);
        assert_valid(&marked);
        let mut document: Value = serde_json::from_slice(&marked).expect("JSON");
        unmark(&mut document, "/metadata/labels");
        assert_eq!(document, serde_json::from_slice::<Value>(&before).expect("JSON"), "{}", fixture.name);

        let (before, marked) = both(&fixture, Format::Ecs);
        assert_eq!(ecs::faults(&marked), Vec::<String>::new(), "{}", fixture.name);
        let (mut document, mut before): (Value, Value) =
            (serde_json::from_slice(&marked).expect("JSON"), serde_json::from_slice(&before).expect("JSON"));
        unmark(&mut document, "/tags");
        before.as_object_mut().expect("an object").entry("tags").or_insert(json!([]));
        assert_eq!(document, before, "{}", fixture.name);
    }
}

#[test]
fn lines_have_a_key_of_their_own_for_it_and_raw_documents_stay_as_they_are() {
    for fixture in every_feed() {
        for (format, mark) in [(Format::Cef, " alertferryReplayed=true"), (Format::Leef, "^replayed=true"), (Format::Raw, "")] {
            let (before, marked) = both(&fixture, format);
            let marked = String::from_utf8(marked).expect("UTF-8");
            assert_eq!(marked.matches(mark).count() == 1, format != Format::Raw, "{format:?} of {}: {marked}", fixture.name);
            assert_eq!(marked.replacen(mark, "", 1).as_bytes(), before, "{format:?} of {}", fixture.name);
        }
    }
}
