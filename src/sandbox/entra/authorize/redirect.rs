//! Redirect addresses: whether one is registered, and how an answer goes back to it.

use url::Url;

use crate::sandbox::entra::aadsts::{Aadsts, Trace};
use crate::sandbox::entra::page;
use crate::sandbox::reply::Reply;
use crate::sandbox::store::{App, Redirect};

/// How an answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl Mode {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }
}

/// Returns the registered address that one of a request is, if any. They are compared letter by
/// letter; for `localhost` the port does not matter.
pub(in crate::sandbox::entra) fn is_registered<'a>(
    app: &'a App,
    uri: &str,
) -> Option<&'a Redirect> {
    let uri = without_port(uri);
    app.redirects
        .iter()
        .find(|redirect| without_port(&redirect.uri) == uri)
}

/// Takes the port away, where it does not matter.
fn without_port(uri: &str) -> String {
    let Some(rest) = uri.strip_prefix("http://localhost:") else {
        return uri.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (port, rest) = rest.split_at(end);
    match port.parse::<u16>() {
        Ok(_) => format!("http://localhost{rest}"),
        Err(_) => uri.to_owned(),
    }
}

/// Where an answer goes.
#[derive(Debug, Clone)]
pub(super) struct Back {
    pub(super) uri: String,
    pub(super) mode: Mode,
    pub(super) state: Option<String>,
}

impl Back {
    /// Sends an answer.
    pub(super) fn go(&self, mut fields: Vec<(&'static str, String)>) -> Reply {
        fields.extend(self.state.clone().map(|state| ("state", state)));
        let Ok(mut url) = Url::parse(&self.uri) else {
            return page::message(400, "Nowhere to go", "The redirect address is no URL.");
        };
        match self.mode {
            Mode::FormPost => return page::form_post(&self.uri, &fields),
            Mode::Query => {
                url.query_pairs_mut().extend_pairs(&fields);
            }
            Mode::Fragment => {
                let text = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&fields)
                    .finish();
                url.set_fragment(Some(&text));
            }
        }
        Reply::empty(302)
            .header("location", url.as_str())
            .header("cache-control", "no-store, no-cache")
            .header("pragma", "no-cache")
    }

    /// Sends a refusal.
    pub(super) fn refuse(&self, refusal: &Aadsts, trace: &Trace) -> Reply {
        let mut fields = vec![
            ("error", refusal.at_authorize().to_owned()),
            ("error_description", refusal.description(trace)),
        ];
        let subcode = match refusal.code {
            65_004 => Some("cancel"),
            _ => refusal.suberror(),
        };
        fields.extend(subcode.map(|subcode| ("error_subcode", subcode.to_owned())));
        self.go(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_localhost_ignores_the_port() {
        let check = |uri, expected| assert_eq!(without_port(uri), expected);
        check("http://localhost:53123", "http://localhost");
        check("http://localhost:1/done?x=1", "http://localhost/done?x=1");
        check("http://localhost:x", "http://localhost:x");
        check("http://127.0.0.1:80", "http://127.0.0.1:80");
        check("https://localhost:80", "https://localhost:80");
    }
}
