"""Writes messages.json and records.json for make.py: every message of ../Definitions/connector.proto that is read by
itself, each by its fields' names and as bytes.

Numbers and types come from the definitions; bytes stand as hexadecimal in the fields.
"""
import hashlib
import pathlib
import re

DEFINITIONS = pathlib.Path(__file__).parent.parent / "Definitions" / "connector.proto"
CREATED = 1795600000
INVITATION, LINEAGE, OTHER_LINEAGE, INCARNATION = (bytes([n] * 16).hex() for n in (1, 2, 3, 4))


# ---- The definitions, and proto3 by them

def definitions():
    """Fields of each message as name: (number, type, repeated), and numbers of each enumeration's words."""
    messages, enums = {}, {}
    text = re.sub(r"//[^\n]*", "", DEFINITIONS.read_text(encoding="utf-8"))
    for kind, name, body in re.findall(r"(message|enum) (\w+) \{([^}]*)\}", text):
        if kind == "enum":
            enums[name] = {word: int(number) for word, number in re.findall(r"(\w+) = (\d+);", body)}
        else:
            messages[name] = {
                field: (int(number), type_, bool(repeated))
                for repeated, type_, field, number in re.findall(r"(repeated )?(\w+) (\w+) = (\d+);", body)}
    return messages, enums


MESSAGES, ENUMS = definitions()


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def part(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def one(number, type_, value):
    if type_ in MESSAGES:
        return part(number, encode(type_, value))
    if type_ == "string":
        return part(number, value.encode())
    if type_ == "bytes":
        return part(number, bytes.fromhex(value))
    if type_ in ENUMS:
        value = ENUMS[type_][value]
    return varint(number << 3) + varint(zigzag(value) if type_.startswith("sint") else int(value))


def encode(message, fields):
    """The bytes of a message: fields by ascending number; what is 0, false or empty is left out unless repeated."""
    known = MESSAGES[message]
    out = b""
    for name, value in sorted(fields.items(), key=lambda item: known[item[0]][0]):
        number, type_, repeated = known[name]
        if repeated:
            out += b"".join(one(number, type_, item) for item in value)
        elif type_ in MESSAGES or value not in (0, False, ""):
            out += one(number, type_, value)
    return out


# ---- What the messages say

def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(date=20782, time=34200):
    return {"date": date, "time": time}


def moment(seconds=CREATED, nanoseconds=0):
    return {"seconds": seconds, "nanoseconds": nanoseconds}


def standing():
    return {
        "wire_version": 1, "incarnation": INCARNATION, "time": moment(nanoseconds=5),
        "heads": [
            {"lineage": LINEAGE, "lane": "LANE_LIVE", "sequence": 7, "digest": digest("m7")},
            {"lineage": LINEAGE, "lane": "LANE_BULK", "sequence": 0, "digest": ""}],
        "lane_heads": [{"lineage": OTHER_LINEAGE, "lane": "LANE_LIVE", "sequence": 300, "digest": digest("m300")}],
        "coverage": [{"source": "/sap/PRD/100", "stream": "purchase_order.created", "tier": 3,
                      "covered_until": stamp()}],
        "audit": {"number": 12, "digest": digest("audit")}}


def gate():
    return {"system": "PRD", "client": "100", "user": "ML_AGENT", "reason": "refused", "closed_at": moment()}


def entry():
    return {"source": "/sap/PRD/100", "stream": "vendor_invoice.posted", "key": "5105600001/2026",
            "stamp": stamp(-1, 0), "version": "000001234520261125093000", "reason": "parked",
            "since": moment(-1, 999_999_999), "hints": [{"name": "BELNR", "value": "5105600001"}]}


def signed(context, message, fields, sign, seed):
    payload = encode(message, fields)
    return {"context": context, "payload": payload.hex(),
            "signature": sign(seed, context.encode() + b"\0" + payload).hex()}


def messages(agent_key, relay_key, sign, seed):
    acknowledgement = {
        "agent": "a1", "lineage": LINEAGE, "lane": "LANE_LIVE", "sequence": 7, "manifest": digest("m7"),
        "incarnation": INCARNATION, "time": moment()}
    command = {"agent": "a1", "lineage": LINEAGE, "number": 10, "epoch": 4, "expires": moment(CREATED + 60),
               "name": "pause", "arguments": "0102"}
    receipt = {"agent": "a1", "agent_key": agent_key.hex(), "key_number": 1, "time": moment()}
    claim = {"source": "/sap/PRD/100", "stream": "vendor_invoice.posted", "tier": 1, "from": stamp(time=33000),
             "read_to": stamp(), "pending": [entry()], "baseline": True, "promise": stamp(time=33300)}
    status = {
        "version": "1.0.0", "host": "sapgw01.example.com", "spooled_events": 3, "spooled_bytes": 400,
        "feeds": [{"source": "/sap/PRD/100", "stream": "purchase_order.created", "last_poll": moment(),
                   "sap_time": stamp(), "pending": 1, "watched": 2, "error_class": "unavailable",
                   "error": "SAP does not answer."}],
        "clock_difference": -1500}
    request = {
        "wire_version": 1, "request_id": bytes([5] * 16).hex(), "lease_token": "09", "process": bytes([6] * 16).hex(),
        "created": moment(), "lineages": [LINEAGE, OTHER_LINEAGE], "status": status, "highest_epoch": 4,
        "highest_command": 9, "closed_gates": [gate()], "wants_lease": True, "wait_seconds": 25}
    answer = {
        "standing": standing(), "request_id": request["request_id"], "lease_token": "0a0b",
        "lease": {"granted": True, "epoch": 5, "seconds": 45, "fresh": True, "refusal": "",
                  "closed_gates": [gate()]},
        "pending": [entry()], "watch": [entry()],
        "read_requests": [{"source": "/sap/PRD/100", "stream": "vendor", "business_key": "vendor:0000001000",
                           "since": moment()}],
        "commands": [signed("command", "Command", command, sign, seed)]}
    refused = {
        "standing": {"wire_version": 1, "incarnation": INCARNATION, "time": moment()},
        "request_id": request["request_id"], "lease_token": "0c",
        "lease": {"granted": False, "epoch": 5, "seconds": 0, "fresh": False, "refusal": "older_token"}}
    manifest = {
        "wire_version": 1, "agent": "a1", "lineage": LINEAGE, "lane": "LANE_BULK", "sequence": 1,
        "parent": digest("m300"), "claims": [claim], "pending": {"entered": [entry()]},
        "watch": {"left": [entry()]}, "sealed_at": moment()}
    hello = {"wire_version": 1, "invitation": INVITATION, "agent_key": agent_key.hex(),
             "host": "sapgw01.example.com", "agent_version": "1.0.0"}
    challenge = {"wire_version": 1, "agent": "a1", "relay_key": relay_key.hex(), "relay_version": "1.0.1",
                 "proof": digest("relay's"), "time": moment()}
    proof = {"invitation": INVITATION, "agent_key": agent_key.hex(), "proof": digest("agent's")}
    paired = {"receipt": signed("receipt", "PairingReceipt", receipt, sign, seed),
              "authorities": ["-----BEGIN CERTIFICATE-----\n"], "standing": standing()}
    return [
        ("Standing", standing()), ("Manifest", manifest), ("Acknowledgement", acknowledgement),
        ("BatchAnswer", {"standing": standing(),
                         "acknowledgement": signed(
                             "acknowledgement", "Acknowledgement", acknowledgement, sign, seed)}),
        ("SyncRequest", request), ("SyncAnswer", answer), ("SyncAnswer", refused), ("Command", command),
        ("PairingHello", hello), ("PairingChallenge", challenge), ("PairingProof", proof),
        ("PairingReceipt", receipt), ("PairingAnswer", paired)]


def message_vectors(agent_key, relay_key, sign, seed):
    return [{"message": name, "fields": fields, "bytes": encode(name, fields).hex()}
            for name, fields in messages(agent_key, relay_key, sign, seed)]


# ---- Records

def schema():
    fields = [
        ("number", 1, "KEY", {"max_length": 10}), ("text", 2, "TEXT", {"max_length": 40}),
        ("count", 3, "INTEGER", {}), ("open", 4, "BOOLEAN", {}),
        ("total", 5, "DECIMAL", {"max_length": 31, "currency_field": 11}), ("day", 6, "DATE", {}),
        ("at", 7, "TIME_OF_DAY", {}), ("seen", 8, "TIMESTAMP", {}), ("raw", 9, "BYTES", {"max_length": 4}),
        ("days", 10, "DATE", {"list": True, "max_count": 5}), ("currency", 11, "TEXT", {"max_length": 5}),
        ("large", 12, "DECIMAL", {"list": True}), ("absent", 13, "TEXT", {})]
    item = {"name": "items", "number": 20_000, "kind": "FIELD_KIND_RECORD", "list": True, "fields": [
        {"name": "price", "number": 1, "kind": "FIELD_KIND_DECIMAL", "currency_field": 11,
         "currency_at_top": True},
        {"name": "names", "number": 2, "kind": "FIELD_KIND_TEXT", "list": True}]}
    return {"type": "zz.everything", "fields": [
        {"name": name, "number": number, "kind": f"FIELD_KIND_{kind}", **more}
        for name, number, kind, more in fields] + [item]}


def decimal(coefficient, scale):
    if -2**63 <= coefficient < 2**63:
        return encode("Decimal", {"units": coefficient, "scale": scale})
    length = next(n for n in range(9, 17) if -(1 << 8 * n - 1) <= coefficient < 1 << 8 * n - 1)
    return encode("Decimal", {"scale": scale, "large": coefficient.to_bytes(length, "big", signed=True).hex()})


def number(field, value):
    return varint(field << 3) + varint(value)


def record_vectors():
    item = part(1, decimal(-5, 2)) + part(2, b"") + part(2, "ä".encode())
    data = (part(1, b"4500000001") + part(2, b"") + number(3, zigzag(-2**63)) + number(4, 0)
            + part(5, decimal(123450, 2)) + number(6, zigzag(20782)) + number(7, 86_400)
            + part(8, encode("Timestamp", moment(-1, 1))) + part(9, b"\0\xff")
            + part(10, varint(zigzag(-1)) + varint(zigzag(0))) + part(11, b"EUR")
            + part(12, decimal(2**63, 0)) + part(12, decimal(-10**38 + 1, 18))
            + part(20_000, item) + part(20_000, b""))
    values = {
        "number": "4500000001", "text": "", "count": -2**63, "open": False, "total": "1234.50", "day": "2026-11-25",
        "at": "24:00:00", "seen": "1969-12-31T23:59:59.000000001Z", "raw": "00ff", "days": ["1969-12-31", "1970-01-01"],
        "currency": "EUR", "large": [str(2**63), "-99999999999999999999.999999999999999999"],
        "items": [{"price": "-0.05", "names": ["", "ä"]}, {}]}
    return {"schema": schema(), "schema_bytes": encode("EventSchema", schema()).hex(), "values": values,
            "data": data.hex()}
