//! Where a link leads. It is not trusted: what lies outside the service that was called is not
//! looked at, so that no token goes there.

use url::Url;

use super::Poller;
use crate::api::dialect;
use crate::error::{Code, Error, Sent};

/// A place to look at, within the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The link as it was given: the same link is the same place.
    pub(super) link: String,
    /// Path and query beneath the service's root.
    pub(super) target: String,
}

impl Place {
    /// Follows a link of an answer that came from `base`.
    pub(super) fn new(poller: &Poller, base: &Url, link: &str) -> Result<Self, Error> {
        let root = &poller.root;
        let url = dialect::of(poller.call.service)
            .resolve(root, base, link)
            .map_err(|why| Error::new(Code::HttpAnswer, why).sent(Sent::Yes))?;
        if url.origin() != root.origin() {
            return Err(foreign(poller, &url));
        }
        Ok(Self {
            link: link.to_owned(),
            target: beneath(root, &url),
        })
    }

    /// Returns the place that another link of an answer leads to, where it is another.
    pub(super) fn newer(&self, poller: &Poller, base: &Url, link: &str) -> Result<Self, Error> {
        if self.link == link {
            return Ok(self.clone());
        }
        Self::new(poller, base, link)
    }
}

fn foreign(poller: &Poller, url: &Url) -> Error {
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => format!("`{}:`", url.scheme()),
    };
    let text = format!(
        "the place to look for the end of `{}` lies on {host}, which is not {}: it was not followed",
        poller.call.operation,
        poller.call.service.as_str()
    );
    Error::new(Code::HttpForeignLink, text)
        .help("the call was accepted and goes on: read the object later, do not repeat the call")
        .sent(Sent::Yes)
}

/// Returns path and query beneath a root; a path that does not lie beneath it is one by itself.
fn beneath(root: &Url, url: &Url) -> String {
    let before = root.path().trim_end_matches('/');
    let path = url.path().strip_prefix(before);
    let path = path
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(url.path());
    match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_beneath_the_root() {
        let check = |root: &str, url: &str, expected: &str| {
            let parse = |text: &str| Url::parse(text).expect("a URL");
            assert_eq!(beneath(&parse(root), &parse(url)), expected, "{url}");
        };
        check("http://h/arm", "http://h/arm/a?b=c", "/a?b=c");
        check("http://h/arm", "http://h/a", "/a");
        check("http://h/arm", "http://h/army/a", "/army/a");
        check("https://h/", "https://h/a/b", "/a/b");
    }
}
