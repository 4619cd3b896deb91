"""Signed requests, and what the relay answers (RFC 9421 by the library, never by hand)."""

import base64
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import requests
from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    ContentDigest, HTTPMessageSignaturesException, HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver, algorithms)

import connector_pb2 as wire
from wire import MESSAGE_TYPE, PeerError, sha256

MESSAGE = ("@method", "@path", "content-digest", "content-type")
BATCH = (*MESSAGE, "manifest-digest", "content-encoding")


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes_raw()


def key_id(key: Ed25519PublicKey) -> str:
    return base64.urlsafe_b64encode(sha256(raw(key))).decode().rstrip("=")


@dataclass
class Sender:
    """Posts to one relay, believing its pinned CA only."""

    address: str
    authority: Path
    """PEM file of the CA; an empty one stands for the system's roots."""

    def post(self, request: requests.PreparedRequest) -> bytes:
        with requests.Session() as session:
            session.trust_env = False
            pinned = self.authority.stat().st_size > 0
            try:
                answer = session.send(request, verify=str(self.authority) if pinned else True, timeout=30)
            except requests.exceptions.SSLError as error:
                raise PeerError("The relay's certificate is not from the token's authority.") from error
        if answer.status_code == 200 and answer.headers["Content-Type"] == MESSAGE_TYPE:
            return answer.content
        if answer.headers.get("Content-Type") != "application/problem+json":
            raise PeerError(f"The relay answered {answer.status_code} without a problem document.")
        problem = answer.json()
        raise PeerError(f"The relay refused: {answer.status_code} {problem['type']} {problem.get('detail', '')}")

    def request(self, path: str, body: bytes, **fields: str) -> requests.PreparedRequest:
        headers = {"Content-Type": MESSAGE_TYPE} | {name.replace("_", "-"): fields[name] for name in fields}
        return requests.Request("POST", self.address + path, headers=headers, data=body).prepare()

    def signed(
        self, path: str, body: bytes, components: tuple[str, ...], key: Ed25519PrivateKey, created: float,
        **fields: str,
    ) -> requests.PreparedRequest:
        """A request with Content-Digest and signature; `created` is the relay's time."""
        request = self.request(path, body, **fields)
        name = key_id(key.public_key())
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={name: key}))
        signer.sign(
            request, key_id=name, created=datetime.fromtimestamp(int(created), timezone.utc), label="stranger",
            covered_component_ids=components, body=body)
        return request


def signed_by_relay(signed: wire.Signed, context: str, relay_key: bytes) -> bytes:
    """The payload that the relay has signed as `context`."""
    if signed.context != context:
        raise PeerError(f"The relay signed a {signed.context} where a {context} was due.")
    try:
        Ed25519PublicKey.from_public_bytes(relay_key).verify(
            signed.signature, context.encode() + b"\0" + signed.payload)
    except WrongSignature as error:
        raise PeerError(f"The relay's {context} is not signed with its key.") from error
    return signed.payload


@dataclass
class KeptRequest:
    """A request as its signature base tells it: what a verifier needs of it, long after it was sent."""

    method: str
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, base: bytes, signature_input: str, signature: bytes) -> "KeptRequest":
        lines = [line.split(": ", 1) for line in base.decode("ascii").split("\n")]
        values = {name.strip('"'): value for name, value in lines}
        label = signature_input.split("=", 1)[0]
        fields = {name: value for name, value in values.items() if not name.startswith("@")}
        fields["signature-input"] = signature_input
        fields["signature"] = f"{label}=:{base64.b64encode(signature).decode()}:"
        return cls(values["@method"], "https://relay.invalid" + values["@path"], fields)

    def verify(self, public_key: bytes) -> None:
        """Believes the signature by this key over all that a batch must cover, or raises."""
        key = Ed25519PublicKey.from_public_bytes(public_key)
        verifier = HTTPMessageVerifier(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={key_id(key): key}, private_keys={}))
        try:
            verifier.verify(self, max_age=None, require_components=BATCH)
        except HTTPMessageSignaturesException as error:
            raise PeerError(f"The batch is not signed by its agent: {error}") from error

    def verify_manifest(self, manifest: bytes) -> None:
        try:
            ContentDigest.verify(self.headers["manifest-digest"], manifest)
        except HTTPMessageSignaturesException as error:
            raise PeerError("The manifest is not the one that was signed.") from error
