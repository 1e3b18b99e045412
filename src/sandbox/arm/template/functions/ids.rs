//! Ids of resources: `resourceId` in all its forms, `subscriptionResourceId`, `tenantResourceId`,
//! `extensionResourceId`.

use serde_json::Value;

use super::{ANY, Args, Function, function};
use crate::sandbox::arm::template::evaluate::Frame;
use crate::sandbox::arm::template::fault::Fault;
use crate::sandbox::arm::template::path;

pub(super) const FUNCTIONS: &[Function] = &[
    function("resourceId", 2, ANY, resource),
    function("subscriptionResourceId", 2, ANY, subscription),
    function("tenantResourceId", 2, ANY, tenant),
    function("extensionResourceId", 3, ANY, extension),
];

/// `resourceId([subscription], [group], type, name…)`.
fn resource(frame: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let place = frame.scope.place;
    let texts = texts(args)?;
    let at = typed(args, &texts, 2)?;
    let rest = relative(args, &texts[at..])?;
    let (subscription, group) = match texts[..at] {
        [] => (place.subscription_id(), place.group_name()),
        [one] if uuid::Uuid::try_parse(one).is_ok() => (one, place.group_name()),
        [group] => (place.subscription_id(), Some(group)),
        [subscription, group, ..] => (subscription, Some(group)),
    };
    let base = format!("/subscriptions/{subscription}");
    Ok(match group {
        _ if path::is_group(texts[at]) => format!("{base}/resourceGroups/{}", texts[at + 1]),
        Some(group) => format!("{base}/resourceGroups/{group}/providers/{rest}"),
        None => format!("{base}/providers/{rest}"),
    }
    .into())
}

/// `subscriptionResourceId([subscription], type, name…)`.
fn subscription(frame: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let texts = texts(args)?;
    let at = typed(args, &texts, 1)?;
    let rest = relative(args, &texts[at..])?;
    let own = frame.scope.place.subscription_id();
    let base = format!("/subscriptions/{}", if at == 1 { texts[0] } else { own });
    Ok(if path::is_group(texts[at]) {
        format!("{base}/resourceGroups/{}", texts[at + 1])
    } else {
        format!("{base}/providers/{rest}")
    }
    .into())
}

/// `tenantResourceId(type, name…)`.
fn tenant(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let texts = texts(args)?;
    let at = typed(args, &texts, 0)?;
    Ok(format!("/providers/{}", relative(args, &texts[at..])?).into())
}

/// `extensionResourceId(id, type, name…)`.
fn extension(_: &Frame<'_>, args: &Args<'_>) -> Result<Value, Fault> {
    let texts = texts(args)?;
    let base = texts[0].trim_end_matches('/');
    let rest = relative(args, &texts[1..])?;
    Ok(format!("{base}/providers/{rest}").into())
}

fn texts<'a>(args: &Args<'a>) -> Result<Vec<&'a str>, Fault> {
    (0..args.values.len()).map(|at| args.text(at)).collect()
}

/// Finds the type among the first arguments: the first one with a slash.
fn typed(args: &Args<'_>, texts: &[&str], most: usize) -> Result<usize, Fault> {
    texts
        .iter()
        .take(most + 1)
        .position(|text| text.contains('/'))
        .filter(|at| at + 1 < texts.len())
        .ok_or_else(|| {
            args.fault("the type must include the provider's namespace, and names must follow it")
        })
}

fn relative(args: &Args<'_>, texts: &[&str]) -> Result<String, Fault> {
    let (kind, names) = (texts[0], &texts[1..]);
    path::relative(kind, names).ok_or_else(|| {
        let wanted = path::depth(kind);
        args.fault(&format!(
            "the type '{kind}' requires {wanted} resource name argument(s), but {} are given",
            names.len()
        ))
    })
}
