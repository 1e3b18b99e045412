//! Rhai's functions that make a value of any given size at once, with a bound: memory that is not
//! there ends a process without a word.

use rhai::{Array, Blob, Dynamic, Engine, ImmutableString};

use crate::script::error::{argument, raise};
use crate::script::host::Answer;

/// The longest array, text or blob that is made at once.
const LONGEST: i64 = 10_000_000;

/// Registers `blob` and `pad` in front of Rhai's own.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("blob", |length: i64| blob(length, 0));
    engine.register_fn("blob", blob);
    engine.register_fn("pad", |blob: &mut Blob, length: i64, byte: i64| {
        let length = bounded(length)?.max(blob.len());
        blob.resize(length, byte.to_le_bytes()[0]);
        Ok::<_, Box<rhai::EvalAltResult>>(())
    });
    engine.register_fn("pad", |items: &mut Array, length: i64, item: Dynamic| {
        let length = bounded(length)?.max(items.len());
        items.resize(length, item);
        Ok::<_, Box<rhai::EvalAltResult>>(())
    });
    engine.register_fn(
        "pad",
        |text: &mut ImmutableString, length: i64, letter: char| {
            pad_text(text, length, &letter.to_string())
        },
    );
    engine.register_fn(
        "pad",
        |text: &mut ImmutableString, length: i64, with: &str| pad_text(text, length, with),
    );
}

fn bounded(length: i64) -> Answer<usize> {
    if length > LONGEST {
        return Err(raise(argument(format!(
            "a length of {length} is too much; {LONGEST} is the most"
        ))));
    }
    Ok(usize::try_from(length).unwrap_or(0))
}

fn blob(length: i64, byte: i64) -> Answer<Blob> {
    Ok(vec![byte.to_le_bytes()[0]; bounded(length)?])
}

/// Appends `with` until there are at least `length` letters.
fn pad_text(text: &mut ImmutableString, length: i64, with: &str) -> Answer<()> {
    let length = bounded(length)?;
    let has = text.chars().count();
    let each = with.chars().count();
    if has < length && each > 0 {
        let times = (length - has).div_ceil(each);
        *text = format!("{text}{}", with.repeat(times)).into();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_bound() {
        let mut engine = Engine::new();
        register(&mut engine);
        let check = |script: &str, expected: &str| {
            let shown = match engine.eval::<Dynamic>(script) {
                Ok(value) => value.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(shown.starts_with(expected), "{script}: {shown}");
        };
        check("let t = \"ab\"; t.pad(6, \"xy\"); t", "abxyxy");
        check("let t = \"ab\"; t.pad(6, \"xyz\"); t", "abxyzxyz");
        check("let t = \"ab\"; t.pad(1, 'x'); t", "ab");
        check("let a = [1]; a.pad(3, 0); a.len()", "3");
        check("let a = [1, 2]; a.pad(-3, 0); a.len()", "2");
        check("blob(3, 7).len()", "3");
        for script in [
            "blob(99999999999999)",
            "let a = []; a.pad(99999999999999, 1)",
            "let t = \"\"; t.pad(99999999999999, 'x')",
            "let b = blob(1); b.pad(99999999999999, 1)",
        ] {
            assert!(engine.eval::<Dynamic>(script).is_err(), "{script}");
        }
    }
}
