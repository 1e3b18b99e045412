//! `api`: what the services offer, and APIs that a user adds to them.

mod add;
mod list;

use super::added;
use super::args::Api;
use super::console::Console;

/// Runs a command of `api`.
pub(super) fn api(console: &Console, args: &Api) -> u8 {
    match args {
        Api::List { added: true, .. } => list::added(console),
        Api::List { module, .. } => list::operations(console, module.as_deref()),
        Api::Add(args) => match add::add(args) {
            Ok(added) => {
                console.say(&added.note);
                console.finish(|output| output.result(&added.about))
            }
            Err(error) => console.fail(&error, None),
        },
        Api::Show { module } => match added::store().about(module) {
            Ok(about) => {
                let about = serde_json::to_string(&about).unwrap_or_default();
                console.finish(|output| output.result(&about))
            }
            Err(error) => console.fail(&error, None),
        },
        Api::Remove { module } => match added::store().remove(module) {
            Ok(()) => {
                console.say(&format!("`{module}` is forgotten"));
                0
            }
            Err(error) => console.fail(&error, None),
        },
    }
}
