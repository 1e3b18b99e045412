//! Evaluates expressions, and the JSON around them: strings that are expressions become their
//! values, `copy` in an object becomes an array.

use serde_json::{Map, Value};

use super::copy;
use super::expression::{Expression, Form, read};
use super::fault::{Fault, bad_call, kind, no_member, no_members, out_of_bounds};
use super::functions;
use super::scope::{Loop, Scope, Stage, member};

/// Where an expression stands: its scope, the loops around it, the stage.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) loops: &'a [Loop],
    pub(super) stage: Stage,
}

impl<'a> Frame<'a> {
    /// Returns the same frame within other loops.
    pub(super) fn within<'b>(&self, loops: &'b [Loop]) -> Frame<'b>
    where
        'a: 'b,
    {
        Frame {
            scope: self.scope,
            loops,
            stage: self.stage,
        }
    }

    /// Evaluates a string of the template. In the look ahead, what must be put off stays as written.
    pub(super) fn text(&self, text: &str) -> Result<Value, Fault> {
        match read(text)? {
            Form::Literal(text) => Ok(Value::String(text.into_owned())),
            Form::Expression(expression) => match self.expression(&expression) {
                Err(Fault::Deferred) if self.stage == Stage::Ahead => Ok(Value::from(text)),
                other => other,
            },
        }
    }

    /// Evaluates any value of the template.
    pub(super) fn value(&self, value: &Value) -> Result<Value, Fault> {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(object) => self.object(object).map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    /// Evaluates an object; its names may be expressions, its `copy` makes further members.
    pub(super) fn object(&self, object: &Map<String, Value>) -> Result<Map<String, Value>, Fault> {
        let mut made = Map::new();
        for (name, value) in object {
            if let Some(loops) = copy::of_properties(name, value) {
                copy::properties(self, loops, &mut made)?;
                continue;
            }
            let name = match self.text(name)? {
                Value::String(name) => name,
                other => return Err(no_members(name, &other)),
            };
            made.insert(name, self.value(value)?);
        }
        Ok(made)
    }

    /// Evaluates an expression.
    pub(super) fn expression(&self, expression: &Expression) -> Result<Value, Fault> {
        match expression {
            Expression::Text(text) => Ok(Value::from(text.as_str())),
            Expression::Integer(number) => Ok(Value::from(*number)),
            Expression::Call { name, args } => self.call(name, args),
            Expression::Member { of, name } => take(&self.expression(of)?, name),
            Expression::Index { of, at } => {
                let [of, at] = self.both(of, at)?;
                index(&of, &at)
            }
        }
    }

    fn call(&self, name: &str, args: &[Expression]) -> Result<Value, Fault> {
        if name.eq_ignore_ascii_case("if") {
            return self.choose(args);
        }
        let function = functions::find(name, args.len())?;
        let mut values = Vec::with_capacity(args.len());
        let mut deferred = false;
        for arg in args {
            match self.expression(arg) {
                Ok(value) => values.push(value),
                // The others may refer to more resources, which are to be noted as well.
                Err(Fault::Deferred) => deferred = true,
                Err(fault) => return Err(fault),
            }
        }
        if deferred {
            return Err(Fault::Deferred);
        }
        function.run(self, &values)
    }

    /// `if`: only the branch that is taken is evaluated, unless the condition must be put off.
    fn choose(&self, args: &[Expression]) -> Result<Value, Fault> {
        let [condition, yes, no] = args else {
            let detail = format!("3 arguments are expected, but {} are given", args.len());
            return Err(bad_call("if", &detail));
        };
        match self.expression(condition) {
            Ok(Value::Bool(true)) => self.expression(yes),
            Ok(Value::Bool(false)) => self.expression(no),
            Ok(other) => {
                let detail = format!("the condition is of type '{}', not 'Boolean'", kind(&other));
                Err(bad_call("if", &detail))
            }
            Err(Fault::Deferred) => {
                self.both(yes, no)?;
                Err(Fault::Deferred)
            }
            Err(fault) => Err(fault),
        }
    }

    fn both(&self, first: &Expression, second: &Expression) -> Result<[Value; 2], Fault> {
        match (self.expression(first), self.expression(second)) {
            (Ok(first), Ok(second)) => Ok([first, second]),
            (Err(Fault::Deferred) | Ok(_), Err(fault)) | (Err(fault), _) => Err(fault),
        }
    }
}

fn take(value: &Value, name: &str) -> Result<Value, Fault> {
    let Value::Object(object) = value else {
        return Err(no_members(name, value));
    };
    if let Some((_, value)) = member(object, name) {
        return Ok(value.clone());
    }
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    Err(no_member(name, &names))
}

fn index(of: &Value, at: &Value) -> Result<Value, Fault> {
    match (of, at) {
        (Value::Array(items), Value::Number(number)) => {
            let index = number.as_i64().unwrap_or(-1);
            let item = usize::try_from(index).ok().and_then(|at| items.get(at));
            item.cloned()
                .ok_or_else(|| out_of_bounds(index, items.len()))
        }
        (of, Value::String(name)) => take(of, name),
        (of, at) => Err(no_members(&at.to_string(), of)),
    }
}
