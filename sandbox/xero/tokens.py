"""Access and identity tokens: JWTs signed with the sandbox's own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.books import SYSTEM
from sandbox.xero.errors import unauthorised

ACCESS_SECONDS = 1800
ID_TOKEN_SECONDS = 300
USER = {"email": "finance@fernhill.example", "given_name": "Robin", "family_name": "Ashworth"}
USER_ID = str(uuid5(NAMESPACE_URL, USER["email"]))
_KEY_ID = "sandbox"


@dataclass(frozen=True)
class Access:
    """What an access token allows; a Custom Connection's is for one organisation only."""

    client_id: str
    scopes: tuple[str, ...]
    auth_event: str
    custom: bool


@lru_cache(maxsize=1)
def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@lru_cache(maxsize=4)
def _loaded(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The sandbox signs with an RSA key.")
    return key


def _key(world: World) -> rsa.RSAPrivateKey:
    """The world's signing key, made at its first use; a reset world takes this process's again."""
    pem = world.setting(SYSTEM, "signing_key")
    if not pem:
        pem = _new_key()
        world.set_setting(SYSTEM, "signing_key", pem)
    return _loaded(pem)


def public_keys(world: World) -> Record:
    """The JSON Web Key Set with which both kinds of token can be checked."""
    key: Any = jwt.algorithms.RSAAlgorithm.to_jwk(_key(world).public_key(), as_dict=True)
    return {"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}


def _signed(world: World, claims: Record, seconds: int) -> str:
    now = world.clock.now()
    times = {
        "nbf": int(now.timestamp()),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=seconds)).timestamp()),
    }
    return jwt.encode({**times, **claims}, _key(world), algorithm="RS256", headers={"kid": _KEY_ID})


def access_token(
    world: World,
    issuer: str,
    client_id: str,
    scopes: Sequence[str],
    auth_event: str,
    *,
    custom: bool,
) -> str:
    """A JWT for the accounting API, good for 30 minutes."""
    claims: Record = {
        "iss": issuer,
        "aud": f"{issuer}/resources",
        "client_id": client_id,
        "jti": uuid4().hex.upper(),
        "authentication_event_id": auth_event,
        "scope": list(scopes),
    }
    if not custom:
        claims |= {"sub": uuid5(NAMESPACE_URL, USER_ID).hex, "xero_userid": USER_ID}
        claims |= {
            "auth_time": int(world.clock.now().timestamp()),
            "global_session_id": uuid4().hex,
        }
    return _signed(world, claims, ACCESS_SECONDS)


def id_token(world: World, issuer: str, client_id: str, nonce: str | None) -> str:
    """A JWT that says who signed in, good for five minutes."""
    who = {"sub": uuid5(NAMESPACE_URL, USER_ID).hex, "xero_userid": USER_ID, **USER}
    claims: Record = {"iss": issuer, "aud": client_id, **who, "preferred_username": USER["email"]}
    return _signed(world, claims | ({"nonce": nonce} if nonce else {}), ID_TOKEN_SECONDS)


def read_access(world: World, token: str) -> Access:
    """What the token allows. Raises the 401 for one that is forged, expired or revoked."""
    try:
        claims = jwt.decode(
            token,
            _key(world).public_key(),
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False,
                     "verify_aud": False, "require": ["client_id", "exp", "scope"]},
        )  # fmt: skip
    except jwt.InvalidTokenError as error:
        raise unauthorised() from error
    if claims["exp"] <= world.clock.now().timestamp():
        raise unauthorised("TokenExpired: token expired", WWW_Authenticate="Bearer")
    custom = "xero_userid" not in claims
    event = claims["authentication_event_id"]
    if not custom and event not in world.table(SYSTEM, "Grant"):
        raise unauthorised()
    return Access(claims["client_id"], tuple(claims["scope"]), event, custom)
