// SPDX-License-Identifier: Apache-2.0
// One field's memory and its text: the conversions as they were measured on the real library.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void fill(SAP_UC *out, unsigned count, SAP_UC unit) {
    for (unsigned i = 0; i < count; i++) out[i] = unit;
}

void sim_value_initial(const sim_field *field, unsigned char *memory) {
    switch (field->type) {
    case RFCTYPE_CHAR: fill((SAP_UC *)memory, field->nucLength, ' '); break;
    case RFCTYPE_NUM: fill((SAP_UC *)memory, field->nucLength, '0'); break;
    case RFCTYPE_DATE: fill((SAP_UC *)memory, 8, '0'); break;
    case RFCTYPE_TIME: fill((SAP_UC *)memory, 6, '0'); break;
    case RFCTYPE_BCD:
        memset(memory, 0, field->nucLength);
        if (field->nucLength) memory[field->nucLength - 1] = 0x0C;
        break;
    case RFCTYPE_BYTE: memset(memory, 0, field->nucLength); break;
    case RFCTYPE_INT1: *memory = 0; break;
    case RFCTYPE_INT2: memset(memory, 0, 2); break;
    case RFCTYPE_INT: memset(memory, 0, 4); break;
    case RFCTYPE_INT8: case RFCTYPE_FLOAT: memset(memory, 0, 8); break;
    default: break; // blobs and nested containers: their slot is zeroed by whoever owns it
    }
}

void sim_value_clear(const sim_field *field, unsigned char *memory) {
    if (field->type == RFCTYPE_STRING || field->type == RFCTYPE_XSTRING) {
        free(((sim_blob *)memory)->bytes);
        memset(memory, 0, sizeof(sim_blob));
    }
}

static void set_blob(unsigned char *memory, const void *bytes, size_t size, size_t length) {
    sim_blob *blob = (sim_blob *)memory;
    void *copy = malloc(size + 2);
    if (size) memcpy(copy, bytes, size); // no text may come as a null pointer
    free(blob->bytes);
    *blob = (sim_blob){copy, length};
}

static unsigned ascii(const char *text, SAP_UC *out) {
    unsigned n = 0;
    for (; text[n]; n++) out[n] = (SAP_UC)text[n];
    return n;
}

static unsigned bcd_digit(const unsigned char *memory, unsigned index) {
    return index % 2 ? memory[index / 2] & 0xF : memory[index / 2] >> 4;
}

static unsigned bcd_text(const sim_field *field, const unsigned char *memory, SAP_UC *out) {
    unsigned digits = field->nucLength * 2 - 1, whole = digits > field->decimals ? digits - field->decimals : 0, n = 0;
    if ((memory[field->nucLength - 1] & 0xF) == 0xD) out[n++] = '-';
    unsigned i = 0;
    while (i + 1 < whole && bcd_digit(memory, i) == 0) i++;
    if (whole == 0) out[n++] = '0';
    for (; i < whole; i++) out[n++] = (SAP_UC)('0' + bcd_digit(memory, i));
    if (field->decimals) out[n++] = '.';
    for (; i < digits; i++) out[n++] = (SAP_UC)('0' + bcd_digit(memory, i));
    return n;
}

static void hex_text(const unsigned char *bytes, size_t count, SAP_UC *out) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = (SAP_UC)digits[bytes[i] >> 4];
        out[2 * i + 1] = (SAP_UC)digits[bytes[i] & 0xF];
    }
}

static unsigned float_text(const unsigned char *memory, SAP_UC *out) {
    double value;
    memcpy(&value, memory, 8);
    char text[40];
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value) snprintf(text, sizeof text, "%.17g", value);
    return ascii(text, out);
}

static long long integer(const sim_field *field, const unsigned char *memory) {
    int16_t two;
    int32_t four;
    int64_t eight;
    switch (field->type) {
    case RFCTYPE_INT1: return *memory;
    case RFCTYPE_INT2: memcpy(&two, memory, 2); return two;
    case RFCTYPE_INT: memcpy(&four, memory, 4); return four;
    default: memcpy(&eight, memory, 8); return eight;
    }
}

const SAP_UC *sim_value_text(
    const sim_field *field, const unsigned char *memory, SAP_UC scratch[128], SAP_UC **owned, unsigned *length) {
    *owned = NULL;
    const SAP_UC *units = (const SAP_UC *)memory;
    const sim_blob *blob = (const sim_blob *)memory;
    char number[32];
    unsigned n;
    switch (field->type) {
    case RFCTYPE_CHAR:
        n = field->nucLength;
        while (n && units[n - 1] == ' ') n--;
        *length = n;
        return units;
    case RFCTYPE_NUM: *length = field->nucLength; return units;
    case RFCTYPE_DATE: *length = 8; return units;
    case RFCTYPE_TIME: *length = 6; return units;
    case RFCTYPE_BCD: *length = bcd_text(field, memory, scratch); return scratch;
    case RFCTYPE_FLOAT: *length = float_text(memory, scratch); return scratch;
    case RFCTYPE_INT1: case RFCTYPE_INT2: case RFCTYPE_INT: case RFCTYPE_INT8:
        snprintf(number, sizeof number, "%lld", integer(field, memory));
        *length = ascii(number, scratch);
        return scratch;
    case RFCTYPE_STRING: *length = (unsigned)blob->length; return blob->bytes ? blob->bytes : scratch;
    case RFCTYPE_BYTE: case RFCTYPE_XSTRING: {
        size_t count = field->type == RFCTYPE_BYTE ? field->nucLength : blob->length;
        const unsigned char *bytes = field->type == RFCTYPE_BYTE ? memory : blob->bytes;
        *owned = malloc(count * 4 + 2);
        hex_text(bytes, count, *owned);
        *length = (unsigned)(count * 2);
        return *owned;
    }
    default: *length = 0; return scratch;
    }
}

static RFC_RC set_digits(const sim_field *field, SAP_UC *memory, const SAP_UC *text, unsigned length) {
    if (length > field->nucLength) return RFC_CONVERSION_FAILURE;
    for (unsigned i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return RFC_CONVERSION_FAILURE;
    }
    fill(memory, field->nucLength - length, '0');
    if (length) memcpy(memory + field->nucLength - length, text, length * sizeof(SAP_UC));
    return RFC_OK;
}

static RFC_RC set_integer(const sim_field *field, unsigned char *memory, const SAP_UC *text, unsigned length) {
    while (length && text[length - 1] == ' ') length--;
    while (length && *text == ' ') text++, length--;
    if (length == 0 || length > 20) return RFC_CONVERSION_FAILURE;
    char number[24];
    for (unsigned i = 0; i < length; i++) {
        bool sign = i == 0 && length > 1 && (text[0] == '-' || text[0] == '+');
        if (!sign && (text[i] < '0' || text[i] > '9')) return RFC_CONVERSION_FAILURE;
        number[i] = (char)text[i];
    }
    number[length] = 0;
    if (length > 19) return RFC_CONVERSION_FAILURE;
    long long value = strtoll(number, NULL, 10);
    int16_t two = (int16_t)value;
    int32_t four = (int32_t)value;
    int64_t eight = value;
    switch (field->type) {
    case RFCTYPE_INT1:
        if (value < 0 || value > 255) return RFC_CONVERSION_FAILURE;
        *memory = (unsigned char)value;
        break;
    case RFCTYPE_INT2:
        if (two != value) return RFC_CONVERSION_FAILURE;
        memcpy(memory, &two, 2);
        break;
    case RFCTYPE_INT:
        if (four != value) return RFC_CONVERSION_FAILURE;
        memcpy(memory, &four, 4);
        break;
    default: memcpy(memory, &eight, 8); break;
    }
    return RFC_OK;
}

/// Digits and letters are taken (a letter as its low nibble, which makes nonsense of "1e3": so the real library);
/// everything else but one sign in front, one '.', and blanks around is refused.
static RFC_RC set_bcd(const sim_field *field, unsigned char *memory, const SAP_UC *text, unsigned length) {
    sim_value_initial(field, memory);
    while (length && text[length - 1] == ' ') length--;
    while (length && *text == ' ') text++, length--;
    bool negative = length && *text == '-';
    if (length && (*text == '-' || *text == '+')) text++, length--;
    unsigned char whole[128], fraction[128];
    unsigned wholes = 0, fractions = 0, seen = 0;
    bool point = false;
    for (unsigned i = 0; i < length; i++) {
        SAP_UC u = text[i];
        bool letter = (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z');
        if (u == '.' && !point) {
            point = true;
            continue;
        }
        if (!letter && (u < '0' || u > '9')) return RFC_CONVERSION_FAILURE;
        unsigned char digit = (unsigned char)((u & 0xF) % 10);
        seen++;
        if (point && fractions < 128) fraction[fractions++] = digit;
        if (!point && (wholes || digit)) {
            if (wholes == 128) return RFC_CONVERSION_FAILURE;
            whole[wholes++] = digit;
        }
    }
    if (seen == 0) return RFC_CONVERSION_FAILURE;
    unsigned digits = field->nucLength * 2 - 1;
    if (field->decimals > digits || wholes > digits - field->decimals) return RFC_CONVERSION_FAILURE;
    unsigned char all[132] = {0};
    unsigned start = digits - field->decimals - wholes;
    memcpy(all + start, whole, wholes);
    for (unsigned i = 0; i < field->decimals && i < fractions; i++) all[digits - field->decimals + i] = fraction[i];
    if (fractions > field->decimals && fraction[field->decimals] >= 5) {
        long i = (long)digits - 1;
        while (i >= 0 && all[i] == 9) all[i--] = 0;
        if (i < 0) return RFC_CONVERSION_FAILURE;
        all[i]++;
    }
    bool zero = true;
    for (unsigned i = 0; i < digits; i++) {
        zero = zero && all[i] == 0;
        if (i % 2) memory[i / 2] = (unsigned char)((memory[i / 2] & 0xF0) | all[i]);
        else memory[i / 2] = (unsigned char)((all[i] << 4) | (memory[i / 2] & 0x0F));
    }
    memory[field->nucLength - 1] = (unsigned char)((memory[field->nucLength - 1] & 0xF0) | (negative && !zero ? 0xD : 0xC));
    return RFC_OK;
}

static int nibble(SAP_UC u) {
    if (u >= '0' && u <= '9') return u - '0';
    if (u >= 'A' && u <= 'F') return u - 'A' + 10;
    if (u >= 'a' && u <= 'f') return u - 'a' + 10;
    return -1;
}

static RFC_RC set_hex(const sim_field *field, unsigned char *memory, const SAP_UC *text, unsigned length) {
    size_t count = length / 2;
    unsigned char *bytes = calloc(count + 1, 1);
    for (size_t i = 0; i < count; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            free(bytes);
            return RFC_CONVERSION_FAILURE;
        }
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (field->type == RFCTYPE_XSTRING) {
        set_blob(memory, bytes, count, count);
    } else {
        memset(memory, 0, field->nucLength);
        memcpy(memory, bytes, count < field->nucLength ? count : field->nucLength);
    }
    free(bytes);
    return RFC_OK;
}

RFC_RC sim_value_set_text(const sim_field *field, unsigned char *memory, const SAP_UC *text, unsigned length) {
    SAP_UC *units = (SAP_UC *)memory;
    switch (field->type) {
    case RFCTYPE_CHAR:
        if (length > field->nucLength) length = field->nucLength; // silently cut, as measured
        if (length) memcpy(units, text, length * sizeof(SAP_UC));
        fill(units + length, field->nucLength - length, ' ');
        return RFC_OK;
    case RFCTYPE_NUM: return set_digits(field, units, text, length);
    case RFCTYPE_DATE: case RFCTYPE_TIME: {
        unsigned wanted = field->type == RFCTYPE_DATE ? 8 : 6;
        if (length != wanted) return RFC_CONVERSION_FAILURE;
        memcpy(units, text, wanted * sizeof(SAP_UC)); // no calendar check at all
        return RFC_OK;
    }
    case RFCTYPE_BCD: return set_bcd(field, memory, text, length);
    case RFCTYPE_INT1: case RFCTYPE_INT2: case RFCTYPE_INT: case RFCTYPE_INT8:
        return set_integer(field, memory, text, length);
    case RFCTYPE_FLOAT: {
        char number[64], *end;
        if (length == 0 || length > 63) return RFC_CONVERSION_FAILURE;
        for (unsigned i = 0; i < length; i++) number[i] = text[i] < 0x80 ? (char)text[i] : '?';
        number[length] = 0;
        double value = strtod(number, &end);
        if (*end) return RFC_CONVERSION_FAILURE;
        memcpy(memory, &value, 8);
        return RFC_OK;
    }
    case RFCTYPE_STRING: set_blob(memory, text, length * sizeof(SAP_UC), length); return RFC_OK;
    case RFCTYPE_BYTE: case RFCTYPE_XSTRING: return set_hex(field, memory, text, length);
    default: return RFC_INVALID_PARAMETER;
    }
}
