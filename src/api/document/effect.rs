//! Effects: a word, or rules over the body. `{ if: 'quantity > before', is: spend }`.

use serde_json::Value;

use super::model::{Condition, Effect, EffectRule, List, Test, Verb};
use super::node::{Node, Source};
use super::words::{list, only, text};

/// The effect of a verb whose operation names none. What a POST of somebody else's does, nobody has
/// looked at.
pub(super) fn by_verb(verb: Verb, foreign: bool) -> Effect {
    match verb {
        Verb::Get | Verb::Head => Effect::Read,
        Verb::Delete => Effect::Destroy,
        Verb::Post if foreign => Effect::Destroy,
        Verb::Post | Verb::Put | Verb::Patch => Effect::Write,
    }
}

/// Reads `effect`; `unsaid` is meant where there is none. `has_field` tells whether the body has a field of that dotted path.
pub(super) fn rules(
    source: &Source<'_>,
    node: Option<&Node<'_>>,
    unsaid: Effect,
    has_field: impl Fn(&str) -> bool,
) -> List<EffectRule> {
    let always = |is| list(vec![EffectRule { when: None, is }]);
    let Some(node) = node else {
        return always(unsaid);
    };
    if !node.value().is_array() {
        return always(word(source, node));
    }
    let mut rules = Vec::new();
    for element in node.elements() {
        only(source, &element, &["if", "is"]);
        let when = element.get("if").and_then(|when| {
            let found = condition(when.value());
            match &found {
                None => source.problems.add(
                    &when,
                    "must read like `status = deleted` or `quantity > before`",
                ),
                Some(known) if !has_field(known.field) => {
                    source
                        .problems
                        .add(&when, format!("the body has no field `{}`", known.field));
                }
                Some(_) => {}
            }
            found
        });
        let is = element.get("is").map_or_else(
            || {
                source.problems.add(&element, "`is` is missing");
                Effect::Destroy
            },
            |is| word(source, &is),
        );
        rules.push(EffectRule { when, is });
    }
    if rules.last().is_none_or(|last| last.when.is_some()) {
        source.problems.add(
            node,
            "the last rule must hold always: write it without `if`",
        );
    }
    list(rules)
}

fn word(source: &Source<'_>, node: &Node<'_>) -> Effect {
    let found = node.value().as_str().and_then(Effect::parse);
    found.unwrap_or_else(|| {
        source
            .problems
            .add(node, "must be one of read, write, spend, destroy");
        Effect::Destroy
    })
}

fn condition(value: &Value) -> Option<Condition> {
    let mut parts = value.as_str()?.split_whitespace();
    let (field, test, with) = (parts.next()?, parts.next()?, parts.next()?);
    let test = match test {
        "=" => Test::Eq,
        "!=" => Test::Ne,
        "<" => Test::Lt,
        ">" => Test::Gt,
        _ => return None,
    };
    parts.next().is_none().then(|| Condition {
        field: text(field),
        test,
        with: (with != "before").then(|| text(with)),
    })
}

/// Returns the rules that are left when a body is fixed: a rule over a field that is not sent
/// cannot hold, one over a constant is decided now.
pub(super) fn fixed(rules: &[EffectRule], set: &[(&str, &str)]) -> List<EffectRule> {
    let mut left = Vec::new();
    for rule in rules {
        let verdict = match &rule.when {
            None => Some(true),
            Some(condition) => match set.iter().find(|(field, _)| *field == condition.field) {
                None => Some(false),
                Some((_, value)) => decide(condition, value),
            },
        };
        match verdict {
            Some(true) => {
                left.push(EffectRule {
                    when: None,
                    is: rule.is,
                });
                break;
            }
            Some(false) => {}
            None => left.push(*rule),
        }
    }
    list(left)
}

/// Returns whether a condition over a constant holds, or `None` when only the call can tell.
fn decide(condition: &Condition, value: &str) -> Option<bool> {
    let given: Value = serde_json::from_str(value).ok()?;
    let wanted = condition.with?;
    let given = given
        .as_str()
        .map_or_else(|| given.to_string(), str::to_owned);
    match condition.test {
        Test::Eq => Some(given == wanted),
        Test::Ne => Some(given != wanted),
        Test::Lt | Test::Gt => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_body_decides_what_it_can() {
        let rule = |text: &str, is| EffectRule {
            when: condition(&Value::String(text.to_owned())),
            is,
        };
        let rules = [
            rule("status = deleted", Effect::Destroy),
            rule("quantity > before", Effect::Spend),
            EffectRule {
                when: None,
                is: Effect::Write,
            },
        ];
        let check = |set: &[(&str, &str)], expected: &[Effect]| {
            let left: Vec<_> = fixed(&rules, set).iter().map(|rule| rule.is).collect();
            assert_eq!(left, expected, "{set:?}");
        };
        check(&[("status", "\"deleted\"")], &[Effect::Destroy]);
        check(&[("status", "\"suspended\"")], &[Effect::Write]);
        check(
            &[("quantity", "{quantity}")],
            &[Effect::Spend, Effect::Write],
        );
        check(&[("status", "{status}")], &[Effect::Destroy, Effect::Write]);
    }

    #[test]
    fn conditions_have_three_parts() {
        let read = |text: &str| condition(&Value::String(text.to_owned()));
        let found = read("quantity > before").expect("a condition");
        assert_eq!(
            (found.field, found.test, found.with),
            ("quantity", Test::Gt, None)
        );
        assert!(read("quantity").is_none() && read("a ~ b").is_none() && read("a = b c").is_none());
    }
}
