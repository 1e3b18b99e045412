//! Contracts: the partner's customers as its directory notes them. A tenant that is no partner has
//! none. Source: graph reference §11, §15.17.

use serde_json::{Value, json};

use super::access::{READERS, Rule, admit, missing};
use super::odata::{Kind, entity, list as page_of, listed, only, page, select};
use crate::sandbox::derived;
use crate::sandbox::entra::seed::HOME;
use crate::sandbox::partner::scope;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::{Customer, Tx};

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/contracts", list),
    Route::graph("GET", "/v1.0/contracts/{contract}", get),
];

const READ: Rule = Rule {
    scopes: &[
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &["Directory.Read.All", "Directory.ReadWrite.All"],
    roles: READERS,
    members: true,
};

const CONTRACT: Kind = Kind {
    name: "Contract",
    filter: &[("customerId", "eq"), ("defaultDomainName", "eq")],
    directory: true,
    ..Kind::PLAIN
};

/// Shows the contract with a customer: a copy from when the relation began, never made anew. Its id follows from the
/// customer's, so that it begins as that does.
fn shown(row: &Customer) -> Value {
    let name = row.original_name.as_ref();
    json!({
        "id": id(&row.id),
        "deletedDateTime": null,
        "contractType": "ResellerPartner",
        "customerId": row.id,
        "defaultDomainName": row.domain,
        "displayName": name.unwrap_or(&row.billing.company_name),
    })
}

fn id(customer: &str) -> String {
    let tail = derived::guid(&["contract", customer]);
    format!("{}{}", &customer[..8], &tail[8..])
}

/// Returns the partner's customers after one, in the order of their ids.
fn after<'t>(tx: &'t Tx<'_>, after: Option<&str>) -> impl Iterator<Item = Customer> + use<'t> {
    let first = after.unwrap_or_default().to_owned();
    let kept = tx.partner.customers.from_key(&first);
    let kept = kept.filter(move |(key, _)| *key != first);
    let mut kept = kept.map(|(_, row)| row.clone()).peekable();
    let mut made = numbered::after(tx, after).peekable();
    std::iter::from_fn(move || match (kept.peek(), made.peek()) {
        (Some(left), Some(right)) if left.id > right.id => made.next(),
        (None, _) => made.next(),
        _ => kept.next(),
    })
}

/// Answers a list. One that filters nothing is as long as there are customers, so that only a page
/// of it is made.
fn list(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let has_none = caller.tenant != HOME;
    let plain = only(request, &["$top", "$select", "$skiptoken"]).is_ok();
    if has_none || !plain {
        let rows = after(tx, None).filter(|_| !has_none);
        return listed(request, &CONTRACT, "contracts", rows.map(|row| shown(&row)));
    }
    let wanted = page(request, CONTRACT.most)?;
    let found = after(tx, wanted.after.as_deref())
        .take(wanted.top + 1)
        .map(|row| Ok((row.id.clone(), select(request, shown(&row), &[])?)))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let value = page_of(request, "contracts", &wanted, found.into_iter());
    Ok(Reply::ok(value))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let caller = admit(request, tx, &READ)?;
    let wanted = request.param("contract").to_lowercase();
    let head = wanted.get(..8).unwrap_or_default().to_owned();
    let kept = tx.partner.customers.from_key(&head);
    let kept = kept.take_while(|(key, _)| key.starts_with(&head));
    let customer = kept
        .map(|(_, row)| row.clone())
        .find(|row| id(&row.id) == wanted)
        .or_else(|| scope::find(tx, &numbered::named(tx, &wanted)?))
        .filter(|row| caller.tenant == HOME && id(&row.id) == wanted);
    let row = customer.ok_or_else(|| missing(&wanted))?;
    entity(request, &CONTRACT, "contracts/$entity", shown(&row))
}

#[cfg(test)]
mod tests {
    use crate::sandbox::graph::bench::{Megan, ids, refused, text};
    use crate::sandbox::limits::Limits;
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    #[test]
    fn every_customer_has_a_contract_and_nobody_else_has_any() {
        let bench = Bench::with(Limits::Current, 300);
        let megan = Megan::at_home(&bench);
        let mut link = Some("/v1.0/contracts".to_owned());
        let (mut all, mut pages) = (Vec::new(), 0);
        while let Some(path) = link {
            let seen = megan.get(&path);
            all.extend(ids(&seen).into_iter().map(str::to_owned));
            pages += 1;
            let next = seen.json["@odata.nextLink"].as_str();
            link = next.and_then(|next| Some(next.split_once("/graph")?.1.to_owned()));
        }
        assert_eq!((all.len(), pages), (305, 4));
        for id in [&all[6], &all[304]] {
            let seen = megan.get(&format!("/v1.0/contracts/{id}"));
            assert_eq!(&text(&seen, "id"), id);
        }
        let unknown = megan.get(&format!("/v1.0/contracts/{FABRIKAM}"));
        assert_eq!(refused(&unknown).0, 404);
        let contract = |name: &str| {
            let seen = megan
                .get("/v1.0/contracts?$filter=defaultDomainName%20eq%20'fabrikam.onmicrosoft.com'");
            seen.json["value"][0][name].clone()
        };
        let partner = bench.user();
        let profile = format!("/v1/customers/{FABRIKAM}/profiles/billing");
        let mut renamed = partner.get(&profile).json;
        renamed["companyName"] = "Fabrikam Two".into();
        let tag = renamed["attributes"]["etag"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let seen = partner.send("PUT", &profile, &[("if-match", &tag)], Some(renamed));
        assert_eq!(
            (seen.status, &text(&seen, "companyName")[..]),
            (200, "Fabrikam Two")
        );
        assert_eq!(contract("displayName"), "Fabrikam, Inc.", "never refreshed");
        let elsewhere = Megan::of(&bench, FABRIKAM);
        let seen = elsewhere.get("/v1.0/contracts");
        assert_eq!((seen.status, ids(&seen).len()), (200, 0));
        let own = format!("/v1.0/contracts/{}", all[6]);
        assert_eq!(elsewhere.get(&own).status, 404);
    }
}
