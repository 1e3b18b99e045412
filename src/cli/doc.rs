//! `doc [NAME]`: the manual.

use super::added;
use super::args::{Doc, OutputFormat};
use super::console::Console;
use super::offline;
use crate::repl::manual::Page;

/// Shows a page of the manual, or its overview.
pub(super) fn doc(console: &Console, args: &Doc) -> u8 {
    let services = match &args.name {
        Some(name) => added::for_name(name, console),
        None => Ok(added::all(console)),
    };
    let services = match services {
        Ok(services) => services,
        Err(error) => return console.fail(&error, None),
    };
    let manual = offline::manual(&services);
    let pages = match &args.name {
        None => Ok(vec![manual.overview()]),
        Some(name) => manual.find(name),
    };
    match pages {
        Err(error) => console.fail(&error, None),
        Ok(pages) if console.globals.output == OutputFormat::Table => {
            let texts: Vec<String> = pages.iter().map(Page::text).collect();
            console.print(&texts.join("\n"))
        }
        Ok(pages) => console.finish(|output| match pages.as_slice() {
            [page] => output.result(&page.json().to_string()),
            pages => pages
                .iter()
                .try_for_each(|page| output.emit(&page.json().to_string())),
        }),
    }
}
