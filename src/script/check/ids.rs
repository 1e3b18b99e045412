//! Going through the arguments of calls to Azure, where a record or an id stands for as many
//! parameters of the path as it covers. What only the run can tell is not reported.

use rhai::{Expr, Position};

use super::checker::Checker;
use super::operation::{mode, usage};
use super::statement::article;
use super::types::Ty;
use crate::api::ids::{self, ResourceId};
use crate::api::model::{Operation, Param, Place};
use crate::error::Code;
use crate::script::azure::SOLD;

/// A call of an operation whose ids are paths.
pub(super) struct Call<'c> {
    pub(super) service: usize,
    /// What the script calls it.
    pub(super) name: &'c str,
    pub(super) operation: &'static Operation,
    /// The parameters that stand in the argument list.
    pub(super) positional: &'c [&'static Param],
    pub(super) at: Position,
}

/// How far into the path an argument reaches.
enum Reach {
    /// So many parameters of the path are known now.
    To(usize),
    /// Only the run can tell.
    Unknown,
}

impl Call<'_> {
    /// Returns where a parameter stands in the path.
    fn place(&self, param: &Param) -> usize {
        let mut all = self.operation.in_path();
        all.position(|one| one.wire == param.wire)
            .unwrap_or_default()
    }

    /// Returns the first positional parameter, from one on, that is not among the first of the path.
    fn after(&self, from: usize, known: usize) -> usize {
        let mut next = from;
        while let Some(param) = self.positional.get(next)
            && param.place == Place::Path
            && self.place(param) < known
        {
            next += 1;
        }
        next
    }
}

impl Checker<'_> {
    /// Goes through the arguments of a call; returns the map of options, if there is one.
    pub(super) fn along_the_path<'e>(
        &mut self,
        call: &Call<'_>,
        args: &'e [Expr],
    ) -> Option<&'e Expr> {
        let (mut next, mut given) = (0, 0);
        // Whether an argument may stand for more than itself, and whether the last one may be a map.
        let (mut open, mut a_map) = (false, false);
        while let (Some(param), Some(arg)) = (call.positional.get(next), args.get(given)) {
            if param.place != Place::Path {
                self.parameter(call.service, call.name, param, arg);
                (next, given, a_map) = (next + 1, given + 1, false);
                continue;
            }
            let ty = match arg {
                Expr::Map(..) => break,
                _ => self.expression(arg),
            };
            if matches!(ty, Ty::Map(_)) {
                break;
            }
            a_map = open && matches!(ty, Ty::Unknown | Ty::Rec(_) | Ty::Dict(_));
            match self.reach(call, param, (arg, &ty), open) {
                Reach::To(known) => next = call.after(next, known.max(call.place(param) + 1)),
                Reach::Unknown => (next, open) = (next + 1, true),
            }
            given += 1;
        }
        let rest = &args[given..];
        let missing = call.positional.get(next).map(|param| param.name);
        let body = call.operation.body;
        let missing = missing.filter(|_| !open).or_else(|| {
            let wanted = body.filter(|body| body.required && rest.is_empty() && !a_map);
            wanted.map(|body| body.name)
        });
        if let Some(missing) = missing {
            self.arguments(rest, &[]);
            let count = args.len();
            self.misfit(
                call,
                &format!("got {count} argument(s), and no `{missing}`"),
            );
            return None;
        }
        if let ([_], true) = (rest, a_map && body.is_some()) {
            // The body, or the options behind it.
            self.arguments(rest, &[]);
            return None;
        }
        self.behind_the_path(call, rest)
    }

    /// Goes through body and options.
    fn behind_the_path<'e>(&mut self, call: &Call<'_>, rest: &'e [Expr]) -> Option<&'e Expr> {
        let (body, options) = match (call.operation.body, rest) {
            (Some(body), [first, rest @ ..]) => (Some((body, first)), rest),
            (_, rest) => (None, rest),
        };
        if let Some((body, arg)) = body {
            self.body(call.service, call.name, body.ty, arg, mode(call.operation));
        }
        if let Some(options) = options.first() {
            self.options(call.service, call.name, call.operation, options);
        }
        if options.len() > 1 {
            self.misfit(call, "got too many arguments");
        }
        self.arguments(options.get(1..).unwrap_or_default(), &[]);
        options.first()
    }

    fn misfit(&mut self, call: &Call<'_>, what: &str) {
        let message = format!("`{}` {what}", call.name);
        let service = self.world.services[call.service];
        let usage = usage(call.name, service, call.operation);
        self.wrong(
            Code::CheckArgument,
            call.at,
            message,
            format!("use {usage}"),
        );
    }

    /// Goes through an argument that stands for a parameter of the path, and maybe for others.
    fn reach(
        &mut self,
        call: &Call<'_>,
        param: &Param,
        (arg, ty): (&Expr, &Ty),
        open: bool,
    ) -> Reach {
        let own = call.place(param) + 1;
        let as_id = |text: &str| !text.is_empty() && (param.whole || ids::is_id(text));
        if let Expr::StringConstant(text, at) = arg
            && as_id(text)
        {
            return self.reach_of_text(call, param, text, *at, open);
        }
        if matches!(arg, Expr::Unit(_) | Expr::StringConstant(..)) {
            // Behind an argument that may stand for several, a text may be any of those that follow.
            if !open || !matches!(arg, Expr::StringConstant(text, _) if !text.is_empty()) {
                self.parameter(call.service, call.name, param, arg);
            }
            return Reach::To(own);
        }
        if open || matches!(ty, Ty::Unknown | Ty::Text | Ty::Enum(_)) {
            return Reach::Unknown;
        }
        let Ty::Rec(shape) = ty else {
            let what = format!("`{}` of `{}`", param.name, call.name);
            self.suits(call.service, param.ty, ty, &what, arg.start_position());
            return Reach::To(own);
        };
        let of = self.world.services[shape.service];
        let schema = of.schemas[usize::from(shape.index)].name;
        let by_another = param
            .scope
            .is_some_and(|scope| scope.property != "id" && scope.schema == schema);
        let scoped = call.operation.in_path().any(|param| param.scope.is_some());
        let covered = ids::covered_by(call.operation, schema).filter(|covered| *covered >= own);
        match covered {
            _ if !ids::are_paths(of) => {}
            _ if by_another => return Reach::To(own),
            Some(covered) => return Reach::To(covered),
            // A resource of any type, or one that another document describes.
            None if schema == "Resource" || shape.service != call.service || !scoped => {
                return Reach::Unknown;
            }
            None => {}
        }
        if of.on == "partner" && schema == "Subscription" {
            let what = format!(
                "a Subscription of Partner Center cannot stand for `{}`",
                param.name
            );
            let message = format!("{what} of `{}`", call.name);
            self.wrong(Code::CheckArgument, arg.start_position(), message, SOLD);
        } else {
            self.cannot_stand(call, param, &article(schema), arg.start_position());
        }
        // Told once: what it was meant to stand for is not known.
        Reach::Unknown
    }

    fn reach_of_text(
        &mut self,
        call: &Call<'_>,
        param: &Param,
        text: &str,
        at: Position,
        open: bool,
    ) -> Reach {
        let own = call.place(param) + 1;
        if let (true, Err(why)) = (param.whole, ResourceId::parse(text)) {
            let message = format!(
                "`{}` of `{}` is no id of Azure: {why}",
                param.name, call.name
            );
            self.wrong(Code::CheckArgument, at, message, "");
            return Reach::To(own);
        }
        match ids::walk(call.operation, text).map(|filled| filled.len()) {
            Some(covered) if covered >= own => Reach::To(covered),
            _ if open => Reach::Unknown,
            _ => {
                self.cannot_stand(call, param, "this id", at);
                Reach::Unknown
            }
        }
    }

    fn cannot_stand(&mut self, call: &Call<'_>, param: &Param, what: &str, at: Position) {
        let message = format!(
            "{what} cannot stand for `{}` of `{}`",
            param.name, call.name
        );
        let help = match param.scope {
            Some(scope) if !scope.is_any() => format!(
                "give {} or its id: what the call is about is at `{}`",
                article(scope.schema),
                call.operation.path
            ),
            _ => format!("what the call is about is at `{}`", call.operation.path),
        };
        self.wrong(Code::CheckArgument, at, message, help);
    }
}
