//! Jobs that are known by their ids.

use std::sync::Arc;

use rhai::Dynamic;

use crate::error::{Code, Error};
use crate::script::args;
use crate::script::error::{argument, describe};
use crate::script::host::Host;
use crate::script::poller;

/// `wait_job(vault, id[, #{ timeout }])`, or of a record; `name` is the operation that reads the job.
pub(super) fn wait(host: &Arc<Host>, name: &str, mut args: Vec<Dynamic>) -> Result<Dynamic, Error> {
    let op = host.operation("recovery", name).ok_or_else(|| {
        let message = format!("recovery::{name} is not described");
        Error::new(Code::Internal, message)
    })?;
    let patience = args.pop_if(|last| last.is_map());
    let patience = patience
        .map(|options| timeout(name, &options))
        .transpose()?;
    let parts = args::sort(host, op, None, &mut args)?;
    let patience = patience.filter(|time| !time.is_unit());
    poller::of_job(host, op, &parts, patience.as_ref())?.wait(None)
}

fn timeout(name: &str, options: &Dynamic) -> Result<Dynamic, Error> {
    let map = options
        .as_map_ref()
        .map_err(|what| argument(format!("the options must be a map, not {what}")))?;
    if let Some(other) = map.keys().find(|key| *key != "timeout") {
        let message = format!("`wait_{name}` has no option `{other}`");
        return Err(argument(message).help("it has: timeout"));
    }
    Ok(map.get("timeout").cloned().unwrap_or(Dynamic::UNIT))
}

/// `job_id_from_location(url)`. The clients of 2015 to 2017 cut the id out of the same place.
pub(super) fn id_of(args: &[Dynamic]) -> Result<Dynamic, Error> {
    let given = args.first().cloned().unwrap_or(Dynamic::UNIT);
    let text = given.as_immutable_string_ref().ok();
    let path = text.as_ref().and_then(|text| text.split(['?', '#']).next());
    let id = path.and_then(|path| path.rsplit('/').next().filter(|id| id.len() < path.len()));
    let id = id.filter(|id| !id.is_empty());
    id.map(|id| id.to_owned().into()).ok_or_else(|| {
        let what = describe(&given);
        let message = format!("`recovery::job_id_from_location` takes an address, not {what}");
        argument(message)
            .help("`Location` reads like `https://…/operationresults/2f6e…?api-version=…`")
    })
}
