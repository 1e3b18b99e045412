//! Tags of resources, groups and subscriptions. Source: arm reference §8, §10.6.

use serde_json::{Map, Value};

use super::body::invalid;
use crate::sandbox::reply::Refusal;
use crate::sandbox::store::Tags;

/// How many tags there may be.
const MOST: usize = 50;

/// Returns tags as they were sent, or refuses them.
pub(super) fn check(given: &Map<String, Value>) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for (name, value) in given {
        let Some(value) = value.as_str() else {
            return Err(invalid(format!(
                "the value of the tag '{name}' is not a string"
            )));
        };
        let is_bad = |letter: char| "<>%&\\?/".contains(letter);
        if name.is_empty() || name.contains(is_bad) || name.chars().count() > 512 {
            let text = format!(
                "The tag name '{name}' is invalid: it has at most 512 characters and none of < > % & \\ ? /."
            );
            return Err(Refusal::new(400, "InvalidTagName", text));
        }
        if value.chars().count() > 256 {
            let text = format!("The value of the tag '{name}' is longer than 256 characters.");
            return Err(Refusal::new(400, "InvalidTagValueLength", text));
        }
        tags.insert(name.clone(), value.to_owned());
    }
    if tags.len() > MOST {
        let text = format!(
            "A resource has at most {MOST} tags; {} were given.",
            tags.len()
        );
        return Err(Refusal::new(400, "InvalidTagsCount", text));
    }
    Ok(tags)
}
