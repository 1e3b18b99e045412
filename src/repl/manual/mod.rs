//! The manual: pages about modules, functions, record types and the host's own functions, made from
//! the services' descriptions and the host's table. Nothing here is written by hand twice.

mod host;
mod operation;
mod page;
mod schema;
pub(crate) mod words;

use crate::api::model::Service;
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::script::check::known::Known;

pub(crate) use operation::principal;
pub use page::{Page, Row};

/// Everything that scripts can call.
#[derive(Debug, Clone, Copy)]
pub struct Manual<'a> {
    /// The services' descriptions.
    pub services: &'a [&'static Service],
    /// The host's own functions and methods.
    pub known: &'a Known,
}

impl Manual<'_> {
    /// Returns the page that lists the modules and the host's functions.
    pub fn overview(&self) -> Page {
        let module = |service: &&'static Service| {
            let count = service.operations.len();
            Row::new(service.name, "", format!("{count} functions"))
        };
        let described = self.services.iter().filter(|it| !it.operations.is_empty());
        let mut functions = host::rows(self.known, None);
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        Page {
            name: "What scripts can call".to_owned(),
            tables: vec![
                ("Modules", described.map(module).collect()),
                ("Host modules", host::modules(self.known)),
                ("Host functions", functions),
                ("Methods", host::receivers(self.known)),
            ],
            facts: vec![(
                "More",
                "doc MODULE, doc MODULE::FUNCTION, doc RECORD, doc FUNCTION".to_owned(),
            )],
            ..Page::default()
        }
    }

    /// Returns the pages about a name: usually one, several when the name has several meanings.
    pub fn find(&self, name: &str) -> Result<Vec<Page>, Error> {
        let mut pages = self.modules(name);
        if let Some((module, function)) = name.split_once("::") {
            pages.extend(self.functions(Some(module), function));
        } else if let Some((owner, method)) = name.split_once('.') {
            pages.extend(self.methods(owner, method));
        } else {
            pages.extend(self.functions(None, name));
            pages.extend(self.services.iter().filter_map(|service| {
                let schema = service.schema(name);
                schema.map(|(index, _)| schema::page(service, index, self.known))
            }));
            if pages.is_empty() {
                pages.extend(host::methods(self.known, name));
            }
        }
        if pages.is_empty() {
            return Err(self.unknown(name));
        }
        Ok(pages)
    }

    fn modules(&self, name: &str) -> Vec<Page> {
        let service = self.services.iter().find(|service| service.name == name);
        let functions = host::rows(self.known, Some(name));
        if service.is_none() && functions.is_empty() {
            return Vec::new();
        }
        let mut page = service.map_or_else(Page::default, |service| module(service));
        name.clone_into(&mut page.name);
        page.about = format!("Functions are called as `{name}::NAME(…)`.");
        page.tables
            .insert(page.tables.len().min(1), ("Host functions", functions));
        vec![page]
    }

    fn functions(&self, module: Option<&str>, name: &str) -> Vec<Page> {
        let services = self
            .services
            .iter()
            .filter(|service| module.is_none_or(|module| service.name == module));
        let mut pages: Vec<Page> = services
            .filter_map(|service| {
                let found = service.operation(name).or_else(|| service.begun(name));
                Some(operation::page(service, found?))
            })
            .collect();
        let functions = self.known.functions.iter();
        pages.extend(
            functions
                .filter(|function| function.name == name && function.module == module)
                .map(host::function),
        );
        pages
    }

    fn methods(&self, owner: &str, method: &str) -> Vec<Page> {
        let mut pages = Vec::new();
        for service in self.services {
            let Some((index, _)) = service.schema(owner) else {
                continue;
            };
            pages.extend(
                service
                    .operations
                    .iter()
                    .filter(|operation| operation.method_of.is_some_and(|of| of == (index, method)))
                    .map(|operation| operation::page(service, operation)),
            );
        }
        if pages.is_empty() {
            pages.extend(host::methods(self.known, method));
        }
        pages
    }

    fn unknown(&self, name: &str) -> Error {
        let names = self.names();
        let error = Error::new(
            Code::UsageArgument,
            format!("nothing that scripts can call has the name `{name}`"),
        );
        let last = name.rsplit("::").next().unwrap_or(name);
        let near = did_you_mean(name, names.iter().map(String::as_str));
        let near = near.map(str::to_owned).or_else(|| {
            let ends = |full: &&String| full.rsplit("::").next() == Some(last);
            names.iter().find(ends).cloned()
        });
        match near {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help("`tenantry doc` lists the modules and functions"),
        }
    }

    /// Returns every name that has a page.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for service in self.services {
            names.push(service.name.to_owned());
            names.extend(service.schemas.iter().map(|schema| schema.name.to_owned()));
            let functions = service.operations.iter();
            names.extend(functions.map(|it| format!("{}::{}", service.name, it.name)));
            let long = service.operations.iter().filter(|it| it.is_long());
            let begin = crate::api::model::Operation::BEGIN;
            names.extend(long.map(|it| format!("{}::{begin}{}", service.name, it.name)));
        }
        for function in &self.known.functions {
            names.push(match function.module {
                Some(module) => format!("{module}::{}", function.name),
                None => function.name.to_owned(),
            });
        }
        names.extend(self.known.methods.iter().map(|it| it.name.to_owned()));
        names.sort();
        names.dedup();
        names
    }
}

/// Returns the page of a service's module.
fn module(service: &Service) -> Page {
    let row = |operation: &crate::api::model::Operation| {
        Row::new(operation.name, operation.gravest().as_str(), operation.doc)
    };
    let record = |schema: &crate::api::model::Schema| Row::new(schema.name, "", schema.doc);
    Page {
        tables: vec![
            ("Functions", service.operations.iter().map(row).collect()),
            (
                "Record types",
                service
                    .schemas
                    .iter()
                    .filter(|schema| !schema.name.contains('_'))
                    .map(record)
                    .collect(),
            ),
        ],
        ..Page::default()
    }
}
