//! Wires a run: sandbox or profile → identity → client → session. Everything that a
//! run reports about itself at its end is said here.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::args::{LogHttp, RunFlags};
use super::choice;
use super::console::Console;
use super::prompt::Asked;
use super::signal::{self, Busy};
use crate::api::model::{Effect, Service};
use crate::api::{self, ServiceName};
use crate::base::clock::{Clock, RealClock, Timestamp, VirtualClock};
use crate::config::{Account, Role};
use crate::error::Error;
use crate::http::{self, Client, Log, LogLevel, LogSink};
use crate::identity::Identity;
use crate::report::{Output, Progress, Screen, span};
use crate::sandbox::{self, Limits, Pace};
use crate::script::{self, Session, Source};

/// What differs between runs.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// The runbook's parameters.
    pub(super) params: Vec<(String, script::Value)>,
    /// Files and folders that the script may read and write.
    pub(super) files: Vec<PathBuf>,
    /// The effects that the runbook's header lists, if it does.
    pub(super) bound: Option<Vec<(ServiceName, Effect)>>,
    /// The services that it can call; none means ours.
    pub(super) services: Vec<&'static Service>,
    /// Takes the place of the log that `--log-http` asks for.
    pub(super) log: Option<Log>,
}

/// A run, ready to begin.
pub(super) struct Host {
    /// Runs scripts.
    pub(super) session: Session,
    /// Whether Ctrl-C has something to stop.
    pub(super) busy: Busy,
    output: Arc<dyn Output>,
    clock: Arc<dyn Clock>,
    begun: Timestamp,
    sandbox: Option<sandbox::Running>,
}

/// Effects beyond reading.
const ALL: [Effect; 3] = [Effect::Write, Effect::Spend, Effect::Destroy];

impl Host {
    /// Wires a run whose results go where `output` says, which is asked once the profile is chosen.
    pub(super) fn open(
        console: &Console,
        flags: &RunFlags,
        wish: Wish,
        output: impl FnOnce() -> Arc<dyn Output>,
    ) -> Result<Self, Error> {
        let place = Place::choose(console.globals.profile.as_deref())?;
        let profile = &place.account.profile;
        console.say(&choice::line(profile));
        console.prefer(profile.defaults.output.as_deref());
        let output = output();
        let timeout = flags.timeout.or(profile.defaults.timeout);
        let lanes = match profile.defaults.lanes {
            Some(lanes) if !console.globals.given.lanes => lanes,
            _ => flags.lanes,
        };
        let busy = Busy::default();
        signal::watch(console, &busy)?;
        signal::limit(timeout, &console.cancel)?;
        let settings = place.settings(console, flags, wish.bound, wish.log);
        if let Some(note) = not_granted(&settings) {
            console.say(&note);
        }
        let client = Client::new(settings);
        let session = Session::new(script::Settings {
            door: Arc::new(script::Pipeline::new(Arc::new(client))),
            services: if wish.services.is_empty() {
                api::services().to_vec()
            } else {
                wish.services
            },
            output: Arc::clone(&output),
            progress: Arc::new(console.screen.clone()),
            prompt: Arc::new(place.asked(console)),
            params: wish.params,
            cancel: console.cancel.clone(),
            lanes,
            files: wish.files,
        });
        Ok(Self {
            session,
            busy,
            output,
            begun: place.clock.now(),
            clock: place.clock,
            sandbox: place.sandbox,
        })
    }

    /// Runs a script to its end, shows its results, and returns the exit code.
    pub(super) fn run(&self, console: &Console, source: &Source) -> u8 {
        self.busy.set(true);
        let outcome = self.session.run(source);
        let written = match &outcome {
            Ok(Some(json)) => self.output.result(json),
            Ok(None) | Err(_) => Ok(()),
        };
        let written = written.and_then(|()| self.output.finish());
        let exit = match outcome {
            _ if console.closed() => return 0,
            Err(error) => console.fail(&error, Some(source)),
            Ok(_) => 0,
        };
        self.say_time(console);
        match written {
            Err(error) if exit == 0 => console.lost(&error),
            _ => exit,
        }
    }

    /// Says how much of the sandbox's time has passed, if any.
    pub(super) fn say_time(&self, console: &Console) {
        if self.sandbox.is_none() {
            return;
        }
        let passed = self.clock.now().duration_since(self.begun);
        let passed = Duration::try_from(passed).unwrap_or_default();
        if passed >= Duration::from_secs(1) {
            console.say(&format!("sandbox time +{}", span(passed)));
        }
    }
}

/// The embedded sandbox is the same in every run: its ids follow from this, and its time begins at
/// [`beginning`].
const SEED: u64 = 1;

/// Returns when the embedded sandbox's time begins: a Monday morning, 2026-03-02T09:00:00Z.
fn beginning() -> Timestamp {
    Timestamp::constant(1_772_442_000, 0)
}

/// Where the calls of a run go.
pub(super) struct Place {
    /// As whom.
    pub(super) account: Account,
    sandbox: Option<sandbox::Running>,
    /// The clock that calls are made by.
    pub(super) clock: Arc<dyn Clock>,
}

impl Place {
    /// The chosen profile's services, or else an embedded sandbox.
    pub(super) fn choose(profile: Option<&str>) -> Result<Self, Error> {
        if let Some(account) = choice::choose(profile)? {
            return Ok(Self {
                account,
                sandbox: None,
                clock: Arc::new(RealClock::default()),
            });
        }
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock::jumping(beginning()));
        let running = sandbox::start(sandbox::Options {
            seed: SEED,
            customers: 0,
            limits: Limits::Current,
            clock: Arc::clone(&clock),
            pace: Pace::Virtual,
            state: None,
            port: 0,
            tls: None,
        })?;
        Ok(Self {
            account: choice::of_sandbox(running.credentials())?,
            sandbox: Some(running),
            clock,
        })
    }

    /// Nobody is asked anything on behalf of automation.
    fn asked(&self, console: &Console) -> Asked {
        let profile = &self.account.profile;
        match profile.role {
            Role::Automation => Asked::Nobody(profile.name.clone()),
            Role::Admin | Role::Customer => Asked::Somebody(console.screen.clone()),
        }
    }

    /// Returns a client that may only read, for commands that run no script.
    pub(super) fn reader(&self, console: &Console) -> Client {
        let settings = self.settings(console, &RunFlags::default(), None, None);
        let grants = Vec::new();
        Client::new(http::Settings { grants, ..settings })
    }

    /// In the sandbox every effect is granted and back-off is the same in every run.
    fn settings(
        &self,
        console: &Console,
        flags: &RunFlags,
        bound: Option<Vec<(ServiceName, Effect)>>,
        log: Option<Log>,
    ) -> http::Settings {
        let roots = ServiceName::ALL
            .into_iter()
            .map(|service| (service, self.account.profile.endpoints.of(service).clone()))
            .collect();
        let clock = Arc::clone(&self.clock);
        let screen = console.screen.clone();
        let tokens = Identity::new(self.account.clone(), Arc::clone(&clock))
            .telling(move |line| screen.say(line));
        let sandbox = self.sandbox.is_some();
        http::Settings {
            grants: if sandbox {
                ALL.to_vec()
            } else {
                let granted = self.account.profile.grants.iter();
                granted.chain(&flags.allow).copied().collect()
            },
            bound,
            log: log.or_else(|| chosen_log(console)),
            cancel: console.cancel.clone(),
            ca_file: self.account.profile.ca_file.clone(),
            seed: sandbox.then_some(SEED),
            ..http::Settings::new(roots, clock, Arc::new(tokens))
        }
    }
}

/// Returns a note on what the header lists and the run may not do: it may stop half-way.
fn not_granted(settings: &http::Settings) -> Option<String> {
    let listed = settings.bound.as_ref()?.iter();
    let missing: Vec<String> = listed
        .filter(|(_, effect)| *effect != Effect::Read && !settings.grants.contains(effect))
        .map(|(service, effect)| format!("{}.{}", service.as_str(), effect.as_str()))
        .collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(", ");
        format!("the header lists {missing}, not granted by --allow: such calls will be refused")
    })
}

/// Returns the log that the flags ask for.
pub(super) fn chosen_log(console: &Console) -> Option<Log> {
    let level = match console.globals.log_http {
        Some(LogHttp::Full) => LogLevel::Full,
        Some(LogHttp::Headers) => LogLevel::Headers,
        None if console.globals.verbose => {
            return Some(Log {
                level: LogLevel::Headers,
                sink: brief(console.screen.clone()),
            });
        }
        None => return None,
    };
    let screen = console.screen.clone();
    let sink: LogSink = Arc::new(move |entry: &str| screen.say(entry));
    Some(Log { level, sink })
}

/// Shows of each answer only its first line.
fn brief(screen: Screen) -> LogSink {
    Arc::new(move |entry: &str| {
        if entry.starts_with('←') {
            screen.say(entry.lines().next().unwrap_or_default());
        }
    })
}
