//! Guests are invited: the user is made at once and accepts later. Source: graph reference §8; what a
//! guest's principal name looks like, §1.

use serde_json::json;

use super::access::{Rule, admit};
use super::body::{self, Body, bad};
use super::odata::{Kind, created};
use super::people;
use super::users::check_upn;
use crate::sandbox::entra::roles::{DIRECTORY_WRITERS, USER_ADMINISTRATOR};
use crate::sandbox::entra::{self, tenants};
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::Refusal;
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::store::{Tx, User};

pub(super) const ROUTES: &[Route] = &[Route::graph("POST", "/v1.0/invitations", invite)];

/// Members of a directory may invite, as long as nobody says otherwise.
const INVITE: Rule = Rule {
    scopes: &[
        "User.Invite.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
    ],
    apps: &[
        "User.Invite.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
    ],
    roles: &[USER_ADMINISTRATOR, DIRECTORY_WRITERS],
    members: true,
};

const KNOWN: [&str; 7] = [
    "invitedUserDisplayName",
    "invitedUserEmailAddress",
    "invitedUserMessageInfo",
    "invitedUserType",
    "inviteRedirectUrl",
    "resetRedemption",
    "sendInvitationMessage",
];

const INVITATION: Kind = Kind {
    name: "Invitation",
    ..Kind::PLAIN
};

fn invite(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let tenant = admit(request, tx, &INVITE)?.tenant.clone();
    let members = body::read(request)?;
    let body = Body::of(&members, &KNOWN)?;
    let mail = body.need_text("invitedUserEmailAddress")?;
    let url = body.need_text("inviteRedirectUrl")?;
    if url::Url::parse(url).is_err() {
        return Err(bad(
            "Invalid value specified for property 'inviteRedirectUrl'.",
        ));
    }
    let kind = match body.text("invitedUserType")? {
        None | Some("Guest") => "Guest",
        Some("Member") => "Member",
        Some(_) => {
            return Err(bad(
                "Invalid value specified for property 'invitedUserType'.",
            ));
        }
    };
    let sends = body.flag("sendInvitationMessage")?.unwrap_or(false);
    let name = body.text("invitedUserDisplayName")?;
    let user = guest(tx, &tenant, mail, (name, kind == "Guest"))?;
    let id = tx.guid();
    let row = json!({
        "id": id,
        "inviteRedeemUrl": format!("{}/login/redeem?rd={tenant}&ticket={id}", request.origin),
        "inviteRedirectUrl": url,
        "invitedUserDisplayName": name,
        "invitedUserEmailAddress": mail,
        "invitedUserMessageInfo": body.get("invitedUserMessageInfo"),
        "invitedUserType": kind,
        "invitedUser": { "id": user },
        "resetRedemption": false,
        "sendInvitationMessage": sends,
        "status": "PendingAcceptance",
    });
    let path = format!("invitations/{id}");
    created(request, &INVITATION, "invitations/$entity", row, &path)
}

/// Returns the guest of an address: the one who was invited before, or a new one.
fn guest(
    tx: &mut Tx<'_>,
    tenant: &str,
    mail: &str,
    (name, is_guest): (Option<&str>, bool),
) -> Result<String, Refusal> {
    let (own, domain) = mail
        .split_once('@')
        .filter(|(own, domain)| !own.is_empty() && domain.contains('.'))
        .ok_or_else(|| bad("The invited user email address is not valid."))?;
    let people = people::all(tx, tenant);
    let known = people.iter().find(|person| {
        let invited = person.profile.invited.as_ref();
        invited.is_some_and(|(address, _)| address.eq_ignore_ascii_case(mail))
    });
    if let Some(known) = known {
        return Ok(known.user.id.clone());
    }
    if accounts::is_verified(tx, tenant, domain) {
        return Err(bad(
            "The domain of the invited user is a verified domain of this directory.",
        ));
    }
    let initial = tenants::find(tx, tenant).and_then(|found| found.domains.into_iter().next());
    let upn = format!("{own}_{domain}#EXT#@{}", initial.unwrap_or_default());
    check_upn(tx, tenant, &upn, None)?;
    let user = User {
        id: tx.guid(),
        upn,
        first_name: None,
        last_name: None,
        display_name: name.unwrap_or(own).to_owned(),
        immutable_id: None,
        usage_location: None,
        phone_number: None,
        change_password: false,
        licences: Vec::new(),
        deleted: None,
    };
    let secret = tx.guid();
    accounts::add(tx, tenant, &user, &secret);
    entra::set_enabled(tx, &user.id, true);
    accounts::change_profile(tx, tenant, &user.id, |profile| {
        profile.guest = is_guest;
        profile.invited = Some((mail.to_owned(), false));
        profile.other_mails = vec![mail.to_owned()];
    });
    Ok(user.id)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::sandbox::graph::bench::{Megan, refused};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    fn invitation(mail: &str) -> Value {
        json!({ "invitedUserEmailAddress": mail, "inviteRedirectUrl": "https://fabrikam.example" })
    }

    #[test]
    fn a_guest_is_a_user_with_a_name_of_its_own() {
        let bench = Bench::new();
        let graph = Megan::of(&bench, FABRIKAM);
        let seen = graph.send(
            "POST",
            "/v1.0/invitations",
            invitation("ola@litware.example"),
        );
        assert_eq!(
            (seen.status, &seen.json["status"]),
            (201, &json!("PendingAcceptance")),
            "{}",
            seen.json
        );
        let id = seen.json["invitedUser"]["id"].as_str().unwrap_or_default();
        let user = graph.get(&format!(
            "/v1.0/users/{id}?$select=userPrincipalName,userType,mail,creationType"
        ));
        assert_eq!(
            user.json["userPrincipalName"],
            "ola_litware.example#EXT#@fabrikam.onmicrosoft.com"
        );
        assert_eq!(
            (&user.json["userType"], &user.json["creationType"]),
            (&json!("Guest"), &json!("Invitation"))
        );
        let again = graph.send(
            "POST",
            "/v1.0/invitations",
            invitation("OLA@litware.example"),
        );
        assert_eq!(again.json["invitedUser"]["id"], id, "the same guest");
        for (body, expected) in [
            (
                invitation("nobody"),
                "The invited user email address is not valid.",
            ),
            (
                invitation("x@fabrikam.onmicrosoft.com"),
                "The domain of the invited user is a verified domain of this directory.",
            ),
            (
                json!({ "inviteRedirectUrl": "https://a.example" }),
                "A value is required for property 'invitedUserEmailAddress' of resource.",
            ),
            (
                json!({ "invitedUserEmailAddress": "a@b.example" }),
                "A value is required for property 'inviteRedirectUrl' of resource.",
            ),
        ] {
            let seen = graph.send("POST", "/v1.0/invitations", body);
            assert_eq!(refused(&seen), (400, "Request_BadRequest", expected));
        }
    }
}
