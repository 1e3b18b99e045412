//! Numbers as scripts see them: `i64` where they fit, otherwise decimal, and what Rhai lacks for the
//! two to be mixed with float literals.

use rhai::{Dynamic, Engine, EvalAltResult};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use super::error::{argument, raise};

/// Returns the value of a JSON number: `i64`, else decimal if exact, else float, else its text.
pub(super) fn read(text: &str) -> Dynamic {
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    if let Some(exact) = exact(text) {
        return Dynamic::from_decimal(exact);
    }
    match text.parse::<f64>() {
        Ok(near) if near.is_finite() => near.into(),
        _ => text.to_owned().into(),
    }
}

/// Returns the decimal that is exactly this text, if there is one (at most 28 digits).
pub(super) fn exact(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        let value = Decimal::from_scientific(text).ok()?;
        let (digits, _) = text.split_once(['e', 'E'])?;
        let significant = digits.bytes().filter(u8::is_ascii_digit).count();
        return (significant <= 28).then_some(value);
    }
    Decimal::from_str_exact(text).ok()
}

/// Returns the decimal that a script's number means.
pub(super) fn as_decimal(value: &Dynamic) -> Option<Decimal> {
    if let Ok(whole) = value.as_int() {
        return Some(whole.into());
    }
    if let Ok(exact) = value.as_decimal() {
        return Some(exact);
    }
    Decimal::from_f64(value.as_float().ok()?)
}

/// Returns a script's number as a float.
pub(super) fn as_float(value: &Dynamic) -> Option<f64> {
    if let Ok(float) = value.as_float() {
        return Some(float);
    }
    as_decimal(value)?.to_f64()
}

fn decimal(float: f64) -> Result<Decimal, Box<EvalAltResult>> {
    Decimal::from_f64(float)
        .ok_or_else(|| raise(argument(format!("{float} cannot be made a decimal number"))))
}

/// Registers the operators between decimal and float; the result is decimal.
pub(super) fn register(engine: &mut Engine) {
    macro_rules! arithmetic {
        ($($operator:literal: $function:ident),*) => {$(
            engine.register_fn($operator, |a: Decimal, b: f64| {
                let b = decimal(b)?;
                a.$function(b).map(Dynamic::from_decimal).ok_or_else(|| failed($operator))
            });
            engine.register_fn($operator, |a: f64, b: Decimal| {
                let a = decimal(a)?;
                a.$function(b).map(Dynamic::from_decimal).ok_or_else(|| failed($operator))
            });
        )*};
    }
    macro_rules! comparison {
        ($($operator:tt),*) => {$(
            engine.register_fn(stringify!($operator), |a: Decimal, b: f64| Ok::<_, Box<EvalAltResult>>(a $operator decimal(b)?));
            engine.register_fn(stringify!($operator), |a: f64, b: Decimal| Ok::<_, Box<EvalAltResult>>(decimal(a)? $operator b));
        )*};
    }
    arithmetic!("+": checked_add, "-": checked_sub, "*": checked_mul, "/": checked_div);
    comparison!(==, !=, <, <=, >, >=);
    engine.register_fn("decimal", |value: Dynamic| {
        let text = value.as_immutable_string_ref().map(|text| exact(&text));
        text.unwrap_or_else(|_| as_decimal(&value))
            .map(Dynamic::from_decimal)
            .ok_or_else(|| raise(argument("`decimal` takes a number, or the text of one")))
    });
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "the engine takes its errors boxed"
)]
fn failed(operator: &str) -> Box<EvalAltResult> {
    raise(argument(format!(
        "the result of `{operator}` is no decimal number"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_exact() {
        assert_eq!(read("12").as_int(), Ok(12));
        assert_eq!(read("12.3400").to_string(), "12.3400");
        assert_eq!(
            read("9223372036854775808").to_string(),
            "9223372036854775808"
        );
        assert!(read("1e3").is_decimal());
        assert!(read("1.5e400").is_string());
        assert!(read("0.12345678901234567890123456789012345").is_float());
    }
}
