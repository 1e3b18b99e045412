//! `api add`: a module is made of a document, or everything is said that is wrong with it.

use crate::api::added::{About, Sources, Store};
use crate::api::document::{is_legal, is_reserved, snake_case};
use crate::api::{self, ServiceName};
use crate::base::clock::{Clock, RealClock};
use crate::cli::added;
use crate::cli::args::Add;
use crate::error::{Code, Error};
use crate::script::interface;

/// What was added.
pub(super) struct Added {
    /// About it, as JSON.
    pub(super) about: String,
    /// A line for people.
    pub(super) note: String,
}

/// Adds an API, or only tries to.
pub(super) fn add(args: &Add) -> Result<Added, Error> {
    let store = added::store();
    may_be_called(&args.name)?;
    is_free(&store, args)?;
    let sources = Sources::read(&args.file, args.overlay.as_deref())?;
    let on = ServiceName::from(args.on).as_str();
    let service = sources.compile(&args.name, on)?;
    let about = About::new(&sources, &service, RealClock::default().now());
    if !args.dry_run {
        store.save(&about, &service, &sources)?;
    }
    Ok(Added {
        note: note(&about, args.dry_run),
        about: serde_json::to_string(&about).unwrap_or_default(),
    })
}

fn note(about: &About, dry_run: bool) -> String {
    let module = &about.module;
    let counts = format!(
        "{} functions, {} record types",
        about.operations, about.records
    );
    if dry_run {
        return format!("`{module}` would have {counts}; nothing was written");
    }
    format!("`{module}` is added: {counts}; `tenantry doc {module}` shows them")
}

/// Scripts must be able to write the name, and it must not mean anything yet.
fn may_be_called(name: &str) -> Result<(), Error> {
    let wrong = |message: String| Err(Error::new(Code::UsageArgument, message));
    if is_reserved(name) {
        return wrong(format!(
            "a module cannot be called `{name}`: the script language keeps this word for itself"
        ));
    }
    if !is_legal(name) {
        let message = format!("a module cannot be called `{name}`");
        let meant = snake_case(name);
        let rule =
            "a name begins with a small letter and goes on with small letters, digits and `_`";
        let help = if is_legal(&meant) {
            format!("{rule}: `--as {meant}`")
        } else {
            rule.to_owned()
        };
        return Err(Error::new(Code::UsageArgument, message).help(help));
    }
    let known = interface::known(api::services());
    let of_host = known.functions.iter().any(|one| one.module == Some(name));
    if api::service(name).is_some() || name == "std" || of_host {
        return wrong(format!(
            "there is `{name}` in every script already; give another name"
        ));
    }
    Ok(())
}

fn is_free(store: &Store, args: &Add) -> Result<(), Error> {
    if args.replace || args.dry_run || !store.has(&args.name) {
        return Ok(());
    }
    let from = match store.about(&args.name) {
        Ok(about) => format!(", from {}", about.file),
        Err(_) => String::new(),
    };
    let message = format!("`{}` was added already{from}", args.name);
    Err(Error::new(Code::UsageArgument, message).help("`--replace` puts this in its place"))
}
