//! Where the lines of earlier sessions are kept, and which lines never are.

use std::path::PathBuf;

use directories::ProjectDirs;

/// Lines that are kept.
pub(super) const LENGTH: usize = 10_000;

/// Returns the file, its folder made, or `None` when this machine has no place for it.
pub(super) fn file() -> Option<PathBuf> {
    let folders = ProjectDirs::from("", "", "tenantry")?;
    let folder = folders.state_dir().unwrap_or(folders.data_local_dir());
    std::fs::create_dir_all(folder).ok()?;
    Some(folder.join("history.txt"))
}

/// Returns whether a line may be kept: nothing that names a secret is.
pub(super) fn may_keep(line: &str) -> bool {
    const SIGNS: [&str; 6] = [
        "secret",
        "password",
        "token",
        "credential",
        "login",
        "apikey",
    ];
    let lower = line.to_lowercase();
    !line.trim().is_empty() && !SIGNS.iter().any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_a_secret_are_never_kept() {
        let check = |line: &str, expected| assert_eq!(may_keep(line), expected, "{line}");
        check("partner::customers()", true);
        check("let clientSecret = \"x\"", false);
        check("#{ Password: \"x\" }", false);
        check("  ", false);
    }
}
