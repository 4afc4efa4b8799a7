//! The files under `config/` and the tables of `docs/configuration.md` against the program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use alertferry::config::{self, Environment, keys};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A value for each variable that the text names as `env = "NAME"`.
fn variables_of(text: &str) -> Environment {
    let names = text.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(|name| (name.to_owned(), "s3cret".to_owned())).collect()
}

/// Loads `text` with more files in `tenants.d`; what is shown is everything but the memory addresses.
fn load(text: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), text).unwrap();
    fs::create_dir(folder.path().join("tenants.d")).unwrap();
    let mut environment = variables_of(text);
    for (index, text) in more.iter().enumerate() {
        fs::write(folder.path().join(format!("tenants.d/{index}.toml")), text).unwrap();
        environment.extend(variables_of(text));
    }
    let settings = config::load_with(&folder.path().join("config.toml"), &environment);
    let settings = settings.unwrap_or_else(|error| panic!("refused:\n{error}\nof\n{text}"));
    assert_eq!(settings.warnings, Vec::<String>::new(), "{text}");
    format!("{settings:#?}")
}

#[test]
fn every_example_loads_without_a_warning() {
    let example = read("config/example.toml");
    let mut loaded = 0;
    for entry in fs::read_dir(root().join("config")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "default.toml" {
            continue; // names no tenant; it is loaded below
        }
        if path.extension().is_some_and(|extension| extension == "toml") {
            load(&fs::read_to_string(&path).unwrap(), &[]);
            loaded += 1;
        }
    }
    for entry in fs::read_dir(root().join("config/tenants.d")).unwrap() {
        load(&example, &[&fs::read_to_string(entry.unwrap().path()).unwrap()]);
        loaded += 1;
    }
    assert!(loaded >= 3, "{loaded}");
}

#[test]
fn every_recipe_for_a_siem_loads_without_a_warning() {
    let manual = read("docs/formats.md");
    let recipes: Vec<&str> = manual.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(recipes.len(), 5, "Splunk, Elastic, Sentinel, QRadar, ArcSight");
    for recipe in recipes {
        let sink = recipe.strip_prefix("[sinks.").and_then(|rest| rest.split(']').next()).expect("a sink");
        let rest = read("config/minimal.toml").replace("sinks = [\"out\"]", &format!("sinks = [\"out\", {sink:?}]"));
        assert!(rest.contains(sink), "config/minimal.toml names its sinks in another way");
        load(&format!("{rest}\n{recipe}"), &[]);
    }
}

#[test]
fn the_default_file_changes_nothing() {
    let minimal = read("config/minimal.toml");
    assert_eq!(load(&read("config/default.toml"), &[&minimal]), load(&minimal, &[]));
}

#[test]
fn the_default_file_holds_every_key_even_those_that_it_comments_out() {
    let words: Vec<_> =
        read("config/default.toml").split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect();
    for key in keys::ALL.into_iter().flat_map(keys::Group::all) {
        assert!(words.iter().any(|word| word == key.name), "{}", key.name);
    }
}

#[test]
fn the_manual_gives_the_defaults_of_the_default_file() {
    let file = read("config/default.toml");
    for key in [&keys::TOP, &keys::DEFAULTS, &keys::LEDGER, &keys::ADMIN].into_iter().flat_map(keys::Group::all) {
        if let Some(default) = key.default.strip_prefix('`') {
            let line = format!("{} = {}", key.name, default.trim_end_matches('`'));
            assert!(file.lines().any(|written| written == line), "{line}");
        }
    }
}

#[test]
fn the_commented_out_parts_of_the_default_file_load_as_well() {
    let text = read("config/default.toml");
    // a commented line of TOML starts with a table or `key =`; prose does not
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if rest.starts_with('[') || rest.split_once(" = ").is_some_and(|(key, _)| keys_hold(key)) => rest.to_owned(),
        _ => line.to_owned(),
    };
    let text: String = text.lines().map(|line| uncomment(line) + "\n").collect();
    let text = text.replace("{ file = \"/run/secrets/main\" }", "{ env = \"MAIN\" }").replace("2027-01-31", "2999-01-31");
    let text = text + "sinks = [\"siem\", \"soc\", \"out\"]\ncloud = \"lab\"\n";
    assert!(load(&text, &[]).contains("gold"));
}

fn keys_hold(name: &str) -> bool {
    keys::ALL.into_iter().flat_map(keys::Group::all).any(|key| key.name == name)
}

/// The table of one group, as `docs/configuration.md` must hold it.
fn rendered(group: &keys::Group) -> String {
    let mut text = format!("### {}\n\n| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n", group.title);
    for key in group.all() {
        writeln!(text, "| `{}` | {} | {} | {} |", key.name, key.kind, key.default, key.meaning).unwrap();
    }
    text
}

#[test]
fn the_manual_has_every_key_and_no_other() {
    let manual = read("docs/configuration.md");
    let expected: String = keys::ALL.map(rendered).join("\n");
    let (_, tables) = manual.split_once("## Every key\n\n").expect("a chapter with every key");
    let tables = tables.split("\n## ").next().unwrap();
    assert!(tables.trim_end() == expected.trim_end(), "docs/configuration.md must hold exactly:\n{expected}");
}
