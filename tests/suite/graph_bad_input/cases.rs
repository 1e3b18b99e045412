//! The mistakes, one line each, and what the scripts share.

use crate::refused_case::{Case, case};

/// What every script may name.
pub(super) const NAMES: &str = r#"
let t = "fab71ca0-5b2c-4f3d-8e1a-6c7d8e9f0a1b"; // Fabrikam
let tailspin = "7a115b10-9c4e-4a2b-b5d6-0e1f2a3b4c5d";
let home = partner::home();
let plain = #{ headers: #{ ConsistencyLevel: "session" } }; // else raw calls say `eventual` by themselves
let domain = "fabrikam.onmicrosoft.com";
let lee = `lee@${domain}`;
let sales = "fab71ca0-0009-4000-8000-000000000001";
let kim = "fab71ca0-0001-4000-8000-000000000002";
let nora = "fab71ca0-0001-4000-8000-000000000006"; // a guest
let dynamic = "fab71ca0-0009-4000-8000-000000000003";
let basic = "3b555118-da6a-4418-894f-7df1e2096870";
let premium = "f245ecc8-75af-4f8e-b61f-27d8114de5f3";
let reader = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
let global = "62e90394-69f5-4237-9190-012177145e10";
let relationships = "/v1.0/tenantRelationships/delegatedAdminRelationships";
let operators = "6a1c7b62-0009-4000-8000-000000000004";
fn person(name, more) {
    #{ userPrincipalName: name, mailNickname: name.split("@")[0], displayName: "New", accountEnabled: true,
        passwordProfile: #{ password: "Brisk-Otter-4182" } } + more
}
fn roles(role) { #{ unifiedRoles: [#{ roleDefinitionId: role }] } }
fn grant(group, role) {
    #{ accessContainer: #{ accessContainerId: group, accessContainerType: "securityGroup" }, accessDetails: roles(role) }
}
"#;

/// Somebody without a country; three who take the last seats, and a fourth; a group that gives a
/// licence; a relationship that nobody has seen yet.
pub(super) const PREPARED: &str = r#"
graph::create_user(t, person(`nowhere@${domain}`, #{}));
for number in 0..4 {
    graph::create_user(t, person(`u${number}@${domain}`, #{ usageLocation: "US" }));
    if number < 3 { graph::assign_license(t, `u${number}@${domain}`, premium); }
}
graph::assign_group_license(t, sales, #{ addLicenses: [#{ skuId: basic }], removeLicenses: [] });
graph::add_member(t, sales, graph::user(t, `u0@${domain}`));
graph::create_gdap(#{ displayName: "Litware desk", duration: "P365D", accessDetails: roles(reader) });
()
"#;

/// What the scripts about relationships name.
pub(super) const RELATED: &str = r#"
let made = graph::gdap_relationships().find(|r| r.displayName == "Litware desk");
let active = graph::gdap_relationships(#{ filter: where("customer.tenantId").eq(t) }).first();
let assignment = graph::gdap_assignments(active).first();
"#;

const REFUSED: (&str, &str) = ("graph.refused", "Request_BadRequest");
const QUERY: (&str, &str) = ("graph.refused", "Request_UnsupportedQuery");
const STATE: (&str, &str) = ("graph.refused", "Conflict");
const ARGUMENT: (&str, &str) = ("script.argument", "");
const SCOPE: (&str, &str) = ("scope.missing", "");
const MISSING: (&str, &str) = ("graph.not_found", "Request_ResourceNotFound");

/// A missing scope.
pub(super) const SCOPES: &[Case] = &[
    case(
        "graph::users(()).count()",
        SCOPE,
        "nothing: `()`",
        "give a Customer record, a GUID",
    ),
    case(
        "graph::get((), \"/v1.0/users\")",
        SCOPE,
        "nothing: `()`",
        "give a Customer record",
    ),
    case(
        "graph::batch((), [#{ method: \"GET\", path: \"/v1.0/users\" }])",
        SCOPE,
        "nothing",
        "give a Customer",
    ),
    case(
        "graph::delta((), \"users\")",
        SCOPE,
        "nothing",
        "give a Customer record",
    ),
    case(
        "graph::add_member((), sales, kim)",
        SCOPE,
        "nothing",
        "give a Customer record",
    ),
];

/// Queries that a list does not take, or not so.
pub(super) const QUERIES: &[Case] = &[
    case(
        "graph::users(t, #{ filter: where(\"hobby\").eq(\"x\") }).count()",
        ARGUMENT,
        "cannot be filtered by `hobby`; it can be by id, accountEnabled",
        "",
    ),
    case(
        "graph::users(t, #{ filter: where(\"displayName\").contains(\"x\") }).count()",
        ARGUMENT,
        "`displayName` with `contains`; it can compare displayName (eq, ne, starts_with, one_of)",
        "",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$filter=hobby eq 'x'\")",
        QUERY,
        "for property 'hobby' of resource 'User'",
        "`tenantry doc graph::users`",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$filter=userType ne 'Guest'\", plain)",
        QUERY,
        "property 'userType'",
        "`ConsistencyLevel: eventual` and `$count=true`",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$search=\\\"displayName:kim\\\"\", plain)",
        QUERY,
        "$search",
        "`ConsistencyLevel: eventual`",
    ),
    case(
        "graph::get(t, \"/v1.0/users/$count\")",
        REFUSED,
        "refused `get`",
        "`ConsistencyLevel: eventual`",
    ),
    case("graph::get(t, \"/v1.0/users?$skip=5\")", QUERY, "$skip", ""),
    case(
        "graph::users(t, #{ top: 1000 }).count()",
        QUERY,
        "between 1 and 999",
        "",
    ),
    case(
        "graph::users(t, #{ select: [\"hobby\"] }).count()",
        ARGUMENT,
        "names `hobby`",
        "",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$select=hobby&$filter=displayName eq 'x'\")",
        REFUSED,
        "property named 'hobby'",
        "",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$filter=displayName eq 'O'Neill'\")",
        ("graph.refused", "BadRequest"),
        "filter",
        "with those inside doubled",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$filter=createdDateTime ge 2026-01-01T00:00:00\")",
        ("graph.refused", "BadRequest"),
        "filter",
        "with their zone",
    ),
    case(
        "graph::get(t, \"/v1.0/users?$top=1&$skiptoken=made-up\")",
        ("graph.refused", "Directory_ExpiredPageToken"),
        "page token",
        "from its beginning",
    ),
    case(
        "graph::get(t, \"/v1.0/me/memberOf\", #{ principal: \"app\" })",
        ("graph.refused", "BadRequest"),
        "delegated",
        "leave out `principal`",
    ),
];

/// Users, their names, passwords, and licences.
pub(super) const PEOPLE: &[Case] = &[
    case(
        "graph::change_licenses(t, lee, parse_json(`{\"addLicenses\":[]}`))",
        ARGUMENT,
        "`removeLicenses` is required",
        "",
    ),
    case(
        "graph::post(t, `/v1.0/users/${lee}/assignLicense`, #{ addLicenses: [] })",
        REFUSED,
        "removeLicenses",
        "",
    ),
    case(
        "graph::assign_license(t, `nowhere@${domain}`, basic)",
        REFUSED,
        "invalid usage location",
        "`usageLocation`",
    ),
    case(
        "graph::assign_license(t, `u3@${domain}`, premium)",
        REFUSED,
        "does not have any available licenses",
        "`graph::skus(tenant)` has units left",
    ),
    case(
        "graph::remove_license(t, `u0@${domain}`, basic)",
        REFUSED,
        "inherited from a group",
        "taken from the group",
    ),
    case(
        "graph::change_licenses(t, `u0@${domain}`, #{ addLicenses: [], removeLicenses: [basic] })",
        REFUSED,
        "inherited from a group",
        "assignedByGroup",
    ),
    case(
        "graph::create_user(t, person(\"new@nowhere.example\", #{}))",
        REFUSED,
        "verified domain",
        "`graph::domains(tenant)`",
    ),
    case(
        "graph::update_user(t, lee, #{ userPrincipalName: \"lee@nowhere.example\" })",
        REFUSED,
        "verified domain",
        "`graph::domains(tenant)`",
    ),
    case(
        "graph::create_user(t, person(`kim@${domain}`, #{}))",
        REFUSED,
        "already exists",
        "no other user's",
    ),
    case(
        "graph::create_user(t, person(`new@${domain}`, #{ passwordProfile: #{ password: \"abc\" } }))",
        REFUSED,
        "complexity",
        "8 to 256 characters",
    ),
    case(
        "graph::reset_password(t, lee, \"abc\")",
        REFUSED,
        "complexity",
        "8 to 256 characters",
    ),
    case(
        "graph::get(t, `/v1.0/users/nora_litware.example#EXT#@${domain}`)",
        ARGUMENT,
        "may not hold",
        "write `%23` for `#`",
    ),
    case(
        "graph::user(tailspin, lee)",
        MISSING,
        "for tenant 7a115b10",
        "it may be another tenant's",
    ),
    case(
        "graph::update_user(t, `admin@${domain}`, #{ passwordProfile: #{ password: \"Brisk-Otter-4182\" } }, #{ principal: \"app\" })",
        ("graph.refused", "Authorization_RequestDenied"),
        "privileges",
        "never by an application",
    ),
    case(
        "graph::sign_ins(\"4047b714-2a3b-4c5d-9e6f-7a8b9c0d1e2f\").count()",
        (
            "graph.refused",
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        ),
        "premium",
        "P1 or P2",
    ),
];

/// Members of groups.
pub(super) const MEMBERS: &[Case] = &[
    case(
        "graph::add_member(t, dynamic, nora)",
        REFUSED,
        "'members'",
        "`membershipRule`",
    ),
    case(
        "graph::remove_member(t, dynamic, kim)",
        REFUSED,
        "'members'",
        "`membershipRule`",
    ),
    case(
        "graph::add_member(t, sales, lee)",
        ARGUMENT,
        "named by its id or a record",
        "`graph::user(tenant, name)`",
    ),
    case(
        "graph::remove_group_member_ref(t, sales, sales)",
        MISSING,
        "does not exist",
        "look for it",
    ),
    case(
        "graph::remove_group_owner_ref(t, \"fab71ca0-0009-4000-8000-000000000002\", \"fab71ca0-0001-4000-8000-000000000001\")",
        REFUSED,
        "at least one owner",
        "`graph::add_owner",
    ),
];

/// Relationships, their entity tags and states.
pub(super) const GDAP: &[Case] = &[
    case(
        "graph::patch(home, `${relationships}/${made.id}`, #{ displayName: \"x\" })",
        ("graph.refused", "preconditionRequired"),
        "If-Match",
        "`@odata.etag`",
    ),
    case(
        "graph::delete(home, `${relationships}/${active.id}/accessAssignments/${assignment.id}`)",
        ("graph.refused", "preconditionRequired"),
        "If-Match",
        "`@odata.etag`",
    ),
    case(
        "graph::patch(home, `${relationships}/${made.id}`, #{ displayName: \"x\" }, #{ headers: #{ \"If-Match\": active[\"@odata.etag\"] } })",
        ("graph.changed_meanwhile", "preconditionFailed"),
        "entity tag",
        "read the object again",
    ),
    case(
        "graph::update_gdap(made, #{ displayName: \"Litware desk\", autoExtendDuration: \"P180D\" }); graph::delete_gdap(made)",
        ("graph.changed_meanwhile", "preconditionFailed"),
        "refused `delete_gdap`",
        "read the object again",
    ),
    case(
        "graph::create_gdap_assignment(made, grant(operators, reader))",
        STATE,
        "status 'created'",
        "while `active` it can be assigned",
    ),
    case(
        "graph::terminate_gdap(made)",
        STATE,
        "status 'created'",
        "`graph::gdap_relationship(relationship).status`",
    ),
    case(
        "graph::lock_gdap(active)",
        STATE,
        "status 'active'",
        "while `created` it can be",
    ),
    case(
        "graph::delete_gdap(active)",
        STATE,
        "status 'active'",
        "while `created` it can be",
    ),
    case(
        "graph::update_gdap(active, #{ displayName: \"x\" })",
        STATE,
        "status 'active'",
        "while `created` it can be",
    ),
    case(
        "graph::create_gdap(#{ displayName: \"Litware desk\", duration: \"P365D\", accessDetails: roles(reader) })",
        STATE,
        "exists already",
        "take another `displayName`",
    ),
    case(
        "graph::create_gdap(#{ displayName: \"x\", duration: \"P365D\", autoExtendDuration: \"P180D\", accessDetails: roles(global) })",
        REFUSED,
        "Global Administrator",
        "does not go with",
    ),
    case(
        "graph::create_gdap(#{ displayName: \"x\", duration: \"P3Y\", accessDetails: roles(reader) })",
        REFUSED,
        "duration",
        "P1D to P730D",
    ),
    case(
        "graph::update_gdap_assignment(active, assignment, #{ accessDetails: roles(global) })",
        REFUSED,
        "not one of the roles",
        "among those of the relationship",
    ),
    case(
        "graph::create_gdap_assignment(active, grant(kim, reader))",
        REFUSED,
        "access container does not exist",
        "the partner's own tenant",
    ),
    case(
        "graph::list(t, relationships).count()",
        ("graph.refused", "Authorization_RequestDenied"),
        "privileges",
        "`partner::home()`",
    ),
];
