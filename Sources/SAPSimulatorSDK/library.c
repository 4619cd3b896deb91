// SPDX-License-Identifier: Apache-2.0
// The library itself: version, names, traces, text conversion, and what is not simulated.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/// The real library leaves dev_rfc.log behind at its first call: in RFC_TRACE_DIR, else in the working directory.
static void leave_log(void) {
    const char *folder = getenv("RFC_TRACE_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/dev_rfc.log", folder && *folder ? folder : ".");
    FILE *log = fopen(path, "a");
    if (!log) return;
    fputs("**** Trace file opened by the stand-in of libsapnwrfc: no uuidd is running here either\n", log);
    fclose(log);
}

const SAP_UC *RfcGetVersion(unsigned *major, unsigned *minor, unsigned *patch) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const SAP_UC text[] = u"7500.0.13 (sap-ecc-sim)";
    pthread_once(&once, leave_log);
    if (major) *major = 7500;
    if (minor) *minor = 0;
    if (patch) *patch = 13;
    return text;
}

const int SapRfcNeedsNoICU = 1;

static const SAP_UC *name_of(const char *name, SAP_UC out[64]) {
    sim_from_ascii(out, 64, name);
    return out;
}

const SAP_UC *RfcGetRcAsString(RFC_RC rc) {
    static _Thread_local SAP_UC text[64];
    if ((unsigned)rc == 33) return NULL; // PL13's defect: a caller must not trust this pointer
    return name_of(sim_code_name(rc), text);
}

const SAP_UC *RfcGetTypeAsString(RFCTYPE type) {
    static const char *const names[] = {
        "CHAR", "DATE", "BCD", "TIME", "BYTE", "TABLE", "NUM", "FLOAT", "INT", "INT2", "INT1", NULL, NULL, NULL, "NULL",
        NULL, "ABAPOBJECT", "STRUCTURE", NULL, NULL, NULL, NULL, NULL, "DECF16", "DECF34", NULL, NULL, NULL, "XMLDATA",
        "STRING", "XSTRING", "INT8", "UTCLONG", "UTCSECOND", "UTCMINUTE", "DTDAY", "DTWEEK", "DTMONTH", "TSECOND",
        "TMINUTE", "CDAY", "BOX", "GENERIC_BOX",
    };
    static _Thread_local SAP_UC text[64];
    const char *name = (unsigned)type < sizeof names / sizeof *names && names[type] ? names[type] : "NULL";
    char full[32];
    snprintf(full, sizeof full, "RFCTYPE_%s", name);
    return name_of(full, text);
}

const SAP_UC *RfcGetDirectionAsString(RFC_DIRECTION direction) {
    static _Thread_local SAP_UC text[64];
    return name_of(
        direction == RFC_IMPORT ? "RFC_IMPORT"
            : direction == RFC_EXPORT ? "RFC_EXPORT"
            : direction == RFC_CHANGING ? "RFC_CHANGING"
            : direction == RFC_TABLES ? "RFC_TABLES" : "",
        text);
}

const SAP_UC *RfcGetServerStateAsString(RFC_SERVER_STATE state) {
    static const char *const names[] = {
        "RFC_SERVER_INITIAL", "RFC_SERVER_STARTING", "RFC_SERVER_RUNNING", "RFC_SERVER_BROKEN", "RFC_SERVER_STOPPING",
        "RFC_SERVER_STOPPED",
    };
    static _Thread_local SAP_UC text[64];
    return name_of((unsigned)state < 6 ? names[state] : "", text);
}

// A bad folder or file name is no error for these two; the stand-in reads no ini file at all.
RFC_RC RfcSetIniPath(const SAP_UC *directory, RFC_ERROR_INFO *error) {
    if (!directory) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null path was passed");
    return sim_ok(error);
}

RFC_RC RfcReloadIniFile(RFC_ERROR_INFO *error) { return sim_ok(error); }

RFC_RC RfcLoadCryptoLibrary(const SAP_UC *path, RFC_ERROR_INFO *error) {
    (void)path;
    return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in does not simulate SNC");
}

RFC_RC RfcSetTraceLevel(
    RFC_CONNECTION_HANDLE c, const SAP_UC *destination, unsigned level, RFC_ERROR_INFO *error) {
    (void)c;
    (void)destination;
    if (level > 4) return sim_refuse(error, RFC_INVALID_PARAMETER, "the trace level is 0 to 4");
    if (level) return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in writes no traces");
    return sim_ok(error);
}

RFC_RC RfcSetTraceDir(const SAP_UC *directory, RFC_ERROR_INFO *error) {
    if (!directory) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null path was passed");
    return sim_ok(error);
}

RFC_RC RfcSetMaximumTraceFileSize(unsigned size, SAP_UC unit, RFC_ERROR_INFO *error) {
    (void)size;
    return unit == 'M' || unit == 'G' ? sim_ok(error) : sim_refuse(error, RFC_INVALID_PARAMETER, "the unit is M or G");
}

RFC_RC RfcSetMaximumStoredTraceFiles(int count, RFC_ERROR_INFO *error) {
    return count >= 0 ? sim_ok(error) : sim_refuse(error, RFC_INVALID_PARAMETER, "the count is negative");
}

static const char languages[][4] = {
    "EN", "E", "DE", "D", "FR", "F", "ES", "S", "IT", "I", "HU", "H", "JA", "J", "NL", "N", "PT", "P", "PL", "L",
};

static RFC_RC translate(const SAP_UC *from, SAP_UC *to, unsigned offset, RFC_ERROR_INFO *error) {
    char asked[4] = "";
    for (unsigned i = 0; from && i < 3 && from[i]; i++) {
        char c = from[i] < 0x80 ? (char)from[i] : '?';
        asked[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    for (unsigned i = 0; i < sizeof languages / sizeof *languages; i += 2) {
        if (strcmp(languages[i + offset], asked) != 0) continue;
        sim_from_ascii(to, 3, languages[i + 1 - offset]);
        return sim_ok(error);
    }
    return sim_refuse(error, RFC_INVALID_PARAMETER, "language not known");
}

RFC_RC RfcLanguageIsoToSap(const SAP_UC *iso, SAP_UC *sap, RFC_ERROR_INFO *error) {
    return translate(iso, sap, 0, error);
}

RFC_RC RfcLanguageSapToIso(const SAP_UC *sap, SAP_UC *iso, RFC_ERROR_INFO *error) {
    return translate(sap, iso, 1, error);
}

RFC_RC RfcUTF8ToSAPUC(
    const RFC_BYTE *utf8, unsigned utf8Length, SAP_UC *out, unsigned *outSize, unsigned *resultLength,
    RFC_ERROR_INFO *error) {
    long units = sim_utf16(utf8, utf8Length, NULL, 0);
    *resultLength = 0;
    if (units < 0) return sim_refuse(error, RFC_CONVERSION_FAILURE, "the text is not UTF-8");
    if ((unsigned long)units + 1 > *outSize) {
        *outSize = (unsigned)units + 1;
        return sim_refuse(error, RFC_BUFFER_TOO_SMALL, "Buffer too small, %ld needed", units + 1);
    }
    sim_utf16(utf8, utf8Length, out, (size_t)units);
    out[units] = 0;
    *resultLength = (unsigned)units;
    return sim_ok(error);
}

RFC_RC RfcSAPUCToUTF8(
    const SAP_UC *in, unsigned inLength, RFC_BYTE *out, unsigned *outSize, unsigned *resultLength,
    RFC_ERROR_INFO *error) {
    size_t bytes = sim_utf8(in, inLength, NULL);
    *resultLength = 0;
    if (bytes + 1 > *outSize) {
        *outSize = inLength * 3 + 1; // an estimate, as in the real library
        return sim_refuse(error, RFC_BUFFER_TOO_SMALL, "Buffer too small, %zu needed", bytes + 1);
    }
    sim_utf8(in, inLength, out);
    out[bytes] = 0;
    *resultLength = (unsigned)bytes;
    return sim_ok(error);
}

// Transactions, background units and servers: nothing of them is simulated. A handle is never given out, so every
// further call on one would be misuse; these are the doors to them.
static void *no_handle(RFC_ERROR_INFO *error) {
    sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in simulates synchronous client calls only");
    return NULL;
}

RFC_TRANSACTION_HANDLE RfcCreateTransaction(RFC_CONNECTION_HANDLE c, const SAP_UC *tid, const SAP_UC *queue, RFC_ERROR_INFO *error);
RFC_TRANSACTION_HANDLE RfcCreateTransaction(RFC_CONNECTION_HANDLE c, const SAP_UC *tid, const SAP_UC *queue, RFC_ERROR_INFO *error) {
    (void)c;
    (void)tid;
    (void)queue;
    return no_handle(error);
}

RFC_CONNECTION_HANDLE RfcRegisterServer(const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error);
RFC_CONNECTION_HANDLE RfcRegisterServer(const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error) {
    (void)parameters;
    (void)count;
    return no_handle(error);
}

RFC_SERVER_HANDLE RfcCreateServer(const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error);
RFC_SERVER_HANDLE RfcCreateServer(const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error) {
    (void)parameters;
    (void)count;
    return no_handle(error);
}

RFC_RC RfcGetTransactionID(RFC_CONNECTION_HANDLE c, SAP_UC *tid, RFC_ERROR_INFO *error);
RFC_RC RfcGetTransactionID(RFC_CONNECTION_HANDLE c, SAP_UC *tid, RFC_ERROR_INFO *error) {
    (void)c;
    (void)tid;
    return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in simulates synchronous client calls only");
}
