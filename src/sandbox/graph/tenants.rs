//! Other tenants, as much as everybody may know of them. Source: graph reference §11.

use serde_json::json;

use super::access::{Rule, admit, missing};
use super::odata::{Kind, entity};
use crate::sandbox::entra::roles::GLOBAL_READER;
use crate::sandbox::entra::{domains, tenants};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='{domain}')",
        by_domain,
    ),
    Route::graph(
        "GET",
        "/v1.0/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenant}')",
        by_id,
    ),
];

const READ: Rule = Rule {
    scopes: &["CrossTenantInformation.ReadBasic.All"],
    apps: &["CrossTenantInformation.ReadBasic.All"],
    roles: &[GLOBAL_READER],
    members: true,
};

const TENANT: Kind = Kind {
    name: "TenantInformation",
    ..Kind::PLAIN
};

fn by_domain(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    find(request, tx, request.param("domain"))
}

fn by_id(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    find(request, tx, request.param("tenant"))
}

fn find(request: &Request, tx: &Tx<'_>, name: &str) -> Outcome {
    admit(request, tx, &READ)?;
    let tenant = tenants::find(tx, &name.to_lowercase()).ok_or_else(|| missing(name))?;
    let mut known = domains::of(tx, &tenant.id).into_iter();
    let default = known.find(|known| known.domain.default);
    let row = json!({
        "tenantId": tenant.id,
        "defaultDomainName": default.map(|known| known.domain.name),
        "displayName": tenant.name,
        "federationBrandName": null,
    });
    entity(request, &TENANT, "microsoft.graph.tenantInformation", row)
}

#[cfg(test)]
mod tests {
    use crate::sandbox::entra::seed::HOME;
    use crate::sandbox::graph::bench::{Megan, refused, text};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn a_tenant_is_found_by_its_domain_and_its_id() {
        let bench = Bench::new();
        let scopes = ["CrossTenantInformation.ReadBasic.All"];
        let megan = Megan::with(&bench, HOME, &scopes, &[]);
        let all = "/v1.0/tenantRelationships";
        let by_domain = |domain: &str| {
            megan.get(&format!(
                "{all}/findTenantInformationByDomainName(domainName='{domain}')"
            ))
        };
        let seen = by_domain("fabrikam.onmicrosoft.com");
        assert_eq!(text(&seen, "tenantId"), FABRIKAM, "{}", seen.json);
        let path = format!("{all}/findTenantInformationByTenantId(tenantId='{FABRIKAM}')");
        let seen = megan.get(&path);
        assert_eq!(text(&seen, "defaultDomainName"), "fabrikam.onmicrosoft.com");
        assert_eq!(refused(&by_domain("nobody.example")).0, 404);
        let unverified = by_domain("shop.fabrikam.example");
        assert_eq!(refused(&unverified).0, 404);
    }
}
