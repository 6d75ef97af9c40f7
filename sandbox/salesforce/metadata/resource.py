"""The resource that deploys metadata: it takes a zip file, and tells how far it is."""

import base64
import time
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request

from sandbox.salesforce.api.call import Call, Reply, read_json
from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError, not_found
from sandbox.salesforce.metadata.deploying import Outcome, deploy
from sandbox.salesforce.metadata.reading import BadPackageError, read
from sandbox.salesforce.org import Org
from sandbox.store import Record
from sandbox.world import Table

USUAL_SECONDS = 1.0
_PENDING = 0.2  # the share of the time for which nothing happens yet
_NO_RIGHT = (
    "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
)


def deployments(org: Org) -> Table:
    """The deployments of the org by their ids."""
    return org.world.table(f"{SYSTEM}/metadata", "Deployment")


def start(call: Call) -> Reply:
    """Take a deployment; it goes on by itself, whether or not anybody asks."""
    org = call.org
    if not org.world.setting(SYSTEM, "may_deploy", True):
        raise RefusedError("INSUFFICIENT_ACCESS", f"INSUFFICIENT_ACCESS: {_NO_RIGHT}", status=403)
    options, packed = _parts(call)
    key = org.new_id("0Af")
    now = time.time()  # the real time: a clock that stands still would hold it up for ever
    deployments(org)[key] = {
        "Id": key,
        "options": options,
        "user": call.user,
        "zip": base64.b64encode(packed).decode(),
        "began": now,
        "ends": now + float(org.world.setting(SYSTEM, "deploy_seconds", USUAL_SECONDS)),
        "result": None,
    }
    settle(org)
    return Reply(201, _shown(org, key, details=False) | {"deployOptions": options})


def look(call: Call) -> Reply:
    """How far a deployment is."""
    key = call.args["key"]
    if key not in deployments(call.org):
        raise not_found()
    details = call.query.get("includeDetails", "").lower() == "true"
    return Reply(200, _shown(call.org, key, details=details))


def settle(org: Org) -> None:
    """Let every deployment end whose time has come."""
    for key, one in list(deployments(org).items()):
        if one["result"] is None and one["ends"] <= time.time():
            deployments(org)[key] = {**one, "zip": "", "result": _carry_out(org, one)}


def _parts(call: Call) -> tuple[Record, bytes]:
    """The options and the zip file of a multipart body."""
    sort = call.headers.get("Content-Type", "")
    if not sort.startswith("multipart/form-data"):
        raise RefusedError("UNSUPPORTED_MEDIA_TYPE", f"'{sort}' is not a supported media type")
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": sort,
        "CONTENT_LENGTH": str(len(call.data)),
        "wsgi.input": BytesIO(call.data),
    }
    form = Request(environ)
    options = read_json(form.form.get("json", "{}").encode()).get("deployOptions")
    file = form.files.get("file")
    if not isinstance(options, dict) or file is None:
        raise RefusedError("MISSING_ARGUMENT", "deployOptions and a file are needed")
    return options, file.read()


def _carry_out(org: Org, one: Record) -> Record:
    check = one["options"].get("checkOnly") is True
    try:
        found, listed = read(base64.b64decode(one["zip"]))
    except BadPackageError as error:
        return {"total": 0, "refused": [], "taken": [], "error": str(error)}
    outcomes, lacking = deploy(org, found, listed, check=check)
    missing = [
        {"componentType": "", "fileName": "package.xml", "fullName": "package.xml"}
        | {"problem": words, "problemType": "Error", "success": False}
        for words in lacking
    ]
    told = [_message(outcome) for outcome in outcomes]
    return {
        "total": len(told),
        "refused": [*missing, *(each for each in told if not each["success"])],
        "taken": [each for each in told if each["success"]],
        "error": "",
    }


def _message(outcome: Outcome) -> Record:
    """One component as the details tell of it."""
    one = outcome.component
    message: Record = {
        "changed": not outcome.problem,
        "componentType": one.type,
        "created": outcome.created,
        "deleted": False,
        "fileName": one.file,
        "fullName": one.name,
        "success": not outcome.problem,
    }
    if outcome.problem:
        message |= {"problem": outcome.problem, "problemType": "Error"}
    return message


def _shown(org: Org, key: str, *, details: bool) -> Record:
    one = deployments(org)[key]
    result = one["result"]
    told = _running(one) if result is None else _ended(result, details=details)
    usual = {
        "id": key,
        "checkOnly": one["options"].get("checkOnly") is True,
        "ignoreWarnings": one["options"].get("ignoreWarnings") is True,
        "rollbackOnError": one["options"].get("rollbackOnError") is True,
        "createdBy": one["user"],
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "runTestsEnabled": False,
    }
    return {"id": key, "validatedDeployRequestId": None, "deployResult": usual | told}


def _running(one: Record) -> dict[str, Any]:
    share = (time.time() - one["began"]) / max(one["ends"] - one["began"], 0.001)
    try:
        total = len(read(base64.b64decode(one["zip"]))[0])
    except BadPackageError:
        total = 0
    return {
        "status": "Pending" if share < _PENDING else "InProgress",
        "done": False,
        "success": False,
        "numberComponentsTotal": 0 if share < _PENDING else total,
        "numberComponentsDeployed": 0 if share < _PENDING else int(total * share),
        "numberComponentErrors": 0,
        "details": None,
    }


def _ended(result: Record, *, details: bool) -> dict[str, Any]:
    good = not result["refused"] and not result["error"]
    told = {
        "status": "Succeeded" if good else "Failed",
        "done": True,
        "success": good,
        "numberComponentsTotal": result["total"],
        "numberComponentsDeployed": len(result["taken"]),
        "numberComponentErrors": len(result["refused"]),
        "details": {"componentFailures": result["refused"], "componentSuccesses": result["taken"]}
        if details
        else None,
    }
    return told | ({"errorMessage": result["error"]} if result["error"] else {})
