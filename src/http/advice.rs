//! What to do about a refusal of Microsoft Graph. It is told by the operation, what was sent,
//! the status and the service's code, never by its text, which is not stable: where one code stands for several causes,
//! the advice names each. Source: Microsoft Graph error responses and resource types; the pages of
//! the operations named here.

use super::call::Call;
use crate::error::Fault;

/// What to do about some refusals.
struct Advice {
    /// Operations without their service; none: any.
    of: &'static [&'static str],
    status: u16,
    /// The service's code; none: any.
    code: Option<&'static str>,
    /// What the address or the body holds, one of these; none: anything.
    holds: &'static [&'static str],
    help: &'static str,
}

/// Where relationships are.
const GDAP: &str = "/tenantRelationships/delegatedAdmin";

const QUERIES: &str = "a raw query that counts, searches, compares or sorts by more than the simplest needs the header `ConsistencyLevel: eventual` and `$count=true`, which calls of described lists get by themselves unless the script gives the header; what can be filtered by tells e.g. `tenantry doc graph::users`";
const LICENCES: &str = "see that the user has a `usageLocation` (`graph::update_user`), that `graph::skus(tenant)` has units left, and that no group gives the licence (`licenseAssignmentStates[].assignedByGroup`): that one is taken from the group";
const PEOPLE: &str = "the domain of a sign-in name must be one that `graph::domains(tenant)` shows as verified, and the name no other user's; a password has 8 to 256 characters of three kinds, without the user's name: `graph::reset_password(tenant, user)` makes one; a `usageLocation` is a country in two letters of ISO 3166";
const MEMBERS: &str = "the members of a group with a `membershipRule` follow from the rule: change it, or what it looks at; all other groups take users, groups and devices of their own tenant, each once";
const STATES: &str = "read `graph::gdap_relationship(relationship).status`: while `created` it can be changed, deleted and locked; while `active` it can be assigned, extended and terminated";
const SETTING: &str = "a `displayName` has at most 50 characters, `duration` is P1D to P730D, and `autoExtendDuration` P180D does not go with the role Global Administrator";

const FILTERS: &str = "in a filter, texts stand in single quotes, with those inside doubled, and dates without quotes but with their zone (`2026-03-01T00:00:00Z`); `where(…)` writes it so for a text and a `date(…)`";
const RANKS: &str = "who holds a directory role is changed only by a user with a role above it, never by an application: leave out `principal`, or give \"user\"";

const ALL: &[Advice] = &[
    Advice {
        of: &[],
        status: 400,
        code: Some("Request_UnsupportedQuery"),
        holds: &["$filter", "$search", "$orderby", "$count"],
        help: QUERIES,
    },
    Advice {
        of: &[],
        status: 400,
        code: Some("Request_UnsupportedQuery"),
        holds: &["$top="],
        help: "`$top` is how many a page holds; a list goes on to its end whatever it is",
    },
    Advice {
        of: &[],
        status: 400,
        code: Some("Request_UnsupportedQuery"),
        holds: &["$expand="],
        help: "one relation can be expanded, of those that the list knows; ask for the others by themselves",
    },
    Advice {
        of: &["get", "list"],
        status: 400,
        code: Some("Request_BadRequest"),
        holds: &["$count"],
        help: QUERIES,
    },
    Advice {
        of: &[],
        status: 400,
        code: Some("Directory_ExpiredPageToken"),
        holds: &[],
        help: "read the list from its beginning: a link to a next page is good for one tenant and one query, and for a while",
    },
    Advice {
        of: &["change_licenses"],
        status: 400,
        code: None,
        holds: &[],
        help: LICENCES,
    },
    Advice {
        of: &["create_user", "update_user"],
        status: 400,
        code: Some("Request_BadRequest"),
        holds: &["userPrincipalName", "passwordProfile", "usageLocation"],
        help: PEOPLE,
    },
    Advice {
        of: &["add_group_member_ref", "remove_group_member_ref"],
        status: 400,
        code: None,
        holds: &[],
        help: MEMBERS,
    },
    Advice {
        of: &["remove_group_owner_ref"],
        status: 400,
        code: None,
        holds: &[],
        help: "a Microsoft 365 group keeps its last owner: make somebody else one first, `graph::add_owner(tenant, group, user)`",
    },
    Advice {
        of: &["create_gdap"],
        status: 409,
        code: None,
        holds: &[],
        help: "take another `displayName`: it must differ from those of all the partner's relationships",
    },
    Advice {
        of: &[],
        status: 409,
        code: None,
        holds: &[GDAP],
        help: STATES,
    },
    Advice {
        of: &[],
        status: 403,
        code: None,
        holds: &[GDAP],
        help: "relationships are the partner's own (`partner::home()`): its admin agents work with them, signed in with multi-factor authentication, and no application does",
    },
    Advice {
        of: &["update_user", "enable_user", "disable_user", "delete_user"],
        status: 403,
        code: None,
        holds: &[],
        help: RANKS,
    },
    Advice {
        of: &[],
        status: 400,
        code: Some("BadRequest"),
        holds: &["$filter="],
        help: FILTERS,
    },
    Advice {
        of: &[],
        status: 400,
        code: Some("BadRequest"),
        holds: &["/v1.0/me"],
        help: "`/me` is the user who is signed in, which an application is not: leave out `principal`, or give \"user\"",
    },
    Advice {
        of: &["create_gdap", "update_gdap", "extend_gdap"],
        status: 400,
        code: None,
        holds: &[],
        help: SETTING,
    },
    Advice {
        of: &["create_gdap_assignment", "update_gdap_assignment"],
        status: 400,
        code: None,
        holds: &[],
        help: "the group must be a security group of the partner's own tenant, and its roles must be among those of the relationship",
    },
    Advice {
        of: &["verify_domain"],
        status: 400,
        code: None,
        holds: &[],
        help: "publish one of `graph::domain_verification_records(tenant, domain)` in the domain's DNS, and try again once it is visible",
    },
    Advice {
        of: &["delete_domain"],
        status: 400,
        code: None,
        holds: &[],
        help: "see what still uses it: `graph::domain_references(tenant, domain)`",
    },
    Advice {
        of: &["create_ca_policy", "update_ca_policy"],
        status: 400,
        code: None,
        holds: &[],
        help: "see `graph::security_defaults(tenant).isEnabled`: while it is true, no policy can be enabled",
    },
    Advice {
        of: &[],
        status: 401,
        code: Some("Authorization_IdentityNotFound"),
        holds: &[],
        help: "the application has no service principal in that tenant: consent to it, by `partner::consent_application` or by an administrator at `auth::admin_consent_url(tenant)`",
    },
    Advice {
        of: &[],
        status: 404,
        code: Some("MailboxNotEnabledForRESTAPI"),
        holds: &[],
        help: "the user has no mailbox: assign a licence that holds Exchange Online",
    },
    Advice {
        of: &[],
        status: 404,
        code: Some("Request_ResourceNotFound"),
        holds: &[],
        help: "look for it in the list of that tenant: it may be another tenant's or deleted, and what was just made may take some seconds to be found",
    },
    Advice {
        of: &[],
        status: 410,
        code: None,
        holds: &[],
        help: "start anew: `graph::delta(tenant, collection)` reads all of it",
    },
    Advice {
        of: &[],
        status: 428,
        code: None,
        holds: &[],
        help: "send the object's `@odata.etag` in the header `If-Match`; the described function does so by itself, with that of the record it is given",
    },
];

/// Returns what to do about the refusal of a call.
pub(super) fn of(fault: &Fault, call: &Call) -> Option<&'static str> {
    let body = call.body.as_deref().unwrap_or_default();
    find(fault, &call.target, &String::from_utf8_lossy(body))
}

fn find(fault: &Fault, target: &str, body: &str) -> Option<&'static str> {
    if fault.service != "graph" {
        return None;
    }
    let name = fault.operation.rsplit("::").next().unwrap_or_default();
    let holds = |part: &&str| target.contains(part) || body.contains(part);
    let fits = |advice: &&Advice| {
        advice.status == fault.status
            && (advice.of.is_empty() || advice.of.contains(&name))
            && advice.code.is_none_or(|code| code == fault.code)
            && (advice.holds.is_empty() || advice.holds.iter().any(holds))
    };
    ALL.iter().find(fits).map(|advice| advice.help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::service;

    /// Checks how the advice begins; empty: there is none.
    fn check(operation: &str, status: u16, code: &str, holds: &str, begins: &str) {
        let fault = Fault {
            service: "graph".to_owned(),
            operation: format!("graph::{operation}"),
            status,
            code: code.to_owned(),
            ..Fault::default()
        };
        let found = find(&fault, holds, "").unwrap_or_default();
        let fits = found.starts_with(begins) && found.is_empty() == begins.is_empty();
        assert!(fits, "{operation} {status} {code} {holds}: {found}");
    }

    #[test]
    fn advice_is_found_by_operation_status_code_and_address() {
        const BAD: &str = "Request_BadRequest";
        check("change_licenses", 400, BAD, "", "see that the user");
        let query = "Request_UnsupportedQuery";
        check("users", 400, query, "?$filter=a", "a raw query");
        check("users", 400, query, "?$top=0", "`$top` is");
        check("users", 400, query, "?$skip=1", "");
        check(
            "update_user",
            400,
            BAD,
            "{\"usageLocation\":1}",
            "the domain of",
        );
        check("update_user", 400, BAD, "{\"city\":1}", "");
        check("get", 400, BAD, "/v1.0/users/$count", "a raw query");
        check("get", 400, BAD, "/v1.0/users", "");
        check(
            "users",
            400,
            "BadRequest",
            "/v1.0/users?$filter=a",
            "in a filter",
        );
        check("get", 400, "BadRequest", "/v1.0/me/memberOf", "`/me` is");
        check("create_gdap", 409, "Conflict", GDAP, "take another");
        check("terminate_gdap", 409, "Conflict", GDAP, "read `graph::gdap");
        check(
            "gdap_relationships",
            403,
            "Forbidden",
            GDAP,
            "relationships are",
        );
        check("users", 404, "Request_ResourceNotFound", "", "look for it");
        check(
            "users",
            401,
            "Authorization_IdentityNotFound",
            "",
            "the application has",
        );
        check("users", 403, "Authorization_RequestDenied", "", "");
    }

    #[test]
    fn other_services_are_not_advised_here() {
        let fault = Fault {
            service: "partner".to_owned(),
            status: 428,
            ..Fault::default()
        };
        assert_eq!(find(&fault, "", ""), None);
    }

    #[test]
    fn advice_is_given_of_operations_that_there_are() {
        let graph = service("graph").expect("a built-in service");
        let names = ALL.iter().flat_map(|advice| advice.of);
        for name in names.filter(|name| !["get", "list"].contains(name)) {
            assert!(graph.operation(name).is_some(), "{name}");
        }
    }
}
