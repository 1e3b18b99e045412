//! Reading a script without running it, and saying what is not valid in it.

use rhai::{AST, Engine, LexError, OptimizationLevel, ParseError, ParseErrorType, Position};

use super::Finding;
use super::place::Places;
use crate::error::Code;
use crate::script::Source;

/// Returns an engine that only reads: no function is known to it and nothing is folded, so that
/// the place of every key and value is kept.
pub fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(128, 128);
    engine.set_max_strings_interned(0);
    engine
}

/// Reads a script.
pub fn parse(engine: &Engine, source: &Source, main: bool) -> Result<AST, Finding> {
    engine
        .compile(&source.text)
        .map_err(|error| explain(&error, &Places::new(source, main)))
}

/// Returns what the parser stumbled over, in our words and with what to do where that is known.
fn explain(error: &ParseError, places: &Places) -> Finding {
    let at = match error.position() {
        Position::NONE => places.sized(Position::new(u16::MAX, 1), 1),
        position => places.token(position),
    };
    let finding = Finding::error(Code::CheckSyntax, message(error.err_type()), at);
    match help(error.err_type()) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn message(kind: &ParseErrorType) -> String {
    match kind {
        ParseErrorType::UnexpectedEOF => "the script ends too early".to_owned(),
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            "this text has no closing quote".to_owned()
        }
        ParseErrorType::MissingToken(token, purpose) => format!("`{token}` is missing {purpose}")
            .trim_end()
            .to_owned(),
        ParseErrorType::Reserved(word) => format!("`{word}` is a reserved word"),
        ParseErrorType::DuplicatedProperty(key) => format!("the key `{key}` stands here twice"),
        ParseErrorType::AssignmentToConstant(name) => format!("`{name}` is a constant"),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters
                .next()
                .map(|first| first.to_lowercase().chain(letters).collect())
                .unwrap_or_default()
        }
    }
}

fn help(kind: &ParseErrorType) -> Option<String> {
    match kind {
        ParseErrorType::Reserved(word) => Some(format!(
            "write `[\"{word}\"]` to read a property of that name, `\"{word}\":` for a key, or take another name"
        )),
        ParseErrorType::MissingToken(token, _) if token == ";" => {
            Some("end the statement before it with `;`".to_owned())
        }
        ParseErrorType::UnexpectedEOF => {
            Some("look for a `}` , `)` or `]` that is missing".to_owned())
        }
        ParseErrorType::WrongDocComment => {
            Some("use `//` here; `///` belongs directly before a function".to_owned())
        }
        _ => None,
    }
}
