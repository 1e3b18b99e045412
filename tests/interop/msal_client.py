"""Signs in to a sandbox by MSAL for Python, unmodified, in every way that it knows.

Reads the line that `tenantry sandbox serve --tls` prints from the standard input, and prints one
line of JSON: what came of each flow, with the claims of its token and never the token itself.
"""

import base64
import html.parser
import json
import sys
import urllib.parse

import msal
import requests

PUBLIC_CLIENT = "7d1e4b2a-9c30-4f58-8a6b-1e2d3c4b5a69"
PARTNER_SCOPE = "https://api.partnercenter.microsoft.com/.default"
USER_SCOPE = "https://api.partnercenter.microsoft.com/user_impersonation"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
MEGAN = {"username": "megan@contoso-partner.onmicrosoft.com", "password": "sandbox-password",
         "mfa": "on", "decision": "accept"}

place = json.loads(sys.stdin.readline())
browser = requests.Session()
browser.trust_env = False
browser.verify = place["ca_file"]


def application(kind, client_id, **options):
    """An application of MSAL that trusts the sandbox's authority and asks nobody else about it."""
    return kind(
        client_id,
        authority=f"{place['login_url']}/{options.pop('tenant', place['tenant_id'])}",
        instance_discovery=False,
        http_client=browser,
        **options)


def control(name):
    return place["login_url"].removesuffix("/login") + "/sandbox/" + name


def confidential(credential=place["client_secret"], **options):
    return application(msal.ConfidentialClientApplication, place["client_id"],
                       client_credential=credential, **options)


def public():
    return application(msal.PublicClientApplication, PUBLIC_CLIENT)


def seen(answer):
    """What an answer says, without what nobody may see."""
    if "access_token" not in answer:
        return {"error": answer.get("error"), "codes": answer.get("error_codes"),
                "suberror": answer.get("suberror")}
    payload = answer["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    kept = ("aud", "tid", "appidacr", "upn", "scp", "amr")
    return {
        "claims": {name: claims[name] for name in kept if name in claims},
        "refresh_token": "refresh_token" in answer,
        "id_token": answer.get("id_token_claims", {}).get("preferred_username"),
        "source": answer.get("token_source"),
        "type": answer["token_type"],
    }


class Form(html.parser.HTMLParser):
    """Where a page's form goes, the names of its fields, and what the hidden ones hold."""

    def __init__(self, text):
        super().__init__()
        self.action, self.names, self.hidden = "", set(), {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        field = dict(attributes)
        if tag == "form":
            self.action = field.get("action", "")
        if tag in ("input", "button") and "name" in field:
            self.names.add(field["name"])
            if field.get("type") == "hidden":
                self.hidden[field["name"]] = field.get("value", "")


def fill_in(url, fields):
    """Opens a page as a person would, fills in its form, and returns what comes then."""
    page = browser.get(url)
    page.raise_for_status()
    form = Form(page.text)
    missing = set(fields) - form.names
    assert not missing, f"{url} has no field {missing}: {form.names}"
    target = urllib.parse.urljoin(page.url, form.action)
    return browser.post(target, data={**form.hidden, **fields}, allow_redirects=False)


def client_credentials():
    app = confidential()
    return [seen(app.acquire_token_for_client([GRAPH_SCOPE])) for _ in range(2)]


def client_credentials_refused():
    return seen(confidential("wrong").acquire_token_for_client([GRAPH_SCOPE]))


def refresh_token():
    app = confidential()
    answer = app.acquire_token_by_refresh_token(place["refresh_token"], [USER_SCOPE])
    return seen(answer)


def silent():
    """A second resource comes by the refresh token that the first sign-in left in the cache."""
    app = confidential()
    app.acquire_token_by_refresh_token(place["refresh_token"], [USER_SCOPE])
    [account] = app.get_accounts()
    other = app.acquire_token_silent_with_error([GRAPH_SCOPE], account)
    return {"username": account["username"], "graph": seen(other)}


def certificate():
    """PS256 by a certificate, of which the sandbox gives a copy."""
    mark = "-----END CERTIFICATE-----"
    public, key = browser.get(control("certificate")).text.split(mark)
    credential = {"private_key": key.strip(), "public_certificate": public + mark}
    return seen(confidential(credential).acquire_token_for_client([GRAPH_SCOPE]))


def authorization_code(app=None, fields=MEGAN):
    """The code flow with PKCE, state and nonce, as MSAL makes and checks them."""
    app = app or public()
    flow = app.initiate_auth_code_flow([USER_SCOPE], redirect_uri="http://localhost:49152")
    answer = fill_in(flow["auth_uri"], fields)
    assert answer.status_code in (302, 303), answer.text
    target = urllib.parse.urlsplit(answer.headers["location"])
    assert target.netloc == "localhost:49152", target
    return seen(app.acquire_token_by_auth_code_flow(flow, dict(urllib.parse.parse_qsl(target.query))))


def authorization_code_confidential():
    return authorization_code(confidential())


def authorization_code_declined():
    return authorization_code(fields={**MEGAN, "decision": "deny"})


def device_code(decision="accept"):
    """The device asks once too early, its user decides, and it asks again."""
    app = public()
    flow = app.initiate_device_flow([USER_SCOPE])
    once = lambda flow: True
    early = seen(app.acquire_token_by_device_flow(flow, exit_condition=once))
    fields = {**MEGAN, "decision": decision, "user_code": flow["user_code"]}
    fill_in(flow["verification_uri"], fields).raise_for_status()
    pass_time("6s")
    return [early, seen(app.acquire_token_by_device_flow(flow, exit_condition=once))]


def device_code_declined():
    return device_code("deny")


def pass_time(duration):
    browser.post(control("clock"), json={"advance": duration}).raise_for_status()


FLOWS = [client_credentials, client_credentials_refused, certificate, refresh_token, silent,
         authorization_code, authorization_code_confidential, authorization_code_declined,
         device_code, device_code_declined]

print(json.dumps({flow.__name__: flow() for flow in FLOWS}))
