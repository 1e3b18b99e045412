//! The pages on which a customer's administrator answers a partner's wish.

use std::fmt::Write as _;

use super::{escape, field, page};
use crate::sandbox::reply::Reply;

/// What the page for approving shows.
#[derive(Debug)]
pub(in crate::sandbox::entra) struct Approval<'a> {
    /// Where the form goes.
    pub(in crate::sandbox::entra) action: &'a str,
    /// Name of the relationship.
    pub(in crate::sandbox::entra) name: &'a str,
    /// Who asks.
    pub(in crate::sandbox::entra) partner: &'a str,
    /// Who is asked.
    pub(in crate::sandbox::entra) customer: &'a str,
    /// For how many days.
    pub(in crate::sandbox::entra) days: u32,
    /// Names of the roles.
    pub(in crate::sandbox::entra) roles: &'a [&'a str],
    /// What was wrong.
    pub(in crate::sandbox::entra) problem: Option<&'a str>,
}

/// Writes the page down.
pub(in crate::sandbox::entra) fn approval(asked: &Approval<'_>) -> Reply {
    let mut lines = vec!["<h1>Approve partner roles</h1>".to_owned()];
    lines.push(format!(
        "<p><b>{}</b> asks for these roles in <b>{}</b>, for {} days, as <b>{}</b>:</p>\n<ul>",
        escape(asked.partner),
        escape(asked.customer),
        asked.days,
        escape(asked.name)
    ));
    let roles = asked.roles.iter();
    lines.extend(roles.map(|role| format!("<li>{}</li>", escape(role))));
    lines.push("</ul>".to_owned());
    if let Some(problem) = asked.problem {
        let problem = escape(problem);
        lines.push(format!("<p class=\"problem\" role=\"alert\">{problem}</p>"));
    }
    let action = escape(asked.action);
    lines.push(format!("<form method=\"post\" action=\"{action}\">"));
    lines.push(field("User name", "username", "text", ""));
    lines.push(field("Password", "password", "password", ""));
    lines.push("<label><input type=\"checkbox\" name=\"mfa\" value=\"on\" checked> with the second factor</label>".to_owned());
    lines.push("<button name=\"decision\" value=\"accept\">Approve all</button>".to_owned());
    lines.push("<button name=\"decision\" value=\"deny\">Reject</button>".to_owned());
    lines.push("</form>\n".to_owned());
    page(200, "Approve partner roles", &lines.join("\n"))
}

/// Returns the page that goes on to what stands behind the `#` of its own address.
pub(in crate::sandbox::entra) fn follow_fragment() -> Reply {
    let mut text = "<h1>Admin center</h1>\n".to_owned();
    let script = "if(location.hash.startsWith('#/'))location.replace('/AdminPortal/Home'+location.hash.slice(1))";
    let _ = writeln!(
        text,
        "<p>Open the whole link that the partner gave you.</p>\n<script>{script}</script>"
    );
    page(200, "Admin center", &text)
}
