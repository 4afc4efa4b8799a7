//! The scenarios that docs/guards.md names: each must be a test of ours.

use super::files;

#[test]
fn each_scenario_in_the_list_of_guards_is_a_test() {
    let files = files().expect("our own files");
    let list = files.iter().find(|file| file.path == "docs/guards.md").expect("the list of guards");
    let code: String = files.iter().filter(|file| file.path.contains(".rs")).map(|file| file.text.as_str()).collect();
    let names = list.text.split('`').skip(1).step_by(2).filter(|word| !word.contains(['/', '.']));
    let missing: Vec<&str> = names.filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "no such test: {missing:?}");
}
