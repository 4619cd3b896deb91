// SPDX-License-Identifier: Apache-2.0
// How the stand-in reports: on success only `code` is written, as the real library does.
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static atomic_uint misuses;

void sim_misuse(void) { atomic_fetch_add(&misuses, 1); }

unsigned SapEccSimMisuseCount(void) { return atomic_load(&misuses); }

static const char *const codeNames[] = {
    "RFC_OK", "RFC_COMMUNICATION_FAILURE", "RFC_LOGON_FAILURE", "RFC_ABAP_RUNTIME_FAILURE", "RFC_ABAP_MESSAGE",
    "RFC_ABAP_EXCEPTION", "RFC_CLOSED", "RFC_CANCELED", "RFC_TIMEOUT", "RFC_MEMORY_INSUFFICIENT",
    "RFC_VERSION_MISMATCH", "RFC_INVALID_PROTOCOL", "RFC_SERIALIZATION_FAILURE", "RFC_INVALID_HANDLE", "RFC_RETRY",
    "RFC_EXTERNAL_FAILURE", "RFC_EXECUTED", "RFC_NOT_FOUND", "RFC_NOT_SUPPORTED", "RFC_ILLEGAL_STATE",
    "RFC_INVALID_PARAMETER", "RFC_CODEPAGE_CONVERSION_FAILURE", "RFC_CONVERSION_FAILURE", "RFC_BUFFER_TOO_SMALL",
    "RFC_TABLE_MOVE_BOF", "RFC_TABLE_MOVE_EOF", "RFC_START_SAPGUI_FAILURE", "RFC_ABAP_CLASS_EXCEPTION",
    "RFC_UNKNOWN_ERROR", "RFC_AUTHORIZATION_FAILURE", "RFC_AUTHENTICATION_FAILURE", "RFC_CRYPTOLIB_FAILURE",
    "RFC_IO_FAILURE", "RFC_LOCKING_FAILURE",
};

const char *sim_code_name(RFC_RC code) {
    return (unsigned)code < sizeof codeNames / sizeof *codeNames ? codeNames[code] : "RFC_UNKNOWN_ERROR";
}

RFC_RC sim_ok(RFC_ERROR_INFO *e) {
    if (e) e->code = RFC_OK;
    return RFC_OK;
}

static RFC_RC fail(
    RFC_ERROR_INFO *e, RFC_RC code, RFC_ERROR_GROUP group, const char *key, const char *format, va_list arguments) {
    if (!e) return code;
    char message[512];
    vsnprintf(message, sizeof message, format, arguments);
    memset(e, 0, sizeof *e);
    e->code = code;
    e->group = group;
    sim_from_ascii(e->key, 128, key);
    sim_from_ascii(e->message, 512, message);
    return code;
}

RFC_RC sim_fail(RFC_ERROR_INFO *e, RFC_RC code, RFC_ERROR_GROUP group, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail(e, code, group, key, format, arguments);
    va_end(arguments);
    return code;
}

RFC_RC sim_refuse(RFC_ERROR_INFO *e, RFC_RC code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail(e, code, EXTERNAL_RUNTIME_FAILURE, sim_code_name(code), format, arguments);
    va_end(arguments);
    // The real library leaves the key in abapMsgV4 too on failures of the client's side.
    if (e) sim_from_ascii(e->abapMsgV4, 51, sim_code_name(code));
    return code;
}
