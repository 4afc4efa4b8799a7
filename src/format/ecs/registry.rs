//! `registry.*`: a key of the Windows registry, and a value under it.

use super::field::groups;
use crate::alert::Text;
use crate::alert::evidence::{RegistryKey, RegistryValue};

groups! {
    Data {
        #[serde(rename = "type")]
        kind: Option<Text<'a>>,
        strings: Vec<Text<'a>>,
    }

    Registry {
        hive: Option<Text<'a>>,
        /// Without the hive.
        key: Option<Text<'a>>,
        /// The *name* of the value; its content is in `data`.
        value: Option<Text<'a>>,
        /// Hive, key and name of the value.
        path: Option<Text<'a>>,
        data: Data<'a>,
    }
}

/// The short words that ECS wants.
const HIVES: [(&str, &str); 7] = [
    ("HKEY_LOCAL_MACHINE", "HKLM"),
    ("HKEY_CURRENT_USER", "HKCU"),
    ("HKEY_CLASSES_ROOT", "HKCR"),
    ("HKEY_USERS", "HKU"),
    ("HKEY_CURRENT_CONFIG", "HKCC"),
    ("HKEY_PERFORMANCE_DATA", "HKPD"),
    ("HKEY_DYN_DATA", "HKDD"),
];

pub fn key(key: RegistryKey<'_>) -> Registry<'_> {
    let (hive, key) = match (key.hive, key.key) {
        (None, whole) => match whole.split_once('\\').and_then(|(hive, rest)| Some((known(hive)?, rest.to_owned()))) {
            Some((hive, rest)) => (Some(Text::Borrowed(hive)), Text::Owned(rest)),
            None => (None, whole),
        },
        (Some(hive), key) => (Some(known(&hive).map_or(hive, Text::Borrowed)), key),
    };
    let path = [hive.as_deref(), Some(&*key)].into_iter().flatten().collect::<Vec<_>>().join("\\");
    Registry { hive, key: Some(key), path: Some(Text::Owned(path)), ..Registry::default() }
}

pub fn value(value: RegistryValue<'_>) -> Registry<'_> {
    let found = key(value.key);
    let name = value.name.unwrap_or(Text::Borrowed("(Default)"));
    let path = found.path.map(|path| Text::Owned(format!("{path}\\{name}")));
    let data = Data { kind: value.value_type.map(data_type), strings: value.value.into_iter().collect() };
    Registry { value: Some(name), path, data, ..found }
}

fn known(hive: &str) -> Option<&'static str> {
    let same = |(long, short): &&(&str, &str)| long.eq_ignore_ascii_case(hive) || short.eq_ignore_ascii_case(hive);
    HIVES.iter().find(same).map(|(_, short)| *short)
}

/// The registry's own words for .NET's; an unknown word stands for itself.
fn data_type(word: Text<'_>) -> Text<'_> {
    const TYPES: [(&str, &str); 8] = [
        ("String", "REG_SZ"),
        ("ExpandString", "REG_EXPAND_SZ"),
        ("MultiString", "REG_MULTI_SZ"),
        ("Binary", "REG_BINARY"),
        ("DWord", "REG_DWORD"),
        ("QWord", "REG_QWORD"),
        ("Link", "REG_LINK"),
        ("None", "REG_NONE"),
    ];
    TYPES.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(&word)).map_or(word, |(_, ours)| Text::Borrowed(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hives_are_short_and_keys_without_them() {
        for (hive, whole, expected) in [
            (Some("HKEY_LOCAL_MACHINE"), "SOFTWARE\\Run", (Some("HKLM"), "SOFTWARE\\Run", "HKLM\\SOFTWARE\\Run")),
            (None, "hkey_current_user\\Run", (Some("HKCU"), "Run", "HKCU\\Run")),
            (None, "SOFTWARE\\Run", (None, "SOFTWARE\\Run", "SOFTWARE\\Run")),
            (Some("MY_HIVE"), "Run", (Some("MY_HIVE"), "Run", "MY_HIVE\\Run")),
        ] {
            let found = key(RegistryKey { hive: hive.map(Text::Borrowed), key: whole.into() });
            assert_eq!((found.hive.as_deref(), found.key.as_deref().unwrap(), found.path.as_deref().unwrap()), expected);
        }
    }

    #[test]
    fn the_name_of_a_value_is_no_data() {
        let parts = |name: Option<&'static str>| {
            let key = RegistryKey { hive: Some("HKLM".into()), key: "Run".into() };
            let (value_type, data) = (Some("ExpandString".into()), Some("calc.exe".into()));
            value(RegistryValue { key, name: name.map(Text::Borrowed), value_type, value: data })
        };
        let found = parts(Some("evil"));
        assert_eq!((found.value.as_deref(), found.path.as_deref()), (Some("evil"), Some("HKLM\\Run\\evil")));
        assert_eq!((found.data.kind.as_deref(), found.data.strings), (Some("REG_EXPAND_SZ"), vec![Text::Borrowed("calc.exe")]));
        assert_eq!(parts(None).value.as_deref(), Some("(Default)"));
    }
}
