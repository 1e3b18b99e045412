//! Functions that do nothing but read a property, `|item| item.name`: methods of lists and arrays
//! read it themselves, since a call of the engine for every item costs many times as much. Only what
//! is plainly there is read so; in every other case the function is called, and its error is the
//! engine's own.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rhai::{AST, ASTNode, Dynamic, Expr, FnPtr, Module, Stmt};

use super::record::Record;

/// The closures of a session that only read a property, by their names: a name is a hash of what the
/// closure does.
#[derive(Debug, Default)]
pub(super) struct Readers(RwLock<HashMap<String, Arc<str>>>);

impl Readers {
    /// Learns the closures of a script.
    pub(super) fn learn(&self, ast: &AST) {
        for definition in ast.iter_fn_def() {
            let [param] = &definition.params[..] else {
                continue;
            };
            if !definition.name.starts_with("anon$") {
                continue;
            }
            let mut alone = Module::new();
            alone.set_script_fn(definition.clone());
            if let Some(property) = property(&AST::new([], alone), param) {
                let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
                known.insert(definition.name.to_string(), property);
            }
        }
    }

    /// Returns the property that a function reads, if it does nothing else.
    pub(super) fn of(&self, f: &FnPtr) -> Option<Arc<str>> {
        if f.is_curried() {
            return None;
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(f.fn_name()).cloned()
    }
}

/// Returns the property of a record or map, if it is there.
pub(super) fn read(item: &Dynamic, property: &str) -> Option<Dynamic> {
    if let Some(record) = item.read_lock::<Record>() {
        return record.get(property).ok();
    }
    let map = item.as_map_ref().ok()?;
    map.get(property).map(Dynamic::flatten_clone)
}

/// Returns the property of its parameter that the only function of a script comes to. The parser's
/// own type of a body has no public name, so it is read by walking the script.
fn property(script: &AST, param: &str) -> Option<Arc<str>> {
    let mut body = Vec::new();
    script.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(stmt)] = path {
            body.push(read_by(stmt, param));
        }
        true
    });
    match body.as_slice() {
        [Some(property)] => Some(Arc::clone(property)),
        _ => None,
    }
}

/// Returns the property of a variable that a statement reads.
fn read_by(stmt: &Stmt, param: &str) -> Option<Arc<str>> {
    let Stmt::Expr(expr) = stmt else {
        return None;
    };
    let Expr::Dot(both, ..) = &**expr else {
        return None;
    };
    match (&both.lhs, &both.rhs) {
        (Expr::Variable(variable, ..), Expr::Property(property, _))
            if variable.2.is_empty() && variable.1.as_str() == param =>
        {
            Some(property.2.as_str().into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rhai::Engine;

    use super::*;

    #[test]
    fn only_closures_that_read_one_property_are_known() {
        let check = |closure: &str, expected: Option<&str>| {
            let engine = Engine::new();
            let ast = engine.compile(format!("let y = #{{}}; {closure}"));
            let ast = ast.expect("a script");
            let readers = Readers::default();
            readers.learn(&ast);
            let f: FnPtr = engine.eval_ast(&ast).expect("a closure");
            assert_eq!(readers.of(&f).as_deref(), expected, "{closure}");
        };
        check("|x| x.name", Some("name"));
        check("|x| x?.name", Some("name"));
        check("|x| { x.name }", Some("name"));
        check("|x| x.name.first", None);
        check("|x| x.name()", None);
        check("|x| y.name", None);
        check("|x, z| x.name", None);
        check("|x| !x.name", None);
        check("|x| { x.name = 1; x.name }", None);
    }

    #[test]
    fn what_is_not_there_is_left_to_the_engine() {
        let map: rhai::Map = [("a".into(), Dynamic::from(1_i64))].into();
        let map = Dynamic::from_map(map);
        assert_eq!(read(&map, "a").and_then(|a| a.as_int().ok()), Some(1));
        assert!(read(&map, "b").is_none());
        assert!(read(&Dynamic::from("text"), "len").is_none());
    }
}
