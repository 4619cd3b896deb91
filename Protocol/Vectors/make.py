#!/usr/bin/env python3
"""Writes the vectors of version 1 from Protocol/README.md alone: standard library, nothing of our code.

Run it in this folder; it writes version-1/*.json, always the same bytes. A version's files never change once it is
released: a new version gets a folder and a script of its own.
"""
import base64
import gzip
import hashlib
import hmac
import json
import pathlib
import struct

import messages

OUT = pathlib.Path(__file__).parent / "version-1"


# ---- Ed25519 (RFC 8032 section 5.1), short and slow: for vectors only

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 != sign else x


GY = 4 * pow(5, P - 2, P) % P
GX = recover_x(GY, 0)
G = (GX, GY, 1, GX * GY % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return compress(times(expand(seed)[0], G))


def sign(seed, message):
    scalar, prefix = expand(seed)
    key = compress(times(scalar, G))
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    point = compress(times(r, G))
    h = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little") % L
    return point + ((r + h * scalar) % L).to_bytes(32, "little")


# ---- Protocol Buffers, the few forms that are used

def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (2**64 - 1))
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*fields):
    """Fields as (number, value); what is 0 or empty is left out, as proto3 does."""
    return b"".join(field(n, v) for n, v in fields if v not in (0, "", b""))


def zigzag(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def timestamp(seconds, nanoseconds=0):
    return message((1, zigzag(seconds)), (2, nanoseconds))


def local(days, seconds=0):
    return message((1, zigzag(days)), (2, seconds))


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def lengths(*parts):
    return b"".join(struct.pack(">I", len(p)) + p for p in parts)


# ---- Identity, scheme 1

def identity(source, business_key, transition, version):
    parts = [p.encode() for p in (source, business_key, transition, version)]
    return sha(b"ml-connector event 1\n" + lengths(*parts))


def write(name, content):
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
    (OUT / name).write_text(text + "\n", encoding="utf-8")


ORDER = "purchase_order:4500000001@20261125/MILLER/1000/NB/0000100006"


def identities():
    cases = [
        ("/sap/PRD/100", ORDER, "created", "1"),
        ("/sap/PRD/100", ORDER, "changed", "000001234520261125093000"),
        ("/sap/PRD/100", "vendor_invoice:5105600001/2026@20261125/092959", "posted", "1"),
        ("/sap/QAS/200", "purchase%5Forder:45%2F1@20261125", "created", "1"),
        ("/sap/PRD/100", "user:M%C3%9CLLER", "changed", "7"),
    ]
    write("identity.json", [
        {"source": s, "business_key": k, "transition": t, "version": v, "id": identity(s, k, t, v).hex()}
        for s, k, t, v in cases])


# ---- Signatures

SEED = bytes(range(32))
OTHER = bytes(range(1, 33))
CREATED = 1795600000


def request(body, extra=(), batch=True):
    fields = [["Content-Type", "application/x-protobuf"], ["Content-Digest", f"sha-256=:{b64(sha(body))}:"]]
    if batch:
        fields += [["Content-Encoding", "gzip"], ["Manifest-Digest", f"sha-256=:{b64(sha(b'manifest'))}:"]]
    path = "/v1/agents/a1/batches" if batch else "/v1/agents/a1/sync"
    return {"method": "POST", "path": path, "fields": fields + [list(x) for x in extra]}


def base_of(req, covered, parameters):
    values = {name.lower(): value for name, value in req["fields"]}
    values.update({"@method": req["method"], "@path": req["path"]})
    lines = [f'"{name}": {values[name]}' for name in covered]
    return "\n".join(lines + [f'"@signature-params": {parameters}'])


BATCH = ["@method", "@path", "content-digest", "manifest-digest", "content-type", "content-encoding"]
MESSAGE = ["@method", "@path", "content-digest", "content-type"]


def signed(name, req, covered, seed=SEED, label="ml", parameters=None, problem=None, change=None):
    key_id = b64url(sha(public_key(SEED)))
    listed = "(" + " ".join(f'"{c}"' for c in covered) + ")"
    parameters = listed + (parameters or f';created={CREATED};keyid="{key_id}";alg="ed25519"')
    base = base_of(req, covered, parameters)
    signature = sign(seed, base.encode())
    req["fields"] += [["Signature-Input", f"{label}={parameters}"], ["Signature", f"{label}=:{b64(signature)}:"]]
    if change:
        change(req)
    case = {"name": name, "request": req, "kind": "batch" if "batches" in req["path"] else "message"}
    if problem:
        case["problem"] = problem
    else:
        case["signature_base"] = base
    return case


def replace(name, value):
    def change(req):
        req["fields"] = [[n, value if n == name else v] for n, v in req["fields"]]
    return change


def signatures():
    lineages = ("Lineages", f":{b64(bytes(16))}:, :{b64(bytes(range(16)))}:")
    acknowledgement = ("Acknowledgement", f":{b64(b'signed')}:")
    key_id = b64url(sha(public_key(SEED)))
    good = [
        signed("a batch", request(b"body"), BATCH),
        signed("a batch that asks about lineages and is sent again",
               request(b"body", [lineages, acknowledgement]), BATCH + ["lineages", "acknowledgement"]),
        signed("a message", request(b"body", batch=False), MESSAGE),
        signed("another order, another label, a nonce and a tag", request(b"body", batch=False),
               MESSAGE[::-1], label="sig1",
               parameters=f';tag="x";nonce="n";keyid="{key_id}";alg="ed25519";created={CREATED}'),
    ]
    bad = [
        signed("another key", request(b"body"), BATCH, seed=OTHER, problem="wrong"),
        signed("the digest was changed", request(b"body"), BATCH, problem="wrong",
               change=replace("Content-Digest", f"sha-256=:{b64(sha(b'other'))}:")),
        signed("the manifest's digest is not covered", request(b"body"),
               [c for c in BATCH if c != "manifest-digest"], problem="uncovered"),
        signed("lineages are sent and not covered", request(b"body", [lineages]), BATCH, problem="uncovered"),
        signed("an unknown parameter", request(b"body"), BATCH, problem="malformed",
               parameters=f';created={CREATED};expires={CREATED + 60};keyid="{key_id}";alg="ed25519"'),
        signed("no algorithm", request(b"body"), BATCH, problem="malformed",
               parameters=f';created={CREATED};keyid="{key_id}"'),
        signed("the key's name is a token", request(b"body"), BATCH, problem="malformed",
               parameters=f';created={CREATED};keyid=key;alg="ed25519"'),
        signed("eleven minutes early", request(b"body"), BATCH, problem="outsideWindow",
               parameters=f';created={CREATED - 660};keyid="{key_id}";alg="ed25519"'),
        {"name": "no signature", "request": request(b"body"), "kind": "batch", "problem": "missing"},
    ]
    write("signatures.json", {
        "seed": SEED.hex(), "public_key": public_key(SEED).hex(), "keyid": key_id, "created": CREATED,
        "good": good, "bad": bad})


# ---- Pairing

def pairing():
    secret, invitation = bytes(range(100, 116)), bytes(range(16))
    agent_key, relay_key = public_key(SEED), public_key(OTHER)
    texts = {"host": "sapgw01.example.com", "agent": "a1", "agent_version": "1.0.0", "relay_version": "1.0.1"}
    transcript = b"ml-connector pairing 1\n" + lengths(
        invitation, agent_key, relay_key, *(texts[k].encode() for k in
                                            ("host", "agent", "agent_version", "relay_version")))
    proofs = {role: hmac.new(secret, role.encode() + b"\0" + transcript, hashlib.sha256).hexdigest()
              for role in ("relay", "agent")}
    authority = bytes(range(200, 232))
    token = message((1, "https://relay.example.com:8443"), (2, invitation), (3, secret), (4, authority),
                    (5, relay_key), (6, timestamp(CREATED + 3600)))
    receipt = message((1, "a1"), (2, agent_key), (3, 1), (4, timestamp(CREATED)))
    write("pairing.json", {
        **texts, "invitation": invitation.hex(), "secret": secret.hex(), "agent_key": agent_key.hex(),
        "relay_seed": OTHER.hex(), "relay_key": relay_key.hex(), "transcript": transcript.hex(),
        "relay_proof": proofs["relay"], "agent_proof": proofs["agent"],
        "address": "https://relay.example.com:8443", "authority": authority.hex(), "expires": CREATED + 3600,
        "token": "mlpair1." + b64url(token),
        "receipt": receipt.hex(), "receipt_signature": sign(OTHER, b"receipt\0" + receipt).hex()})


# ---- Batches

def schema_bytes():
    def f(name, number, kind, **more):
        return message((1, name), (2, number), (3, kind), (4, more.get("max", 0)), (8, more.get("currency", 0)))
    return message(
        (1, "sap.purchase_order.created"), (2, f("number", 1, 10, max=10)), (2, f("created_on", 10, 5)),
        (2, f("currency", 12, 1, max=5)), (2, f("total_net", 13, 4, max=31, currency=12)))


def event(number, units, schema):
    source, key = "/sap/PRD/100", f"purchase_order:{number}@20261125/MILLER/1000/NB/0000100006"
    data = (field(1, str(number)) + field(10, zigzag(20782)) + field(12, "EUR")
            + field(13, message((1, zigzag(units)), (2, 2))))
    time = message((1, local(20782, 34199)), (2, 1), (3, "CET"), (4, zigzag(3600)))
    return message(
        (1, identity(source, key, "created", "1")), (2, 1), (3, source), (4, "sap.purchase_order.created"),
        (5, str(number)), (6, key), (7, "created"), (8, "1"), (10, 1), (11, time),
        (12, timestamp(CREATED, 500_000_000)), (13, sha(schema)), (14, data), (16, "purchase_order"))


def reading(schema):
    inner = message((1, "blocked"), (2, timestamp(CREATED - 5)), (3, timestamp(CREATED + 5)))
    time = message((1, local(20782, 34200)), (2, 1), (4, zigzag(3600)))
    return message(
        (3, "/sap/PRD/100"), (4, "sap.vendor"), (5, "1000"), (6, "vendor:0000001000"), (7, "state"),
        (9, inner), (10, 1), (11, time), (12, timestamp(CREATED)), (13, sha(schema)), (14, field(1, "1000")),
        (16, "vendor"))


def claim():
    entry = message((1, "/sap/PRD/100"), (2, "purchase_order.created"), (3, "4500000009"),
                    (4, local(20782, 100)), (6, "not_authorized"), (7, timestamp(CREATED)),
                    (8, message((1, "ERNAM"), (2, "MILLER"))))
    return message(
        (1, "/sap/PRD/100"), (2, "purchase_order.created"), (3, 1), (4, local(20782, 33000)),
        (5, local(20782, 34200)), (6, entry), (8, local(20782, 33300)))


LINEAGE = bytes(range(16, 32))


def manifest(leaves, schemas, sequence=1, previous=b"", parent=b"", version=1):
    return message(
        (1, version), (2, "a1"), (3, LINEAGE), (4, 1), (5, sequence), (6, previous), (7, parent),
        *((8, leaf) for leaf in leaves), *((9, sha(s)) for s in schemas), (10, claim()),
        (13, timestamp(CREATED)))


def part(data):
    return varint(len(data)) + data


def pack(data):
    return gzip.compress(data, mtime=0)


def batches():
    schema = schema_bytes()
    events = [event(4500000001, 123450, schema), event(4500000002, -1, schema), reading(schema)]
    salts = [bytes([n] * 16) for n in range(1, 4)]
    leaves = [sha(s + e) for s, e in zip(salts, events)]
    rest = b"".join(part(s) + part(e) for s, e in zip(salts, events))

    def case(name, man, body, error=None, digest=None):
        out = {"name": name, "body": b64(body), "manifest_digest": (digest or sha(man)).hex()}
        return {**out, "error": error} if error else out

    first = manifest(leaves, [schema])
    whole = part(first) + part(schema) + rest
    second = manifest([], [], sequence=2, previous=sha(first))
    good = [
        {**case("two orders and a reading, with their schema", first, pack(whole)),
         "manifest": first.hex(), "schemas": [schema.hex()], "events": [e.hex() for e in events],
         "salts": [s.hex() for s in salts], "leaves": [x.hex() for x in leaves]},
        {**case("a claim alone", second, pack(part(second))),
         "manifest": second.hex(), "schemas": [], "events": [], "salts": [], "leaves": []},
    ]
    changed = bytearray(whole)
    changed[-1] ^= 1
    other_schema = bytearray(whole)
    other_schema[len(part(first)) + 5] ^= 1
    short = part(first) + part(schema) + part(salts[0][:15]) + rest[17:]
    padded = varint(len(first))
    padded = padded[:-1] + bytes([padded[-1] | 128, 0]) + first + whole[len(part(first)):]
    versioned = manifest(leaves, [schema], version=2)
    unchained = manifest(leaves, [schema], sequence=2)
    bomb = part(first) + bytes(5 << 20)
    bad = [
        case("a byte behind the member", first, pack(whole) + b"\0", "not-one-gzip-member"),
        case("two members", first, pack(whole) + pack(b""), "not-one-gzip-member"),
        case("the end is missing", first, pack(whole)[:-1], "not-one-gzip-member"),
        case("no gzip", first, whole, "not-one-gzip-member"),
        case("a bomb", first, pack(bomb), "too-large"),
        case("an event's last byte was changed", first, pack(bytes(changed)), "digest-mismatch"),
        case("the schema was changed", first, pack(bytes(other_schema)), "digest-mismatch"),
        case("another manifest was announced", first, pack(whole), "digest-mismatch", digest=sha(b"x")),
        case("a salt of fifteen bytes", first, pack(short), "malformed"),
        case("a length that is not in its shortest form", first, pack(padded), "malformed"),
        case("a part too many", first, pack(whole + part(b"more")), "malformed"),
        case("an event is missing", first, pack(whole[:-len(part(events[2]))]), "malformed"),
        case("another version", versioned, pack(part(versioned) + part(schema) + rest), "unsupported-version"),
        case("sequence 2 that names nothing before it", unchained,
             pack(part(unchained) + part(schema) + rest), "malformed"),
    ]
    write("batches.json", {"good": good, "bad": bad})


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    identities()
    signatures()
    pairing()
    batches()
    write("messages.json", messages.message_vectors(public_key(SEED), public_key(OTHER), sign, OTHER))
    write("records.json", messages.record_vectors())
