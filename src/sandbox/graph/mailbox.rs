//! Mailboxes of users: their settings, and mail sent from them. A user has one with a licence that
//! brings Exchange. Source: graph reference §8, §13.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::access::{Rule, admit};
use super::body::{self, Body, bad};
use super::odata::{context, only};
use super::people::{self, Person};
use crate::sandbox::derived;
use crate::sandbox::entra::roles::EXCHANGE_ADMINISTRATOR;
use crate::sandbox::partner::accounts;
use crate::sandbox::reply::{Refusal, Reply};
use crate::sandbox::route::{Outcome, Request, Route};
use crate::sandbox::seed::numbered;
use crate::sandbox::store::Tx;

pub(super) const ROUTES: &[Route] = &[
    Route::graph("GET", "/v1.0/users/{user}/mailboxSettings", get),
    Route::graph("PATCH", "/v1.0/users/{user}/mailboxSettings", update),
    Route::graph("POST", "/v1.0/users/{user}/sendMail", send),
];

/// Who may read the settings. That an administrator of Exchange reaches them for others, and sends
/// for them, is (unconfirmed).
const READ: Rule = Rule {
    scopes: &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
    apps: &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
    roles: &[EXCHANGE_ADMINISTRATOR],
    members: false,
};

const WRITE: Rule = Rule {
    scopes: &["MailboxSettings.ReadWrite"],
    apps: &["MailboxSettings.ReadWrite"],
    ..READ
};

const SEND: Rule = Rule {
    scopes: &["Mail.Send"],
    apps: &["Mail.Send"],
    ..READ
};

/// What may be changed.
const WRITABLE: [&str; 8] = [
    "@odata.context",
    "automaticRepliesSetting",
    "dateFormat",
    "delegateMeetingMessageDeliveryOptions",
    "language",
    "timeFormat",
    "timeZone",
    "workingHours",
];

/// Returns the user of a call, if the caller is that user or a rule lets it in, and it has a mailbox.
fn owner(request: &Request, tx: &Tx<'_>, rule: &Rule) -> Result<Person, Refusal> {
    let caller = request.caller()?;
    let name = request.param("user");
    let person = people::find(tx, &caller.tenant, name);
    let is_own = person
        .as_ref()
        .is_some_and(|person| person.user.id == caller.object);
    let own = Rule {
        members: is_own,
        ..*rule
    };
    admit(request, tx, &own)?;
    let person = people::need(tx, &caller.tenant, name)?;
    if person.mailbox().is_some() {
        return Ok(person);
    }
    let text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
    Err(Refusal::new(404, "MailboxNotEnabledForRESTAPI", text))
}

fn get(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    only(request, &["$select"])?;
    let person = owner(request, tx, &READ)?;
    Ok(Reply::ok(shown(request, &person)))
}

/// The settings that nobody has changed are this sandbox's choice.
fn shown(request: &Request, person: &Person) -> Value {
    let id = &person.user.id;
    let moment = json!({ "dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC" });
    let mut row = json!({
        "@odata.context": context(request, &format!("users('{id}')/mailboxSettings")),
        "archiveFolder": derived::guid(&[id, "archive"]),
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": moment,
            "scheduledEndDateTime": moment,
        },
        "dateFormat": "M/d/yyyy",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "language": { "locale": "en-US", "displayName": "English (United States)" },
        "timeFormat": "h:mm tt",
        "timeZone": "UTC",
        "userPurpose": "user",
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": { "name": "UTC" },
        },
    });
    for (name, value) in &person.profile.mailbox {
        lay(&mut row[name], value);
    }
    row
}

/// Lays a value over another: objects member by member.
fn lay(over: &mut Value, value: &Value) {
    match (over, value) {
        (Value::Object(members), Value::Object(changed)) => {
            for (name, value) in changed {
                lay(members.entry(name).or_insert(Value::Null), value);
            }
        }
        (over, value) => *over = value.clone(),
    }
}

fn update(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    let person = owner(request, tx, &WRITE)?;
    let mut members = body::read(request)?;
    check(&members)?;
    members.remove("@odata.context");
    numbered::keep(tx, &person.tenant);
    accounts::change_profile(tx, &person.tenant, &person.user.id, |profile| {
        for (name, value) in members {
            merge(&mut profile.mailbox, name, &value);
        }
    });
    let person = people::need(tx, &person.tenant, &person.user.id)?;
    Ok(Reply::ok(shown(request, &person)))
}

fn merge(kept: &mut BTreeMap<String, Value>, name: String, value: &Value) {
    lay(kept.entry(name).or_insert(Value::Null), value);
}

fn check(members: &Map<String, Value>) -> Result<(), Refusal> {
    const REPLIES: [&str; 6] = [
        "status",
        "externalAudience",
        "internalReplyMessage",
        "externalReplyMessage",
        "scheduledStartDateTime",
        "scheduledEndDateTime",
    ];
    let body = Body::of(members, &WRITABLE)?;
    for name in ["timeZone", "dateFormat", "timeFormat"] {
        body.text(name)?;
    }
    let replies = body.object(
        "automaticRepliesSetting",
        "automaticRepliesSetting.",
        &REPLIES,
    )?;
    let Some(replies) = replies else {
        return Ok(());
    };
    one_of(
        replies.text("status")?,
        &["disabled", "alwaysEnabled", "scheduled"],
    )?;
    one_of(
        replies.text("externalAudience")?,
        &["none", "contactsOnly", "all"],
    )
}

fn one_of(word: Option<&str>, words: &[&str]) -> Result<(), Refusal> {
    match word {
        Some(word) if !words.contains(&word) => Err(bad(format!(
            "Cannot convert the literal '{word}' to the expected type."
        ))),
        _ => Ok(()),
    }
}

/// Mail leaves at once, and nobody here receives it.
fn send(request: &Request, tx: &mut Tx<'_>) -> Outcome {
    owner(request, tx, &SEND)?;
    let members = body::read(request)?;
    let body = Body::of(&members, &["message", "saveToSentItems"])?;
    body.flag("saveToSentItems")?;
    let message = body
        .get("message")
        .and_then(Value::as_object)
        .ok_or_else(|| body.required("message"))?;
    let lists = ["toRecipients", "ccRecipients", "bccRecipients"];
    let recipients = lists
        .iter()
        .filter_map(|name| message.get(*name)?.as_array())
        .flatten();
    let mut count = 0;
    for recipient in recipients {
        let address = recipient["emailAddress"]["address"].as_str();
        if address.is_none_or(|address| !address.contains('@')) {
            return Err(no_recipients());
        }
        count += 1;
    }
    if count == 0 {
        return Err(no_recipients());
    }
    Ok(Reply::empty(202))
}

fn no_recipients() -> Refusal {
    let text = "At least one recipient is not valid.";
    Refusal::new(400, "ErrorInvalidRecipients", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::graph::bench::{Megan, refused};
    use crate::sandbox::seed::FABRIKAM;
    use crate::sandbox::testing::Bench;

    const KIM: &str = "/v1.0/users/kim@fabrikam.onmicrosoft.com";
    const SAM: &str = "/v1.0/users/sam@fabrikam.onmicrosoft.com";

    #[test]
    fn settings_are_changed_member_by_member() {
        let bench = Bench::new();
        let graph = Megan::of(&bench, FABRIKAM);
        let path = format!("{KIM}/mailboxSettings");
        let replies = json!({ "automaticRepliesSetting": { "status": "alwaysEnabled", "internalReplyMessage": "Gone" } });
        let changed = graph.send("PATCH", &path, replies);
        assert_eq!(changed.status, 200, "{}", changed.json);
        let seen = graph.get(&path).json;
        let replies = &seen["automaticRepliesSetting"];
        assert_eq!(
            (
                &replies["status"],
                &replies["externalAudience"],
                &seen["timeZone"]
            ),
            (&json!("alwaysEnabled"), &json!("all"), &json!("UTC"))
        );
        for body in [
            json!({ "automaticRepliesSetting": { "status": "away" } }),
            json!({ "userPurpose": "room" }),
            json!({ "timeZone": 1 }),
        ] {
            let seen = graph.send("PATCH", &path, body.clone());
            assert_eq!(refused(&seen).1, "Request_BadRequest", "{body}");
        }
    }

    #[test]
    fn mail_needs_a_mailbox_and_recipients() {
        let bench = Bench::new();
        let graph = Megan::of(&bench, FABRIKAM);
        let to = |addresses: Value| json!({ "message": { "subject": "Hello", "toRecipients": addresses } });
        let ola = json!([{ "emailAddress": { "address": "ola@litware.example" } }]);
        let send = |user: &str, body| graph.send("POST", &format!("{user}/sendMail"), body);
        let sent = send(KIM, to(ola.clone()));
        assert_eq!((sent.status, sent.body.len()), (202, 0), "{}", sent.json);
        let none = send(SAM, to(ola));
        let text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
        assert_eq!(refused(&none), (404, "MailboxNotEnabledForRESTAPI", text));
        let settings = graph.get(&format!("{SAM}/mailboxSettings"));
        assert_eq!(refused(&settings).1, "MailboxNotEnabledForRESTAPI");
        assert_eq!(
            refused(&send(KIM, to(json!([])))).1,
            "ErrorInvalidRecipients"
        );
        assert_eq!(refused(&send(KIM, json!({}))).1, "Request_BadRequest");
    }
}
