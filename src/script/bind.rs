//! Every described operation becomes a function of its service's module and, where it belongs to a
//! record, a method. All of them lead to the one invoker.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{
    Dynamic, Engine, FuncRegistration, Module, NativeCallContext, Position, RhaiFunc, Shared,
};

use super::args::{most, required};
use super::error::{argument, raise_at};
use super::host::{Answer, Host, Op};
use super::invoke::{begin, invoke};
use super::record::{Record, Shape};
use super::texts::Names;
use super::{compose, raw};
use crate::api::model::Operation;
use crate::base::text::did_you_mean;
use crate::error::Error;

/// A function as the engine keeps it.
pub(super) type Native =
    dyn Fn(Option<NativeCallContext>, &mut [&mut Dynamic]) -> Answer<Dynamic> + Send + Sync;

/// Registers modules and methods of all services, as far as the run names them.
pub(super) fn register(engine: &mut Engine, host: &Arc<Host>, names: &Names) {
    for service in &host.settings.services {
        let mut module = Module::new();
        for operation in service.operations.iter() {
            function(&mut module, host, Op { service, operation }, names);
        }
        if !service.is_added() {
            raw::register(&mut module, host, service);
            compose::register(&mut module, host, service.name);
        }
        engine.register_static_module(service.name, module.into());
    }
    methods(engine, host, names);
}

/// What a name calls: an operation to its end, or what only begins it.
type Calls = fn(&Arc<Host>, Op, Option<&Record>, &mut [Dynamic]) -> Result<Dynamic, Error>;

fn function(module: &mut Module, host: &Arc<Host>, op: Op, names: &Names) {
    let name = op.operation.name;
    if names.has(name) {
        named(module, host, op, name, invoke);
    }
    if op.operation.is_long() {
        let name = format!("{}{name}", Operation::BEGIN);
        if names.has(&name) {
            named(module, host, op, &name, begin);
        }
    }
}

fn named(module: &mut Module, host: &Arc<Host>, op: Op, name: &str, calls: Calls) {
    let host = Arc::clone(host);
    let call = move |ctx: Option<NativeCallContext>, args: &mut [&mut Dynamic]| {
        let at = ctx
            .as_ref()
            .map_or(Position::NONE, NativeCallContext::call_position);
        let mut args = taken(args);
        calls(&host, op, None, &mut args).map_err(|error| {
            let source = ctx.as_ref().and_then(NativeCallContext::call_source);
            raise_at(host.placed(error, source, at), at)
        })
    };
    let call: Shared<Native> = Shared::new(call);
    for count in required(op, false)..=most(op, false) {
        raw_function(module, name, count, Shared::clone(&call));
    }
}

/// Registers a function of `count` arguments of any type.
pub(super) fn raw_function(module: &mut Module, name: &str, count: usize, func: Shared<Native>) {
    FuncRegistration::new(name).set_into_module_raw(
        module,
        vec![TypeId::of::<Dynamic>(); count],
        RhaiFunc::Pure {
            func,
            has_context: true,
            is_pure: true,
            is_volatile: true,
        },
    );
}

/// Returns the arguments as values of their own, shared ones copied.
pub(super) fn taken(args: &mut [&mut Dynamic]) -> Vec<Dynamic> {
    args.iter_mut()
        .map(|arg| std::mem::take(*arg).flatten())
        .collect()
}

/// A method's name is registered once per number of arguments, and finds its operation by the
/// record's type.
fn methods(engine: &mut Engine, host: &Arc<Host>, names: &Names) {
    let mut shapes = BTreeSet::new();
    for ((_, _, name), op) in &host.methods {
        for count in required(*op, true)..=most(*op, true) {
            shapes.insert((Cow::Borrowed(*name), count));
            if op.operation.is_long() {
                shapes.insert((Cow::Owned(format!("{}{name}", Operation::BEGIN)), count));
            }
        }
    }
    shapes.retain(|(name, _)| names.has(name));
    for (name, count) in shapes {
        let host = Arc::clone(host);
        let mut types = vec![TypeId::of::<Dynamic>(); count];
        types.insert(0, TypeId::of::<Record>());
        engine.register_raw_fn(
            name.clone().into_owned(),
            types,
            move |ctx, args| -> Answer<Dynamic> {
                let at = ctx.call_position();
                let (first, rest) = args.split_first_mut().ok_or("a method needs its record")?;
                let record = first.read_lock::<Record>().map(|record| record.clone());
                let record = record.ok_or("a method needs its record")?;
                let mut rest = taken(rest);
                method(&host, &record, &name, &mut rest)
                    .map_err(|error| raise_at(host.placed(error, ctx.call_source(), at), at))
            },
        );
    }
}

fn method(
    host: &Arc<Host>,
    record: &Record,
    name: &str,
    args: &mut [Dynamic],
) -> Result<Dynamic, Error> {
    let begins = name
        .strip_prefix(Operation::BEGIN)
        .and_then(|name| find(host, record, name));
    let (op, calls): (&Op, Calls) = match (find(host, record, name), begins) {
        (Some(op), _) => (op, invoke),
        (None, Some(op)) if op.operation.is_long() => (op, begin),
        (None, _) => return Err(no_method(host, record, name)),
    };
    let (least, most) = (required(*op, true), most(*op, true));
    if args.len() < least || args.len() > most {
        return Err(argument(format!(
            "`{}.{name}` takes {least} argument(s), and got {}",
            record.kind(),
            args.len()
        ))
        .help(super::usage::method(*op)));
    }
    calls(host, *op, Some(record), args)
}

/// Returns the operation that is a record's method of that name.
fn find<'a>(host: &'a Host, record: &Record, name: &str) -> Option<&'a Op> {
    let Shape::Rec(schema) = record.shape() else {
        return None;
    };
    let service = record.service().name;
    let mut found = host.methods.iter();
    let found =
        found.find(|((of, at, method), _)| *of == service && *at == schema && *method == name);
    found.map(|(_, op)| op)
}

fn no_method(host: &Host, record: &Record, name: &str) -> Error {
    let service = record.service();
    let own: Vec<&str> = host
        .methods
        .keys()
        .filter(|(of, schema, _)| *of == service.name && Shape::Rec(*schema) == record.shape())
        .map(|(_, _, name)| *name)
        .collect();
    let others: BTreeSet<&str> = host
        .methods
        .keys()
        .filter(|(of, _, method)| *of == service.name && *method == name)
        .filter_map(|(_, schema, _)| Some(service.schemas.get(usize::from(*schema))?.name))
        .collect();
    let message = format!("{} has no method `{name}`", record.kind());
    let error = Error::new(crate::error::Code::ScriptFunction, message);
    match did_you_mean(name, own.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if others.is_empty() => error,
        None => {
            let others: Vec<&str> = others.into_iter().collect();
            error.help(format!("it is a method of {}", others.join(", ")))
        }
    }
}
