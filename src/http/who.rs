//! Who a token is: its claims in the words of people.

use serde_json::{Value, json};

use super::claims::Claims;
use crate::api::{PLAIN_MEMBER, Principal, directory_role};
use crate::base::clock::Timestamp;

/// Who a token is, and what it may do.
#[derive(Debug, Clone, PartialEq)]
pub struct Who {
    /// As whom.
    pub principal: Principal,
    /// Id of the tenant that issued it.
    pub tenant: String,
    /// Who is signed in, if somebody is.
    pub user: Option<User>,
    /// Id of the application.
    pub application: String,
    /// The application's name, where the token says it.
    pub application_name: Option<String>,
    /// Id of the user or service principal in that tenant.
    pub object_id: String,
    /// Directory roles of the user, or the application's own permissions.
    pub roles: Vec<String>,
    /// Delegated permissions.
    pub scopes: Vec<String>,
    /// Whether the user's sign-in had multi-factor authentication, if the token says so.
    pub mfa: Option<bool>,
    /// When the token ends.
    pub expires: Option<Timestamp>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id in that tenant.
    pub id: String,
    /// User principal name.
    pub upn: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

impl Who {
    /// Reads who a token is from its claims, of the v1.0 or v2.0 format.
    pub fn of(claims: &Claims) -> Self {
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| claims.text(name));
            found.map(str::to_owned)
        };
        let object_id = text(&["oid", "sub"]).unwrap_or_default();
        let user = claims.is_user().then(|| User {
            id: object_id.clone(),
            upn: text(&["upn", "preferred_username", "unique_name"]),
            name: text(&["name"]),
        });
        Self {
            principal: user.as_ref().map_or(Principal::App, |_| Principal::User),
            tenant: text(&["tid"]).unwrap_or_default(),
            application: text(&["appid", "azp"]).unwrap_or_default(),
            application_name: text(&["app_displayname"]),
            object_id,
            roles: roles(claims),
            scopes: claims.scopes().into_iter().map(str::to_owned).collect(),
            mfa: user.as_ref().and_then(|_| claims.mfa()),
            expires: claims.expires(),
            user,
        }
    }

    /// Returns it as scripts and programs see it.
    pub fn to_json(&self) -> Value {
        let user = self
            .user
            .as_ref()
            .map(|user| json!({ "id": user.id, "upn": user.upn, "name": user.name }));
        json!({
            "principal": self.principal.as_str(),
            "tenant": self.tenant,
            "user": user,
            "application": { "id": self.application, "name": self.application_name },
            "object_id": self.object_id,
            "roles": self.roles,
            "scopes": self.scopes,
            "mfa": self.mfa,
            "expires": self.expires,
        })
    }
}

/// Returns roles by their names: the application's permissions, and the user's directory roles.
fn roles(claims: &Claims) -> Vec<String> {
    let wids = claims.texts("wids").into_iter();
    let wids = wids.filter(|id| !id.eq_ignore_ascii_case(PLAIN_MEMBER));
    let named = wids.map(|id| directory_role(id).unwrap_or(id));
    let roles = claims.texts("roles").into_iter().chain(named);
    roles.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;

    use super::*;

    fn who(claims: &Value) -> Value {
        let body = BASE64URL.encode(claims.to_string());
        let claims = Claims::of(&format!("e30.{body}.c2ln")).expect("claims");
        Who::of(&claims).to_json()
    }

    #[test]
    fn a_user_and_an_application_are_told_apart() {
        let user = who(&json!({
            "tid": "t", "oid": "o", "appid": "a", "upn": "kim@example", "name": "Kim",
            "scp": "User.Read", "amr": ["pwd"], "exp": 60,
            "wids": ["62e90394-69f5-4237-9190-012177145e10", PLAIN_MEMBER, "other"],
        }));
        assert_eq!(user["principal"], "user");
        assert_eq!(
            user["user"],
            json!({ "id": "o", "upn": "kim@example", "name": "Kim" })
        );
        assert_eq!(user["roles"], json!(["Global Administrator", "other"]));
        assert_eq!(
            (&user["mfa"], &user["expires"]),
            (&json!(false), &json!("1970-01-01T00:01:00Z"))
        );
        let app = who(&json!({
            "tid": "t", "oid": "o", "azp": "a", "roles": ["User.Read.All"], "app_displayname": "Tenantry",
        }));
        assert_eq!(
            (&app["principal"], &app["user"], &app["mfa"]),
            (&json!("app"), &Value::Null, &Value::Null)
        );
        assert_eq!(app["application"], json!({ "id": "a", "name": "Tenantry" }));
        assert_eq!(app["roles"], json!(["User.Read.All"]));
    }
}
