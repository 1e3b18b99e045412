//! Pages for people: signing in, messages, and the form that carries an answer back. Plain HTML
//! without scripts or anything from elsewhere, except the one line that sends an answer on.

mod approval;
mod style;

pub(super) use approval::{Approval, approval, follow_fragment};

use super::aadsts::Aadsts;
use crate::sandbox::reply::Reply;

/// Writes a text so that HTML shows it as it is.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// What the page for signing in shows.
#[derive(Debug, Default)]
pub(super) struct SignInPage<'a> {
    /// Where the form goes: path and query.
    pub(super) action: &'a str,
    /// Name of the application; empty when it is not known yet.
    pub(super) app: &'a str,
    /// The name that is filled in.
    pub(super) username: &'a str,
    /// The user code of the device flow, where the page asks for one.
    pub(super) user_code: Option<&'a str>,
    /// What the application would be allowed.
    pub(super) permissions: &'a [String],
    /// What was wrong; an expired password has a new one asked for.
    pub(super) problem: Option<&'a Aadsts>,
}

impl SignInPage<'_> {
    /// Writes the page down.
    pub(super) fn reply(&self) -> Reply {
        let mut lines = vec!["<h1>Sign in</h1>".to_owned()];
        if !self.app.is_empty() {
            lines.push(format!("<p>to go on to <b>{}</b></p>", escape(self.app)));
        }
        if let Some(problem) = self.problem {
            let problem = escape(&format!("AADSTS{}: {}", problem.code, problem.text));
            lines.push(format!("<p class=\"problem\" role=\"alert\">{problem}</p>"));
        }
        let action = escape(self.action);
        lines.push(format!("<form method=\"post\" action=\"{action}\">"));
        lines.extend(
            self.user_code
                .map(|code| field("Code", "user_code", "text", code)),
        );
        lines.push(field("User name", "username", "text", self.username));
        lines.push(field("Password", "password", "password", ""));
        if self.problem.is_some_and(|problem| problem.code == 50_055) {
            lines.push(field("New password", "new_password", "password", ""));
        }
        lines.push("<label><input type=\"checkbox\" name=\"mfa\" value=\"on\" checked> with the second factor</label>".to_owned());
        if !self.permissions.is_empty() {
            lines.push("<p>The application asks for these permissions:</p>\n<ul>".to_owned());
            let permissions = self.permissions.iter();
            lines.extend(permissions.map(|one| format!("<li>{}</li>", escape(one))));
            lines.push("</ul>".to_owned());
        }
        lines.push("<button name=\"decision\" value=\"accept\">Accept</button>".to_owned());
        lines.push("<button name=\"decision\" value=\"deny\">Cancel</button>".to_owned());
        lines.push("</form>\n".to_owned());
        page(200, "Sign in", &lines.join("\n"))
    }
}

fn field(label: &str, name: &str, kind: &str, value: &str) -> String {
    format!(
        "<label>{label} <input type=\"{kind}\" name=\"{name}\" value=\"{}\" autocomplete=\"off\"></label>",
        escape(value)
    )
}

/// Returns a page with a message and nothing to do.
pub(super) fn message(status: u16, title: &str, text: &str) -> Reply {
    let (title, text) = (escape(title), escape(text));
    page(
        status,
        &title,
        &format!("<h1>{title}</h1>\n<p>{text}</p>\n"),
    )
}

/// Returns the page that posts an answer to an application (`response_mode=form_post`).
pub(super) fn form_post(target: &str, fields: &[(&str, String)]) -> Reply {
    let mut lines = vec![format!(
        "<form method=\"post\" action=\"{}\">",
        escape(target)
    )];
    lines.extend(fields.iter().map(|(name, value)| {
        let value = escape(value);
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    }));
    lines.push("<button>Continue</button>\n</form>".to_owned());
    lines.push("<script>document.forms[0].submit()</script>\n".to_owned());
    page(200, "Working…", &lines.join("\n"))
}

fn page(status: u16, title: &str, body: &str) -> Reply {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{body}<footer>The sandbox of Tenantry: nothing here is worth anything.</footer>\n</main>\n</body>\n</html>\n",
        style::STYLE
    );
    let mut reply = Reply::bytes("text/html; charset=utf-8", text);
    reply.status = status;
    reply
        .header("cache-control", "no-store, no-cache")
        .header("pragma", "no-cache")
}
