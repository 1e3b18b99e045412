use super::*;
use crate::error::{At, Code};
use crate::script::Source;

fn refused() -> Error {
    Error::new(Code::PartnerForbidden, "partner refused `checkout_cart` for customer Fabrikam: 2032 (Access denied)")
        .help("sign in with a profile that holds AdminAgent, or ask for it: `tenantry login --profile admin`")
        .label("needs AdminAgent; this profile signs in as SalesAgent")
        .sent(Sent::Yes)
        .at(At { source: String::new(), line: 2, column: 9, length: 22 })
        .fault(Fault {
            service: "partner".into(),
            operation: "checkout_cart".into(),
            status: 403,
            code: "2032".into(),
            message: "Access denied".into(),
            possible_causes: Some("The user is not in AdminAgents.".into()),
            recommended_action: Some("Ask a global administrator.".into()),
            request_id: Some("90ab".into()),
            correlation_id: Some("5c1d".into()),
            time: Some("2026-03-02T09:14:07Z".into()),
            body: r#"{"code":2032,"description":"Access denied"}"#.into(),
            ..Fault::default()
        })
}

fn sources() -> Sources {
    Sources::of(&Source::new(
        "renew.rhai",
        "let cart = partner::cart(c, id);\nlet o = partner::checkout_cart(c.id, cart.id);\nlet 名 = o.nmae;\n",
    ))
}

#[test]
fn a_refusal_shows_place_answer_help_and_ids() {
    insta::assert_snapshot!(render(&refused(), &sources(), Style::PLAIN));
}

#[test]
fn plain_terminals_get_ascii_and_narrow_ones_wrap() {
    let style = Style {
        color: false,
        width: 60,
        unicode: false,
    };
    insta::assert_snapshot!(render(&refused(), &sources(), style));
}

#[test]
fn colours_are_used_only_when_asked_for() {
    assert!(!render(&refused(), &sources(), Style::PLAIN).contains('\u{1b}'));
    let style = Style {
        color: true,
        ..Style::PLAIN
    };
    assert!(render(&refused(), &sources(), style).contains('\u{1b}'));
}

#[test]
fn related_errors_follow_and_unknown_sources_are_named() {
    let at = |source: &str, line, column, length| At {
        source: source.into(),
        line,
        column,
        length,
    };
    let error = Error::new(Code::CheckProperty, "`nmae` is not a property of Order")
        .at(at("", 3, 11, 4))
        .help("did you mean `name`?")
        .related([
            Error::new(Code::CheckName, "`foo` does not exist").at(at("std/lost", 7, 1, 3)),
            Error::new(Code::OperationUnknown, "the write may have taken effect")
                .sent(Sent::Unknown),
        ]);
    insta::assert_snapshot!(render(&error, &sources(), Style::PLAIN));
}

#[test]
fn json_holds_everything() {
    let text = serde_json::to_string_pretty(&to_json(&refused())).expect("json");
    insta::assert_snapshot!(text);
}
