// SPDX-License-Identifier: Apache-2.0
// The stand-in's own framing between library and sap-ecc-sim (Sources/README.md): every number is big-endian,
// a text is its length in bytes and UTF-8, every field travels as its text.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

enum { FRAME_LIMIT = 512 * 1024 * 1024 };

static void need(sim_buffer *b, size_t more) {
    if (b->length + more <= b->capacity) return;
    size_t capacity = b->capacity ? b->capacity * 2 : 1024;
    while (capacity < b->length + more) capacity *= 2;
    b->bytes = realloc(b->bytes, capacity);
    b->capacity = capacity;
}

void sim_put_byte(sim_buffer *b, unsigned value) {
    need(b, 1);
    b->bytes[b->length++] = (unsigned char)value;
}

void sim_put_number(sim_buffer *b, unsigned value) {
    need(b, 4);
    for (int shift = 24; shift >= 0; shift -= 8) b->bytes[b->length++] = (unsigned char)(value >> shift);
}

void sim_put_text(sim_buffer *b, const SAP_UC *text, size_t length) {
    size_t bytes = sim_utf8(text, length, NULL);
    sim_put_number(b, (unsigned)bytes);
    need(b, bytes);
    b->length += sim_utf8(text, length, b->bytes + b->length);
}

unsigned sim_take_byte(sim_buffer *b) {
    if (b->position + 1 > b->length) {
        b->broken = true;
        return 0;
    }
    return b->bytes[b->position++];
}

unsigned sim_take_number(sim_buffer *b) {
    if (b->position + 4 > b->length) {
        b->broken = true;
        return 0;
    }
    const unsigned char *p = b->bytes + b->position;
    b->position += 4;
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

const unsigned char *sim_take_bytes(sim_buffer *b, size_t *length) {
    size_t n = sim_take_number(b);
    if (b->broken || n > b->length - b->position) {
        b->broken = true;
        *length = 0;
        return b->bytes;
    }
    const unsigned char *p = b->bytes + b->position;
    b->position += n;
    *length = n;
    return p;
}

void sim_take_text(sim_buffer *b, SAP_UC *out, unsigned capacity) {
    size_t n;
    const unsigned char *bytes = sim_take_bytes(b, &n);
    long units = sim_utf16(bytes, n, out, capacity - 1);
    if (units < 0) b->broken = true;
    out[units < 0 ? 0 : units] = 0;
}

void sim_buffer_free(sim_buffer *b) {
    free(b->bytes);
    memset(b, 0, sizeof *b);
}

bool sim_send(int socket, unsigned kind, const sim_buffer *body) {
    size_t length = (body ? body->length : 0) + 1;
    unsigned char head[5] = {
        (unsigned char)(length >> 24), (unsigned char)(length >> 16), (unsigned char)(length >> 8),
        (unsigned char)length, (unsigned char)kind,
    };
    struct iovec parts[2] = {{head, 5}, {body ? body->bytes : NULL, length - 1}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    size_t left = length + 4;
    while (left) {
        ssize_t n = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        left -= (size_t)n;
        for (unsigned i = 0; i < 2; i++) {
            size_t part = (size_t)n < parts[i].iov_len ? (size_t)n : parts[i].iov_len;
            if (part) parts[i].iov_base = (char *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            n -= (ssize_t)part;
        }
    }
    return true;
}

static bool read_all(int socket, unsigned char *out, size_t length) {
    while (length) {
        ssize_t n = recv(socket, out, length, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        out += n;
        length -= (size_t)n;
    }
    return true;
}

int sim_receive(int socket, sim_buffer *body) {
    unsigned char head[5];
    if (!read_all(socket, head, 5)) return -1;
    size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (length == 0 || length > FRAME_LIMIT) return -1;
    body->length = body->position = 0;
    body->broken = false;
    need(body, length);
    if (!read_all(socket, body->bytes, length - 1)) return -1;
    body->length = length - 1;
    return head[4];
}

// Calls

static void put_value(sim_buffer *b, const sim_field *f, const unsigned char *memory) {
    SAP_UC scratch[128], *owned;
    unsigned n;
    const SAP_UC *text = sim_value_text(f, memory, scratch, &owned, &n);
    sim_put_text(b, text, n);
    free(owned);
}

static void put_fields(sim_buffer *b, const sim_container *c) {
    for (unsigned i = 0; i < c->layout->count; i++) {
        put_value(b, &c->layout->fields[i], c->data + c->layout->fields[i].slot);
    }
}

static void put_parameter(sim_buffer *b, const sim_container *function, const sim_field *f) {
    sim_put_text(b, f->name, f->nameLength);
    sim_container *inner = *(sim_container *const *)(function->data + f->slot);
    if (f->type == RFCTYPE_STRUCTURE) {
        sim_put_byte(b, 1);
        sim_put_number(b, inner->layout->count);
        put_fields(b, inner);
    } else if (f->type == RFCTYPE_TABLE) {
        sim_put_byte(b, 2);
        sim_put_number(b, inner->layout->count);
        sim_put_number(b, inner->rowCount);
        for (unsigned r = 0; r < inner->rowCount; r++) put_fields(b, inner->rows[r]);
    } else {
        sim_put_byte(b, 0);
        put_value(b, f, function->data + f->slot);
    }
}

static bool travels(const sim_container *function, unsigned i) {
    const sim_field *f = &function->layout->fields[i];
    bool nested = f->type == RFCTYPE_STRUCTURE || f->type == RFCTYPE_TABLE;
    if (nested && !*(sim_container **)(function->data + f->slot)) return false;
    return function->active[i] && function->touched[i] && f->direction != RFC_EXPORT;
}

void sim_put_call(sim_buffer *b, const sim_container *function) {
    unsigned inactive = 0, sent = 0;
    for (unsigned i = 0; i < function->layout->count; i++) {
        inactive += !function->active[i];
        sent += travels(function, i);
    }
    sim_put_text(b, function->function->name, sim_length(function->function->name));
    sim_put_number(b, inactive);
    for (unsigned i = 0; i < function->layout->count; i++) {
        const sim_field *f = &function->layout->fields[i];
        if (!function->active[i]) sim_put_text(b, f->name, f->nameLength);
    }
    sim_put_number(b, sent);
    for (unsigned i = 0; i < function->layout->count; i++) {
        if (travels(function, i)) put_parameter(b, function, &function->layout->fields[i]);
    }
}

typedef struct sim_text {
    SAP_UC *units;
    size_t capacity;
} sim_text;

static bool take_value(sim_buffer *b, const sim_field *f, unsigned char *memory, sim_text *work) {
    size_t n;
    const unsigned char *bytes = sim_take_bytes(b, &n);
    if (b->broken) return false;
    if (n + 1 > work->capacity) {
        work->capacity = n + 256;
        work->units = realloc(work->units, work->capacity * sizeof(SAP_UC));
    }
    long units = sim_utf16(bytes, n, work->units, work->capacity);
    return units >= 0 && sim_value_set_text(f, memory, work->units, (unsigned)units) == RFC_OK;
}

static bool take_fields(sim_buffer *b, sim_container *c, sim_text *work) {
    for (unsigned i = 0; i < c->layout->count; i++) {
        if (!take_value(b, &c->layout->fields[i], c->data + c->layout->fields[i].slot, work)) return false;
    }
    return true;
}

static bool take_parameter(sim_buffer *b, sim_container *function, const sim_field *f, sim_text *work) {
    unsigned kind = sim_take_byte(b);
    if (kind == 0) {
        bool scalar = f->type != RFCTYPE_STRUCTURE && f->type != RFCTYPE_TABLE;
        return scalar && take_value(b, f, function->data + f->slot, work);
    }
    if (f->type != (kind == 1 ? RFCTYPE_STRUCTURE : RFCTYPE_TABLE)) return false;
    sim_container *inner = sim_nested(function, f);
    if (sim_take_number(b) != inner->layout->count) return false;
    if (kind == 1) return take_fields(b, inner, work);
    unsigned rows = sim_take_number(b);
    // Each field takes its length at least, so that a count cannot promise more rows than the frame holds.
    if (rows && (inner->layout->count == 0 || rows > (b->length - b->position) / 4 / inner->layout->count)) return false;
    sim_table_clear(inner);
    for (unsigned r = 0; r < rows && !b->broken; r++) {
        if (!take_fields(b, sim_table_append(inner), work)) return false;
    }
    inner->current = inner->rowCount ? 0 : -1;
    return !b->broken;
}

bool sim_take_results(sim_buffer *b, sim_container *function) {
    unsigned count = sim_take_number(b);
    sim_text work = {0};
    bool good = true;
    for (unsigned i = 0; good && i < count; i++) {
        RFC_ABAP_NAME name;
        sim_take_text(b, name, 31);
        const sim_field *f = b->broken ? NULL : sim_find(function->layout, name);
        good = f && take_parameter(b, function, f, &work);
    }
    free(work.units);
    return good && !b->broken;
}

// Descriptions

static sim_field take_field(sim_buffer *b) {
    sim_field f = {0};
    sim_take_text(b, f.name, 31);
    f.type = (RFCTYPE)sim_take_byte(b);
    f.nucLength = sim_take_number(b);
    f.nucOffset = sim_take_number(b);
    f.ucLength = sim_take_number(b);
    f.ucOffset = sim_take_number(b);
    f.decimals = sim_take_number(b);
    return f;
}

sim_type *sim_take_type(sim_buffer *b) {
    sim_type *t = calloc(1, sizeof *t);
    t->magic = SIM_TYPE;
    sim_take_text(b, t->name, 31);
    t->nuc = sim_take_number(b);
    t->uc = sim_take_number(b);
    unsigned count = sim_take_number(b);
    for (unsigned i = 0; i < count && !b->broken; i++) {
        sim_field f = take_field(b);
        if (!sim_field_valid(&f)) b->broken = true;
        sim_layout_add(&t->layout, &f);
    }
    if (!b->broken) return t;
    sim_type_free(t);
    return NULL;
}

sim_function_desc *sim_take_function_desc(sim_buffer *b, const SAP_UC *repository) {
    sim_function_desc *d = calloc(1, sizeof *d);
    d->magic = SIM_FUNCTION_DESC;
    sim_take_text(b, d->name, 31);
    unsigned types = sim_take_number(b);
    for (unsigned i = 0; i < types && !b->broken; i++) {
        sim_type *t = sim_take_type(b);
        if (!t) break;
        // A type is shared by name; the first one that came stays.
        sim_type *kept = sim_cache_add_type(repository, t);
        if (kept != t) sim_type_free(t);
    }
    unsigned count = sim_take_number(b);
    for (unsigned i = 0; i < count && !b->broken; i++) {
        sim_field f = take_field(b);
        RFC_ABAP_NAME type;
        f.direction = (RFC_DIRECTION)sim_take_byte(b);
        sim_take_text(b, type, 31);
        sim_take_text(b, f.defaultValue, 31);
        sim_take_text(b, f.text, 80);
        f.optional = (RFC_BYTE)sim_take_byte(b);
        if (type[0]) f.typeDesc = sim_cache_type(repository, type);
        if (!sim_field_valid(&f)) b->broken = true;
        sim_layout_add(&d->layout, &f);
    }
    unsigned exceptions = sim_take_number(b);
    for (unsigned i = 0; i < exceptions && !b->broken; i++) {
        RFC_EXCEPTION_DESC e;
        sim_take_text(b, e.key, 128);
        sim_take_text(b, e.message, 512);
        sim_exception_add(d, &e);
    }
    if (!b->broken) return d;
    sim_function_desc_free(d);
    return NULL;
}
