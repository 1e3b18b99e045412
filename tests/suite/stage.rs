//! A session against the embedded sandbox, in virtual time.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use tenantry::api::model::{Effect, Service};
use tenantry::api::{Principal, ServiceName};
use tenantry::base::cancel::Cancel;
use tenantry::base::clock::{Clock, Timestamp, VirtualClock};
use tenantry::base::secret::Secret;
use tenantry::config::{
    Account, AppCredential, Defaults, Endpoints, Given, Profile, Role, SecretName, UserFlow,
};
use tenantry::error::{Code, Error};
use tenantry::http::{Client, Settings as Pipe};
use tenantry::identity::Identity;
use tenantry::report::{Output, Progress, Task};
use tenantry::sandbox::{self, Limits, Options, Pace, Running};
use tenantry::script::check::known::Known;
use tenantry::script::{Pipeline, Prompt, Session, Settings, Source};

/// Keeps what a run says.
#[derive(Debug, Default)]
pub(crate) struct Ears(Mutex<Vec<String>>);

impl Ears {
    /// Returns all that was heard, by lines.
    pub(crate) fn heard(&self) -> String {
        self.0.lock().expect("no panic").join("\n")
    }

    fn hear(&self, what: String) {
        self.0.lock().expect("no panic").push(what);
    }
}

impl Output for Ears {
    fn emit(&self, json: &str) -> io::Result<()> {
        self.hear(json.to_owned());
        Ok(())
    }
    fn table(&self, _title: Option<&str>, rows: &[String]) -> io::Result<()> {
        for row in rows {
            self.hear(row.clone());
        }
        Ok(())
    }
    fn result(&self, json: &str) -> io::Result<()> {
        self.hear(json.to_owned());
        Ok(())
    }
    fn finish(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Progress for Ears {
    fn say(&self, line: &str) {
        self.hear(line.to_owned());
    }
    fn start(&self, _label: &str) -> Box<dyn Task> {
        Box::new(Silent)
    }
}

struct Silent;

impl Task for Silent {
    fn set(&self, _done: u64, _of: Option<u64>) {}
    fn note(&self, _words: &str) {}
}

#[derive(Debug)]
struct Yes;

impl Prompt for Yes {
    fn approve(&self, _text: &str) -> Result<bool, Error> {
        Ok(true)
    }
}

/// A sandbox and a session that calls it.
pub(crate) struct Stage {
    pub(crate) sandbox: Running,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ears: Arc<Ears>,
    settings: Settings,
}

impl Stage {
    /// Starts a sandbox with so many customers beside the known ones, and a session that may do
    /// everything.
    pub(crate) fn new(customers: usize) -> Self {
        Self::with(
            customers,
            vec![Effect::Write, Effect::Spend, Effect::Destroy],
        )
    }

    /// Starts one as the guide of 2015 describes the services, whose session may do everything.
    pub(crate) fn of_2015() -> Self {
        let all = vec![Effect::Write, Effect::Spend, Effect::Destroy];
        let services = tenantry::api::services().to_vec();
        Self::calling(0, all, services, None, Limits::Guide2015)
    }

    /// Starts one whose session may do no more than this, besides reading.
    pub(crate) fn granted(grants: Vec<Effect>) -> Self {
        Self::with(0, grants)
    }

    /// Starts one whose session may do everything, calls these services, and reaches Azure at another
    /// address than the sandbox's.
    pub(crate) fn reaching(azure: &str, services: Vec<&'static Service>) -> Self {
        let all = vec![Effect::Write, Effect::Spend, Effect::Destroy];
        Self::calling(0, all, services, Some(azure), Limits::Current)
    }

    /// Starts one whose session has these grants and calls these services.
    pub(crate) fn knowing(grants: Vec<Effect>, services: Vec<&'static Service>) -> Self {
        Self::calling(0, grants, services, None, Limits::Current)
    }

    fn with(customers: usize, grants: Vec<Effect>) -> Self {
        let services = tenantry::api::services().to_vec();
        Self::calling(customers, grants, services, None, Limits::Current)
    }

    fn calling(
        customers: usize,
        grants: Vec<Effect>,
        services: Vec<&'static Service>,
        azure: Option<&str>,
        limits: Limits,
    ) -> Self {
        let start = Timestamp::from_second(1_767_225_600).expect("a time");
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(start));
        let options = Options {
            seed: 7,
            customers,
            limits,
            clock: Arc::clone(&clock),
            pace: Pace::Virtual,
            state: None,
            port: 0,
            tls: None,
        };
        let sandbox = sandbox::start(options).expect("a sandbox");
        let ears = Arc::new(Ears::default());
        let mut account = account(&sandbox);
        if let Some(azure) = azure {
            account.profile.endpoints.arm = azure.parse().expect("a URL");
        }
        let cancel = Cancel::default();
        let client = client(&account, &clock, &cancel, grants);
        let settings = Settings {
            door: Arc::new(Pipeline::new(Arc::new(client))),
            services,
            output: Arc::clone(&ears) as Arc<dyn Output>,
            progress: Arc::clone(&ears) as Arc<dyn Progress>,
            prompt: Arc::new(Yes),
            params: Vec::new(),
            cancel,
            lanes: 16,
            files: Vec::new(),
        };
        Self {
            sandbox,
            clock,
            ears,
            settings,
        }
    }

    /// Returns the settings of its sessions.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// Returns how many writes have taken effect so far.
    pub(crate) fn writes(&self) -> u64 {
        self.sandbox.stats().1
    }

    /// Lets scripts write to a folder.
    pub(crate) fn writing_to(mut self, folder: &Path) -> Self {
        self.settings.files.push(folder.to_path_buf());
        self
    }

    /// Returns how many requests a route of the sandbox has had.
    pub(crate) fn calls(&self, template: &str) -> u64 {
        let (counts, _) = self.sandbox.stats();
        let of_it = counts.iter().filter(|count| count.template == template);
        of_it.map(|count| count.tally.requests).sum()
    }

    /// Returns everything callable besides operations.
    pub(crate) fn interface(&self) -> Known {
        Session::new(self.settings.clone()).interface()
    }

    /// Runs a script.
    pub(crate) fn run(&self, script: &str) -> Result<Option<String>, Error> {
        Session::new(self.settings.clone()).run(&Source::new("test.rhai", script))
    }

    /// Runs a script and returns its value as JSON.
    #[track_caller]
    pub(crate) fn json(&self, script: &str) -> Value {
        let text = self.value(script);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Runs a script that must fail, and returns the code, and what was said with the advice.
    #[track_caller]
    pub(crate) fn refusal(&self, script: &str) -> (Code, String) {
        let error = self.run(script).expect_err(script);
        let help = error.parts().help.clone().unwrap_or_default();
        (error.code(), format!("{error} | {help}"))
    }

    /// Runs a script that must succeed, and returns its value's text.
    pub(crate) fn value(&self, script: &str) -> String {
        let value = self.run(script);
        value
            .unwrap_or_else(|error| panic!("{script}\n{error:#?}"))
            .unwrap_or_default()
    }
}

fn client(
    account: &Account,
    clock: &Arc<dyn Clock>,
    cancel: &Cancel,
    grants: Vec<Effect>,
) -> Client {
    let roots =
        ServiceName::ALL.map(|service| (service, account.profile.endpoints.of(service).clone()));
    let tokens = Arc::new(Identity::new(account.clone(), Arc::clone(clock)));
    let mut pipe = Pipe::new(roots.into(), Arc::clone(clock), tokens);
    pipe.grants = grants;
    pipe.cancel = cancel.clone();
    pipe.seed = Some(7);
    Client::new(pipe)
}

fn account(sandbox: &Running) -> Account {
    let credentials = sandbox.credentials();
    let url = |text: &str| text.parse().expect("a URL");
    let profile = Profile {
        name: "sandbox".to_owned(),
        endpoints: Endpoints {
            login: url(&credentials.login_url),
            partner: url(&credentials.partner_url),
            graph: url(&credentials.graph_url),
            arm: url(&credentials.arm_url),
        },
        tenant: credentials.tenant_id.clone(),
        client_id: credentials.client_id.clone(),
        role: Role::Admin,
        app: Some(AppCredential::Secret),
        user: Some(UserFlow::Given),
        prefers: Some(Principal::User),
        ca_file: None,
        grants: Vec::new(),
        defaults: Defaults::default(),
    };
    let given = [
        (SecretName::ClientSecret, &credentials.client_secret),
        (SecretName::RefreshToken, &credentials.refresh_token),
    ];
    let given = given.map(|(name, value)| (name, Secret::new(value.clone())));
    Account {
        profile,
        vault: Arc::new(Given::new(given)),
    }
}
