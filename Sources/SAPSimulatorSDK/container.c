// SPDX-License-Identifier: Apache-2.0
// Functions, structures and tables as containers of values.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

sim_container *sim_container_new(unsigned magic, const sim_layout *layout, sim_type *type) {
    sim_container *c = calloc(1, sizeof *c);
    c->magic = magic;
    c->layout = layout;
    c->type = type;
    c->current = -1;
    if (magic == SIM_TABLE) return c;
    c->data = calloc(1, layout->size ? layout->size : 1);
    for (unsigned i = 0; i < layout->count; i++) {
        sim_value_initial(&layout->fields[i], c->data + layout->fields[i].slot);
    }
    return c;
}

/// Heads of destroyed containers are kept a while, marked dead, so that a second use is seen and not a crash.
static void retire(sim_container *c) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static sim_container *dead[1024];
    static unsigned next;
    pthread_mutex_lock(&lock);
    sim_container *oldest = dead[next];
    dead[next] = c;
    next = (next + 1) % 1024;
    pthread_mutex_unlock(&lock);
    free(oldest);
}

static void empty(sim_container *c) {
    for (unsigned i = 0; c->data && i < c->layout->count; i++) {
        const sim_field *f = &c->layout->fields[i];
        if (f->type == RFCTYPE_STRUCTURE || f->type == RFCTYPE_TABLE) {
            sim_container_free(*(sim_container **)(c->data + f->slot));
        } else {
            sim_value_clear(f, c->data + f->slot);
        }
    }
}

void sim_table_clear(sim_container *table) {
    for (unsigned i = 0; i < table->rowCount; i++) {
        empty(table->rows[i]);
        table->rows[i]->magic = SIM_DEAD;
        free(table->rows[i]->data);
        free(table->rows[i]);
    }
    table->rowCount = 0;
    table->current = -1;
}

void sim_container_free(sim_container *c) {
    if (!c) return;
    empty(c);
    if (c->magic == SIM_TABLE) sim_table_clear(c);
    free(c->rows);
    free(c->data);
    free(c->active);
    free(c->touched);
    memset(c, 0, sizeof *c);
    c->magic = SIM_DEAD;
    retire(c);
}

sim_container *sim_table_append(sim_container *table) {
    if (table->rowCount == table->rowCapacity) {
        table->rowCapacity = table->rowCapacity ? table->rowCapacity * 2 : 16;
        table->rows = realloc(table->rows, table->rowCapacity * sizeof *table->rows);
    }
    sim_container *row = sim_container_new(SIM_STRUCTURE, table->layout, table->type);
    table->rows[table->rowCount++] = row;
    return row;
}

sim_container *sim_nested(sim_container *function, const sim_field *field) {
    sim_container **slot = (sim_container **)(function->data + field->slot);
    if (!*slot) {
        sim_layout_finish(&field->typeDesc->layout);
        unsigned magic = field->type == RFCTYPE_TABLE ? SIM_TABLE : SIM_STRUCTURE;
        *slot = sim_container_new(magic, &field->typeDesc->layout, field->typeDesc);
    }
    return *slot;
}

// Handles and fields

static bool alive(const sim_container *c) {
    return c && (c->magic == SIM_FUNCTION || c->magic == SIM_STRUCTURE || c->magic == SIM_TABLE);
}

static RFC_RC bad_handle(RFC_ERROR_INFO *error) {
    sim_misuse();
    return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid handle was passed to the API call");
}

/// Finds the field and its memory; a table stands for its current row.
static RFC_RC locate(
    sim_container *d, const SAP_UC *name, const sim_field **field, unsigned char **memory, RFC_ERROR_INFO *error) {
    if (!alive(d)) return bad_handle(error);
    if (!name) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
    if (d->magic == SIM_TABLE) {
        if (d->current < 0) return sim_refuse(error, RFC_ILLEGAL_STATE, "the table has no current row");
        d = d->rows[d->current];
    }
    *field = sim_find(d->layout, name);
    if (!*field) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' not found", sim_show(name, sim_length_bounded(name, 64)));
    }
    *memory = d->data + (*field)->slot;
    if (d->touched) d->touched[*field - d->layout->fields] = 1;
    return RFC_OK;
}

static RFC_RC locate_scalar(
    sim_container *d, const SAP_UC *name, const sim_field **field, unsigned char **memory, RFC_ERROR_INFO *error) {
    RFC_RC rc = locate(d, name, field, memory, error);
    if (rc) return rc;
    if ((*field)->type == RFCTYPE_STRUCTURE || (*field)->type == RFCTYPE_TABLE) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' is a structure or table", sim_show(name, sim_length(name)));
    }
    return RFC_OK;
}

static RFC_RC conversion(RFC_ERROR_INFO *error, const sim_field *field) {
    return sim_refuse(
        error, RFC_CONVERSION_FAILURE, "Cannot convert value of field %s",
        sim_show(field->name, field->nameLength));
}

static RFC_RC too_small(RFC_ERROR_INFO *error, unsigned needed) {
    return sim_refuse(error, RFC_BUFFER_TOO_SMALL, "Buffer too small, %u needed", needed);
}

RFC_FUNCTION_DESC_HANDLE RfcDescribeFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!alive(function) || function->magic != SIM_FUNCTION) {
        bad_handle(error);
        return NULL;
    }
    sim_ok(error);
    return function->function;
}

RFC_TYPE_DESC_HANDLE RfcDescribeType(DATA_CONTAINER_HANDLE d, RFC_ERROR_INFO *error) {
    if (!alive(d) || d->magic == SIM_FUNCTION) {
        bad_handle(error);
        return NULL;
    }
    sim_ok(error);
    return d->type;
}

DATA_CONTAINER_HANDLE RfcCreateFunction(RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error) {
    if (!f || f->magic != SIM_FUNCTION_DESC) {
        bad_handle(error);
        return NULL;
    }
    if (!f->frozen) sim_layout_finish(&f->layout);
    sim_container *c = sim_container_new(SIM_FUNCTION, &f->layout, NULL);
    c->function = f;
    c->active = malloc(f->layout.count + 1);
    memset(c->active, 1, f->layout.count + 1);
    c->touched = calloc(1, f->layout.count + 1);
    sim_ok(error);
    return c;
}

RFC_RC RfcDestroyFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!function) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null handle was passed");
    if (!alive(function) || function->magic != SIM_FUNCTION) return bad_handle(error);
    sim_container_free(function);
    return sim_ok(error);
}

RFC_RC RfcSetParameterActive(
    DATA_CONTAINER_HANDLE function, const SAP_UC *name, int active, RFC_ERROR_INFO *error) {
    if (!alive(function) || function->magic != SIM_FUNCTION) return bad_handle(error);
    const sim_field *f = name ? sim_find(function->layout, name) : NULL;
    if (!f) return sim_refuse(error, RFC_INVALID_PARAMETER, "parameter not found");
    function->active[f - function->layout->fields] = active != 0;
    return sim_ok(error);
}

RFC_RC RfcIsParameterActive(
    DATA_CONTAINER_HANDLE function, const SAP_UC *name, int *active, RFC_ERROR_INFO *error) {
    if (!alive(function) || function->magic != SIM_FUNCTION) return bad_handle(error);
    const sim_field *f = name ? sim_find(function->layout, name) : NULL;
    if (!f) return sim_refuse(error, RFC_INVALID_PARAMETER, "parameter not found");
    *active = function->active[f - function->layout->fields];
    return sim_ok(error);
}

static RFC_RC nested(
    sim_container *d, const SAP_UC *name, RFCTYPE type, sim_container **out, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate(d, name, &field, &memory, error);
    if (rc) return rc;
    if (field->type != type) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' is not of the type asked for",
            sim_show(field->name, field->nameLength));
    }
    *out = sim_nested(d, field);
    return sim_ok(error);
}

RFC_RC RfcGetStructure(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_STRUCTURE_HANDLE *out, RFC_ERROR_INFO *error) {
    return nested(d, name, RFCTYPE_STRUCTURE, out, error);
}

RFC_RC RfcGetTable(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_TABLE_HANDLE *out, RFC_ERROR_INFO *error) {
    return nested(d, name, RFCTYPE_TABLE, out, error);
}

// Reading

RFC_RC RfcGetString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_UC *out, unsigned length, unsigned *resultLength,
    RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    SAP_UC scratch[128], *owned;
    unsigned n;
    const SAP_UC *text = sim_value_text(field, memory, scratch, &owned, &n);
    if (resultLength) *resultLength = n;
    if (length < n + 1) {
        free(owned);
        return too_small(error, n + 1);
    }
    if (n) memcpy(out, text, n * sizeof(SAP_UC));
    out[n] = 0;
    free(owned);
    return sim_ok(error);
}

RFC_RC RfcGetChars(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_UC *out, unsigned length, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    SAP_UC scratch[128], *owned;
    unsigned n;
    const SAP_UC *text = sim_value_text(field, memory, scratch, &owned, &n);
    bool fits = n <= length;
    if (fits) memcpy(out, text, n * sizeof(SAP_UC));
    for (unsigned i = fits ? n : 0; i < length; i++) out[i] = ' ';
    free(owned);
    return fits ? sim_ok(error) : too_small(error, n);
}

RFC_RC RfcGetNum(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_NUM *out, unsigned length, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    SAP_UC scratch[128], *owned;
    unsigned n;
    const SAP_UC *text = sim_value_text(field, memory, scratch, &owned, &n);
    bool digits = true;
    for (unsigned i = 0; i < n; i++) digits = digits && text[i] >= '0' && text[i] <= '9';
    if (!digits) rc = conversion(error, field);
    else if (n > length) rc = too_small(error, n);
    else {
        for (unsigned i = 0; i < length - n; i++) out[i] = '0';
        memcpy(out + length - n, text, n * sizeof(SAP_UC));
        rc = sim_ok(error);
    }
    free(owned);
    return rc;
}

RFC_RC RfcGetStringLength(DATA_CONTAINER_HANDLE d, const SAP_UC *name, unsigned *length, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    switch (field->type) {
    case RFCTYPE_STRING: case RFCTYPE_XSTRING: *length = (unsigned)((sim_blob *)memory)->length; break;
    case RFCTYPE_CHAR: case RFCTYPE_NUM: *length = field->nucLength; break;
    case RFCTYPE_DATE: *length = 8; break;
    case RFCTYPE_TIME: *length = 6; break;
    default: return sim_refuse(error, RFC_INVALID_PARAMETER, "the field has no string length");
    }
    return sim_ok(error);
}

static RFC_RC get_bytes(
    sim_container *d, const SAP_UC *name, SAP_RAW *out, unsigned length, unsigned *resultLength, bool pad,
    RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    if (field->type != RFCTYPE_BYTE && field->type != RFCTYPE_XSTRING) return conversion(error, field);
    sim_blob *blob = (sim_blob *)memory;
    unsigned n = field->type == RFCTYPE_BYTE ? field->nucLength : (unsigned)blob->length;
    if (resultLength) *resultLength = n;
    if (length < n) return too_small(error, n);
    if (n) memcpy(out, field->type == RFCTYPE_BYTE ? memory : blob->bytes, n);
    if (pad) memset(out + n, 0, length - n);
    return sim_ok(error);
}

RFC_RC RfcGetBytes(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_RAW *out, unsigned length, RFC_ERROR_INFO *error) {
    return get_bytes(d, name, out, length, NULL, true, error);
}

RFC_RC RfcGetXString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_RAW *out, unsigned length, unsigned *resultLength,
    RFC_ERROR_INFO *error) {
    return get_bytes(d, name, out, length, resultLength, false, error);
}

static RFC_RC get_fixed(sim_container *d, const SAP_UC *name, RFCTYPE type, SAP_UC *out, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    unsigned n = type == RFCTYPE_DATE ? 8 : 6;
    bool same = field->type == type || (field->type == RFCTYPE_CHAR && field->nucLength == n);
    if (!same) return conversion(error, field);
    memcpy(out, memory, n * sizeof(SAP_UC));
    return sim_ok(error);
}

RFC_RC RfcGetDate(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_DATE out, RFC_ERROR_INFO *error) {
    return get_fixed(d, name, RFCTYPE_DATE, out, error);
}

RFC_RC RfcGetTime(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_TIME out, RFC_ERROR_INFO *error) {
    return get_fixed(d, name, RFCTYPE_TIME, out, error);
}

static RFC_RC get_number(
    sim_container *d, const SAP_UC *name, double *real, int64_t *whole, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    SAP_UC scratch[128], *owned;
    unsigned n;
    const SAP_UC *text = sim_value_text(field, memory, scratch, &owned, &n);
    char number[128];
    unsigned used = 0;
    bool good = n > 0 && n < 127 && field->type != RFCTYPE_BYTE && field->type != RFCTYPE_XSTRING;
    for (; good && used < n; used++) {
        good = text[used] < 0x80;
        number[used] = (char)text[used];
    }
    number[used] = 0;
    free(owned);
    char *end = number;
    if (good) {
        *real = strtod(number, &end);
        good = *end == 0;
    }
    if (good) {
        *whole = strtoll(number, &end, 10); // a fraction is cut off without an error, as measured
        good = *end == 0 || field->type == RFCTYPE_BCD || field->type == RFCTYPE_FLOAT;
        if (field->type == RFCTYPE_FLOAT) *whole = (int64_t)*real;
    }
    return good ? sim_ok(error) : conversion(error, field);
}

static RFC_RC get_integer(
    sim_container *d, const SAP_UC *name, int64_t least, int64_t most, int64_t *out, RFC_ERROR_INFO *error) {
    double real;
    RFC_RC rc = get_number(d, name, &real, out, error);
    if (rc == RFC_OK && (*out < least || *out > most)) {
        return sim_refuse(error, RFC_CONVERSION_FAILURE, "value out of range");
    }
    return rc;
}

RFC_RC RfcGetInt(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT *out, RFC_ERROR_INFO *error) {
    int64_t value;
    RFC_RC rc = get_integer(d, name, INT32_MIN, INT32_MAX, &value, error);
    if (rc == RFC_OK) *out = (RFC_INT)value;
    return rc;
}

RFC_RC RfcGetInt1(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT1 *out, RFC_ERROR_INFO *error) {
    int64_t value;
    RFC_RC rc = get_integer(d, name, 0, UINT8_MAX, &value, error);
    if (rc == RFC_OK) *out = (RFC_INT1)value;
    return rc;
}

RFC_RC RfcGetInt2(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT2 *out, RFC_ERROR_INFO *error) {
    int64_t value;
    RFC_RC rc = get_integer(d, name, INT16_MIN, INT16_MAX, &value, error);
    if (rc == RFC_OK) *out = (RFC_INT2)value;
    return rc;
}

RFC_RC RfcGetInt8(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT8 *out, RFC_ERROR_INFO *error) {
    return get_integer(d, name, INT64_MIN, INT64_MAX, out, error);
}

RFC_RC RfcGetFloat(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_FLOAT *out, RFC_ERROR_INFO *error) {
    int64_t whole;
    return get_number(d, name, out, &whole, error);
}

// Writing

RFC_RC RfcSetString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_UC *value, unsigned length, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    return sim_value_set_text(field, memory, value, length) ? conversion(error, field) : sim_ok(error);
}

RFC_RC RfcSetChars(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_UC *value, unsigned length, RFC_ERROR_INFO *error) {
    return RfcSetString(d, name, value, length, error);
}

RFC_RC RfcSetNum(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_NUM *value, unsigned length, RFC_ERROR_INFO *error) {
    for (unsigned i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return sim_refuse(error, RFC_CONVERSION_FAILURE, "a numeric text holds something else than digits");
        }
    }
    return RfcSetString(d, name, value, length, error);
}

static RFC_RC set_bytes(
    sim_container *d, const SAP_UC *name, const SAP_RAW *value, unsigned length, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    if (field->type == RFCTYPE_XSTRING) {
        sim_blob *blob = (sim_blob *)memory;
        free(blob->bytes);
        *blob = (sim_blob){malloc(length + 1), length};
        if (length) memcpy(blob->bytes, value, length); // no bytes may come as a null pointer
        return sim_ok(error);
    }
    if (field->type != RFCTYPE_BYTE) return conversion(error, field);
    unsigned n = length < field->nucLength ? length : field->nucLength;
    memset(memory, 0, field->nucLength);
    if (n) memcpy(memory, value, n);
    return sim_ok(error);
}

RFC_RC RfcSetBytes(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_RAW *value, unsigned length, RFC_ERROR_INFO *error) {
    return set_bytes(d, name, value, length, error);
}

RFC_RC RfcSetXString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_RAW *value, unsigned length, RFC_ERROR_INFO *error) {
    return set_bytes(d, name, value, length, error);
}

RFC_RC RfcSetDate(DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_DATE value, RFC_ERROR_INFO *error) {
    return RfcSetString(d, name, value, 8, error);
}

RFC_RC RfcSetTime(DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_TIME value, RFC_ERROR_INFO *error) {
    return RfcSetString(d, name, value, 6, error);
}

static RFC_RC set_integer(sim_container *d, const SAP_UC *name, int64_t value, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    uint8_t one = (uint8_t)value; // values too large wrap around, as measured
    int16_t two = (int16_t)value;
    int32_t four = (int32_t)value;
    double real = (double)value;
    switch (field->type) {
    case RFCTYPE_INT1: memcpy(memory, &one, 1); return sim_ok(error);
    case RFCTYPE_INT2: memcpy(memory, &two, 2); return sim_ok(error);
    case RFCTYPE_INT: memcpy(memory, &four, 4); return sim_ok(error);
    case RFCTYPE_INT8: memcpy(memory, &value, 8); return sim_ok(error);
    case RFCTYPE_FLOAT: memcpy(memory, &real, 8); return sim_ok(error);
    default: break;
    }
    SAP_UC text[24];
    unsigned n = 0;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    SAP_UC digits[20];
    unsigned count = 0;
    do {
        digits[count++] = (SAP_UC)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) text[n++] = '-';
    while (count) text[n++] = digits[--count];
    return sim_value_set_text(field, memory, text, n) ? conversion(error, field) : sim_ok(error);
}

RFC_RC RfcSetInt(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT value, RFC_ERROR_INFO *error) {
    return set_integer(d, name, value, error);
}

RFC_RC RfcSetInt1(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT1 value, RFC_ERROR_INFO *error) {
    return set_integer(d, name, value, error);
}

RFC_RC RfcSetInt2(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT2 value, RFC_ERROR_INFO *error) {
    return set_integer(d, name, value, error);
}

RFC_RC RfcSetInt8(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT8 value, RFC_ERROR_INFO *error) {
    return set_integer(d, name, value, error);
}

RFC_RC RfcSetFloat(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_FLOAT value, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = locate_scalar(d, name, &field, &memory, error);
    if (rc) return rc;
    if (field->type != RFCTYPE_FLOAT) return conversion(error, field);
    memcpy(memory, &value, 8);
    return sim_ok(error);
}

// Tables

static RFC_RC check_table(const sim_container *t, RFC_ERROR_INFO *error) {
    return alive(t) && t->magic == SIM_TABLE ? RFC_OK : bad_handle(error);
}

RFC_RC RfcGetRowCount(RFC_TABLE_HANDLE t, unsigned *count, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    *count = t->rowCount;
    return sim_ok(error);
}

RFC_RC RfcMoveTo(RFC_TABLE_HANDLE t, unsigned index, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (index >= t->rowCount) {
        return sim_fail(error, RFC_TABLE_MOVE_EOF, EXTERNAL_APPLICATION_FAILURE, "", "row %u is past the end", index);
    }
    t->current = index;
    return sim_ok(error);
}

static RFC_RC move(sim_container *t, long to, RFC_ERROR_INFO *error) {
    if (to >= 0 && to < (long)t->rowCount) {
        t->current = to;
        return sim_ok(error);
    }
    RFC_RC code = to < 0 || t->rowCount == 0 ? RFC_TABLE_MOVE_BOF : RFC_TABLE_MOVE_EOF;
    t->current = -1;
    return sim_fail(error, code, EXTERNAL_APPLICATION_FAILURE, sim_code_name(code), "no such row");
}

RFC_RC RfcMoveToFirstRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, 0, error);
}

RFC_RC RfcMoveToLastRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, (long)t->rowCount - 1, error);
}

RFC_RC RfcMoveToNextRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (t->current + 1 >= (long)t->rowCount) {
        t->current = -1;
        return sim_fail(
            error, RFC_TABLE_MOVE_EOF, EXTERNAL_APPLICATION_FAILURE, sim_code_name(RFC_TABLE_MOVE_EOF), "no next row");
    }
    return move(t, t->current + 1, error);
}

RFC_RC RfcMoveToPreviousRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, t->current - 1, error);
}

RFC_STRUCTURE_HANDLE RfcGetCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return NULL;
    sim_ok(error); // no current row is NULL with code 0
    return t->current >= 0 ? t->rows[t->current] : NULL;
}

RFC_STRUCTURE_HANDLE RfcAppendNewRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return NULL;
    sim_container *row = sim_table_append(t);
    t->current = (long)t->rowCount - 1;
    sim_ok(error);
    return row;
}

RFC_RC RfcDeleteCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (t->current < 0) return sim_refuse(error, RFC_ILLEGAL_STATE, "the table has no current row");
    sim_container *row = t->rows[t->current];
    for (unsigned i = (unsigned)t->current; i + 1 < t->rowCount; i++) t->rows[i] = t->rows[i + 1];
    t->rowCount--;
    if (t->current >= (long)t->rowCount) t->current = -1;
    sim_container_free(row);
    return sim_ok(error);
}

RFC_RC RfcDeleteAllRows(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    sim_table_clear(t);
    return sim_ok(error);
}
