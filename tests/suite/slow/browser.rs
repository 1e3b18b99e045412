//! A person with a browser, as far as a foreign sign-in page needs one: it keeps cookies, goes where
//! it is sent, and submits the form of a page with what was hidden in it and what the person knows.

use std::collections::BTreeMap;

use url::{Url, form_urlencoded};

use crate::login::exchange;

/// More pages than any sign-in has.
const PAGES: usize = 20;

/// A browser whose person knows some fields' values.
pub(crate) struct Browser<'a> {
    known: &'a [(&'a str, &'a str)],
    cookies: BTreeMap<String, String>,
}

/// What came back.
struct Page {
    location: Option<String>,
    cookies: Vec<(String, String)>,
    text: String,
}

impl<'a> Browser<'a> {
    /// Takes what the person types into fields of these names.
    pub(crate) fn new(known: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            known,
            cookies: BTreeMap::new(),
        }
    }

    /// Opens an address and goes on until a page asks for nothing more; returns its text.
    pub(crate) fn visit(&mut self, address: &str) -> String {
        let mut url = Url::parse(address).expect("an address");
        let mut page = self.ask(&url, "GET", "");
        for _ in 0..PAGES {
            if let Some(location) = &page.location {
                url = url.join(location).expect("an address");
                page = self.ask(&url, "GET", "");
            } else if let Some((action, fields)) = form(&page.text) {
                url = url.join(&action).expect("an address");
                page = self.ask(&url, "POST", &self.filled(fields));
            } else {
                return page.text;
            }
        }
        panic!("the sign-in does not end: {url}\n{}", page.text);
    }

    /// Returns the body of a form. A field that stays empty is left out.
    fn filled(&self, fields: Vec<(String, String)>) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            let known = self.known.iter().find(|(field, _)| *field == name);
            let value = known.map_or(value.as_str(), |(_, value)| value);
            if !value.is_empty() {
                body.append_pair(&name, value);
            }
        }
        body.finish()
    }

    fn ask(&mut self, url: &Url, verb: &str, body: &str) -> Page {
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let cookies = cookies.join("; ");
        let page = read(&exchange(
            url,
            &format!(
                "{verb} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        ));
        self.cookies.extend(page.cookies.iter().cloned());
        self.cookies.retain(|_, value| !value.is_empty());
        page
    }
}

fn read(answer: &str) -> Page {
    let (head, text) = answer.split_once("\r\n\r\n").expect("a head");
    let mut page = Page {
        location: None,
        cookies: Vec::new(),
        text: text.to_owned(),
    };
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("location") {
            page.location = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("set-cookie") {
            let pair = value.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            page.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
    page
}

/// Returns where a page's form goes, and its fields with their values.
fn form(page: &str) -> Option<(String, Vec<(String, String)>)> {
    let form = page.split_once("<form")?.1.split("</form>").next()?;
    let (tag, inside) = form.split_once('>')?;
    let inputs = inside.split("<input").skip(1);
    let fields = inputs.filter_map(|input| {
        let tag = input.split('>').next()?;
        let value = attribute(tag, "value").unwrap_or_default();
        Some((attribute(tag, "name")?, value))
    });
    Some((attribute(tag, "action")?, fields.collect()))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
