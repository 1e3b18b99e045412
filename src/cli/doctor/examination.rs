//! The order of the checks, and what each needs of those before it.

use std::sync::Arc;

use super::reader::Reader;
use super::verdict::{Check, Status, Verdict};
use super::{azure, customer, endpoints, machine, partner, tokens};
use crate::api::{Principal, ServiceName};
use crate::base::clock::Work;
use crate::cli::choice;
use crate::cli::console::Console;
use crate::cli::host::Place;
use crate::config::{Profile, Role};
use crate::error::{Code, Error};
use crate::http::{Claims, Tenant, Who, sent_at};
use crate::report::Progress as _;

/// Every check, in order; those of a customer come last.
const OWN: [&str; 11] = [
    "configuration",
    "clock",
    "login_endpoint",
    "partner_endpoint",
    "graph_endpoint",
    "arm_endpoint",
    "app_token",
    "user_token",
    "mfa",
    "partner_mfa",
    "partner_role",
];
const CUSTOMERS: [&str; 5] = ["customer", "consent", "gdap", "gdap_roles", "arm_role"];

/// The checks made so far.
pub(super) struct Examination<'a> {
    console: &'a Console,
    checks: Vec<Check>,
}

impl<'a> Examination<'a> {
    /// Begins.
    pub(super) fn new(console: &'a Console) -> Self {
        Self {
            console,
            checks: Vec::new(),
        }
    }

    /// Returns the checks.
    pub(super) fn end(self) -> Vec<Check> {
        self.checks
    }

    /// Makes a check, unless one that it needs did not pass.
    fn check(&mut self, name: &'static str, needs: &[&str], look: impl FnOnce() -> Verdict) {
        let missing = needs.iter().find_map(|need| {
            let found = self.checks.iter().find(|check| check.name == *need)?;
            match found.verdict.status {
                Status::Pass | Status::Warn => None,
                Status::Fail => Some(format!("`{need}` failed")),
                Status::Skip => Some(format!("`{need}` was skipped")),
            }
        });
        let verdict = if let Some(why) = missing {
            Verdict::skip(why)
        } else {
            let _shown = self.console.screen.start(name);
            look()
        };
        self.checks.push(Check { name, verdict });
    }
}

/// Makes all checks of the chosen profile, those of a customer too if one is named.
pub(super) fn examine(found: &mut Examination<'_>, customer: Option<&str>) {
    let console = found.console;
    let place = match Place::choose(console.globals.profile.as_deref()) {
        Ok(place) => place,
        Err(error) => return unusable(found, &error, customer.is_some()),
    };
    console.say(&choice::line(&place.account.profile));
    let _work = Work::begin(&place.clock);
    found.check("configuration", &[], || {
        machine::configuration(&place.account)
    });
    let eyes = Eyes {
        reader: Reader(Arc::new(place.reader(console))),
        profile: &place.account.profile,
    };
    services(found, &eyes);
    let user = signed_in(found, &eyes);
    let groups = partners(found, &eyes, user.as_ref());
    if let Some(name) = customer {
        customers(found, &eyes, name, groups);
    }
}

/// Nothing can be looked at without a profile.
fn unusable(found: &mut Examination<'_>, error: &Error, customer: bool) {
    found.check(OWN[0], &[], || Verdict::of(error));
    let customers: &[&'static str] = if customer { &CUSTOMERS } else { &[] };
    for name in OWN[1..].iter().chain(customers) {
        found.check(name, &[OWN[0]], || Verdict::of(error));
    }
}

/// What is looked with.
struct Eyes<'a> {
    reader: Reader,
    profile: &'a Profile,
}

impl Eyes<'_> {
    /// Returns the principal that reaches customers: the user, whom GDAP is for, if there is one.
    fn principal(&self) -> Principal {
        if self.profile.has(Principal::User) {
            Principal::User
        } else {
            Principal::App
        }
    }

    fn is_customer(&self) -> bool {
        self.profile.role == Role::Customer
    }
}

/// Looks at the clock and at the addresses.
fn services(found: &mut Examination<'_>, eyes: &Eyes<'_>) {
    let (client, profile) = (&eyes.reader.0, eyes.profile);
    let look = |service, url: Option<url::Url>| match url {
        Some(url) => client.look(service, url),
        None => Err(Error::new(Code::UsageEnvironment, "the address is no URL")),
    };
    let metadata = look("identity", endpoints::metadata(profile));
    let now = client.clock().now();
    found.check("clock", &[], || match &metadata {
        Ok(answer) => machine::judge_clock(now, sent_at(&answer.headers)),
        Err(_) => Verdict::skip("the identity service does not answer"),
    });
    found.check("login_endpoint", &[], || {
        endpoints::judge_login(profile, &metadata)
    });
    let at = &profile.endpoints;
    let services: [(_, _, _, &[&str], _); 3] = [
        (
            "partner_endpoint",
            "partner",
            &at.partner,
            &["v1", "customers"],
            "TENANTRY_ENDPOINT_PARTNER",
        ),
        (
            "graph_endpoint",
            "graph",
            &at.graph,
            &["v1.0", "organization"],
            "TENANTRY_ENDPOINT_GRAPH",
        ),
        (
            "arm_endpoint",
            "arm",
            &at.arm,
            &["subscriptions"],
            "TENANTRY_ENDPOINT_ARM",
        ),
    ];
    for (name, service, root, parts, variable) in services {
        found.check(name, &[], || {
            if service == "partner" && eyes.is_customer() {
                return Verdict::skip(NOT_A_PARTNER);
            }
            let answer = look(service, endpoints::beneath(root, parts));
            endpoints::judge_service(profile, variable, &answer)
        });
    }
}

const NOT_A_PARTNER: &str = "the profile's role is customer, who has nothing in Partner Center";

/// Asks for the profile's own tokens; returns what the user's says.
fn signed_in(found: &mut Examination<'_>, eyes: &Eyes<'_>) -> Option<Claims> {
    let service = if eyes.is_customer() {
        ServiceName::Graph
    } else {
        ServiceName::Partner
    };
    let ask = |principal| eyes.reader.claims(service, &Tenant::Home, principal);
    found.check("app_token", &["login_endpoint"], || {
        if eyes.profile.has(Principal::App) {
            tokens::judge_token(&ask(Principal::App))
        } else {
            Verdict::skip("the profile signs no application in")
        }
    });
    let mut user = None;
    found.check("user_token", &["login_endpoint"], || {
        if !eyes.profile.has(Principal::User) {
            return Verdict::skip("the profile signs no user in");
        }
        let token = ask(Principal::User);
        let verdict = tokens::judge_token(&token);
        user = token.ok();
        verdict
    });
    found.check("mfa", &["user_token"], || match &user {
        Some(claims) => tokens::judge_mfa(eyes.profile, claims),
        None => Verdict::skip("the token does not say how the user signed in"),
    });
    user
}

type Groups = Option<Result<Vec<partner::Group>, Error>>;

/// Looks at the principal as Partner Center sees it; returns the user's groups.
fn partners(found: &mut Examination<'_>, eyes: &Eyes<'_>, user: Option<&Claims>) -> Groups {
    found.check("partner_mfa", &["user_token", "partner_endpoint"], || {
        partner::mfa(&eyes.reader, eyes.profile)
    });
    let mut groups = None;
    let needs: &[&str] = match (eyes.principal(), user) {
        (Principal::App, None) => &["partner_endpoint", "app_token"],
        _ => &["user_token", "partner_endpoint", "graph_endpoint"],
    };
    found.check("partner_role", needs, || match eyes.principal() {
        Principal::App => partner::application(&eyes.reader),
        Principal::User => {
            let all = partner::groups(&eyes.reader);
            let verdict = partner::judge_role(&all);
            groups = Some(all);
            verdict
        }
    });
    groups
}

/// Looks at the way to a customer.
fn customers(found: &mut Examination<'_>, eyes: &Eyes<'_>, name: &str, groups: Groups) {
    let reader = &eyes.reader;
    let mut tenant = Tenant::Of(name.to_lowercase());
    let mut id = String::new();
    found.check("customer", &["login_endpoint"], || {
        if eyes.is_customer() {
            let detail = "a profile of role customer manages its own tenant alone";
            return Verdict::fail(detail, ADMIN).code(Code::AuthRole);
        }
        match reader.0.tenant(&tenant) {
            Ok(found) => {
                id = found.to_string();
                tenant = Tenant::Of(id.clone());
                Verdict::pass(format!("tenant {id}"))
            }
            Err(error) => Verdict::of(&error),
        }
    });
    let principal = eyes.principal();
    let token = match principal {
        Principal::User => "user_token",
        Principal::App => "app_token",
    };
    let mut own = String::new();
    found.check("consent", &["customer", token], || {
        let claims = reader.claims(ServiceName::Graph, &tenant, principal);
        if let Ok(claims) = &claims {
            own = Who::of(claims).object_id;
        }
        let address = reader.0.consent_address(&tenant).ok();
        let address = address.as_ref().map(url::Url::as_str);
        let mend = customer::consent(&eyes.profile.client_id, address);
        customer::judge_consent(&claims, &mend)
    });
    let mut relationships = Ok(Vec::new());
    let needs = ["customer", "user_token", "graph_endpoint"];
    found.check("gdap", &needs, || {
        relationships = customer::relationships(reader, &id);
        customer::judge_gdap(&relationships, reader.0.clock().now())
    });
    let groups = groups.unwrap_or_else(|| Ok(Vec::new()));
    found.check("gdap_roles", &["gdap"], || {
        let all = relationships.as_deref().unwrap_or_default();
        let assignments = customer::assignments(reader, customer::active(all));
        customer::judge_roles(&assignments, &groups)
    });
    found.check("arm_role", &["arm_endpoint", "consent"], || {
        let all = azure::subscriptions(reader, &tenant, principal);
        azure::judge(&all, &own, groups.as_deref().unwrap_or_default())
    });
}

const ADMIN: &str = "look at the customer with a profile of role admin: `tenantry doctor --profile NAME --customer TENANT`";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_names_every_check_in_order() {
        let mut cli = crate::cli::args::Cli::command();
        let doctor = cli.find_subcommand_mut("doctor").expect("a command");
        let help = doctor.render_long_help().to_string();
        let mut rest = help.as_str();
        for name in OWN.iter().chain(&CUSTOMERS) {
            let line = format!("\n  {name} ");
            let at = rest.find(&line).unwrap_or_else(|| panic!("{name}: {help}"));
            rest = &rest[at + 1..];
        }
    }
}
