//! The one way from scripts to the services, as a trait, so that tests need no service.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::defer;
use crate::api::ServiceName;
use crate::api::model::Paging;
use crate::base::cancel::Cancel;
use crate::base::clock::Clock;
use crate::error::Error;
use crate::http::{
    Allowance, Call, Claims, Client, Ended, Page, Pager, Part, Response, Tenant, Wait, Watch,
};

/// Makes calls for the lane that runs here, which must hold a
/// [`Work`](crate::base::clock::Work).
pub trait Door: Send + Sync + fmt::Debug {
    /// Fails if the run may not make a call of that effect; nothing is sent.
    fn granted(&self, call: &Call) -> Result<(), Error>;

    /// Makes a call and waits for its answer.
    fn call(&self, call: &Call) -> Result<Response, Error>;

    /// Returns the pages of a list; the first call is made when the first page is asked for.
    fn pages(&self, call: Call, paging: Paging) -> Box<dyn Pages>;

    /// Returns the pages of a list whose first is here already.
    fn pages_after(&self, call: Call, paging: Paging, first: Response) -> Box<dyn Pages>;

    /// Makes many calls of one service in few requests; returns what each has come to.
    fn batch(&self, parts: &[Part]) -> Result<Vec<Result<Response, Error>>, Error>;

    /// Returns the root of a service.
    fn root(&self, service: ServiceName) -> Result<Url, Error>;

    /// Waits for calls that were accepted; returns what each has come to, in their order. Who
    /// watches is told after each look how it goes.
    fn wait(&self, all: Vec<Wait>, watch: Watch) -> Vec<Ended>;

    /// Waits for a duration of the clock's time; ends early when the run is told to stop.
    fn pause(&self, time: Duration) -> Result<(), Error>;

    /// Returns the id of the partner's own tenant.
    fn home(&self) -> Result<Arc<str>, Error>;

    /// Returns whether the profile manages its own tenant alone.
    fn only_tenant(&self) -> bool;

    /// Returns what the token says about itself that a call would be made with; the call is not made.
    fn claims(&self, call: &Call) -> Result<Claims, Error>;

    /// Returns the address at which an administrator of a tenant consents to the application.
    fn consent_address(&self, tenant: &Tenant) -> Result<Url, Error>;

    /// Gets an address of a service once, without a token, and returns whatever comes back.
    fn look(&self, service: ServiceName, url: Url) -> Result<Response, Error>;

    /// Returns what services have said is left of their limits.
    fn allowances(&self) -> Vec<Allowance>;

    /// Returns the clock that calls are made by.
    fn clock(&self) -> &Arc<dyn Clock>;

    /// Runs fibers on this thread until all have ended; what they wait for is done meanwhile.
    fn drive(&self, fibers: Pin<&mut dyn Future<Output = ()>>) -> Result<(), Error>;
}

/// The pages of one list.
pub trait Pages: Send {
    /// Returns the next page, or `None` after the last.
    fn next_page(&mut self) -> Result<Option<Page>, Error>;
}

/// The real door: the pipeline.
#[derive(Debug)]
pub struct Pipeline {
    client: Arc<Client>,
    /// The same, for deferred functions: they still run when the run was told to stop.
    cleanup: Arc<Client>,
}

impl Pipeline {
    /// Creates the door to a client.
    pub fn new(client: Arc<Client>) -> Self {
        let cleanup = Arc::new(client.stopped_by(Cancel::default()));
        Self { client, cleanup }
    }

    fn client(&self) -> &Arc<Client> {
        if defer::running() {
            &self.cleanup
        } else {
            &self.client
        }
    }
}

impl Door for Pipeline {
    fn granted(&self, call: &Call) -> Result<(), Error> {
        self.client().granted(call)
    }

    fn call(&self, call: &Call) -> Result<Response, Error> {
        self.client().call(call)
    }

    fn pages(&self, call: Call, paging: Paging) -> Box<dyn Pages> {
        Box::new(self.client().pages(call, paging))
    }

    fn pages_after(&self, call: Call, paging: Paging, first: Response) -> Box<dyn Pages> {
        Box::new(self.client().pages_after(call, paging, first))
    }

    fn batch(&self, parts: &[Part]) -> Result<Vec<Result<Response, Error>>, Error> {
        self.client().batch(parts)
    }

    fn root(&self, service: ServiceName) -> Result<Url, Error> {
        self.client.root(service).cloned()
    }

    fn wait(&self, all: Vec<Wait>, watch: Watch) -> Vec<Ended> {
        self.client().wait(all, watch)
    }

    fn pause(&self, time: Duration) -> Result<(), Error> {
        self.client().pause(time)
    }

    fn home(&self) -> Result<Arc<str>, Error> {
        self.client().home()
    }

    fn only_tenant(&self) -> bool {
        self.client.only_tenant()
    }

    fn claims(&self, call: &Call) -> Result<Claims, Error> {
        self.client().claims(call)
    }

    fn consent_address(&self, tenant: &Tenant) -> Result<Url, Error> {
        self.client().consent_address(tenant)
    }

    fn look(&self, service: ServiceName, url: Url) -> Result<Response, Error> {
        self.client().look(service.as_str(), url)
    }

    fn allowances(&self) -> Vec<Allowance> {
        self.client.allowances()
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        self.client.clock()
    }

    fn drive(&self, fibers: Pin<&mut dyn Future<Output = ()>>) -> Result<(), Error> {
        self.client.drive_here(fibers)
    }
}

impl Pages for Pager {
    fn next_page(&mut self) -> Result<Option<Page>, Error> {
        Self::next_page(self)
    }
}
