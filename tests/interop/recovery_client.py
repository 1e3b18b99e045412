"""Works in Recovery Services by Microsoft's own SDKs for Python, unmodified, against a sandbox.

Reads two lines from the standard input: what `tenantry sandbox serve --tls` prints, and
`{"tenant": …, "subscription": …}`. Signs in as the application; makes a vault and a replication
policy in it, drills and cleans up a protected machine, backs one up by the job that the operation
names, and is refused what is not allowed. Prints one line of JSON.
"""

import json
import sys
import time

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.recoveryservices import RecoveryServicesClient
from azure.mgmt.recoveryservicesbackup import RecoveryServicesBackupClient
from azure.mgmt.recoveryservicessiterecovery import SiteRecoveryManagementClient

GROUP, DR, BACKUP, MADE = "rg-recovery", "rsv-dr", "rsv-backup", "rsv-sdk"
ITEM = ("westeurope", "westeurope-container", "vm-web1")
COPY = ("Azure", "IaasVMContainer;iaasvmcontainerv2;rg-shop;vm-web1", "VM;iaasvmcontainerv2;rg-shop;vm-web1")

place = json.loads(sys.stdin.readline())
asked = json.loads(sys.stdin.readline())
# No proxy and no other roots of trust than the sandbox's own.
transport = {"connection_verify": place["ca_file"], "use_env_settings": False}
credential = ClientSecretCredential(
    asked["tenant"], place["client_id"], place["client_secret"],
    authority=place["login_url"], disable_instance_discovery=True, **transport)
options = {"base_url": place["arm_url"], "polling_interval": 1, **transport}
vaults = RecoveryServicesClient(credential, asked["subscription"], **options).vaults
sites = SiteRecoveryManagementClient(credential, asked["subscription"], **options)
backups = RecoveryServicesBackupClient(credential, asked["subscription"], **options)
found = {}


def refused(call):
    """The status, and whether the service says more than a code."""
    try:
        call()
    except HttpResponseError as error:
        return [error.status_code, bool(error.error and error.error.message)]
    return None


vault = vaults.begin_create_or_update(
    GROUP, MADE, {"location": "westeurope", "sku": {"name": "Standard"}, "properties": {}}).result()
found["vault"] = [vault.name, vault.sku.name, vault.properties.provisioning_state]
policy = sites.replication_policies.begin_create(GROUP, MADE, "sdk", {"properties": {
    "providerSpecificInput": {"instanceType": "A2A", "multiVmSyncStatus": "Enable", "recoveryPointHistory": 1440}}}).result()
found["policy"] = [policy.name, policy.properties.provider_specific_details.instance_type]
sites.replication_policies.begin_delete(GROUP, MADE, "sdk").result()
vaults.begin_delete(GROUP, MADE).result()
found["vaults"] = sorted(one.name for one in vaults.list_by_resource_group(GROUP))

items = sites.replication_protected_items
item = items.get(GROUP, DR, *ITEM)
found["protected"] = [item.properties.protection_state, sorted(item.properties.allowed_operations)]
network = f"/subscriptions/{asked['subscription']}/resourceGroups/rg-dr/providers/Microsoft.Network/virtualNetworks/vnet-dr"
drilled = items.begin_test_failover(GROUP, DR, *ITEM, {"properties": {
    "failoverDirection": "PrimaryToRecovery", "networkType": "VmNetworkAsInput", "networkId": network,
    "providerSpecificDetails": {"instanceType": "A2A"}}}).result()
found["drilled"] = [drilled.properties.test_failover_state, drilled.properties.allowed_operations]
found["twice"] = refused(lambda: items.begin_failover_commit(GROUP, DR, *ITEM).result())
cleaned = items.begin_test_failover_cleanup(GROUP, DR, *ITEM, {"properties": {"comments": "seen"}}).result()
found["cleaned"] = [cleaned.properties.protection_state, sorted(cleaned.properties.allowed_operations)]
jobs = [job.properties for job in sites.replication_jobs.list(GROUP, DR)]
found["jobs"] = sorted({f"{job.scenario_name} {job.state}" for job in jobs if "TestFailover" in job.scenario_name})

begun = {}
backups.backups.trigger(
    BACKUP, GROUP, *COPY, {"properties": {"objectType": "IaasVMBackupRequest"}},
    cls=lambda response, _model, _headers: begun.update(at=response.http_response.headers["Azure-AsyncOperation"]))
operation = begun["at"].split("?")[0].split("/")[-1]
for _ in range(60):
    status = backups.protected_item_operation_statuses.get(BACKUP, GROUP, *COPY, operation)
    if status.status != "InProgress":
        break
    time.sleep(1)
job_id = status.properties.job_id
for _ in range(60):
    job = backups.job_details.get(BACKUP, GROUP, job_id)
    if job.properties.status != "InProgress":
        break
    time.sleep(1)
found["backup"] = [status.status, job.properties.operation, job.properties.status]
points = list(backups.recovery_points.list(BACKUP, GROUP, *COPY))
found["points"] = len(points) > 3
found["kept"] = refused(lambda: vaults.begin_delete(GROUP, BACKUP).result())

print(json.dumps(found))
