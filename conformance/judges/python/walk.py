"""Lets scim2-client, a client that validates all it gets, live with a server; prints what came of it as a JSON list."""

import json
import os
import traceback

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    BulkRequest,
    Error,
    ListResponse,
    PatchOp,
    PatchOperation,
    ResponseParameters,
    SearchRequest,
)

http = Client(base_url=os.environ["SCIM_BASE"], headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"})
client = SyncSCIMClient(http)
findings = []
kept = {}


def step(check):
    """Does what it decorates at once, and notes how it went."""

    def do(act):
        try:
            act()
            findings.append({"check": check, "outcome": "passed", "detail": ""})
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            detail = f"{type(error).__name__}: {error} {error.__cause__ or ''} ({where.name}, line {where.lineno})"
            findings.append({"check": check, "outcome": "failed", "detail": detail})

    return do


def same(left, right):
    assert left == right, f"{left!r} is not {right!r}"


def patch(model, resource, op, path, value=None):
    change = PatchOp[model](operations=[PatchOperation(op=op, path=path, value=value)])
    return client.modify(model, resource.id, change)


def user(name, **more):
    return kept["User"](user_name=name, **more)


@step("discovery gives models of User and Group")
def _():
    client.discover()
    kept["User"] = client.get_resource_model("User")
    kept["Group"] = client.get_resource_model("Group")
    assert kept["User"] and kept["Group"]


@step("create a user with much in it")
def _():
    User = kept["User"]
    ada = client.create(
        User.model_validate(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": "ada",
                "externalId": "e-1",
                "name": {"givenName": "Ada", "familyName": "Lovelace"},
                "emails": [{"value": "ada@work.example", "type": "work", "primary": True}],
                "addresses": [{"locality": "London", "country": "GB", "type": "home"}],
                "preferredLanguage": "en-GB",
                "timezone": "Europe/London",
                "active": True,
            }
        )
    )
    same(ada.user_name, "ada")
    same(ada.emails[0].value, "ada@work.example")
    assert ada.meta.version and ada.meta.location and ada.meta.created == ada.meta.last_modified
    kept["ada"] = ada


@step("get a user by id")
def _():
    same(client.query(kept["User"], kept["ada"].id).name.family_name, "Lovelace")


@step("attributes narrow the answer")
def _():
    ada = client.query(kept["User"], kept["ada"].id, ResponseParameters(attributes=["userName"]))
    same((ada.user_name, ada.name, ada.id), ("ada", None, kept["ada"].id))


@step("excludedAttributes narrow the answer")
def _():
    ada = client.query(kept["User"], kept["ada"].id, ResponseParameters(excluded_attributes=["emails"]))
    same((ada.user_name, ada.emails), ("ada", None))


@step("more users, to page through")
def _():
    kept["more"] = [client.create(user(f"user{number:02}", title="many")) for number in range(12)]


@step("filter, sort and page in a query")
def _():
    page = client.query(
        kept["User"],
        query_parameters=SearchRequest(
            filter='title eq "many"', sort_by="userName", sort_order="descending", start_index=3, count=4
        ),
    )
    same((page.total_results, page.start_index, page.items_per_page), (12, 3, 4))
    same([one.user_name for one in page.resources], ["user09", "user08", "user07", "user06"])


@step("POST /.search over all resources")
def _():
    found = client.search(SearchRequest(filter='userName eq "ada"'))
    assert isinstance(found, ListResponse)
    same([one.id for one in found.resources], [kept["ada"].id])


@step("count 0 gives the number alone")
def _():
    page = client.query(kept["User"], query_parameters=SearchRequest(count=0))
    same((page.total_results, page.resources or []), (13, []))


@step("a bad filter is an error of the right type")
def _():
    error = Error.model_validate(http.get("/Users", params={"filter": "userName eq"}).json())
    same((error.status, error.scim_type), (400, "invalidFilter"))


@step("the same userName twice is a conflict")
def _():
    error = client.create(user("ADA"), raise_scim_errors=False)
    assert isinstance(error, Error)
    same((error.status, error.scim_type), (409, "uniqueness"))


@step("replace a user")
def _():
    User = kept["User"]
    ada = client.replace(User(id=kept["ada"].id, user_name="ada", display_name="Countess"))
    same((ada.display_name, ada.name), ("Countess", None))
    assert ada.meta.last_modified > ada.meta.created


@step("PATCH add, replace and remove")
def _():
    User = kept["User"]
    patch(User, kept["ada"], "add", "nickName", "Addie")
    patch(User, kept["ada"], "replace", "displayName", "Lady Lovelace")
    ada = client.query(User, kept["ada"].id)
    same((ada.nick_name, ada.display_name), ("Addie", "Lady Lovelace"))
    patch(User, kept["ada"], "remove", "nickName")
    same(client.query(User, kept["ada"].id).nick_name, None)


@step("PATCH with a path that there is not")
def _():
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "remove", "path": "shoeSize"}],
    }
    answer = http.patch(f"/Users/{kept['ada'].id}", json=body)
    same((answer.status_code, answer.json().get("scimType")), (400, "invalidPath"))


@step("a group, and a member in and out")
def _():
    User, Group = kept["User"], kept["Group"]
    group = client.create(Group(display_name="Engineers"))
    patch(Group, group, "add", "members", [{"value": kept["ada"].id}])
    with_ada = client.query(Group, group.id)
    same([(one.value, one.type) for one in with_ada.members], [(kept["ada"].id, "User")])
    same([one.value for one in client.query(User, kept["ada"].id).groups], [group.id])
    patch(Group, group, "remove", f'members[value eq "{kept["ada"].id}"]')
    same(client.query(Group, group.id).members or [], [])


@step("bulk: a user, and a group with it as a member")
def _():
    User, Group = kept["User"], kept["Group"]
    done = client.bulk(
        BulkRequest[User | Group].model_validate(
            {
                "failOnErrors": 1,
                "Operations": [
                    {
                        "method": "POST",
                        "path": "/Users",
                        "bulkId": "u1",
                        "data": {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bulk"},
                    },
                    {
                        "method": "POST",
                        "path": "/Groups",
                        "bulkId": "g1",
                        "data": {
                            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                            "displayName": "Bulk",
                            "members": [{"value": "bulkId:u1"}],
                        },
                    },
                ],
            }
        )
    )
    same([(one.status, one.bulk_id) for one in done.operations], [(201, "u1"), (201, "g1")])
    user_id = done.operations[0].location.rsplit("/", 1)[-1]
    group = client.query(Group, done.operations[1].location.rsplit("/", 1)[-1])
    same([one.value for one in group.members], [user_id])


@step("delete a user, who is gone then")
def _():
    client.delete(kept["User"], kept["ada"].id)
    error = client.query(kept["User"], kept["ada"].id, raise_scim_errors=False)
    same((type(error), error.status), (Error, 404))


print(json.dumps(findings))
