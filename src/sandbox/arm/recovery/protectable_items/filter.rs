//! What a list of protectable items is asked for: `$filter=State eq 'Unprotected'` and `$take`.
//! Source: recovery reference §5.3; both are not confirmed.

use crate::sandbox::reply::Refusal;
use crate::sandbox::route::Request;

/// Returns the state that is wanted.
pub(super) fn state(request: &Request) -> Result<Option<String>, Refusal> {
    let Some(filter) = request.query("$filter") else {
        return Ok(None);
    };
    let words: Vec<&str> = filter.split_whitespace().collect();
    let wanted = match words[..] {
        [field, "eq", value] if field.eq_ignore_ascii_case("State") => {
            let inner = value.strip_prefix('\'');
            inner.and_then(|value| value.strip_suffix('\''))
        }
        _ => None,
    };
    let wanted = wanted.filter(|wanted| {
        ["Protected", "Unprotected"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(wanted))
    });
    if let Some(wanted) = wanted {
        return Ok(Some(wanted.to_owned()));
    }
    let text = format!(
        "The filter '{filter}' is not supported: State eq 'Unprotected' or State eq 'Protected' is."
    );
    Err(Refusal::new(400, "InvalidFilterInQueryString", text))
}

/// Returns how many are wanted at most.
pub(super) fn take(request: &Request) -> Result<Option<usize>, Refusal> {
    let Some(take) = request.query("$take") else {
        return Ok(None);
    };
    match take.parse::<usize>() {
        Ok(take) if take > 0 => Ok(Some(take)),
        _ => {
            let text = format!("The value '{take}' of $take is not a positive number.");
            Err(Refusal::new(400, "InvalidTakeValue", text))
        }
    }
}
