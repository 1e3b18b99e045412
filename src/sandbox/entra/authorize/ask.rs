//! What an application asks the authorize endpoint for. Until its redirect address is known to be
//! its own, what is wrong is told on a page; from then on it is told to the application.

use serde_json::Value;

use super::redirect::{Back, Mode, is_registered};
use crate::sandbox::entra::aadsts::Aadsts;
use crate::sandbox::entra::client;
use crate::sandbox::entra::directory::named_tenant;
use crate::sandbox::entra::form::Version;
use crate::sandbox::entra::scope::{of_resource, resources};
use crate::sandbox::route::Request;
use crate::sandbox::store::{App, Asked, Challenge, RedirectKind, Tx};

/// Why there is nothing more to do.
pub(super) enum Stop {
    /// A page says what is wrong.
    Page(Aadsts),
    /// The application is told.
    Back(Box<(Back, Aadsts)>),
}

/// What an application asks for.
pub(super) struct Ask {
    pub(super) app: App,
    pub(super) asked: Asked,
    /// The resources that are to be consented, each with its named permissions.
    pub(super) resources: Vec<(&'static str, Vec<String>)>,
    pub(super) back: Back,
    pub(super) kind: RedirectKind,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<Challenge>,
    pub(super) login_hint: Option<String>,
    pub(super) claims: Option<String>,
    pub(super) client_info: bool,
    /// All parameters, for the page's form.
    pub(super) fields: Vec<(String, String)>,
}

/// The parameters of a request.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, Aadsts> {
        self.get(name).ok_or_else(|| Aadsts::missing(name))
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

impl Ask {
    /// Reads a request.
    pub(super) fn read(
        request: &Request,
        tx: &Tx<'_>,
        version: Version,
        fields: Vec<(String, String)>,
    ) -> Result<Self, Stop> {
        let fields = Fields(fields);
        let (app, tenant, back, kind) = addressee(request, tx, &fields).map_err(Stop::Page)?;
        let stop = |refusal| Stop::Back(Box::new((back.clone(), refusal)));
        let (scope, resource) = match version {
            Version::V2 => (fields.owned("scope"), None),
            Version::V1 => (None, fields.owned("resource")),
        };
        let resources = check(&fields, version, kind).map_err(stop)?;
        let challenge = challenge(&fields, kind).map_err(stop)?;
        if fields.get("prompt") == Some("none") {
            return Err(stop(Aadsts::of(50_058)));
        }
        Ok(Self {
            asked: Asked {
                app: app.id.clone(),
                tenant,
                scope,
                resource,
            },
            app,
            resources,
            kind,
            nonce: fields.owned("nonce"),
            challenge,
            login_hint: fields.owned("login_hint"),
            claims: fields.owned("claims"),
            client_info: fields.get("client_info") == Some("1"),
            back,
            fields: fields.0,
        })
    }

    /// Tells the application why there is nothing more to do.
    pub(super) fn back(&self, refusal: Aadsts) -> Stop {
        Stop::Back(Box::new((self.back.clone(), refusal)))
    }
}

type Addressee = (App, Option<String>, Back, RedirectKind);

/// Finds out whose request it is, and where its answer goes.
fn addressee(request: &Request, tx: &Tx<'_>, fields: &Fields) -> Result<Addressee, Aadsts> {
    let tenant = named_tenant(tx, request.param("tenant"))?.map(|tenant| tenant.id);
    let app = client::find(tx, fields.need("client_id")?, tenant.as_deref())?;
    let uri = fields.need("redirect_uri")?.to_owned();
    let redirect = is_registered(&app, &uri).ok_or_else(|| {
        let text = format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.",
            app.id
        );
        Aadsts::new(50_011, text)
    })?;
    let kind = redirect.kind;
    let back = Back {
        uri,
        mode: fields
            .get("response_mode")
            .and_then(Mode::parse)
            .unwrap_or(Mode::Query),
        state: fields.owned("state"),
    };
    Ok((app, tenant, back, kind))
}

/// Checks what can be wrong once the redirect address is known; returns what is to be consented.
fn check(
    fields: &Fields,
    version: Version,
    kind: RedirectKind,
) -> Result<Vec<(&'static str, Vec<String>)>, Aadsts> {
    // The service knows other types; a registration has them switched off unless it asks for them.
    if fields.need("response_type")? != "code" {
        return Err(Aadsts::of(70_005));
    }
    let unsupported = |name: &str, value: &str| {
        let text = format!("Unsupported '{name}' value '{value}'.");
        Err(Aadsts::new(90_023, text))
    };
    match fields.get("response_mode") {
        Some(mode) if Mode::parse(mode).is_none() => return unsupported("response_mode", mode),
        Some("query") if kind == RedirectKind::Spa => return unsupported("response_mode", "query"),
        _ => {}
    }
    match fields.get("prompt") {
        None | Some("none" | "login" | "consent" | "select_account") => {}
        Some(prompt) => return unsupported("prompt", prompt),
    }
    if let Some(claims) = fields.get("claims") {
        let parsed: Result<Value, _> = serde_json::from_str(claims);
        if !parsed.is_ok_and(|claims| claims.is_object()) {
            return unsupported("claims", claims);
        }
    }
    match version {
        Version::V2 if fields.get("resource").is_some() => Err(Aadsts::new(
            901_002,
            "The 'resource' request parameter is not supported.",
        )),
        Version::V2 => resources(fields.need("scope")?),
        Version::V1 => {
            let wanted = of_resource(fields.need("resource")?)?;
            Ok(vec![(wanted.resource, Vec::new())])
        }
    }
}

/// Reads the challenge that the code's verifier must meet.
fn challenge(fields: &Fields, kind: RedirectKind) -> Result<Option<Challenge>, Aadsts> {
    let Some(challenge) = fields.get("code_challenge") else {
        let text = "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
        return match kind {
            RedirectKind::Spa => Err(Aadsts::new(9_002_325, text)),
            RedirectKind::Web | RedirectKind::Public => Ok(None),
        };
    };
    if !(43..=128).contains(&challenge.len()) {
        return Err(Aadsts::of(50_147));
    }
    match fields.get("code_challenge_method").unwrap_or("plain") {
        "plain" => Ok(Some(Challenge::Plain(challenge.to_owned()))),
        "S256" => Ok(Some(Challenge::S256(challenge.to_owned()))),
        _ => Err(Aadsts::of(501_491)),
    }
}
