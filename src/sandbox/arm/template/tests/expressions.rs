use proptest::prelude::*;
use serde_json::json;

use super::{run, why};
use crate::sandbox::arm::template::expression::{Expression, Form, read};

#[test]
fn only_what_stands_in_brackets_is_an_expression() {
    for (text, expected) in [
        ("plain", "plain"),
        ("", ""),
        ("[", "["),
        ("[x", "[x"),
        ("[[x]", "[x]"),
        ("[[x", "[[x"),
        ("['it''s']", "it's"),
        ("[ concat( 'a' , 'b' ) ]", "ab"),
        ("['[x]']", "[x]"),
    ] {
        assert_eq!(run(text), Ok(json!(expected)), "{text}");
    }
}

#[test]
fn what_cannot_be_parsed_is_refused_with_its_place() {
    for (text, expected) in [
        ("[]", "nothing is there at position 0"),
        ("[concat(]", "nothing is there at position 7"),
        (
            "[concat('a']",
            "expected ',' or ')', but the expression ends",
        ),
        ("[concat('a' 'b')]", "expected ',' or ')', but found"),
        ("[concat('a',)]", "a name is expected at position 11"),
        ("[concat 'a']", "expected '(', but found"),
        ("['a]", "a string is not closed"),
        ("['a' 'b']", "''' is not expected"),
        ("[resourceGroup().]", "a name is expected"),
        (
            "[resourceGroup()[0]",
            "expected ']', but the expression ends",
        ),
        ("[99999999999999999999]", "is not an integer"),
        (
            "[location]",
            "expected '(', but the expression ends at position 8",
        ),
    ] {
        let seen = why(run(text));
        assert!(seen.contains(expected), "{text}: {seen}");
    }
    let deep = format!("[{}1{}]", "string(".repeat(100), ")".repeat(100));
    assert!(why(run(&deep)).contains("nested too deeply"));
}

/// Writes an expression as a template would.
fn written(expression: &Expression) -> String {
    match expression {
        Expression::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Expression::Integer(number) => number.to_string(),
        Expression::Call { name, args } => {
            let args: Vec<String> = args.iter().map(written).collect();
            format!("{name}({})", args.join(", "))
        }
        Expression::Member { of, name } => format!("{}.{name}", written(of)),
        Expression::Index { of, at } => format!("{}[{}]", written(of), written(at)),
    }
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        ".{0,8}".prop_map(Expression::Text),
        any::<i64>().prop_map(Expression::Integer),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let name = "[a-z]{1,5}";
        prop_oneof![
            (name, prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(name, args)| Expression::Call { name, args }),
            (inner.clone(), name).prop_map(|(of, name)| Expression::Member {
                of: Box::new(of),
                name
            }),
            (inner.clone(), inner).prop_map(|(of, at)| Expression::Index {
                of: Box::new(of),
                at: Box::new(at)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(expression in any_expression()) {
        let text = format!("[{}]", written(&expression));
        prop_assert_eq!(read(&text), Ok(Form::Expression(expression)), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = run(&format!("[{text}]"));
        let _ = run(&text);
    }

    #[test]
    fn no_call_makes_it_panic(
        name in prop::sample::select(vec![
            "substring", "format", "padLeft", "split", "range", "take", "skip", "indexOf",
            "resourceId", "uri", "json", "copyIndex", "div", "mod", "createObject", "union",
        ]),
        args in prop::collection::vec(
            prop_oneof![
                "[a-z{}:/ä0-9]{0,6}".prop_map(Expression::Text),
                any::<i64>().prop_map(Expression::Integer),
            ],
            0..5,
        ),
    ) {
        let call = Expression::Call { name: name.to_owned(), args };
        let _ = run(&format!("[{}]", written(&call)));
    }
}
