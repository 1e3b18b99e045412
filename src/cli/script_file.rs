//! Reads a script from a file, and says well why it could not be read.

use std::path::Path;

use crate::base::file::{self, TextError};
use crate::base::text::did_you_mean;
use crate::error::{Code, Error};
use crate::script::Source;

/// Returns the script in a file. It must be text, and more than white space.
pub(super) fn read(path: &Path) -> Result<Source, Error> {
    let name = path.display().to_string();
    let text = file::read_text(path).map_err(|error| refused(&error, path))?;
    if text.trim().is_empty() {
        return Err(
            Error::new(Code::ScriptText, format!("the script `{name}` is empty"))
                .help("write a line of script into it, such as `partner::customers().count()`"),
        );
    }
    Ok(Source::new(name, text))
}

fn refused(error: &TextError, path: &Path) -> Error {
    let (code, help) = match error {
        TextError::Missing(_) => (Code::UsageFile, near(path)),
        TextError::Folder(_) => (Code::UsageFile, "name a .rhai file in it".to_owned()),
        TextError::NotText { .. } => (
            Code::ScriptText,
            "a script is a UTF-8 text; save it with that encoding".to_owned(),
        ),
        TextError::Refused { .. } => (Code::UsageFile, "look at its permissions".to_owned()),
    };
    Error::new(code, error.to_string()).help(help)
}

/// Names a script that was probably meant.
fn near(path: &Path) -> String {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let word = path.file_stem().unwrap_or_default().to_string_lossy();
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".rhai").map(str::to_owned))
        .collect();
    let meant = names.iter().find(|name| **name == word).map(String::as_str);
    match meant.or_else(|| did_you_mean(&word, names.iter().map(String::as_str))) {
        Some(meant) => {
            let meant = path.with_file_name(format!("{meant}.rhai"));
            format!("did you mean `{}`?", meant.display())
        }
        None => "give the path of a .rhai file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_script_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let check = |name: &str, content: Option<&[u8]>, code: Code, message: &str| {
            let path = folder.path().join(name);
            if let Some(content) = content {
                std::fs::write(&path, content).expect("written");
            }
            let error = read(&path).expect_err("refused");
            assert_eq!(error.code(), code);
            let shown = error.to_string();
            assert!(shown.contains(message), "{shown}");
        };
        check("run.rhai", Some(b" \n"), Code::ScriptText, "is empty");
        check("bytes.rhai", Some(b"a\xff"), Code::ScriptText, "byte 1");
        check("zero.rhai", Some(b"ab\0"), Code::ScriptText, "byte 2");
        check("rum.rhai", None, Code::UsageFile, "there is no file");
        check(".", None, Code::UsageFile, "is a folder");
        let missing = read(&folder.path().join("rum.rhai")).expect_err("refused");
        let help = missing.parts().help.clone().unwrap_or_default();
        assert!(help.contains("run.rhai"), "{help}");
    }
}
