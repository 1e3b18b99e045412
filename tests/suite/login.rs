//! Signing in to the sandbox's Entra: every way that a user or an application has, end to end.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;
use tenantry::api::{Principal, ServiceName};
use tenantry::base::clock::{Clock, RealClock, Work};
use tenantry::base::secret::Secret;
use tenantry::config::{
    Account, AppCredential, Defaults, Endpoints, Profile, Role, SecretName, UserFlow, Vault,
};
use tenantry::error::{Code, Error};
use tenantry::http::{Settings, TokenWire};
use tenantry::identity::{Guide, Identity, Login, SignedIn, Way};
use tenantry::sandbox::{
    CLIENT_CERTIFICATE, CLIENT_CERTIFICATE_PFX, EXPIRED_CLIENT_CERTIFICATE, GITHUB_REQUEST_TOKEN,
    IDENTITY_HEADER, MANAGED_IDENTITY_ID, PUBLIC_CLIENT_ID, USER_PASSWORD,
};
use url::{Url, form_urlencoded};

use crate::program::{Ended, Program};
use crate::served::Served;

pub(crate) const MEGAN: &str = "megan@contoso-partner.onmicrosoft.com";
const SAM: &str = "sam@contoso-partner.onmicrosoft.com";

/// Secrets that last as long as this test.
#[derive(Debug, Default)]
struct Memory(Mutex<HashMap<SecretName, Secret<String>>>);

impl Vault for Memory {
    fn get(&self, name: SecretName) -> Result<Option<Secret<String>>, Error> {
        Ok(self.0.lock().expect("no panic").get(&name).cloned())
    }
    fn set(&self, name: SecretName, value: &Secret<String>) -> Result<(), Error> {
        self.0.lock().expect("no panic").insert(name, value.clone());
        Ok(())
    }
    fn remove(&self, name: SecretName) -> Result<bool, Error> {
        Ok(self.0.lock().expect("no panic").remove(&name).is_some())
    }
    fn place(&self) -> String {
        "this test".to_owned()
    }
}

/// Sends a form to an address and returns the whole answer.
fn post(url: &Url, fields: &[(&str, &str)]) -> String {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let target = &url[url::Position::BeforePath..];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    exchange(
        url,
        &format!(
            "POST {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// Sends a request that asks to close the connection to a port of this machine.
pub(crate) fn exchange(url: &Url, request: &str) -> String {
    let port = url.port().expect("a port");
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    socket.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A person with a browser: fills in the page that is shown, and goes where it is sent.
#[derive(Debug)]
pub(crate) struct Person {
    username: &'static str,
    password: &'static str,
    /// What the password becomes where the page asks for another.
    new_password: Option<&'static str>,
    mfa: bool,
    decision: &'static str,
    device_page: Option<Url>,
}

impl Person {
    pub(crate) fn new(username: &'static str) -> Self {
        Self {
            username,
            password: USER_PASSWORD,
            new_password: None,
            mfa: username == MEGAN,
            decision: "accept",
            device_page: None,
        }
    }

    /// Returns somebody who has that password, and changes it if asked.
    pub(crate) fn with_password(self, password: &'static str, new: &'static str) -> Self {
        Self {
            password,
            new_password: Some(new),
            ..self
        }
    }

    fn fields(&self) -> Vec<(&'static str, &'static str)> {
        let mut fields = vec![
            ("username", self.username),
            ("password", self.password),
            ("decision", self.decision),
        ];
        fields.extend(self.new_password.map(|new| ("new_password", new)));
        if self.mfa {
            fields.push(("mfa", "on"));
        }
        fields
    }
}

impl Guide for Person {
    fn visit(&self, url: &str) {
        let url = Url::parse(url).expect("an address");
        let answer = post(&url, &self.fields());
        let location = answer
            .lines()
            .find_map(|line| {
                line.split_once(": ")
                    .filter(|(name, _)| name.eq_ignore_ascii_case("location"))
            })
            .unwrap_or_else(|| panic!("the page leads back: {answer}"));
        let back = Url::parse(location.1).expect("an address");
        thread::spawn(move || {
            let target = &back[url::Position::BeforePath..];
            let request = format!("GET {target} HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n");
            exchange(&back, &request)
        });
    }

    fn enter(&self, message: &str) {
        let code = message
            .split_whitespace()
            .skip_while(|word| *word != "code")
            .nth(1)
            .expect("a code");
        let mut fields = self.fields();
        let code = code.to_owned();
        let page = self.device_page.clone().expect("the device's page");
        fields.push(("user_code", &code));
        post(&page, &fields);
    }
}

/// A profile that reaches a served sandbox.
fn profile(sandbox: &Served, client: &str, app: Option<AppCredential>) -> Profile {
    let url = |name: &str| sandbox.get(name).parse().expect("a URL");
    Profile {
        name: "contoso".to_owned(),
        endpoints: Endpoints {
            login: url("login_url"),
            partner: url("partner_url"),
            graph: url("graph_url"),
            arm: url("arm_url"),
        },
        tenant: sandbox.get("tenant_id"),
        client_id: client.to_owned(),
        role: Role::Admin,
        app,
        user: Some(UserFlow::Browser),
        prefers: Some(Principal::User),
        ca_file: None,
        grants: Vec::new(),
        defaults: Defaults::default(),
    }
}

fn sign_in(
    profile: &Profile,
    vault: &Arc<Memory>,
    way: Way,
    person: &Person,
) -> Result<SignedIn, Error> {
    let account = Account {
        profile: profile.clone(),
        vault: Arc::clone(vault) as _,
    };
    let clock: Arc<dyn Clock> = Arc::new(RealClock::default());
    let tokens = Identity::new(account.clone(), Arc::clone(&clock));
    let roots = ServiceName::ALL.map(|name| (name, profile.endpoints.of(name).clone()));
    let settings = Settings::new(roots.into(), Arc::clone(&clock), Arc::new(tokens));
    let login = Login::new(account, Arc::clone(&clock), TokenWire::new(&settings));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let _work = Work::begin(&clock);
    runtime.block_on(login.sign_in(way, None, person))
}

/// Asks for a list as the user whose refresh token was kept, in another process.
fn as_user(sandbox: &Served, vault: &Memory, client: &str, secret: Option<&str>) -> Ended {
    let refresh = vault
        .get(SecretName::RefreshToken)
        .expect("read")
        .expect("kept");
    let mut program = sandbox
        .program()
        .var("TENANTRY_CLIENT_ID", client)
        .var("TENANTRY_REFRESH_TOKEN", refresh.expose());
    program = program.var("TENANTRY_CLIENT_SECRET", secret.unwrap_or_default());
    eval(&program, &[], "partner::agreement_metadata().count() > 0")
}

fn eval(program: &Program, flags: &[&str], script: &str) -> Ended {
    let args = ["--error-format", "json", "--quiet"];
    program.run(&[&args, flags, &["eval", script]].concat())
}

#[test]
fn a_user_signs_in_with_the_browser_through_the_public_application() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let profile = profile(&sandbox, PUBLIC_CLIENT_ID, None);
    let vault = Arc::new(Memory::default());
    let done = sign_in(&profile, &vault, Way::Browser, &Person::new(MEGAN)).expect("signed in");
    assert_eq!(done.name, MEGAN);
    assert_eq!(done.tenant, sandbox.get("tenant_id"));
    assert_eq!(done.mfa, Some(true));
    as_user(&sandbox, &vault, PUBLIC_CLIENT_ID, None).exit(0);
}

#[test]
fn a_user_signs_in_with_a_device_code() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let profile = profile(&sandbox, PUBLIC_CLIENT_ID, None);
    let vault = Arc::new(Memory::default());
    let page = format!("{}/device", sandbox.get("login_url"));
    let mut person = Person::new(MEGAN);
    person.device_page = Some(page.parse().expect("a URL"));
    let done = sign_in(&profile, &vault, Way::Device, &person).expect("signed in");
    assert_eq!(done.name, MEGAN);
    let declined = Person {
        decision: "deny",
        ..person
    };
    let error = sign_in(&profile, &vault, Way::Device, &declined).expect_err("declined");
    assert_eq!(error.code(), Code::AuthDeclined, "{error}");
}

#[test]
fn a_partner_consents_once_and_runs_are_unattended_from_then_on() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let (client, secret) = (sandbox.get("client_id"), sandbox.get("client_secret"));
    let profile = profile(&sandbox, &client, Some(AppCredential::Secret));
    let vault = Arc::new(Memory::default());
    let kept = Secret::new(secret.clone());
    vault.set(SecretName::ClientSecret, &kept).expect("kept");
    let way = Way::PartnerConsent;
    let error = sign_in(&profile, &vault, way, &Person::new(SAM)).expect_err("without MFA");
    assert_eq!(error.code(), Code::AuthMfaMissing, "{error}");
    assert_eq!(vault.get(SecretName::RefreshToken).expect("read"), None);
    let done = sign_in(&profile, &vault, way, &Person::new(MEGAN)).expect("signed in");
    assert_eq!(done.mfa, Some(true));
    as_user(&sandbox, &vault, &client, Some(&secret)).exit(0);
}

#[test]
fn a_sign_in_that_is_declined_says_what_the_service_said() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let profile = profile(&sandbox, PUBLIC_CLIENT_ID, None);
    let vault = Arc::new(Memory::default());
    let person = Person {
        decision: "deny",
        ..Person::new(MEGAN)
    };
    let error = sign_in(&profile, &vault, Way::Browser, &person).expect_err("declined");
    assert_eq!(error.code(), Code::AuthDeclined);
    assert!(error.to_string().contains("access_denied"), "{error}");
    assert_eq!(vault.get(SecretName::RefreshToken).expect("read"), None);
}

/// A program with a configured profile whose application signs in so.
pub(crate) fn configured(sandbox: &Served, role: &str, lines: &str) -> Program {
    let endpoint = |name: &str| format!("{name} = \"{}\"", sandbox.get(&format!("{name}_url")));
    let endpoints = ["login", "partner", "graph", "arm"]
        .map(endpoint)
        .join(", ");
    let text = format!(
        "[profile.contoso]\ncloud = \"custom\"\nrole = \"{role}\"\ntenant = \"{}\"\nendpoints = {{ {endpoints} }}\n{lines}\n",
        sandbox.get("tenant_id")
    );
    let program = Program::new();
    let path = program.write("config.toml", text);
    program.var("TENANTRY_CONFIG", path.display().to_string())
}

/// Nobody is there.
const AUTOMATION: &str = "automation";
const CUSTOMERS: &str = "partner::customers().count() > 0";

fn as_app(program: &Program) -> Ended {
    eval(program, &["--profile", "contoso"], CUSTOMERS)
}

#[test]
fn an_application_signs_in_with_its_certificate() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let client = sandbox.get("client_id");
    let program = |file: &str, content: &[u8]| {
        let lines =
            format!("client_id = \"{client}\"\napp = \"certificate\"\ncertificate = \"{file}\"");
        let program = configured(&sandbox, AUTOMATION, &lines);
        program.write(file, content);
        program
    };
    as_app(&program("app.pem", CLIENT_CERTIFICATE.as_bytes())).exit(0);
    let pfx = program("app.pfx", CLIENT_CERTIFICATE_PFX);
    let right = pfx.var("TENANTRY_CERTIFICATE_PASSWORD", "sandbox");
    as_app(&right).exit(0);
    let wrong = right.var("TENANTRY_CERTIFICATE_PASSWORD", "wrong");
    assert_eq!(as_app(&wrong).exit(4).error(), "auth.certificate");
    let expired = program("old.pem", EXPIRED_CLIENT_CERTIFICATE.as_bytes());
    assert_eq!(as_app(&expired).exit(4).error(), "auth.certificate");
}

#[test]
fn an_application_signs_in_with_what_its_workload_is_given() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let client = sandbox.get("client_id");
    let federated = |assertion: &str| {
        format!("client_id = \"{client}\"\napp = \"federated\"\nassertion = \"{assertion}\"")
    };
    let file = configured(&sandbox, AUTOMATION, &federated("token"));
    file.write("token", sandbox.control("GET", "assertion", ""));
    as_app(&file).exit(0);
    file.write("token", "no.such.token");
    assert_eq!(as_app(&file).exit(4).error(), "auth.client");
    let github = configured(&sandbox, AUTOMATION, &federated("github")).var(
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        format!("{}/github/token?api-version=2.0", sandbox.get("login_url")),
    );
    let github = github.var("ACTIONS_ID_TOKEN_REQUEST_TOKEN", GITHUB_REQUEST_TOKEN);
    as_app(&github).exit(0);
}

#[test]
fn a_machine_signs_in_as_itself() {
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    let lines = format!("app = \"managed_identity\"\nmanaged_identity = \"{MANAGED_IDENTITY_ID}\"");
    let login = sandbox.get("login_url");
    let imds =
        configured(&sandbox, AUTOMATION, &lines).var("AZURE_POD_IDENTITY_AUTHORITY_HOST", &login);
    let who = format!(
        "auth::claims(\"{}\", \"graph\").appid",
        sandbox.get("tenant_id")
    );
    let flags = ["--profile", "contoso", "--output", "json"];
    let ended = eval(&imds, &flags, &who).exit(0);
    assert_eq!(ended.json(), Value::from(MANAGED_IDENTITY_ID));
    let service = configured(&sandbox, AUTOMATION, &lines)
        .var(
            "IDENTITY_ENDPOINT",
            format!("{login}/metadata/identity/oauth2/token"),
        )
        .var("IDENTITY_HEADER", IDENTITY_HEADER);
    eval(&service, &flags, &who).exit(0);
}

#[test]
fn nobody_is_asked_to_sign_in_where_that_makes_no_sense() {
    let program = Program::new();
    let login =
        |program: &Program| program.run(&["--error-format", "json", "login", "--no-browser"]);
    let ended = login(&program).exit(2);
    assert!(
        ended.stderr.contains("needs no sign-in"),
        "{}",
        ended.stderr
    );
    let host = Program::new();
    let sandbox = Served::start(&host, &[]);
    assert_eq!(
        login(&sandbox.program()).exit(2).error(),
        "usage.environment"
    );
}
