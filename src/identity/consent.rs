//! Where an administrator of a tenant gives the application consent. Source: Microsoft identity
//! platform, "Grant tenant-wide admin consent to an application".

use url::Url;

use crate::api::ServiceName;
use crate::config::Profile;

/// Where the browser goes afterwards: the redirect that applications of this kind register.
const REDIRECT: &str = "http://localhost";

/// Returns the page of a tenant; it asks for everything that the
/// application's registration lists.
pub(crate) fn address(profile: &Profile, tenant: &str) -> Option<Url> {
    let mut page = profile.endpoints.login.clone();
    page.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend([tenant, "v2.0", "adminconsent"]);
    page.query_pairs_mut()
        .append_pair("client_id", &profile.client_id)
        .append_pair(
            "scope",
            &format!("{}/.default", ServiceName::Graph.resource()),
        )
        .append_pair("redirect_uri", REDIRECT);
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::tests::profile;

    #[test]
    fn the_page_is_beneath_the_login_address() {
        let mut profile = profile("http://localhost:1");
        profile.endpoints.login = "https://login.example/a/".parse().expect("a URL");
        profile.client_id = "app".to_owned();
        let found = address(&profile, "fabrikam.example").expect("an address");
        assert_eq!(
            found.as_str(),
            "https://login.example/a/fabrikam.example/v2.0/adminconsent?client_id=app&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&redirect_uri=http%3A%2F%2Flocalhost"
        );
    }
}
