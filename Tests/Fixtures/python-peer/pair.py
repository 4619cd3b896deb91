"""Pairing: both sides prove the token's secret, and neither sends it."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import DecodeError

import connector_pb2 as wire
from sign import MESSAGE, Sender, raw, signed_by_relay
from wire import PeerError, with_lengths

PREFIX = "mlpair1."
HOST = "stranger.example.com"
VERSION = "python 1"


def read_token(text: str) -> wire.PairingToken:
    try:
        word = text.strip()
        if not word.startswith(PREFIX):
            raise PeerError("This is no pairing token.")
        body = word[len(PREFIX):]
        return wire.PairingToken.FromString(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, DecodeError) as error:
        raise PeerError("This is no pairing token.") from error


def altered(text: str, name: str) -> str:
    """The token with one field made wrong: a bit turned over, or for the authority nothing pinned."""
    token = read_token(text)
    value = bytearray(getattr(token, name))
    value[-1] ^= 1
    setattr(token, name, b"" if name == "authority" else bytes(value))
    return PREFIX + base64.urlsafe_b64encode(token.SerializeToString()).decode().rstrip("=")


def write_durably(path: Path, content: bytes) -> None:
    """Replaces a file that only the present user may read; it is on disk when this returns."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@dataclass
class Agent:
    """What a paired agent keeps. The key lies in a file of its own, written before anybody sees it."""

    address: str
    agent: str
    relay_key: str
    ahead: float
    """What the relay's clock is ahead of this host's, seconds."""
    lineage: str = field(default_factory=lambda: os.urandom(16).hex())
    sequence: int = 0
    previous: str = ""

    @classmethod
    def load(cls, folder: Path) -> "Agent":
        return cls(**json.loads((folder / "agent.json").read_text()))

    def save(self, folder: Path) -> None:
        write_durably(folder / "agent.json", json.dumps(vars(self), indent=2).encode())

    def relay_time(self) -> float:
        return time.time() + self.ahead

    def sender(self, folder: Path) -> Sender:
        return Sender(self.address, folder / "authority.pem")


def key(folder: Path) -> Ed25519PrivateKey:
    """The agent's key: an earlier one stays, so that a lost answer can be asked for again."""
    path = folder / "agent.key"
    if not path.exists():
        write_durably(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def pair(text: str, folder: Path) -> Agent:
    token = read_token(text)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = key(folder)
    agent_key = raw(private.public_key())
    pinned = ssl.DER_cert_to_PEM_cert(token.authority) if token.authority else ""
    write_durably(folder / "authority.pem", pinned.encode())
    sender = Sender(token.address, folder / "authority.pem")

    hello = wire.PairingHello(
        wire_version=1, invitation=token.invitation, agent_key=agent_key, host=HOST, agent_version=VERSION)
    challenge = wire.PairingChallenge.FromString(
        sender.post(sender.request("/v1/pairing/hello", hello.SerializeToString())))
    transcript = b"ml-connector pairing 1\n" + with_lengths(
        token.invitation, agent_key, challenge.relay_key, HOST.encode(), challenge.agent.encode(),
        VERSION.encode(), challenge.relay_version.encode())

    def proof_of(role: bytes) -> bytes:
        return hmac.digest(token.secret, role + b"\0" + transcript, hashlib.sha256)

    if challenge.relay_key != token.relay_key:
        raise PeerError("The relay's key is not the token's.")
    if not hmac.compare_digest(challenge.proof, proof_of(b"relay")):
        raise PeerError("The relay does not know the token's secret.")
    relay_time = challenge.time.seconds + challenge.time.nanoseconds / 1e9
    ahead = relay_time - time.time()

    proof = wire.PairingProof(invitation=token.invitation, agent_key=agent_key, proof=proof_of(b"agent"))
    answer = wire.PairingAnswer.FromString(sender.post(sender.signed(
        "/v1/pairing/proof", proof.SerializeToString(), MESSAGE, private, relay_time)))
    receipt = wire.PairingReceipt.FromString(signed_by_relay(answer.receipt, "receipt", token.relay_key))
    if receipt.agent != challenge.agent or receipt.agent_key != agent_key:
        raise PeerError("The receipt is not for this agent.")
    write_durably(folder / "authority.pem", "\n".join(answer.authorities).encode())
    agent = Agent(token.address, challenge.agent, token.relay_key.hex(), ahead)
    agent.save(folder)
    return agent
