// SPDX-License-Identifier: Apache-2.0
// Values of fields, read and written.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static RFC_RC locate_scalar(
    sim_container *d, const SAP_UC *name, const sim_field **field, unsigned char **memory, RFC_ERROR_INFO *error) {
    RFC_RC rc = sim_locate(d, name, field, memory, error);
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
