//! Partner Center: envelopes with `items` and `links`, links with and without `/v1`, filters in
//! JSON, and refusals of several shapes. Source: Partner Center REST error codes; Partner Center
//! REST headers; Filtering collections; the links of paged answers.

mod fault;
mod filter;

use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::{Dialect, NextLink, Split, body};
use crate::api::filter::Filter;
use crate::api::model::{FilterField, Paging};
use crate::error::{Code, Fault};

/// The dialect of Partner Center.
#[derive(Debug)]
pub(super) struct Partner;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    uri: Option<String>,
    headers: Option<Vec<Header>>,
}

#[derive(Deserialize)]
struct Header {
    key: String,
    value: String,
}

impl Dialect for Partner {
    fn filter(&self, filter: &Filter, fields: &[FilterField]) -> Result<String, String> {
        filter::render(filter, fields)
    }

    /// Lists come in an envelope or, from a few endpoints, as a bare array; what came decides.
    fn page(&self, body: &[u8], paging: Paging) -> Result<Split, String> {
        if let Paging::Named { items, link } = paging {
            return body::named(body, items, link);
        }
        if body::is_array(body) {
            let items: Vec<&RawValue> = body::parse(body)?;
            return Ok(Split {
                items: body::ranges(body, &items)?,
                next: None,
            });
        }
        let envelope: Envelope<'_> = body::parse(body)?;
        let items = envelope.items.ok_or("the answer has no `items`")?;
        Ok(Split {
            items: body::ranges(body, &items)?,
            next: envelope.links.and_then(|links| links.next).and_then(next),
        })
    }

    /// Absolute links are taken as they are; relative ones stand below the root, with `/v1` or
    /// without it.
    fn resolve(&self, root: &Url, _base: &Url, link: &str) -> Result<Url, String> {
        let lower = link.to_ascii_lowercase();
        let root = root.as_str().trim_end_matches('/');
        let whole = if lower.starts_with("https://") || lower.starts_with("http://") {
            link.to_owned()
        } else if lower.starts_with("/v1/") {
            format!("{root}{link}")
        } else {
            format!("{root}/v1/{}", link.strip_prefix('/').unwrap_or(link))
        };
        Url::parse(&whole).map_err(|error| format!("the link `{link}` is no address: {error}"))
    }

    fn fault(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Fault {
        fault::read(status, headers, body)
    }

    fn code(&self, fault: &Fault) -> Code {
        fault::code(fault)
    }

    fn request_headers(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("accept", "application/json"),
            ("ms-contract-version", "v1"),
            ("ms-partnercenter-application", "Tenantry"),
            ("x-locale", "en-US"),
        ]
    }
}

fn next(link: Link) -> Option<NextLink> {
    let uri = link.uri.filter(|uri| !uri.is_empty())?;
    let headers = link.headers.unwrap_or_default().into_iter();
    Some(NextLink {
        uri,
        headers: headers.map(|header| (header.key, header.value)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Split, String> {
        Partner.page(text.as_bytes(), Paging::Link)
    }

    #[test]
    fn a_page_gives_its_items_and_the_link_with_its_headers() {
        let text = r#"{"totalCount":2,"items":[{"id":"a"}, {"id":"b"}],"links":{"self":{"uri":"/customers"},"next":{"uri":"/customers?seekOperation=Next","method":"GET","headers":[{"key":"MS-ContinuationToken","value":"t1"}]}},"attributes":{}}"#;
        let found = split(text).expect("a page");
        let items: Vec<_> = found
            .items
            .iter()
            .map(|r| &text[r.start as usize..r.end as usize])
            .collect();
        assert_eq!(items, [r#"{"id":"a"}"#, r#"{"id":"b"}"#]);
        let next = found.next.expect("a next page");
        assert_eq!(next.uri, "/customers?seekOperation=Next");
        assert_eq!(
            next.headers,
            [("MS-ContinuationToken".to_owned(), "t1".to_owned())]
        );
    }

    #[test]
    fn a_page_may_be_empty_bare_or_marked_but_not_something_else() {
        let check = |text: &str, count: usize| {
            let found = split(text).expect("a page");
            assert_eq!((found.items.len(), found.next), (count, None), "{text}");
        };
        check(r#"{"items":[]}"#, 0);
        check(r#"{"items":[1],"links":{}}"#, 1);
        check(
            r#"{"items":[1],"links":{"next":{"uri":"","headers":null}}}"#,
            1,
        );
        check(" [1,2,3]", 3);
        check("\u{feff}{\"items\":[1]}", 1);
        for text in [
            "",
            "{}",
            "{\"items\":null}",
            "{\"items\":[1",
            "<html>",
            "\"x\"",
        ] {
            assert!(split(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ranges_count_from_the_first_byte_of_the_body() {
        let text = "\u{feff}[10,20]";
        let found = split(text).expect("a page");
        assert_eq!(found.items, [4..6, 7..9]);
    }

    #[test]
    fn links_are_resolved_against_the_root() {
        let check = |root: &str, link: &str, expected: &str| {
            let root = Url::parse(root).expect("a root");
            let found = Partner.resolve(&root, &root, link).expect("an address");
            assert_eq!(found.as_str(), expected);
        };
        let host = "https://api.example";
        check(
            host,
            "/customers?size=2",
            "https://api.example/v1/customers?size=2",
        );
        check(
            host,
            "/v1/customers?size=2",
            "https://api.example/v1/customers?size=2",
        );
        check(host, "customers", "https://api.example/v1/customers");
        check(
            host,
            "https://other.example/v1/x",
            "https://other.example/v1/x",
        );
        check(
            "http://127.0.0.1:1/pc",
            "/v1/customers",
            "http://127.0.0.1:1/pc/v1/customers",
        );
        check(
            "http://127.0.0.1:1/pc/",
            "/customers",
            "http://127.0.0.1:1/pc/v1/customers",
        );
        let root = Url::parse(host).expect("a root");
        assert!(Partner.resolve(&root, &root, "http://").is_err());
    }
}
