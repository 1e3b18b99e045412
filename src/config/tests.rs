//! The configuration file, right and wrong.

use std::path::Path;
use std::time::Duration;

use super::text::Text;
use super::*;
use crate::api::model::Effect;
use crate::api::{Principal, ServiceName};
use crate::error::{Code, Error};

const TENANT: &str = "8c9e1a52-6f1d-4b0a-9e83-2d7c5f4b6a10";
const CLIENT: &str = "0f3d9c1a-7b52-4e8e-a1c6-5d2e8f904b17";

fn read(text: &str) -> Result<Config, Error> {
    Config::of(&Text::new("config.toml", text), Path::new("/etc/tenantry"))
}

/// Returns a file with one profile that has these lines beside tenant and client.
fn with(lines: &str) -> String {
    format!("[profile.contoso]\ntenant = \"{TENANT}\"\nclient_id = \"{CLIENT}\"\n{lines}\n")
}

#[test]
fn a_whole_file_is_read() {
    let text = format!(
        r#"# Whose work is done here
current = "ops"
secrets = "file"

[profile.contoso]
tenant = "contoso.onmicrosoft.com"
client_id = "{CLIENT}"
app = "certificate"
certificate = "contoso.pem"
user = "browser"
prefers = "user"
allow = ["write", "spend"]
ca_file = "/etc/ca.pem"

[profile.contoso.defaults]
output = "ndjson"
lanes = 8
timeout = "1h30m"

[profile.ops]
cloud = "custom"
role = "automation"
tenant = "{TENANT}"
app = "managed_identity"
endpoints = {{ login = "http://localhost:1", partner = "http://localhost:1/pc", graph = "http://localhost:1/g", arm = "http://localhost:1/arm" }}

[profile.china]
cloud = "china"
role = "customer"
tenant = "{TENANT}"
client_id = "{CLIENT}"
user = "device"
"#
    );
    let config = read(&text).expect("a sound file");
    assert_eq!(config.current.as_deref(), Some("ops"));
    assert_eq!(config.secrets, Some(Keep::File));
    let contoso = &config.profiles["contoso"];
    let certificate = Path::new("/etc/tenantry").join("contoso.pem");
    assert_eq!(contoso.app, Some(AppCredential::Certificate(certificate)));
    assert_eq!(contoso.user, Some(UserFlow::Browser));
    assert_eq!(contoso.prefers, Some(Principal::User));
    assert_eq!(contoso.grants, [Effect::Write, Effect::Spend]);
    assert_eq!(contoso.ca_file.as_deref(), Some(Path::new("/etc/ca.pem")));
    assert_eq!(
        contoso.defaults,
        Defaults {
            output: Some("ndjson".to_owned()),
            lanes: Some(8),
            timeout: Some(Duration::from_secs(5400)),
        }
    );
    let ops = &config.profiles["ops"];
    assert_eq!(ops.app, Some(AppCredential::ManagedIdentity(None)));
    assert_eq!(ops.endpoints.partner.path(), "/pc");
    assert_eq!(
        (ops.role, ops.preferred(ServiceName::Arm)),
        (Role::Automation, Principal::App)
    );
    let china = &config.profiles["china"];
    assert_eq!(Cloud::of(&china.endpoints), Cloud::China);
    assert_eq!(china.preferred(ServiceName::Partner), Principal::User);
}

#[test]
fn nothing_is_no_profile() {
    for text in ["", "# only a comment\n", "[profile]\n"] {
        let config = read(text).expect("a sound file");
        assert!(config.current.is_none() && config.profiles.is_empty());
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of wrong files")]
fn what_is_wrong_is_told_with_its_line() {
    let secret = "app = \"secret\"";
    let check = |text: &str, line: Option<usize>, says: &str, helps: &str| {
        let error = read(text).expect_err(text);
        assert_eq!(error.code(), Code::UsageConfig);
        let parts = error.parts();
        let message = format!("{error} ({})", parts.label.as_deref().unwrap_or_default());
        assert!(message.contains(says), "{text}: {message}");
        let help = parts.help.as_deref().unwrap_or_default();
        assert!(help.contains(helps), "{text}: {help}");
        assert_eq!(parts.at.as_ref().map(|at| at.line), line, "{text}");
        assert!(parts.related.is_empty(), "{text}: {:?}", parts.related);
    };
    let top = |text: &str, line, says: &str, helps: &str| check(text, Some(line), says, helps);
    top("curent = \"a\"", 1, "no key `curent`", "`current`");
    top("\n\ncurrent = \"a\"", 3, "cannot be `a`", "no profiles");
    top("current = 3", 1, "(this is a number)", "");
    top(
        "secrets = \"keyrings\"",
        1,
        "cannot be `keyrings`",
        "\"keyring\"",
    );
    top("current = \"a", 1, "not valid TOML", "");
    top("profile = \"a\"", 1, "has to be a table", "");
    top("profile.a = true", 1, "true or false", "");
    let (named, lines) = (with(secret), |lines: &str| {
        with(&format!("{secret}\n{lines}"))
    });
    let odd = format!("current = \"contos\"\n{named}");
    top(&odd, 1, "cannot be `contos`", "\"contoso\"");
    top(
        &named.replace("contoso", "sandbox"),
        1,
        "`sandbox`",
        "another",
    );
    top(&named.replace("contoso", "\"a b\""), 1, "`a b`", "letters");
    top(
        &named.replace(TENANT, "common"),
        2,
        "`common`",
        "one tenant",
    );
    top(&named.replace(TENANT, "contoso"), 2, "`contoso`", "domain");
    top(&named.replace(CLIENT, "Tenantry"), 3, "`Tenantry`", "GUID");
    top(
        &named.replace("client_id", "# "),
        1,
        "no `client_id`",
        "add",
    );
    top(&named.replace(TENANT, ""), 2, "`tenant` is empty", "value");
    top(&with(""), 1, "no `app` and no `user`", "user = \"browser\"");
    top(&with("app = \"sekret\""), 4, "`sekret`", "\"secret\"");
    top(&with("app = \"certificate\""), 1, "no `certificate`", "PEM");
    top(&with("app = \"federated\""), 1, "no `assertion`", "github");
    top(
        &lines("certificate = \"a.pem\""),
        5,
        "does not belong",
        "app = \"certificate\"",
    );
    top(&lines("user = \"browse\""), 5, "`browse`", "\"browser\"");
    top(
        &lines("role = \"boss\""),
        5,
        "`boss`",
        "admin, customer, automation",
    );
    top(&lines("role = \"customer\""), 1, "no `user`", "as a user");
    top(&lines("prefers = \"user\""), 5, "`user`", "has no `user`");
    top(&lines("cloud = \"us\""), 5, "`us`", "");
    top(&lines("cloud = \"custom\""), 1, "no `endpoints`", "login");
    top(
        &lines("endpoints = { login = \"https://a\" }"),
        5,
        "of its own",
        "custom",
    );
    top(&lines("allow = \"write\""), 5, "has to be a list", "");
    top(&lines("allow = [\"write\", 3]"), 5, "list of texts", "");
    top(&lines("allow = [\"writ\"]"), 5, "`writ`", "\"write\"");
    top(
        &lines("defaults = { lane = 3 }"),
        5,
        "`profile.contoso.defaults`",
        "`lanes`",
    );
    top(&lines("defaults = { lanes = 0 }"), 5, "is 0", "1 to 256");
    top(
        &lines("defaults = { lanes = \"3\" }"),
        5,
        "a whole number",
        "",
    );
    top(
        &lines("defaults = { timeout = \"soon\" }"),
        5,
        "`soon`",
        "90s",
    );
    top(
        &lines("defaults = { output = \"xml\" }"),
        5,
        "`xml`",
        "table",
    );
    let own = "cloud = \"custom\"\n[profile.contoso.endpoints]\nlogin = \"http://login.example\"\n\
               partner = \"https://a\"\ngraph = \"https://a\"\narm = \"https://a\"";
    top(&lines(own), 7, "`http://login.example`", "https");
    let part = own.replace("arm = \"https://a\"", "");
    let part = part.replace("http:", "https:");
    top(
        &lines(&part),
        6,
        "`profile.contoso.endpoints` has no `arm`",
        "",
    );
}

#[test]
fn a_secret_is_refused_and_never_shown() {
    for line in [
        "client_secret = \"Marker~1\"",
        "refresh_token = \"Marker~1\"",
        "certificate_password = Marker~1",
        "password = [\"Marker~1\"]",
        "client_secret = \"Marker~1",
    ] {
        let error = read(&with(&format!("app = \"secret\"\n{line}"))).expect_err("a secret");
        assert_eq!(error.code(), Code::UsageConfig);
        assert!(!format!("{error:?}").contains("Marker"), "{error:?}");
        assert!(error.parts().at.is_none() && error.to_string().contains("line 5"));
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let text = "curent = 1\n[profile.a]\ntenant = 3\nuser = \"x\"\n[profile.b]\n";
    let error = read(text).expect_err("wrong");
    // curent; a: tenant, client_id, user; b: tenant, client_id, neither app nor user
    assert_eq!(error.parts().related.len(), 6);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    let mut edit = Edit::open(&path).expect("nothing yet");
    edit.choose("sandbox");
    std::fs::write(&path, "# mine\n").expect("written");
    let error = edit.write(&path).expect_err("changed");
    assert_eq!(error.code(), Code::UsageConfig);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(text, "# mine\n");
    let mut again = Edit::open(&path).expect("a file");
    again.choose("sandbox");
    again.write(&path).expect("written");
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(
        text.contains("# mine") && text.contains("sandbox"),
        "{text}"
    );
}
