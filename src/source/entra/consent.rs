//! The link that an administrator of the customer opens to let our app in.

use reqwest::Url;

use crate::tenant::TenantId;

/// The admin-consent page of a tenant. The older of the two forms, because it grants everything that the registration asks for, all
/// resources at once; the newer one would need a round per resource.
#[must_use]
pub fn consent_url(login: &Url, tenant: &TenantId, client_id: &str) -> Url {
    let mut url = below(login, &[tenant.as_str(), "adminconsent"]);
    url.query_pairs_mut().append_pair("client_id", client_id);
    url
}

/// A page below the sign-in host, which may itself stand below a path (a proxy).
pub(super) fn below(login: &Url, segments: &[&str]) -> Url {
    let mut url = login.clone();
    // Only URLs such as `mailto:` have no path to add to, and the configuration accepts http and https.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::consent_url;
    use crate::tenant::TenantId;

    #[test]
    fn the_link_names_tenant_and_app_below_whatever_path_the_login_host_has() {
        let tenant = TenantId::from("11111111-1111-1111-1111-111111111111");
        for (login, expected) in [
            (
                "https://login.microsoftonline.com",
                "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/adminconsent?client_id=app",
            ),
            (
                "https://proxy.example/entra/",
                "https://proxy.example/entra/11111111-1111-1111-1111-111111111111/adminconsent?client_id=app",
            ),
        ] {
            assert_eq!(consent_url(&login.parse().unwrap(), &tenant, "app").as_str(), expected);
        }
    }
}
