//! Files that outlive a process: written beside and renamed, and read with a reason when refused.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Why a text file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// Nothing is there.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// A folder was named.
    #[error("`{0}` is a folder")]
    Folder(String),
    /// The bytes are not UTF-8 text; the offset of the first that is not.
    #[error("`{path}` is not UTF-8 text: byte {offset} does not belong there")]
    NotText {
        /// The file.
        path: String,
        /// Offset of the first byte that is not text.
        offset: usize,
    },
    /// The machine refused.
    #[error("`{path}` cannot be read: {reason}")]
    Refused {
        /// The file.
        path: String,
        /// The machine's words.
        reason: io::Error,
    },
}

/// Reads a whole UTF-8 file; a byte order mark is dropped.
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(TextError::Folder(name));
    }
    let bytes = fs::read(path).map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => TextError::Missing(name.clone()),
        _ => TextError::Refused {
            path: name.clone(),
            reason,
        },
    })?;
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(TextError::NotText { path: name, offset });
    }
    let text = String::from_utf8(bytes).map_err(|error| TextError::NotText {
        path: name,
        offset: error.utf8_error().valid_up_to(),
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map_or(text.clone(), str::to_owned))
}

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the machine's defaults allow.
    Default,
    /// Its owner alone, where the machine knows owners.
    Owner,
}

/// Writes a file whole: beside its place, synced, then renamed over it.
pub fn write_whole(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = tempfile::NamedTempFile::new_in(folder)?; // made readable by its owner only
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    if readers == Readers::Default {
        open_to_default(beside.path())?;
    }
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a folder, and those above it, for its owner alone where the machine knows owners. One that
/// is there stays as it is.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    builder.create(path)
}

#[cfg(unix)]
fn open_to_default(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn open_to_default(_path: &Path) -> io::Result<()> {
    Ok(())
}
