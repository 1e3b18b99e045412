//! What a failed job says, whole: the errors of Site Recovery's jobs, of their tasks, and of Backup's
//! jobs, in the shape of an error of Azure. Sources: Azure REST API reference, Site Recovery (job,
//! `JobErrorDetails`) and Backup (job, `AzureIaaSVMErrorInfo`).

use serde_json::{Value, json};

use super::said::at;

/// Returns the error of a job: the first of its errors, with all of them as details.
pub(super) fn error(job: &Value) -> Value {
    let details = details(job);
    let first = |key: &str| {
        let mut all = details.iter().filter_map(|one| one.get(key));
        all.next().cloned().unwrap_or_default()
    };
    let mut error = json!({ "code": first("code"), "message": first("message") });
    let id = match first("activityId") {
        Value::Null => at(job, "properties.activityId").cloned(),
        id => Some(id),
    };
    if let Some(id) = id {
        error["activityId"] = id;
    }
    error["details"] = details.into();
    error
}

/// Returns the errors of a job, each as a detail.
fn details(job: &Value) -> Vec<Value> {
    let own = list(job, "properties.errors").flat_map(of_site_recovery);
    let own = own.chain(list(job, "properties.errorDetails").map(of_backup));
    let own: Vec<Value> = own.collect();
    if !own.is_empty() {
        return own;
    }
    let tasks = list(job, "properties.tasks");
    tasks
        .flat_map(|task| list(task, "errors"))
        .flat_map(of_site_recovery)
        .collect()
}

fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> {
    let found = at(value, path).and_then(Value::as_array);
    found.into_iter().flatten()
}

/// An error of Site Recovery has two sides: the service's, and that of the provider at the server.
fn of_site_recovery(error: &Value) -> Vec<Value> {
    let service = error.get("serviceErrorDetails").map(|own| {
        detail([
            ("code", &own["code"]),
            ("message", &own["message"]),
            ("possibleCauses", &own["possibleCauses"]),
            ("recommendedAction", &own["recommendedAction"]),
            ("activityId", &own["activityId"]),
        ])
    });
    let provider = error.get("providerErrorDetails").map(|own| {
        detail([
            ("code", &own["errorCode"]),
            ("message", &own["errorMessage"]),
            ("possibleCauses", &own["possibleCauses"]),
            ("recommendedAction", &own["recommendedAction"]),
        ])
    });
    let both = [service, provider].into_iter().flatten();
    both.filter(|one| one.as_object().is_some_and(|one| !one.is_empty()))
        .collect()
}

fn of_backup(error: &Value) -> Value {
    let word = |key: &str| error[key].as_str().unwrap_or_default().trim();
    let message = match (word("errorTitle"), word("errorString")) {
        ("", text) | (text, "") => text.to_owned(),
        (title, text) if text.contains(title) => text.to_owned(),
        (title, text) => format!("{}: {text}", title.trim_end_matches('.')),
    };
    detail([
        ("code", &error["errorCode"]),
        ("message", &message.into()),
        ("recommendedAction", &error["recommendations"]),
    ])
}

/// Returns a detail of what is said: nothing that is empty; codes as text, lists as one text.
fn detail<const N: usize>(members: [(&str, &Value); N]) -> Value {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_i64() != Some(0) => number.to_string(),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            parts.join(" ")
        }
        _ => String::new(),
    };
    let members = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)));
    members
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(name, text)| (name, Value::from(text)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(properties: Value, expected: Value) {
        assert_eq!(error(&json!({ "properties": properties })), expected);
    }

    #[test]
    fn both_sides_of_an_error_of_site_recovery_are_told() {
        let service = json!({ "code": "150097", "message": "Failed.", "possibleCauses": "a",
            "recommendedAction": "b", "activityId": "c" });
        let provider = json!({ "errorCode": 31300, "errorMessage": "No agent.", "errorId": "x",
            "possibleCauses": "", "recommendedAction": "d" });
        let both = json!([{ "serviceErrorDetails": service, "providerErrorDetails": provider,
            "errorLevel": "Error", "taskId": "t" }]);
        let told = json!({ "code": "150097", "message": "Failed.", "activityId": "c", "details": [service,
            { "code": "31300", "message": "No agent.", "recommendedAction": "d" }] });
        check(
            json!({ "activityId": "job", "errors": both, "tasks": [{ "errors": both }] }),
            told.clone(),
        );
        check(
            json!({ "activityId": "job", "errors": [], "tasks": [{}, { "errors": both }] }),
            told,
        );
        let empty = json!([{ "serviceErrorDetails": { "code": "1", "message": "m" },
            "providerErrorDetails": { "errorCode": 0 } }]);
        check(
            json!({ "activityId": "job", "errors": empty }),
            json!({ "code": "1", "message": "m", "activityId": "job", "details": [{ "code": "1", "message": "m" }] }),
        );
    }

    #[test]
    fn an_error_of_backup_has_a_title_and_recommendations() {
        let one = json!({ "errorCode": 400_239, "errorTitle": "GuestAgentStatusUnavailable",
            "errorString": "The agent does not answer.", "recommendations": ["Start it.", "Retry."] });
        check(
            json!({ "errorDetails": [one] }),
            json!({ "code": "400239", "message": "GuestAgentStatusUnavailable: The agent does not answer.",
                "details": [{ "code": "400239", "message": "GuestAgentStatusUnavailable: The agent does not answer.",
                    "recommendedAction": "Start it. Retry." }] }),
        );
    }

    #[test]
    fn a_job_that_says_nothing_has_an_empty_error() {
        check(
            json!({}),
            json!({ "code": null, "message": null, "details": [] }),
        );
    }
}
