// SPDX-License-Identifier: Apache-2.0
// UTF-16 as the SDK speaks it, UTF-8 as the wire does.
#include <string.h>

#include "internal.h"

unsigned sim_length(const SAP_UC *text) {
    unsigned n = 0;
    while (text[n]) n++;
    return n;
}

unsigned sim_length_bounded(const SAP_UC *text, unsigned limit) {
    unsigned n = 0;
    while (n < limit && text[n]) n++;
    return n;
}

bool sim_equal(const SAP_UC *a, unsigned aLength, const SAP_UC *b, unsigned bLength) {
    return aLength == bLength && memcmp(a, b, aLength * sizeof(SAP_UC)) == 0;
}

void sim_copy(SAP_UC *out, unsigned capacity, const SAP_UC *text, unsigned length) {
    if (length > capacity - 1) length = capacity - 1;
    memcpy(out, text, length * sizeof(SAP_UC));
    out[length] = 0;
}

void sim_from_ascii(SAP_UC *out, unsigned capacity, const char *text) {
    long n = sim_utf16((const unsigned char *)text, strlen(text), out, capacity - 1);
    out[n < 0 ? 0 : n] = 0;
}

/// One code point; its length in bytes, or 0 for what is not UTF-8.
static unsigned decode(const unsigned char *p, size_t left, unsigned *point) {
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned n = *p < 0x80 ? 1 : (*p & 0xE0) == 0xC0 ? 2 : (*p & 0xF0) == 0xE0 ? 3 : (*p & 0xF8) == 0xF0 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    unsigned value = n == 1 ? *p : *p & (0x7F >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3F);
    }
    if (value < least[n] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return 0;
    *point = value;
    return n;
}

long sim_utf16(const unsigned char *utf8, size_t length, SAP_UC *out, size_t capacity) {
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        unsigned point, n;
        if (utf8[i] < 0x80) {
            point = utf8[i];
            n = 1;
        } else if (!(n = decode(utf8 + i, length - i, &point))) {
            return -1;
        }
        i += n;
        unsigned units = point > 0xFFFF ? 2 : 1;
        if (out) {
            if (used + units > capacity) return (long)used;
            if (units == 2) {
                out[used] = (SAP_UC)(0xD800 + ((point - 0x10000) >> 10));
                out[used + 1] = (SAP_UC)(0xDC00 + ((point - 0x10000) & 0x3FF));
            } else {
                out[used] = (SAP_UC)point;
            }
        }
        used += units;
    }
    return (long)used;
}

size_t sim_utf8(const SAP_UC *text, size_t length, unsigned char *out) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned point = text[i];
        if (point < 0x80) {
            if (out) out[n] = (unsigned char)point;
            n++;
            continue;
        }
        if (point < 0x800) {
            if (out) {
                out[n] = (unsigned char)(0xC0 | point >> 6);
                out[n + 1] = (unsigned char)(0x80 | (point & 0x3F));
            }
            n += 2;
            continue;
        }
        bool high = point >= 0xD800 && point < 0xDC00, pair = high && i + 1 < length && (text[i + 1] & 0xFC00) == 0xDC00;
        if (pair) {
            point = 0x10000 + ((point - 0xD800) << 10) + (text[++i] - 0xDC00u);
            if (out) {
                out[n] = (unsigned char)(0xF0 | point >> 18);
                out[n + 1] = (unsigned char)(0x80 | (point >> 12 & 0x3F));
                out[n + 2] = (unsigned char)(0x80 | (point >> 6 & 0x3F));
                out[n + 3] = (unsigned char)(0x80 | (point & 0x3F));
            }
            n += 4;
            continue;
        }
        bool lone = point >= 0xD800 && point < 0xE000;
        if (out) {
            out[n] = (unsigned char)(0xE0 | point >> 12);
            out[n + 1] = (unsigned char)(0x80 | (point >> 6 & 0x3F));
            if (!lone) out[n + 2] = (unsigned char)(0x80 | (point & 0x3F));
        }
        // A lone surrogate passes as two bytes, which is no UTF-8: so the real library, measured.
        n += lone ? 2 : 3;
    }
    return n;
}

const char *sim_show(const SAP_UC *text, unsigned length) {
    static _Thread_local char shown[2][96];
    static _Thread_local unsigned turn;
    char *out = shown[turn++ % 2];
    unsigned n = 0;
    for (; n < length && n < 95; n++) out[n] = text[n] >= 0x20 && text[n] < 0x7F ? (char)text[n] : '?';
    out[n] = 0;
    return out;
}
