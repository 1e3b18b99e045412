//! What all records can do: be read by name, compared, printed, turned into maps; and small
//! functions about ids.

use rhai::{Dynamic, Engine, ImmutableString, Map};

use crate::script::error::raise;
use crate::script::host::{Answer, answer};
use crate::script::json::{self, Purpose};
use crate::script::record::{Record, plain};

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Record>("Record");
    engine.register_indexer_get(|record: &mut Record, name: ImmutableString| {
        record.get(&name).map_err(raise)
    });
    engine.register_fn("==", |a: Record, b: Record| a == b);
    engine.register_fn("!=", |a: Record, b: Record| a != b);
    engine.register_fn("contains", |record: &mut Record, name: &str| {
        record.names().iter().any(|one| one == name)
    });
    engine.register_fn("keys", |record: &mut Record| {
        let names = record.names().into_iter();
        names.map(Dynamic::from).collect::<rhai::Array>()
    });
    engine.register_fn("to_map", |record: &mut Record| -> Answer<Map> {
        answer(record.to_map())
    });
    engine.register_fn("to_json", |record: &mut Record| {
        json::shown(record, str::to_owned)
    });
    engine.register_fn("to_string", |record: &mut Record| record.title());
    engine.register_fn("to_debug", |record: &mut Record| {
        format!("{} {}", record.kind(), json::shown(record, str::to_owned))
    });
    engine.register_fn("kind", |value: Dynamic| match value.read_lock::<Record>() {
        Some(record) => record.kind().to_owned(),
        None => crate::script::error::kind_of(&value).to_owned(),
    });
    engine.register_fn("to_json", |map: &mut Map| -> Answer<String> {
        let value = Dynamic::from_map(map.clone());
        answer(json::text(&value, Purpose::Show))
    });
    engine.register_fn("to_plain", |value: Dynamic| answer(plain(value)));
    engine.register_fn("same_id", |a: Dynamic, b: Dynamic| same_id(&a, &b));
}

/// Compares ids without regard to case and to a slash at the end.
fn same_id(a: &Dynamic, b: &Dynamic) -> bool {
    let id = |value: &Dynamic| {
        let id = match value.read_lock::<Record>() {
            Some(record) => record.at_path("id")?.to_string(),
            None => value.as_immutable_string_ref().ok()?.to_string(),
        };
        Some(id.trim_end_matches('/').to_lowercase())
    };
    matches!((id(a), id(b)), (Some(a), Some(b)) if a == b)
}
