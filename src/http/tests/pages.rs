//! Lists: whatever the pages look like, the items come once and in order.

use proptest::prelude::*;

use crate::api::model::Paging;
use crate::error::{Code, Error};
use crate::http::testing::{Lane, Reply, Service, get, json};

/// Returns all items of a list, as text.
fn read(lane: &Lane, target: &str, paging: Paging) -> Result<Vec<String>, Error> {
    let mut pager = lane.client.pages(get(target), paging);
    let mut items = Vec::new();
    while let Some(page) = pager.next_page()? {
        for item in page.items {
            let range = item.start as usize..item.end as usize;
            items.push(String::from_utf8_lossy(&page.body[range]).into_owned());
        }
    }
    Ok(items)
}

fn page(items: &str, next: Option<&str>) -> Reply {
    let links = next.map_or(String::new(), |uri| {
        format!(
            r#","links":{{"next":{{"uri":"{uri}","method":"GET","headers":[{{"key":"MS-ContinuationToken","value":"t-{uri}"}}]}}}}"#
        )
    });
    json(
        200,
        &format!(r#"{{"totalCount":0,"items":[{items}]{links}}}"#),
    )
}

#[test]
fn links_are_followed_with_and_without_version_and_their_headers() {
    let service = Service::scripted([
        page("1", Some("/customers?page=2")),
        page("2", Some("/v1/customers?page=3")),
        page("", Some("/v1/customers?page=4")),
        page("3", None),
    ]);
    let lane = Lane::to(&service);
    let items = read(&lane, "/v1/customers?size=1", Paging::Link).expect("all pages");
    assert_eq!(items, ["1", "2", "3"]);
    let received = service.received();
    let lines: Vec<&str> = received.iter().map(|r| r.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /pc/v1/customers?size=1 HTTP/1.1",
            "GET /pc/v1/customers?page=2 HTTP/1.1",
            "GET /pc/v1/customers?page=3 HTTP/1.1",
            "GET /pc/v1/customers?page=4 HTTP/1.1",
        ]
    );
    assert_eq!(
        received[1].headers["ms-continuationtoken"],
        "t-/customers?page=2"
    );
    assert_ne!(
        received[1].headers["ms-requestid"],
        received[2].headers["ms-requestid"]
    );
}

#[test]
fn a_link_to_another_host_is_not_followed() {
    let other = Service::scripted([]);
    let link = format!("{}/v1/customers?page=2", other.url);
    let service = Service::scripted([page("1", Some(&link))]);
    let error = read(&Lane::to(&service), "/v1/customers", Paging::Link).expect_err("foreign");
    assert_eq!(error.code(), Code::HttpForeignLink);
    assert!(other.received().is_empty());
}

#[test]
fn a_circle_ends() {
    let service = Service::new(|_, request| {
        let other = if request.line.contains("page=2") {
            3
        } else {
            2
        };
        page("1", Some(&format!("/customers?page={other}")))
    });
    let error = read(&Lane::to(&service), "/v1/customers", Paging::Link).expect_err("a circle");
    assert_eq!(error.code(), Code::HttpLoop);
    assert!(service.received().len() <= 4);
}

#[test]
fn a_malformed_link_or_page_is_an_error() {
    let check = |reply: Reply| {
        let service = Service::scripted([reply]);
        let error = read(&Lane::to(&service), "/v1/customers", Paging::Link).expect_err("no");
        assert_eq!(error.code(), Code::HttpAnswer, "{error}");
    };
    check(page("1", Some("http://[half")));
    check(json(200, r#"{"items":[{"id":"#));
    check(Reply::Answer(200, vec![], b"<html>".to_vec()));
}

#[test]
fn a_page_that_failed_is_asked_for_again() {
    let refused = json(403, r#"{"code":1,"description":"no"}"#);
    let service = Service::scripted([
        page("1", Some("/customers?page=2")),
        refused,
        page("2", None),
    ]);
    let lane = Lane::to(&service);
    let mut pager = lane.client.pages(get("/v1/customers"), Paging::Link);
    assert!(pager.next_page().expect("a page").is_some());
    assert!(pager.next_page().is_err());
    assert!(pager.next_page().expect("a page").is_some());
    assert!(pager.next_page().expect("the end").is_none());
}

#[test]
fn one_page_is_fetched_ahead_and_a_dropped_pager_ends() {
    let service = Service::new(|number, _| page("1", Some(&format!("/customers?page={number}"))));
    let lane = Lane::to(&service);
    let mut pager = lane.client.pages(get("/v1/customers"), Paging::Link);
    for _ in 0..2 {
        pager.next_page().expect("a page");
    }
    while service.received().len() < 3 {
        std::thread::yield_now();
    }
    lane.client
        .pause(std::time::Duration::from_secs(60))
        .expect("time passes");
    assert_eq!(service.received().len(), 3, "one page, not more");
    drop(pager);
}

#[test]
fn offsets_end_with_a_short_page() {
    let paging = Paging::Offset {
        offset: "offset",
        size: "size",
        page: 2,
    };
    let service = Service::scripted([page("1,2", None), page("3,4", None), page("5", None)]);
    let items = read(&Lane::to(&service), "/v1/invoices", paging).expect("all pages");
    assert_eq!(items, ["1", "2", "3", "4", "5"]);
    let last = &service.received()[2].line;
    assert!(
        last.contains("offset=4") && last.contains("size=2"),
        "{last}"
    );
}

#[test]
fn a_service_that_ignores_the_offset_gives_its_items_once() {
    let paging = Paging::Offset {
        offset: "offset",
        size: "size",
        page: 2,
    };
    let check = |reply: &'static str, expected: Option<&[&str]>, requests: usize| {
        let service = Service::new(move |_, _| json(200, reply));
        let items = read(&Lane::to(&service), "/v1/invoices", paging);
        match expected {
            Some(expected) => assert_eq!(items.expect("all pages"), expected, "{reply}"),
            None => assert_eq!(items.expect_err("cut").code(), Code::HttpLoop, "{reply}"),
        }
        assert_eq!(service.received().len(), requests, "{reply}");
    };
    let all: &[&str] = &["1", "2", "3"];
    check(r#"{"items":[1,2,3]}"#, Some(all), 2);
    check(r#"{"totalCount":3,"items":[1,2,3]}"#, Some(all), 2);
    check(r#"{"totalCount":1,"items":[1]}"#, Some(&["1"]), 1);
    // The size was heeded and the offset was not: the rest cannot be had, which is no end.
    check(r#"{"totalCount":5,"items":[1,2]}"#, None, 2);

    let service = Service::new(|number, _| page(["1,2", "3,4"][number % 2], None));
    let error = read(&Lane::to(&service), "/v1/invoices", paging).expect_err("a circle");
    assert_eq!(error.code(), Code::HttpLoop);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_split_of_pages_gives_the_same_items(sizes in proptest::collection::vec(0usize..4, 1..8)) {
        let mut number = 0;
        let last = sizes.len() - 1;
        let replies: Vec<Reply> = sizes.iter().enumerate().map(|(at, size)| {
            let items: Vec<String> = (number..number + size).map(|item| item.to_string()).collect();
            number += size;
            let link = format!("/customers?page={at}");
            page(&items.join(","), (at < last).then_some(&link))
        }).collect();
        let service = Service::scripted(replies);
        let items = read(&Lane::to(&service), "/v1/customers", Paging::Link).expect("all pages");
        let expected: Vec<String> = (0..number).map(|item| item.to_string()).collect();
        prop_assert_eq!(items, expected);
    }
}
