//! Lets `_` stand for the last value in an interactive session. To Rhai it is the default case of a
//! `switch`, and stays so there.

use std::sync::{Mutex, PoisonError};

use rhai::{Engine, Position, Token};

/// Makes `_` read as the variable `name` in everything that this engine compiles.
pub(super) fn register(engine: &mut Engine, name: &'static str) {
    let state = Mutex::new(State::default());
    #[expect(deprecated, reason = "it is only marked as one that may change")]
    engine.on_parse_token(move |token, at, _| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_value = token == Token::Underscore && !state.default_case();
        state.after(&token, at);
        if is_value {
            Token::Identifier(Box::new(name.into()))
        } else {
            token
        }
    });
}

/// What has been read of the text that is being compiled.
#[derive(Debug, Default)]
struct State {
    line: usize,
    column: usize,
    /// The brackets that are open; `true` for the braces of a `switch`.
    open: Vec<bool>,
    /// Whether a `switch` has begun whose braces have not.
    switch: bool,
    /// Whether a case, or the name of a closure's parameter, may begin here.
    begins: bool,
}

impl State {
    fn default_case(&self) -> bool {
        self.begins && self.open.last() == Some(&true)
    }

    fn after(&mut self, token: &Token, at: Position) {
        let place = (
            at.line().unwrap_or_default(),
            at.position().unwrap_or_default(),
        );
        if place < (self.line, self.column) {
            *self = Self::default(); // another text
        }
        (self.line, self.column) = place;
        match token {
            Token::Switch => self.switch = true,
            Token::LeftBrace => self.open.push(std::mem::take(&mut self.switch)),
            Token::MapStart | Token::LeftParen | Token::LeftBracket => self.open.push(false),
            Token::RightBrace | Token::RightParen | Token::RightBracket => {
                self.open.pop();
            }
            _ => {}
        }
        self.begins = matches!(token, Token::LeftBrace | Token::RightBrace | Token::Comma);
    }
}

#[cfg(test)]
mod tests {
    use rhai::Scope;

    use super::*;

    #[test]
    fn the_last_value_is_read_and_default_cases_stay() {
        let mut engine = Engine::new();
        register(&mut engine, "last");
        let check = |text: &str, expected: i64| {
            let mut scope = Scope::new();
            scope.push("last", 20_i64);
            let found: i64 = engine.eval_with_scope(&mut scope, text).expect(text);
            assert_eq!(found, expected, "{text}");
        };
        check("_ + 1", 21);
        check("[1, _][1]", 20);
        check("{ _ }", 20);
        check("#{ a: _ }.a", 20);
        check("switch 5 { 1 => 2, _ => 3 }", 3);
        check("switch 5 { 1 => { 2 } _ => _ }", 20);
        check("switch _ { 20 => [1, _].len(), _ => 3 }", 2);
        check("`${_}`.len()", 2);
    }
}
