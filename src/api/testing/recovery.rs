//! A small description of Recovery Services: one protected item and one backup item, with the jobs
//! that are made for them.

use std::sync::LazyLock;

use crate::api::document::{Document, read};
use crate::api::model::Service;

/// Returns a service `recovery` with a few operations of each kind.
pub(crate) fn recovery() -> &'static Service {
    static SERVICE: LazyLock<Service> = LazyLock::new(|| {
        let text = include_str!("recovery.yaml");
        let value = serde_saphyr::from_str(text).expect("YAML");
        let document = Document {
            name: "recovery.yaml",
            value: &value,
        };
        read("recovery", &[document]).unwrap_or_else(|problems| panic!("{problems:?}"))
    });
    &SERVICE
}
