//! What a profile's role forbids. A customer's user manages the own tenant alone, and Partner Center
//! is for partners: whatever concerns it or another tenant is refused before anything is asked or
//! sent. Source: the guide's "CSP Customer" sample.

use crate::api::ServiceName;
use crate::base::text::is_guid;
use crate::config::{Profile, Role};
use crate::error::{Code, Error};
use crate::http::{Call, Tenant};

/// Fails if the call concerns another than the profile may manage, as far as its words tell. `own`
/// is the profile's tenant: as it was given, and its id if that is known.
pub(crate) fn check(profile: &Profile, call: &Call, own: &[&str]) -> Result<(), Error> {
    if profile.role != Role::Customer {
        return Ok(());
    }
    let is_own = |name: &str| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    let operation = &call.operation;
    if call.service == ServiceName::Partner {
        return Err(refused(
            profile,
            &format!("`{operation}` is for the partner"),
        ));
    }
    match &call.tenant {
        Tenant::Of(name) if !is_own(name) && comparable(name, own) => {
            Err(another(profile, operation, name))
        }
        _ => Ok(()),
    }
}

/// Fails if a token would be of another tenant than the own one, by their ids.
pub(crate) fn check_tenant(profile: &Profile, tenant: &str, own: &str) -> Result<(), Error> {
    if profile.role != Role::Customer || tenant == own {
        return Ok(());
    }
    Err(another(profile, "the call", tenant))
}

/// Returns whether two names tell that two tenants differ: ids do, a domain and an id do not.
fn comparable(name: &str, own: &[&str]) -> bool {
    is_guid(name) && own.iter().any(|own| is_guid(own))
}

fn another(profile: &Profile, operation: &str, tenant: &str) -> Error {
    refused(
        profile,
        &format!("`{operation}` concerns the tenant {tenant}, which is not its own"),
    )
}

fn refused(profile: &Profile, why: &str) -> Error {
    Error::new(
        Code::AuthRole,
        format!(
            "the profile `{}` is a customer's user and manages the tenant {} alone: {why}",
            profile.name, profile.tenant
        ),
    )
    .help("use a profile with the role `admin`: `--profile NAME`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::get;
    use crate::identity::tests::profile;

    use ServiceName::{Arm, Graph, Partner};

    #[test]
    fn a_customer_s_user_manages_the_own_tenant_alone() {
        let own = "c0000000-0000-4000-8000-000000000001";
        let other = "c0000000-0000-4000-8000-000000000002";
        let mut customer = profile("http://localhost:1");
        customer.role = Role::Customer;
        let of = |name: &str| Tenant::Of(name.to_owned());
        let check = |service, tenant, about: Option<&str>, allowed: bool| {
            let call = Call {
                service,
                tenant,
                about: about.map(str::to_owned),
                ..get("/v1/x")
            };
            let found = super::check(&customer, &call, &["own.example", own]);
            assert_eq!(found.is_ok(), allowed, "{call:?}");
            if let Err(error) = found {
                assert_eq!(error.code(), Code::AuthRole);
                assert!(error.parts().help.is_some());
            }
            let admin = profile("http://localhost:1");
            assert!(super::check(&admin, &call, &[own]).is_ok());
        };
        check(Partner, Tenant::Home, None, false);
        check(Partner, Tenant::Home, Some(other), false);
        check(Partner, Tenant::Home, Some(own), false);
        check(Graph, Tenant::Home, None, true);
        check(Graph, of(own), None, true);
        check(Graph, of("Own.Example"), None, true);
        check(Graph, of(other), None, false);
        check(Arm, of(&other.to_uppercase()), None, false);
        // Which tenant a domain means is asked for, then looked at again.
        check(Arm, of("other.example"), None, true);
        assert!(check_tenant(&customer, other, own).is_err());
        assert!(check_tenant(&customer, own, own).is_ok());
    }
}
