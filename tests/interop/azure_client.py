"""Works in Azure by Microsoft's own SDK for Python, unmodified, against a sandbox.

Reads two lines from the standard input: what `tenantry sandbox serve --tls` prints, and
`{"tenant": …, "subscription": …}`. Signs in as the application, makes a resource group, lists all
groups over several pages, and deletes the group by the SDK's own poller. Prints one line of JSON.
"""

import json
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient

NAME = "rg-sdk"

place = json.loads(sys.stdin.readline())
asked = json.loads(sys.stdin.readline())
# No proxy and no other roots of trust than the sandbox's own.
transport = {"connection_verify": place["ca_file"], "use_env_settings": False}

credential = ClientSecretCredential(
    asked["tenant"], place["client_id"], place["client_secret"],
    authority=place["login_url"], disable_instance_discovery=True, **transport)
client = ResourceManagementClient(
    credential, asked["subscription"], base_url=place["arm_url"], polling_interval=1, **transport)

groups = client.resource_groups
made = groups.create_or_update(NAME, {"location": "westeurope", "tags": {"by": "sdk"}})
more = [f"rg-page{number:02}" for number in range(30)]
for name in more:
    groups.create_or_update(name, {"location": "westeurope"})

pages = [[group.name for group in page] for page in groups.list().by_page()]
listed = [name for page in pages for name in page]
poller = groups.begin_delete(NAME)
begun = poller.status()
poller.wait()
try:
    groups.get(NAME)
    refused = None
except HttpResponseError as error:
    refused = [error.status_code, error.error.code]

print(json.dumps({
    "made": [made.name, made.location, made.tags, made.properties.provisioning_state],
    "pages": len([page for page in pages if page]) > 1,
    "listed": sorted(set(more + [NAME]) & set(listed)) == sorted(more + [NAME]),
    "twice": len(listed) - len(set(listed)),
    "poller": [begun, poller.status(), poller.done()],
    "exists": groups.check_existence(NAME),
    "refused": refused,
}))
