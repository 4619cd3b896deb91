"""The bytes of the protocol: identity, records, and a batch's body (Protocol/README.md)."""

import gzip
import hashlib
import os
import struct
from collections.abc import Iterator
from datetime import date

from google.protobuf.message import Message

import connector_pb2 as wire
import events_pb2 as records

MESSAGE_TYPE = "application/x-protobuf"
SOURCE = "/sap/PYT/100"
ORDER_CREATED = "sap.purchase_order.created"


class PeerError(Exception):
    """Something that must not be believed, or cannot be done; one sentence."""


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def with_lengths(*parts: bytes) -> bytes:
    """Each part behind its length in four bytes, big-endian."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def identity(event: wire.Event) -> bytes:
    """The id of scheme 1."""
    texts = (event.source, event.business_key, event.transition, event.version)
    return sha256(b"ml-connector event 1\n", with_lengths(*(text.encode() for text in texts)))


def timestamp(seconds: float) -> wire.Timestamp:
    whole = int(seconds // 1)
    return wire.Timestamp(seconds=whole, nanoseconds=int((seconds - whole) * 1e9))


def order_schema() -> bytes:
    """The fields of PurchaseOrder that this agent sends, as they travel."""

    numbers = {field.name: field.number for field in records.PurchaseOrder.DESCRIPTOR.fields}

    def field(name: str, kind: str, max_length: int = 0, currency: str = "") -> wire.FieldSchema:
        return wire.FieldSchema(
            name=name, number=numbers[name], kind=f"FIELD_KIND_{kind}", max_length=max_length,
            currency_field=numbers.get(currency, 0))

    fields = [
        field("number", "KEY", 10),
        field("vendor", "KEY", 10),
        field("created_by", "TEXT", 12),
        field("created_on", "DATE"),
        field("currency", "TEXT", 5),
        field("total_net", "DECIMAL", 31, "currency"),
    ]
    return wire.EventSchema(type=ORDER_CREATED, fields=fields).SerializeToString()


def order_event(number: str, schema: bytes, now: float) -> wire.Event:
    """A purchase order of today over 1234.50 EUR."""
    today = date.fromtimestamp(now)
    days = (today - date(1970, 1, 1)).days
    order = records.PurchaseOrder(
        number=number, vendor="100001", created_by="STRANGER", created_on=days, currency="EUR",
        total_net=wire.Decimal(units=123450, scale=2))
    event = wire.Event(
        id_scheme=1, source=SOURCE, type=ORDER_CREATED, subject=number,
        business_key=f"purchase_order:{number}@{today:%Y%m%d}/STRANGER/1000/NB/0000100001",
        transition="created", version="1",
        origin="ORIGIN_LIVE", detected_at=timestamp(now), schema=sha256(schema),
        data=order.SerializeToString(), feed="purchase_order",
        time=wire.EventTime(stamp=wire.LocalStamp(date=days), precision="TIME_PRECISION_DAY", zone="UTC"))
    event.id = identity(event)
    return event


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def seal(manifest: wire.Manifest, schemas: list[bytes], events: list[wire.Event]) -> tuple[bytes, bytes]:
    """Fills in the digests; returns the manifest as it travels, and the body."""
    leaves = [(os.urandom(16), event.SerializeToString()) for event in events]
    manifest.schemas.extend(sha256(schema) for schema in schemas)
    manifest.leaves.extend(sha256(salt, event) for salt, event in leaves)
    sealed = manifest.SerializeToString()
    parts = [sealed, *schemas, *(part for leaf in leaves for part in leaf)]
    return sealed, gzip.compress(b"".join(varint(len(part)) + part for part in parts), mtime=0)


def opened(
    manifest: wire.Manifest, schemas: dict[bytes, wire.EventSchema], leaves: list[tuple[bytes, bytes]],
) -> Iterator[wire.Event]:
    """The events of a batch, after leaves and ids were held against the manifest.

    `schemas` are those that have travelled in the lineage until now, by their digests.
    """
    if [sha256(salt, event) for salt, event in leaves] != list(manifest.leaves):
        raise PeerError("The leaves are not those of the manifest.")
    for _, data in leaves:
        event = wire.Event.FromString(data)
        is_reading = event.HasField("reading")
        if (event.id, event.id_scheme) != ((b"", 0) if is_reading else (identity(event), 1)):
            raise PeerError(f"The id of {event.business_key} is not that of scheme 1.")
        if event.schema not in schemas or schemas[event.schema].type != event.type:
            raise PeerError(f"No schema of {event.type} travelled before {event.business_key}.")
        yield event


MESSAGES: dict[str, type[Message]] = {
    "sap.purchase_order": records.PurchaseOrder,
    "sap.vendor_invoice": records.VendorInvoice,
    "sap.vendor": records.Vendor,
    "sap.purchasing_group": records.PurchasingGroup,
    "sap.user": records.User,
}
"""By an event's type without its last word where that is a transition."""


def record_name(event: wire.Event) -> str:
    """What the event's own record says its document is called."""
    message = MESSAGES.get(event.type) or MESSAGES[event.type.rsplit(".", 1)[0]]
    record = message.FromString(event.data)
    return str(getattr(record, next(f.name for f in message.DESCRIPTOR.fields if f.number == 1)))
