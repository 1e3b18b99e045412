//! `whoami`: who calls are made as, for each principal that the profile has.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::args::OutputFormat;
use super::choice;
use super::console::Console;
use super::doctor::Reader;
use super::host::Place;
use crate::api::{Principal, ServiceName};
use crate::base::clock::Work;
use crate::config::{Cloud, Profile};
use crate::http::{Tenant, Who};

/// Tells who calls are made as.
#[derive(Debug, Args)]
#[command(after_help = "\
Asks for the tokens that calls to Microsoft Graph are made with, and shows what they say; the
tokens themselves are never shown. The exit code is 4 if one is refused.

Examples:
  tenantry whoami
  tenantry whoami --tenant fabrikam.onmicrosoft.com
  tenantry whoami --output json")]
pub(super) struct Whoami {
    /// In this tenant, by its id or a domain [default: the profile's own]
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
}

/// Shows who each principal is and returns the exit code.
pub(super) fn whoami(console: &Console, args: &Whoami) -> u8 {
    let place = match Place::choose(console.globals.profile.as_deref()) {
        Ok(place) => place,
        Err(error) => return console.fail(&error, None),
    };
    let profile = &place.account.profile;
    console.say(&choice::line(profile));
    let _work = Work::begin(&place.clock);
    let reader = Reader(Arc::new(place.reader(console)));
    let tenant = args.tenant.as_ref();
    let tenant = tenant.map_or(Tenant::Home, |name| Tenant::Of(name.to_lowercase()));
    let (mut known, mut refused) = (Vec::new(), Vec::new());
    for principal in [Principal::App, Principal::User] {
        if profile.has(principal) {
            match reader.claims(ServiceName::Graph, &tenant, principal) {
                Ok(claims) => known.push(Who::of(&claims)),
                Err(error) => refused.push(error),
            }
        }
    }
    let exit = match known.as_slice() {
        [] => 0,
        known => show(console, profile, known),
    };
    let exits = refused.iter().map(|error| console.fail(error, None));
    exits.fold(exit, |first, next| if first == 0 { next } else { first })
}

fn show(console: &Console, profile: &Profile, known: &[Who]) -> u8 {
    if console.globals.output == OutputFormat::Table {
        return console.print(&text(profile, known));
    }
    let found = json!({
        "profile": profile.name,
        "role": profile.role.as_str(),
        "cloud": Cloud::of(&profile.endpoints).as_str(),
        "tenant": known.first().map(|who| &who.tenant),
        "principals": known.iter().map(Who::to_json).collect::<Vec<_>>(),
    });
    console.finish(|output| output.result(&found.to_string()))
}

/// Returns what people read.
fn text(profile: &Profile, known: &[Who]) -> String {
    let cloud = Cloud::of(&profile.endpoints).as_str();
    let mut lines = vec![
        ("profile", profile.name.clone()),
        ("role", profile.role.as_str().to_owned()),
        ("cloud", cloud.to_owned()),
    ];
    if let Some(who) = known.first() {
        lines.push(("tenant", who.tenant.clone()));
    }
    for who in known {
        lines.push(("", String::new()));
        lines.extend(about(who));
    }
    let mut text = String::new();
    for (name, value) in lines {
        let line = format!("{name:13}{value}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn about(who: &Who) -> Vec<(&'static str, String)> {
    let named = |id: &str, name: Option<&String>| match name {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    };
    let application = named(&who.application, who.application_name.as_ref());
    let mut lines = vec![("principal", who.principal.as_str().to_owned())];
    if let Some(user) = &who.user {
        let upn = user.upn.as_deref().unwrap_or(&user.id);
        lines.push(("user", named(upn, user.name.as_ref())));
    }
    lines.extend([
        ("application", application),
        ("object id", who.object_id.clone()),
        ("roles", listed(&who.roles)),
    ]);
    if who.user.is_some() {
        let mfa = match who.mfa {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        lines.extend([("scopes", listed(&who.scopes)), ("mfa", mfa.to_owned())]);
    }
    let expires = who.expires.map(|at| at.to_string());
    lines.push(("expires", expires.unwrap_or_else(|| "unknown".to_owned())));
    lines
}

fn listed(list: &[String]) -> String {
    match list {
        [] => "none".to_owned(),
        list => list.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::User;

    #[test]
    fn who_is_told_in_lines() {
        let user = Who {
            principal: Principal::User,
            tenant: "t".to_owned(),
            user: Some(User {
                id: "o".to_owned(),
                upn: Some("kim@example".to_owned()),
                name: Some("Kim".to_owned()),
            }),
            application: "a".to_owned(),
            application_name: None,
            object_id: "o".to_owned(),
            roles: Vec::new(),
            scopes: vec!["A".to_owned(), "B".to_owned()],
            mfa: Some(false),
            expires: None,
        };
        let lines = about(&user);
        let line = |name: &str| {
            let found = lines.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(line("user"), Some("Kim (kim@example)"));
        assert_eq!(
            (line("roles"), line("scopes")),
            (Some("none"), Some("A, B"))
        );
        assert_eq!(
            (line("mfa"), line("expires")),
            (Some("no"), Some("unknown"))
        );
        let app = Who {
            user: None,
            principal: Principal::App,
            ..user
        };
        assert!(
            about(&app)
                .iter()
                .all(|(name, _)| !["user", "mfa", "scopes"].contains(name))
        );
    }
}
