//! What is known of an added API without reading it: the first line of its file.

use serde::{Deserialize, Serialize};

use super::Sources;
use crate::api::model::{Effect, Service};
use crate::base::clock::Timestamp;

/// What is known of an added API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Name of its script module.
    pub module: String,
    /// Name of the service that it is called on.
    pub on: String,
    /// Title of the document.
    pub title: String,
    /// Version that the document says it is about, which Azure wants with every call.
    pub api_version: String,
    /// The document, as it was named.
    pub file: String,
    /// Digest of the document, SHA-256 in hexadecimal.
    pub sha256: String,
    /// How many files it consists of, those included to which it refers.
    pub files: usize,
    /// The overlay, as it was named.
    pub overlay: Option<String>,
    /// When it was added.
    pub added: String,
    /// How many functions it gives.
    pub operations: usize,
    /// How many of them only read.
    pub reading: usize,
    /// How many of them may lose something that cannot be had back.
    pub destroying: usize,
    /// How many are methods, too.
    pub methods: usize,
    /// How many record types it has.
    pub records: usize,
}

impl About {
    /// Describes what was read of a document, on a day.
    pub fn new(sources: &Sources, service: &Service, added: Timestamp) -> Self {
        let (title, api_version) = sources.title();
        Self {
            module: service.name.to_owned(),
            on: service.on.to_owned(),
            title,
            api_version,
            file: sources.name().to_owned(),
            sha256: sources.sha256(),
            files: sources.count(),
            overlay: sources.overlay_name().map(str::to_owned),
            added: added.to_string(),
            operations: 0,
            reading: 0,
            destroying: 0,
            methods: 0,
            records: 0,
        }
        .counting(service)
    }

    /// Fills in what the tables of a service tell.
    #[must_use]
    pub fn counting(self, service: &Service) -> Self {
        let with = |effect: Effect| {
            let operations = service.operations.iter();
            operations.filter(|it| it.gravest() == effect).count()
        };
        let methods = service.operations.iter();
        Self {
            operations: service.operations.len(),
            reading: with(Effect::Read),
            destroying: with(Effect::Destroy),
            methods: methods.filter(|it| it.method_of.is_some()).count(),
            records: service.schemas.len(),
            ..self
        }
    }
}
