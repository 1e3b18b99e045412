//! The page of a record type.

use super::operation::choices;
use super::page::{Page, Row};
use super::words;
use crate::api::model::{Operation, Service};
use crate::script::check::known::{Known, Receiver};

/// Returns the page.
pub(super) fn page(service: &Service, index: u16, known: &Known) -> Page {
    let schema = &service.schemas[usize::from(index)];
    let properties = schema
        .fields
        .iter()
        .map(|field| {
            let about = format!("{}{}", field.doc, choices(service, field.ty));
            Row::new(field.name, words::ty(service, field.ty), about)
        })
        .collect();
    let method = |operation: &Operation| {
        let (owner, name) = operation.method_of?;
        let call = words::method(service, operation, name);
        (owner == index).then(|| Row::new(call, "", operation.doc))
    };
    let mut methods: Vec<Row> = service.operations.iter().filter_map(method).collect();
    methods.extend(
        known
            .methods
            .iter()
            .filter(|method| method.of == Receiver::Record)
            .map(|method| Row::new(words::host_method(method), "", method.doc)),
    );
    Page {
        name: schema.name.to_owned(),
        about: schema.doc.to_owned(),
        tables: vec![("Properties", properties), ("Methods", methods)],
        facts: vec![("Module", service.name.to_owned())],
        ..Page::default()
    }
}
