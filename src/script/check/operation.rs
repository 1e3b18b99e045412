//! Going through calls of service operations: arity, the record that may stand for a parameter,
//! options, and what the call gives.

use rhai::{Expr, Position};

use super::body::Body;
use super::checker::{Checker, hint};
use super::ids::Call;
use super::statement::article;
use super::types::Ty;
use super::world::{COMMON_OPTIONS, World};
use crate::api::ids;
use crate::api::model::{Job, Kind, Level, Merge, Operation, Output, Param, Place, Service, Verb};
use crate::error::Code;
use crate::script::{options, tenant};

impl Checker<'_> {
    /// Goes through a call of an operation; `method` is its name when it is called on a record.
    pub(super) fn operation(
        &mut self,
        service: usize,
        operation: &'static Operation,
        method: Option<&str>,
        args: &[Expr],
        at: Position,
    ) -> Ty {
        let module = self.world.services[service].name;
        let name = method.map_or_else(|| format!("{module}::{}", operation.name), str::to_owned);
        self.permitted(service, operation, at);
        let of = self.world.services[service];
        let required = operation.params.0.iter().filter(|param| param.required);
        let positional: Vec<&'static Param> = required
            .filter(|param| method.is_none() || !operation.of_record(param))
            .collect();
        // Where a body may be left out, one more argument may be it or the options.
        let before = positional.len() + usize::from(operation.body.is_some());
        let options = args.get(before);
        let takes = World::operation_arity(of, operation, method.is_some());
        if !takes.holds(args.len()) {
            self.arguments(args, &[]);
            let usage = usage(&name, of, operation);
            self.wrong_arity(&name, &[takes], args.len(), at, &usage);
            return self.output(service, operation, options);
        }
        if ids::are_paths(of) {
            let call = Call {
                service,
                name: &name,
                operation,
                positional: &positional,
                at,
            };
            let options = self.along_the_path(&call, args);
            return self.output(service, operation, options);
        }
        for (at, arg) in args.iter().enumerate() {
            match (positional.get(at), &operation.body) {
                (Some(param), _) => self.parameter(service, &name, param, arg),
                (None, Some(body)) if at == positional.len() => {
                    self.body(service, &name, body.ty, arg, mode(operation));
                }
                _ => self.options(service, &name, operation, arg),
            }
        }
        self.output(service, operation, options)
    }

    pub(super) fn parameter(&mut self, service: usize, name: &str, param: &Param, arg: &Expr) {
        let at = arg.start_position();
        let scoped = param.scope.is_some() || param.of_object();
        let empty = matches!(arg, Expr::StringConstant(text, _) if text.is_empty() && scoped);
        if matches!(arg, Expr::Unit(_)) || empty {
            let help = match param.scope {
                Some(scope) if scope.is_any() => "give a record or its id".to_owned(),
                Some(scope) => format!("give {} or its id", article(scope.schema)),
                None if param.place == Place::Token => tenant::GIVE.to_owned(),
                None => "give a value".to_owned(),
            };
            self.wrong(
                Code::CheckArgument,
                at,
                format!(
                    "`{}` of `{name}` is missing: it is {}",
                    param.name,
                    if empty { "an empty text" } else { "`()`" }
                ),
                help,
            );
            return;
        }
        let kind = self.world.services[service].kind(param.ty);
        if let (Kind::Enum(_), Expr::StringConstant(..)) = (kind, arg) {
            self.option(service, name, param, arg);
            return;
        }
        let ty = self.expression(arg);
        if let (Place::Token, Ty::Rec(shape)) = (param.place, &ty) {
            let of = self.world.services[shape.service];
            let schema = of.schemas[usize::from(shape.index)].name;
            if !tenant::may_name(of, schema) {
                let message = format!(
                    "{} cannot stand for `{}` of `{name}`",
                    article(schema),
                    param.name
                );
                self.wrong(Code::CheckArgument, at, message, tenant::GIVE);
            }
            return;
        }
        if let (Some(scope), Ty::Rec(shape)) = (param.scope, &ty) {
            let schema = self.world.services[shape.service].schemas[usize::from(shape.index)].name;
            if !options::stands_for(schema, scope.schema) {
                let message = format!(
                    "{} cannot stand for `{}` of `{name}`",
                    article(schema),
                    param.name
                );
                self.wrong(
                    Code::CheckArgument,
                    at,
                    message,
                    format!("give {} or its id", article(scope.schema)),
                );
            }
            return;
        }
        self.suits(
            service,
            param.ty,
            &ty,
            &format!("`{}` of `{name}`", param.name),
            at,
        );
    }

    pub(super) fn options(
        &mut self,
        service: usize,
        name: &str,
        operation: &Operation,
        arg: &Expr,
    ) {
        let Expr::Map(map, _) = arg else {
            let ty = self.expression(arg);
            if !matches!(ty, Ty::Map(_) | Ty::Unknown | Ty::Unit) {
                let message = format!(
                    "the last argument of `{name}` is a map of options, not {}",
                    article(&ty.words(self.world.services))
                );
                self.wrong(Code::CheckArgument, arg.start_position(), message, "");
            }
            return;
        };
        let known: Vec<&str> = operation
            .optional()
            .map(|param| param.name)
            .chain(COMMON_OPTIONS)
            .chain(operation.host_options())
            .collect();
        for (key, value) in &map.0 {
            if key.name == Job::OPTION && operation.job.is_some() {
                self.level(name, value);
            } else if let Some(param) = operation
                .optional()
                .find(|param| param.name == key.name.as_str())
            {
                if matches!(param.wire, "$select" | "$orderby") {
                    self.option_names(service, name, operation, param, value);
                }
                match value {
                    // A list of texts may stand where the service takes them with commas between.
                    Expr::Array(items, _) if param.wire == "$orderby" => {
                        for item in items {
                            self.option(service, name, param, item);
                        }
                    }
                    _ => self.option(service, name, param, value),
                }
            } else {
                self.expression(value);
                if !known.contains(&key.name.as_str()) {
                    let help = hint(&key.name, &known);
                    self.wrong(
                        Code::CheckKey,
                        key.pos,
                        format!("`{name}` has no option `{}`", key.name),
                        help,
                    );
                }
            }
        }
    }

    /// Goes through the option that says how far the work is followed.
    fn level(&mut self, name: &str, value: &Expr) {
        self.expression(value);
        if let Expr::StringConstant(word, at) = value
            && Level::parse(word).is_none()
        {
            let words = Level::WORDS.map(|(word, _)| word);
            let message = format!("`{}` of `{name}` cannot be {word:?}", Job::OPTION);
            let help = format!("it is one of {}", words.join(", "));
            self.wrong(Code::CheckArgument, *at, message, help);
        }
    }

    /// Returns what a call with these options gives.
    fn output(
        &mut self,
        service: usize,
        operation: &'static Operation,
        options: Option<&Expr>,
    ) -> Ty {
        let of = |ty| Ty::of(self.world.services, service, ty);
        let Some(answering) = answering(self.world.services[service], operation, options) else {
            return Ty::Unknown;
        };
        match answering.output {
            Output::Nothing => Ty::Unit,
            Output::One(ty) => self.asked(of(ty), operation, options),
            Output::Many(ty) if operation.verb == Verb::Get => {
                Ty::Pager(self.asked(of(ty), operation, options).into())
            }
            Output::Many(ty) => Ty::list(of(ty)),
            Output::Bytes => Ty::Unknown,
            Output::Exists | Output::Absent => Ty::Bool,
        }
    }
}

/// Returns the operation whose answer a call gives; `None`: only the run can tell.
fn answering(
    service: &'static Service,
    operation: &'static Operation,
    options: Option<&Expr>,
) -> Option<&'static Operation> {
    let Some(options) = options.filter(|_| operation.job.is_some()) else {
        return Some(service.answering(operation));
    };
    let Expr::Map(map, _) = options else {
        return None;
    };
    let mut keys = map.0.iter();
    let level = match keys.find(|(key, _)| key.name == Job::OPTION) {
        None => None,
        Some((_, Expr::StringConstant(word, _))) => Some(Level::parse(word)?),
        Some(_) => return None,
    };
    Some(service.answering_at(operation, level))
}

/// Returns what a body may leave out.
pub(super) fn mode(operation: &Operation) -> Body {
    if operation.merge == Merge::None {
        Body::Creates
    } else {
        Body::Changes
    }
}

/// Returns how a call looks, for help.
pub(super) fn usage(name: &str, service: &Service, operation: &Operation) -> String {
    let method = !name.contains("::");
    let shown = ids::shown(service, operation, method);
    let mut names: Vec<String> = shown.map(|param| param.name.to_owned()).collect();
    if let Some(body) = &operation.body {
        names.push(format!(
            "#{{ {}… }}",
            if body.name.is_empty() {
                String::new()
            } else {
                format!("{} ", body.name)
            }
        ));
    }
    let dot = if method { "." } else { "" };
    let options: Vec<&str> = operation.optional().map(|param| param.name).collect();
    let optional = match options.as_slice() {
        [] => String::new(),
        some => format!(", and options in a last map: {}", some.join(", ")),
    };
    format!("`{dot}{name}({})`{optional}", names.join(", "))
}
