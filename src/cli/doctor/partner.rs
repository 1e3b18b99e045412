//! What Partner Center and the partner's directory say about the principal.

use serde_json::Value;

use super::mend;
use super::reader::Reader;
use super::verdict::Verdict;
use crate::api::{Principal, ServiceName};
use crate::config::Profile;
use crate::error::{Code, Error};
use crate::http::{Response, Tenant};

/// A group that the user is a member of, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
}

/// The partner's groups that give the roles of Partner Center, and those roles. Source: Partner
/// Center, "Assign user roles and permissions"; the groups are made in the partner's directory.
const AGENTS: [(&str, &str); 3] = [
    (ADMIN_AGENTS, "AdminAgent"),
    ("HelpdeskAgents", "HelpdeskAgent"),
    ("SalesAgents", "SalesAgent"),
];

/// The group whose members may do everything for customers.
pub(super) const ADMIN_AGENTS: &str = "AdminAgents";

const CUSTOMERS: &str = "/v1/customers?size=1";

/// Asks Partner Center how it sees the user's sign-in.
pub(super) fn mfa(reader: &Reader, profile: &Profile) -> Verdict {
    let ask = [("ValidateMfa", "true")];
    let service = ServiceName::Partner;
    let answer = reader.get(service, &Tenant::Home, Principal::User, CUSTOMERS, &ask);
    judge_mfa(profile, &answer)
}

fn judge_mfa(profile: &Profile, answer: &Result<Response, Error>) -> Verdict {
    let told = answer
        .as_ref()
        .map(|answer| answer.header("isMfaCompliant"));
    match told {
        Ok(Some(told)) if told.eq_ignore_ascii_case("true") => {
            Verdict::pass("Partner Center accepts the sign-in")
        }
        Ok(Some(_)) => {
            let detail = "Partner Center finds no multi-factor authentication in the sign-in, and will refuse it";
            Verdict::fail(detail, mend::sign_in(profile)).code(Code::AuthMfaMissing)
        }
        Ok(None) => Verdict::skip("Partner Center answered, but not whether it is content"),
        Err(error) if error.code() == Code::AuthMfaMissing => {
            Verdict::of(error).mended(mend::sign_in(profile))
        }
        Err(error) => Verdict::of(error),
    }
}

/// Returns the groups that the user is a member of.
pub(super) fn groups(reader: &Reader) -> Result<Vec<Group>, Error> {
    let path = "/v1.0/me/transitiveMemberOf?$select=id,displayName";
    let found = reader.list(ServiceName::Graph, &Tenant::Home, Principal::User, path)?;
    Ok(found.iter().filter_map(group).collect())
}

/// Directory roles stand in the same list; they are no groups.
fn group(json: &Value) -> Option<Group> {
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let kind = json["@odata.type"].as_str();
    kind.is_none_or(|kind| kind == "#microsoft.graph.group")
        .then(|| Group {
            id: text("id"),
            name: text("displayName"),
        })
}

/// Judges the user's role in Partner Center by the groups.
pub(super) fn judge_role(groups: &Result<Vec<Group>, Error>) -> Verdict {
    let groups = match groups {
        Ok(groups) => groups,
        Err(error) => return Verdict::of(error),
    };
    let is_member = |name: &str| groups.iter().any(|group| group.name == name);
    let roles = AGENTS.iter().filter(|(group, _)| is_member(group));
    let roles: Vec<&str> = roles.map(|(_, role)| *role).collect();
    match roles.as_slice() {
        [] => Verdict::fail(
            "the user is no agent in Partner Center: in none of the groups AdminAgents, HelpdeskAgents, SalesAgents",
            GIVE_ROLE,
        ),
        ["SalesAgent"] => Verdict::warn(
            "SalesAgent, who sells but does not manage customers' tenants",
            GIVE_ROLE,
        ),
        roles => Verdict::pass(roles.join(", ")),
    }
}

const GIVE_ROLE: &str = "Partner Center > Settings > Account settings > User management > the user > Assists your customers as: Admin agent";

/// Looks whether Partner Center admits the application by itself.
pub(super) fn application(reader: &Reader) -> Verdict {
    let service = ServiceName::Partner;
    match reader.get(service, &Tenant::Home, Principal::App, CUSTOMERS, &[]) {
        Ok(_) => Verdict::pass("Partner Center lists customers to the application"),
        Err(error) => Verdict::of(&error).mend(
            "register the application: Partner Center > Settings > Account settings > App management > Add new web app",
        ),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::super::machine::tests::profile;
    use super::super::verdict::Status;
    use super::*;

    #[test]
    fn partner_centers_own_view_is_a_header() {
        let check = |header: Option<&'static str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(text) = header {
                headers.insert("ismfacompliant", HeaderValue::from_static(text));
            }
            let answer = Ok(Response {
                status: StatusCode::OK,
                headers,
                body: Bytes::new(),
                url: "http://localhost/".parse().expect("a URL"),
            });
            assert_eq!(
                judge_mfa(&profile(), &answer).status,
                expected,
                "{header:?}"
            );
        };
        check(Some("True"), Status::Pass);
        check(Some("false"), Status::Fail);
        check(None, Status::Skip);
        let refused = Err(Error::new(Code::AuthMfaMissing, "refused"));
        assert_eq!(judge_mfa(&profile(), &refused).status, Status::Fail);
    }

    #[test]
    fn directory_roles_are_no_groups() {
        let of = |kind: &str| {
            group(&serde_json::json!({ "@odata.type": kind, "id": "1", "displayName": "A" }))
        };
        assert!(of("#microsoft.graph.directoryRole").is_none());
        assert_eq!(
            of("#microsoft.graph.group").map(|it| it.name),
            Some("A".to_owned())
        );
    }

    #[test]
    fn roles_come_from_the_groups_of_agents() {
        let check = |names: &[&str], expected| {
            let groups = names.iter().map(|name| Group {
                id: String::new(),
                name: (*name).to_owned(),
            });
            let verdict = judge_role(&Ok(groups.collect()));
            assert_eq!(verdict.status, expected, "{verdict:?}");
        };
        check(&["AdminAgents", "Other"], Status::Pass);
        check(&["HelpdeskAgents", "SalesAgents"], Status::Pass);
        check(&["SalesAgents"], Status::Warn);
        check(&["Other"], Status::Fail);
    }
}
