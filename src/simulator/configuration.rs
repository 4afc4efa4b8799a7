//! The parts of an alertferry configuration that read from a simulator.

use std::fmt::Write as _;

use secrecy::ExposeSecret as _;

use super::settings::Settings;

/// `[clouds.lab]`, `[apps.main]` and `[[tenants]]`, as TOML; what only the Azure feeds need is in comments. The sinks are the reader's choice, so they are left to the rest of
/// the file. `base_url` has no slash at its end.
pub fn configuration(settings: &Settings, base_url: &str) -> String {
    let mut text = format!(
        "[clouds.lab]\n\
         login = {base_url:?}\n\
         graph = {base_url:?}\n\
         mde   = {base_url:?}\n\
         xdr   = {base_url:?}\n\
         arm   = {base_url:?}\n\
         \n\
         [apps.main]\n\
         client_id     = {:?}\n\
         client_secret = {:?} # of the simulator; a real one belongs in a file\n",
        settings.client_id,
        settings.client_secret.expose_secret()
    );
    for tenant in settings.tenant_infos() {
        write!(
            text,
            "\n[[tenants]]\nname      = {:?}\ntenant_id = {:?}\napp       = \"main\"\ncloud     = \"lab\"\n\
             # sentinel           = [{{ subscription = {:?}, resource_group = {:?}, workspace = {:?} }}]\n\
             # defender_for_cloud = {{ subscriptions = [{:?}] }}\n",
            tenant.name, tenant.tenant_id, tenant.subscription, tenant.resource_group, tenant.workspace, tenant.subscription
        )
        .expect("a string takes all writes");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::configuration;
    use crate::simulator::Settings;

    #[test]
    fn the_snippet_is_toml_and_names_every_tenant() {
        let settings = Settings { tenants: 3, ..Settings::default() };
        let parsed: toml::Table = configuration(&settings, "http://127.0.0.1:8081").parse().expect("TOML");
        assert_eq!(parsed["clouds"]["lab"]["login"].as_str(), Some("http://127.0.0.1:8081"));
        let names: Vec<_> = parsed["tenants"].as_array().expect("tenants").iter().filter_map(|t| t["name"].as_str()).collect();
        assert_eq!(names, ["tenant-01", "tenant-02", "tenant-03"]);
    }
}
