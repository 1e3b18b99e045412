//! What real services do to JSON now and then: numbers as strings, links with `/v1`, dates in mixed
//! forms, bad next links. Source: partner-center reference §3, §19.22.

use serde_json::{Value, json};

use super::distort::Page;
use super::fault::Link;
use super::route::Service;
use crate::base::clock::Timestamp;

/// The mark that some services write before their JSON.
pub(crate) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Makes every number a string.
pub(crate) fn numbers_as_strings(value: &mut Value) {
    walk(value, &mut |value| {
        if let Value::Number(number) = value {
            *value = Value::String(number.to_string());
        }
    });
}

/// Writes relative links with `/v1` before them.
pub(crate) fn links_with_version(value: &mut Value) {
    walk(value, &mut |value| {
        let Some(links) = value.get_mut("links").and_then(Value::as_object_mut) else {
            return;
        };
        for link in links.values_mut() {
            if let Some(Value::String(uri)) = link.get_mut("uri")
                && uri.starts_with('/')
                && !uri.starts_with("/v1/")
            {
                uri.insert_str(0, "/v1");
            }
        }
    });
}

/// Writes dates in turn with seven fractional digits, with an offset, and without a zone. The
/// instant stays the same for a reader who takes a missing zone for UTC.
pub(crate) fn mixed_dates(value: &mut Value) {
    let mut turn = 0;
    walk(value, &mut |value| {
        let Value::String(text) = value else { return };
        if !text.ends_with('Z') || text.len() < 20 || text.starts_with("9999") {
            return;
        }
        let Ok(time) = text.parse::<Timestamp>() else {
            return;
        };
        turn += 1;
        let fraction = time.subsec_nanosecond() / 100;
        let local = |hours: i8| {
            let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(hours));
            time.to_zoned(zone)
                .strftime("%Y-%m-%dT%H:%M:%S")
                .to_string()
        };
        match turn % 4 {
            1 => *text = format!("{}.{fraction:07}Z", local(0)),
            2 => *text = format!("{}.{fraction:07}-08:00", local(-8)),
            3 => *text = format!("{}.{fraction:07}", local(0)),
            _ => {}
        }
    });
}

/// Puts a bad next link into a page.
pub(crate) fn bad_next_link(page: &Page, body: &mut Value, link: Link) {
    let Value::Object(members) = body else { return };
    let target = match link {
        Link::Malformed => "http://[::no address",
        Link::Foreign => "https://collector.example/v1/customers",
        Link::Loop => &page.uri,
    };
    match page.service {
        Service::Partner => {
            let headers: Vec<Value> = page
                .continuation
                .iter()
                .map(|token| json!({ "key": "MS-ContinuationToken", "value": token }))
                .collect();
            let links = members.entry("links").or_insert_with(|| json!({}));
            links["next"] = json!({ "uri": target, "method": "GET", "headers": headers });
        }
        Service::Graph => {
            members.insert("@odata.nextLink".to_owned(), target.into());
        }
        Service::Arm | Service::Login => {
            members.insert("nextLink".to_owned(), target.into());
        }
    }
}

fn walk(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    change(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        Value::Object(members) => members.values_mut().for_each(|member| walk(member, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_changes_the_form_and_not_the_meaning() {
        let date = "2026-03-02T09:00:00Z";
        let mut value = json!({ "n": 1, "a": [date, date, date, date],
            "links": { "self": { "uri": "/customers" }, "x": { "uri": "/v1/y" } } });
        numbers_as_strings(&mut value);
        links_with_version(&mut value);
        mixed_dates(&mut value);
        assert_eq!(value["n"], "1");
        assert_eq!(value["links"]["self"]["uri"], "/v1/customers");
        assert_eq!(value["links"]["x"]["uri"], "/v1/y");
        let dates = [
            "2026-03-02T09:00:00.0000000Z",
            "2026-03-02T01:00:00.0000000-08:00",
            "2026-03-02T09:00:00.0000000",
            date,
        ];
        assert_eq!(value["a"], json!(dates));
    }
}
