//! The recipes of `docs/kafka.md` are configurations that the program accepts.

use std::path::Path;

use crate::support::daemon::to_its_end;

const SECRET: &str = "planted-secret";

#[test]
fn every_recipe_is_accepted_as_it_stands() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/kafka.md")).unwrap();
    let recipes: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split_once("```").expect("the end of a block").0).collect();
    assert_eq!(recipes.len(), 7, "Event Hubs twice, Confluent, MSK, mTLS, SCRAM, Kerberos");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for name in ["event-hubs", "msk", "kafka.key", "kafka-ca.pem", "kafka.pem", "kafka.keytab", "kafka-password"] {
        std::fs::write(folder.path().join(name), SECRET).unwrap();
    }
    for recipe in recipes {
        let name = recipe.split_once("[sinks.").and_then(|(_, rest)| rest.split_once(']')).expect("a sink").0;
        let config = folder.path().join("config.toml");
        let text = format!(
            "[ledger]\npath = \"{path}/ledger\"\n\
             [apps.main]\nclient_id = \"00000000-0000-0000-0000-000000000000\"\nclient_secret = {{ env = \"APP_SECRET\" }}\n\
             {}\n\
             [[tenants]]\nname = \"contoso\"\ntenant_id = \"22222222-2222-2222-2222-222222222222\"\napp = \"main\"\nsinks = [{name:?}]\n",
            recipe.replace("/etc/alertferry", &path)
        );
        std::fs::write(&config, text).unwrap();
        let mut command = to_its_end();
        command.args(["check", "--config"]).arg(&config);
        command.env("APP_SECRET", SECRET).env("CONFLUENT_SECRET", SECRET).env("CREDENTIALS_DIRECTORY", folder.path());
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{recipe}\n{said}");
        assert!(!said.contains("warning:"), "{recipe}\n{said}");
        assert!(!said.contains(SECRET), "{recipe}\n{said}");
    }
}
