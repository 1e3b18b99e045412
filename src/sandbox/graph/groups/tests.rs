//! Groups as a caller sees them: every rule with the code and text of its refusal.

mod making;

use serde_json::{Value, json};

use crate::sandbox::entra::groups::{ADMIN_AGENTS, HELPDESK_AGENTS, SALES_AGENTS};
use crate::sandbox::entra::roles::USER_ADMINISTRATOR;
use crate::sandbox::entra::seed::{HOME, REFRESH_WITHOUT_MFA, SELLER};
use crate::sandbox::graph::bench::Megan;
use crate::sandbox::seed::{FABRIKAM, NORTHWIND, id_of, numbered};
use crate::sandbox::store::key;
use crate::sandbox::testing::{Bench, Seen};

const GRAPH: &str = "https://graph.microsoft.com";

/// Sends a request of Megan, with a token of a tenant.
pub(in crate::sandbox::graph) fn ask(
    bench: &Bench,
    tenant: &str,
    (verb, path): (&str, &str),
    body: &Value,
) -> Seen {
    let bearer = bench.bearer(tenant, Bench::refreshed(), GRAPH);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    bench.send(verb, &format!("/graph/v1.0{path}"), &headers, body.into())
}

/// Gets a path as Megan.
pub(in crate::sandbox::graph) fn get(bench: &Bench, tenant: &str, path: &str) -> Seen {
    ask(bench, tenant, ("GET", path), &Value::Null)
}

/// Checks a refusal: its status and code, and what its text begins with.
#[track_caller]
pub(in crate::sandbox::graph) fn refused(seen: &Seen, status: u16, code: &str, text: &str) {
    let error = &seen.json["error"];
    assert_eq!(
        (seen.status, error["code"].as_str()),
        (status, Some(code)),
        "{}",
        seen.json
    );
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.starts_with(text), "{message}");
}

/// Returns a property of all items of a list.
#[track_caller]
pub(in crate::sandbox::graph) fn all(seen: &Seen, name: &str) -> Vec<String> {
    assert_eq!(seen.status, 200, "{}", seen.json);
    let values = seen.json["value"].as_array().expect("a list").iter();
    values
        .map(|value| value[name].as_str().unwrap_or_default().to_owned())
        .collect()
}

const BAD: &str = "Request_BadRequest";
const NONE: &str = "Request_ResourceNotFound";

fn user(number: u32) -> String {
    id_of(FABRIKAM, 1, number)
}

fn group(number: u32) -> String {
    id_of(FABRIKAM, 9, number)
}

fn reference(id: &str) -> Value {
    json!({ "@odata.id": format!("{GRAPH}/v1.0/directoryObjects/{id}") })
}

fn new(name: &str) -> Value {
    json!({ "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true })
}

/// Makes a group of a body that is laid over that of a security group.
fn make(bench: &Bench, name: &str, more: &Value) -> Seen {
    let mut body = new(name);
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    ask(bench, FABRIKAM, ("POST", "/groups"), &body)
}

#[test]
fn groups_are_listed_and_read_with_their_usual_properties() {
    let bench = Bench::new();
    let seen = get(&bench, FABRIKAM, "/groups");
    assert_eq!(
        all(&seen, "displayName"),
        ["Sales", "All Staff", "Everyone dynamic"]
    );
    let staff = get(&bench, FABRIKAM, &format!("/groups/{}", group(2))).json;
    assert_eq!(
        (
            &staff["groupTypes"],
            &staff["mail"],
            &staff["securityEnabled"]
        ),
        (
            &json!(["Unified"]),
            &json!("allstaff@fabrikam.onmicrosoft.com"),
            &json!(false)
        )
    );
    assert!(staff["assignedLicenses"].is_null() && staff["@odata.type"].is_null());
    assert!(staff.as_object().expect("an object").contains_key("theme"));
    let path = format!(
        "/groups('{}')?$select=assignedLicenses,unseenCount",
        group(3)
    );
    let seen = get(&bench, FABRIKAM, &path);
    assert_eq!(seen.json["assignedLicenses"], json!([]), "{}", seen.json);
    assert_eq!(seen.json["unseenCount"], 0);
    assert!(seen.json.get("displayName").is_none());
    let dynamic = get(&bench, FABRIKAM, &format!("/groups/{}", group(3))).json;
    assert_eq!(dynamic["groupTypes"], json!(["DynamicMembership"]));
    assert_eq!(dynamic["membershipRuleProcessingState"], "On");
    let sid = dynamic["securityIdentifier"].as_str().expect("a SID");
    assert!(sid.starts_with("S-1-12-1-4206304416-"), "{sid}");
    refused(
        &get(&bench, FABRIKAM, "/groups/none"),
        404,
        NONE,
        "Resource 'none'",
    );
    let away = format!("/groups/{ADMIN_AGENTS}");
    refused(&get(&bench, FABRIKAM, &away), 404, NONE, "");
    assert_eq!(get(&bench, HOME, &away).json["displayName"], "AdminAgents");
    let none = get(&bench, NORTHWIND, "/groups");
    assert!(all(&none, "id").is_empty());
}

#[test]
fn members_and_owners_are_listed_with_their_types() {
    let bench = Bench::new();
    let sales = format!("/groups/{}", group(1));
    let members = get(&bench, FABRIKAM, &format!("{sales}/members"));
    assert_eq!(all(&members, "displayName"), ["Kim Abe", "Lee Gu"]);
    assert_eq!(
        members.json["value"][0]["@odata.type"],
        "#microsoft.graph.user"
    );
    let owners = get(&bench, FABRIKAM, &format!("{sales}/owners"));
    assert_eq!(all(&owners, "id"), [user(3)]);
    let nested = ask(
        &bench,
        FABRIKAM,
        ("POST", &format!("{sales}/members/$ref")),
        &reference(&group(2)),
    );
    assert_eq!(nested.status, 204, "{}", nested.json);
    let cast = format!("{sales}/members/microsoft.graph.group");
    assert_eq!(all(&get(&bench, FABRIKAM, &cast), "id"), [group(2)]);
    let through = format!("{sales}/transitiveMembers");
    assert_eq!(all(&get(&bench, FABRIKAM, &through), "id").len(), 3);
    let of = format!("/groups/{}/memberOf", group(2));
    assert_eq!(all(&get(&bench, FABRIKAM, &of), "displayName"), ["Sales"]);
    let odd = format!("{sales}/members/microsoft.graph.cat");
    refused(
        &get(&bench, FABRIKAM, &odd),
        400,
        "BadRequest",
        "Resource not found for the segment",
    );
    bench.change(|tx| {
        let path = crate::sandbox::store::key(&[FABRIKAM, &user(2)]);
        let kim = tx.partner.users.edit(&path).expect("seeded");
        kim.deleted = Some((kim_deleted(), kim.upn.clone()));
    });
    let members = get(&bench, FABRIKAM, &format!("{sales}/members"));
    assert!(!all(&members, "id").contains(&user(2)), "a deleted user");
}

fn kim_deleted() -> crate::base::clock::Timestamp {
    "2026-03-01T00:00:00Z".parse().expect("a time")
}

#[test]
fn members_come_and_go_by_reference() {
    let bench = Bench::new();
    let refs = format!("/groups/{}/members/$ref", group(1));
    let add = |path: &str, body: &Value| ask(&bench, FABRIKAM, ("POST", path), body);
    assert_eq!(add(&refs, &reference(&user(4))).status, 204);
    refused(
        &add(&refs, &reference(&user(4))),
        400,
        BAD,
        "One or more added object references already exist for the following modified properties: 'members'.",
    );
    let unknown = "00000000-0000-4000-8000-000000000000";
    refused(
        &add(&refs, &reference(unknown)),
        404,
        NONE,
        "Resource '0000",
    );
    refused(&add(&refs, &json!({})), 400, BAD, "A value is required");
    let odd = json!({ "@odata.id": "user 7" });
    refused(&add(&refs, &odd), 400, BAD, "Invalid URL format");
    let unified = format!("/groups/{}/members/$ref", group(2));
    let dynamic = format!("/groups/{}/members/$ref", group(3));
    for (path, id) in [(&unified, group(1)), (&dynamic, user(1)), (&refs, group(1))] {
        let text =
            "An invalid operation was included in the following modified references: 'members'.";
        refused(&add(path, &reference(&id)), 400, BAD, text);
    }
    let leave = |id: &str| {
        let path = format!("/groups/{}/members/{id}/$ref", group(1));
        ask(&bench, FABRIKAM, ("DELETE", &path), &Value::Null)
    };
    assert_eq!(leave(&user(4)).status, 204);
    refused(&leave(&user(4)), 404, NONE, "");
}

#[test]
fn without_ref_the_member_itself_is_deleted() {
    let bench = Bench::new();
    let path = format!("/groups/{}/members/{}", group(1), user(2));
    let delete = || ask(&bench, FABRIKAM, ("DELETE", &path), &Value::Null);
    assert_eq!(delete().status, 204);
    let kim = format!("/directoryObjects/{}", user(2));
    refused(&get(&bench, FABRIKAM, &kim), 404, NONE, "");
    refused(&delete(), 404, NONE, "");
}

#[test]
fn an_administrator_is_not_deleted_by_who_stands_below_it() {
    let bench = Bench::new();
    let members = format!("/groups/{}/members", group(1));
    let path = format!("{members}/$ref");
    let seen = ask(&bench, FABRIKAM, ("POST", &path), &reference(&user(1)));
    assert_eq!(seen.status, 204, "{}", seen.json);
    let scopes = ["User.ReadWrite.All", "Directory.Read.All"];
    let below = Megan::with(&bench, FABRIKAM, &scopes, &[USER_ADMINISTRATOR]);
    let seen = below.delete(&format!("/v1.0{members}/{}", user(1)));
    refused(&seen, 403, "Authorization_RequestDenied", "");
    let seen = below.delete(&format!("/v1.0{members}/{}", user(2)));
    assert_eq!(seen.status, 204, "{}", seen.json);
}

#[test]
fn owners_come_and_go_but_a_shared_mailbox_keeps_one() {
    let bench = Bench::new();
    let owner = |verb: &str, number: u32, id: &str| {
        let (path, body) = match verb {
            "POST" => (
                format!("/groups/{}/owners/$ref", group(number)),
                reference(id),
            ),
            _ => (
                format!("/groups/{}/owners/{id}/$ref", group(number)),
                Value::Null,
            ),
        };
        ask(&bench, FABRIKAM, (verb, &path), &body)
    };
    assert_eq!(owner("DELETE", 1, &user(3)).status, 204);
    refused(
        &owner("DELETE", 2, &user(1)),
        400,
        BAD,
        "The group must have at least one owner, hence this owner cannot be removed.",
    );
    assert_eq!(owner("POST", 2, &user(2)).status, 204);
    refused(
        &owner("POST", 2, &user(2)),
        400,
        BAD,
        "One or more added object references already exist for the following modified properties: 'owners'.",
    );
    refused(
        &owner("POST", 2, &group(1)),
        400,
        BAD,
        "An invalid operation",
    );
    assert_eq!(owner("DELETE", 2, &user(1)).status, 204);
    refused(&owner("DELETE", 2, &user(1)), 404, NONE, "");
}

#[test]
fn an_owner_changes_the_members_of_its_group_without_a_role() {
    let bench = Bench::new();
    let path = format!("/graph/v1.0/groups/{SALES_AGENTS}/members/$ref");
    let form = format!("grant_type=refresh_token&refresh_token={REFRESH_WITHOUT_MFA}");
    let bearer = bench.bearer(HOME, &form, GRAPH);
    let headers = [("authorization", bearer.as_str())];
    let add = |id: &str| bench.send("POST", &path, &headers, reference(id).to_string().into());
    refused(
        &add(HELPDESK_AGENTS),
        403,
        "Authorization_RequestDenied",
        "",
    );
    bench.change(|tx| {
        let group = tx.directory.groups.edit(&key(&[HOME, SALES_AGENTS]));
        group.expect("a group").owners.push(SELLER.to_owned());
    });
    assert_eq!(add(HELPDESK_AGENTS).status, 204);
    let rename = format!("/graph/v1.0/groups/{SALES_AGENTS}");
    let body = json!({ "displayName": "Sellers" }).to_string();
    let seen = bench.send("PATCH", &rename, &headers, body.into());
    refused(&seen, 403, "Authorization_RequestDenied", "");
}

#[test]
fn who_may_not_is_refused() {
    let bench = Bench::new();
    let sam = "grant_type=refresh_token&refresh_token=0.sandbox-refresh-token-sam";
    let bearer = bench.bearer(HOME, sam, GRAPH);
    let headers = [("authorization", bearer.as_str())];
    let seen = bench.send("GET", "/graph/v1.0/groups", &headers, "".into());
    assert_eq!(seen.status, 200, "a member reads the directory");
    let body = new("Buyers").to_string();
    let seen = bench.send("POST", "/graph/v1.0/groups", &headers, body.into());
    let text = "Insufficient privileges to complete the operation.";
    refused(&seen, 403, "Authorization_RequestDenied", text);
}

#[test]
fn changes_of_groups_are_tracked() {
    let bench = Bench::new();
    let seen = get(
        &bench,
        FABRIKAM,
        "/groups/delta?$select=displayName,members",
    );
    assert_eq!(all(&seen, "id").len(), 3);
    let link = seen.json["@odata.deltaLink"]
        .as_str()
        .expect("a link")
        .to_owned();
    let (_, path) = link.split_once("/graph/v1.0").expect("a link to here");
    let delete = format!("/groups/{}", group(1));
    assert_eq!(
        ask(&bench, FABRIKAM, ("DELETE", &delete), &Value::Null).status,
        204
    );
    let seen = get(&bench, FABRIKAM, path);
    assert_eq!(all(&seen, "id"), [group(1)]);
    assert_eq!(seen.json["value"][0]["@removed"]["reason"], "changed");
}

#[test]
fn objects_are_found_by_their_ids() {
    let bench = Bench::new();
    let post = |path: &str, body: Value| ask(&bench, FABRIKAM, ("POST", path), &body);
    let ids = json!({ "ids": [user(2), group(1), "none"], "types": ["group"] });
    let seen = post("/directoryObjects/getByIds", ids);
    assert_eq!(all(&seen, "@odata.type"), ["#microsoft.graph.group"]);
    let many = json!({ "ids": vec!["x"; 1001] });
    refused(
        &post("/directoryObjects/getByIds", many),
        400,
        BAD,
        "Too many ids",
    );
    refused(
        &post("/directoryObjects/getByIds", json!({})),
        400,
        BAD,
        "A value is required",
    );
    let path = format!("/directoryObjects/{}/checkMemberGroups", user(2));
    let seen = post(&path, json!({ "groupIds": [group(1), group(2), "none"] }));
    assert_eq!(seen.json["value"], json!([group(1), group(2)]));
    let many = json!({ "groupIds": vec!["x"; 21] });
    refused(&post(&path, many), 400, BAD, "Too many groupIds");
}
