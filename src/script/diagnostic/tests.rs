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

#[test]
fn all_six_fields_of_an_error_of_recovery_services_are_shown() {
    let fields = [
        "150261",
        "The retention is too long.",
        "It exceeds what is allowed.",
        "Choose a value up to 24.",
        "b7c1-2026-03-01 10:00:00Z-P",
        "5d0e",
    ];
    let [code, message, causes, action, request, activity] = fields.map(str::to_owned);
    let error = Error::new(Code::RecoveryRefused, "recovery refused it").fault(Fault {
        code,
        message,
        possible_causes: Some(causes),
        recommended_action: Some(action),
        client_request_id: Some(request),
        activity_id: Some(activity),
        ..Fault::default()
    });
    let text = render(&error, &sources(), Style::PLAIN);
    let json = to_json(&error);
    let names = [
        "code",
        "message",
        "possible_causes",
        "recommended_action",
        "client_request_id",
        "activity_id",
    ];
    for (name, field) in names.into_iter().zip(fields) {
        assert!(text.contains(field), "{name}: {text}");
        assert_eq!(json["fault"][name], field, "{json}");
    }
}
