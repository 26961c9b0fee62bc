"""Runs scim2-tester against a server; prints what it found as a JSON list."""

import json
import os

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

OUTCOMES = {Status.SUCCESS: "passed", Status.SKIPPED: "skipped"}


def name(result):
    """The check's name with what it was made on, the same in every run."""
    attribute = result.data.get("urn") if isinstance(result.data, dict) else None
    return " ".join(part for part in (result.resource_type, result.title, attribute) if part)


http = Client(base_url=os.environ["SCIM_BASE"], headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"})
results = check_server(SyncSCIMClient(http))
print(
    json.dumps(
        [
            {"check": name(one), "outcome": OUTCOMES.get(one.status, "failed"), "detail": one.reason or ""}
            for one in results
        ]
    )
)
