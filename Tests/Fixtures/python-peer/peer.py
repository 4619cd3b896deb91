"""An agent as a stranger would write it from Protocol/README.md; README.md beside it names the commands."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from http_message_signatures import ContentDigest

import connector_pb2 as wire
from pair import Agent, altered, key, pair, write_durably
from sign import BATCH, KeptRequest, signed_by_relay
from wire import PeerError, opened, order_event, order_schema, record_name, seal, sha256, timestamp


def sealed(agent: Agent, folder: Path, order: str, undecodable: bool) -> tuple[bytes, bytes]:
    """Manifest and body of the batch with this order: as it was first sealed, or sealed now and durable."""
    manifest_file, body_file = folder / f"{order}.manifest", folder / f"{order}.body"
    if manifest_file.exists():
        return manifest_file.read_bytes(), body_file.read_bytes()
    schema = order_schema()
    manifest = wire.Manifest(
        wire_version=1, agent=agent.agent, lineage=bytes.fromhex(agent.lineage), lane="LANE_LIVE",
        sequence=agent.sequence + 1, previous=bytes.fromhex(agent.previous),
        sealed_at=timestamp(agent.relay_time()))
    # A schema travels before the first event of the lineage that names it.
    schemas = [schema] if agent.sequence == 0 else []
    event = order_event(order, schema, agent.relay_time())
    if undecodable:
        event.data = b"\x0a\xff"  # a text of 255 bytes that are not there
    manifest_bytes, body = seal(manifest, schemas, [event])
    write_durably(body_file, body)
    write_durably(manifest_file, manifest_bytes)
    agent.sequence, agent.previous = manifest.sequence, sha256(manifest_bytes).hex()
    agent.save(folder)
    return manifest_bytes, body


def push(folder: Path, order: str, undecodable: bool) -> dict[str, Any]:
    agent = Agent.load(folder)
    manifest_bytes, body = sealed(agent, folder, order, undecodable)
    manifest, digest = wire.Manifest.FromString(manifest_bytes), sha256(manifest_bytes)
    sender = agent.sender(folder)
    answer = wire.BatchAnswer.FromString(sender.post(sender.signed(
        f"/v1/agents/{agent.agent}/batches", body, BATCH, key(folder), agent.relay_time(),
        Content_Encoding="gzip", Manifest_Digest=ContentDigest.create(manifest_bytes))))
    payload = signed_by_relay(answer.acknowledgement, "acknowledgement", bytes.fromhex(agent.relay_key))
    stored = wire.Acknowledgement.FromString(payload)
    place = (agent.agent, manifest.lineage, manifest.lane, manifest.sequence, digest)
    if (stored.agent, stored.lineage, stored.lane, stored.sequence, stored.manifest) != place:
        raise PeerError("The acknowledgement is not of this batch.")
    if not any((head.lineage, head.lane) == place[1:3] and head.sequence >= manifest.sequence
               for head in answer.standing.heads):
        raise PeerError("The standing does not know the lineage of the request.")
    return {
        "manifest": digest.hex(), "sequence": manifest.sequence,
        "acknowledgement": answer.acknowledgement.SerializeToString().hex()}


def check(signed: dict[str, Any]) -> dict[str, Any]:
    """Believes nothing: signature, digests, order within the lineage, ids; then reads every record."""
    known = {sha256(data): wire.EventSchema.FromString(data) for data in map(bytes.fromhex, signed["schemas"])}
    travelled: dict[bytes, dict[bytes, wire.EventSchema]] = {}
    heads: dict[tuple[bytes, int], tuple[int, bytes]] = {}
    facts: list[str] = []
    for batch in signed["batches"]:
        data = bytes.fromhex(batch["manifest"])
        manifest, digest = wire.Manifest.FromString(data), sha256(data)
        request = KeptRequest.of(
            bytes.fromhex(batch["signature_base"]), batch["signature_input"], bytes.fromhex(batch["signature"]))
        request.verify(bytes.fromhex(batch["public_key"]))
        request.verify_manifest(data)
        if not request.url.endswith(f"/v1/agents/{manifest.agent}/batches"):
            raise PeerError("The batch was sent to another agent's address.")
        lane = (manifest.lineage, manifest.lane)
        if (manifest.sequence - 1, manifest.previous) != heads.get(lane, (0, b"")):
            raise PeerError("A batch does not name the one before it.")
        heads[lane] = (manifest.sequence, digest)
        schemas = travelled.setdefault(manifest.lineage, {})
        if not known.keys() >= set(manifest.schemas):
            raise PeerError("A schema that the manifest names is not there.")
        schemas.update((name, known[name]) for name in manifest.schemas)
        leaves = [(bytes.fromhex(salt), bytes.fromhex(event)) for salt, event in batch["leaves"]]
        for event in opened(manifest, schemas, leaves):
            if record_name(event).lstrip("0") != event.subject.lstrip("0"):
                raise PeerError(f"The record of {event.business_key} is not about {event.subject}.")
            if not event.HasField("reading"):
                facts.append(f"{event.type} {event.id.hex()}")
    return {"batches": len(signed["batches"]), "facts": facts}


def main() -> None:
    parser = argparse.ArgumentParser(description="An agent in Python, for tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("alter").add_argument("field", choices=("secret", "relay_key", "authority"))
    commands.add_parser("pair").add_argument("folder", type=Path)
    pushing = commands.add_parser("push")
    pushing.add_argument("--undecodable", action="store_true")
    pushing.add_argument("folder", type=Path)
    pushing.add_argument("order")
    commands.add_parser("check")
    given = parser.parse_args()
    match given.command:
        case "alter":
            print(altered(sys.stdin.read(), given.field))
        case "pair":
            print(json.dumps({"agent": pair(sys.stdin.read(), given.folder).agent}))
        case "push":
            print(json.dumps(push(given.folder, given.order, given.undecodable)))
        case "check":
            print(json.dumps(check(json.load(sys.stdin))))


if __name__ == "__main__":
    try:
        main()
    except (PeerError, DecodeError) as error:
        sys.exit(f"error: {error}")
