//! The text of a script and its name, as they travel from the command line to every place that
//! reads, checks, runs or quotes it.

/// A script: a name for messages (the path as it was given) and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as it was given, or `<eval>` and the like.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Creates a source.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}
