//! Names and passwords of administrators. The reference says that a password is never shown; the
//! rules are those that the service names in its refusals.

use crate::sandbox::arm::body::parameter;
use crate::sandbox::arm::password::classes;
use crate::sandbox::reply::Refusal;

const RESERVED: [&str; 26] = [
    "1",
    "123",
    "a",
    "actuser",
    "adm",
    "admin",
    "admin1",
    "admin2",
    "administrator",
    "aspnet",
    "backup",
    "console",
    "david",
    "guest",
    "john",
    "owner",
    "root",
    "server",
    "sql",
    "support",
    "sys",
    "test",
    "test1",
    "test2",
    "user",
    "user1",
];

const KNOWN: [&str; 8] = [
    "abc@123",
    "P@$$w0rd",
    "P@ssw0rd",
    "P@ssword123",
    "Pa$$word",
    "pass@word1",
    "Password!",
    "Password1",
];

/// Refuses a name that an administrator cannot have.
pub(super) fn check_name(name: &str, windows: bool) -> Result<(), Refusal> {
    let most = if windows { 20 } else { 64 };
    let is_bad = |letter: char| "\\/\"[]:|<>+=;,?*@& ".contains(letter);
    let reserved = RESERVED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name));
    if reserved || name.ends_with('.') || name.contains(is_bad) || name.chars().count() > most {
        let text = "The Admin Username specified is not allowed.";
        return Err(parameter("adminUsername", text));
    }
    Ok(())
}

/// Refuses a password that an administrator cannot have.
pub(super) fn check(password: &str, windows: bool) -> Result<(), Refusal> {
    let (least, most) = if windows { (8, 123) } else { (6, 72) };
    let count = password.chars().count();
    if !(least..=most).contains(&count) || classes(password) < 3 {
        let text = format!(
            "The supplied password must be between {least}-{most} characters long and must satisfy at least 3 of password complexity requirements from the following: 1) Contains an uppercase character 2) Contains a lowercase character 3) Contains a numeric digit 4) Contains a special character 5) Control characters are not allowed"
        );
        return Err(parameter("adminPassword", text));
    }
    if password.contains(char::is_control) || KNOWN.contains(&password) {
        let text = "The supplied password is not allowed. Please provide a different password.";
        return Err(parameter("adminPassword", text));
    }
    Ok(())
}
