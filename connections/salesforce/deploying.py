"""Deploys a packed package by Salesforce's metadata resource, and tells how far it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from connections.transport import Call, Caller, Reply
from sync.core.errors import NeedsPerson, OutcomeUnknown, TryAgain

from . import deploy_problems
from .doorway import ROOT

REQUESTS = f"{ROOT}metadata/deployRequest"
UNREADABLE = "Salesforce’s answer cannot be read."
NOT_ALLOWED = (
    "Counterpart’s user may not install fields: it needs the permission “Modify Metadata Through "
    "Metadata API Functions”. Give it for as long as the installation takes, or have an "
    "administrator deploy the package’s source."
)


@dataclass(frozen=True)
class Failure:
    """A component that was refused: what it is, why in plain words, and Salesforce's own words."""

    what: str
    words: str
    problem: str


@dataclass(frozen=True)
class Progress:
    """How far a deployment is. `words` says why it ended without success, where nothing else does.

    With `done` and not `success` nothing at all was changed: a deployment is whole or undone.
    """

    done: bool
    success: bool
    components_done: int
    components: int
    failures: tuple[Failure, ...] = ()
    words: str = ""


class Deployments:
    """One org's deployments; each method is one call."""

    def __init__(self, caller: Caller, host: str) -> None:
        self._caller, self._host = caller, host

    def start(self, packed: bytes, *, check: bool) -> str:
        """Send the packed package; return the deployment's id. With `check` nothing is changed.

        Raises the design's errors. After OutcomeUnknown it may be sent again: deploying the same
        twice leaves the same.
        """
        boundary = uuid4().hex
        call = Call(
            method="POST",
            url=self._host + REQUESTS,
            writes=True,
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Accept": "application/json",
            },
            body=_form(boundary, packed, check),
        )
        try:
            reply = self._caller.call(call)
        except NeedsPerson as error:
            raise _plain(error) from error
        try:
            return str(json.loads(reply.text)["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutcomeUnknown(UNREADABLE) from error

    def look(self, deployment: str) -> Progress:
        """Return how far a deployment is; raises the design's errors."""
        url = f"{self._host}{REQUESTS}/{deployment}"
        reply = self._caller.call(
            Call("GET", url, writes=False, parameters={"includeDetails": "true"})
        )
        return _progress(_result(reply))


def _form(boundary: str, packed: bytes, check: bool) -> bytes:
    """Return the two parts of the body: the options, then the file (Metadata API, REST deploy)."""
    options = {
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "checkOnly": check,
        "ignoreWarnings": True,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": True,
        "singlePackage": True,
        "testLevel": "NoTestRun",
    }
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="json"\r\n'
        "Content-Type: application/json\r\n\r\n"
        f"{json.dumps({'deployOptions': options})}\r\n"
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="package.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    return head.encode() + packed + f"\r\n--{boundary}--\r\n".encode()


def _result(reply: Reply) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(reply.text)["deployResult"]
        return {**found}
    except (ValueError, KeyError, TypeError) as error:
        raise TryAgain(UNREADABLE) from error


def _progress(result: Mapping[str, Any]) -> Progress:
    details = result.get("details") or {}
    refused = tuple(_failure(one) for one in details.get("componentFailures") or ())
    done, success = bool(result.get("done")), bool(result.get("success"))
    words = ""
    if done and not success and not refused:
        said = result.get("errorMessage") or f"its state is {result.get('status')}"
        words = f"Salesforce ended the deployment: {said}"
    return Progress(
        done,
        success,
        int(result.get("numberComponentsDeployed") or 0),
        int(result.get("numberComponentsTotal") or 0),
        refused,
        words,
    )


def _failure(refused: Mapping[str, Any]) -> Failure:
    name = str(refused.get("fullName") or refused.get("fileName") or "the package")
    problem = str(refused.get("problem") or "no reason given")
    what = deploy_problems.named(str(refused.get("componentType") or ""), name)
    return Failure(what, deploy_problems.words(problem), problem)


def _plain(error: NeedsPerson) -> NeedsPerson:
    if not error.cause.startswith("salesforce:INSUFFICIENT_ACCESS"):
        return error
    return NeedsPerson(NOT_ALLOWED, cause=error.cause, fix=error.fix)
