#include "BareRFCLoop.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "CSAPNWRFC.h"

enum { row_width = 512 };

static ml_rfc_char *wide(const char *text, ml_rfc_char *out, size_t room) {
    size_t at = 0;
    for (; text[at] && at + 1 < room; at++) out[at] = (unsigned char)text[at];
    out[at] = 0;
    return out;
}

static int failed(const char *step, const ml_rfc_error_info *error, char *text, size_t size) {
    char key[128];
    size_t at = 0;
    for (; at + 1 < sizeof key && error->key[at]; at++) key[at] = (char)error->key[at];
    key[at] = 0;
    snprintf(text, size, "%s: code %d, %s", step, error->code, key);
    return 1;
}

static int set(const ml_rfc_sdk *sdk, ml_rfc_container in, const char *name, const char *value, char *text, size_t size) {
    ml_rfc_char wide_name[64], wide_value[256];
    ml_rfc_error_info error = {0};
    wide(name, wide_name, 64);
    wide(value, wide_value, 256);
    if (sdk->set_string(in, wide_name, wide_value, (unsigned)strlen(value), &error)) return failed(name, &error, text, size);
    return 0;
}

static int add_columns(const ml_rfc_sdk *sdk, ml_rfc_container function, const char *columns, char *text, size_t size) {
    ml_rfc_char name[64];
    ml_rfc_error_info error = {0};
    ml_rfc_container fields = NULL;
    if (sdk->get_table(function, wide("FIELDS", name, 64), &fields, &error)) return failed("FIELDS", &error, text, size);
    char column[64];
    while (*columns) {
        size_t length = strcspn(columns, " ");
        if (length >= sizeof column) return failed("columns", &error, text, size);
        memcpy(column, columns, length);
        column[length] = 0;
        columns += length + (columns[length] == ' ');
        ml_rfc_container row = sdk->append_new_row(fields, &error);
        if (!row) return failed("FIELDS", &error, text, size);
        if (set(sdk, row, "FIELDNAME", column, text, size)) return 1;
    }
    return 0;
}

static int read_once(
    const ml_rfc_sdk *sdk, ml_rfc_connection connection, ml_rfc_function_desc description, const char *table,
    const char *columns, bare_rfc_result *result, char *text, size_t size) {
    ml_rfc_error_info error = {0};
    ml_rfc_char name[64], wa[64], row[row_width];
    ml_rfc_container data = NULL;
    unsigned count = 0;
    ml_rfc_container function = sdk->create_function(description, &error);
    if (!function) return failed("RfcCreateFunction", &error, text, size);
    int wrong = set(sdk, function, "QUERY_TABLE", table, text, size) || add_columns(sdk, function, columns, text, size);
    if (!wrong && sdk->invoke(connection, function, &error)) wrong = failed("RfcInvoke", &error, text, size);
    if (!wrong && sdk->get_table(function, wide("DATA", name, 64), &data, &error)) wrong = failed("DATA", &error, text, size);
    if (!wrong && sdk->get_row_count(data, &count, &error)) wrong = failed("RfcGetRowCount", &error, text, size);
    wide("WA", wa, 64);
    for (unsigned at = 0; !wrong && at < count; at++) {
        if (sdk->move_to(data, at, &error) || sdk->get_chars(data, wa, row, row_width, &error)) {
            wrong = failed("WA", &error, text, size);
            break;
        }
        for (unsigned character = 0; character < row_width; character++) result->checksum = result->checksum * 31 + row[character];
        result->rows++;
    }
    sdk->destroy_function(function, NULL);
    return wrong;
}

int bare_rfc_read_table(
    const char *library, const char *host, const char *number, const char *client, const char *user,
    const char *password, const char *table, const char *columns, int rounds, bare_rfc_result *result, char *text,
    size_t size) {
    ml_rfc_sdk sdk;
    if (ml_rfc_load(library, &sdk, text, size) != ML_RFC_LOADED) return 1;
    const char *names[] = {"ASHOST", "SYSNR", "CLIENT", "USER", "PASSWD", "LANG"};
    const char *values[] = {host, number, client, user, password, "EN"};
    ml_rfc_char name_text[6][32], value_text[6][128], module[64];
    ml_rfc_connection_parameter parameters[6];
    for (int at = 0; at < 6; at++) {
        parameters[at].name = wide(names[at], name_text[at], 32);
        parameters[at].value = wide(values[at], value_text[at], 128);
    }
    ml_rfc_error_info error = {0};
    ml_rfc_connection connection = sdk.open_connection(parameters, 6, &error);
    if (!connection) return failed("RfcOpenConnection", &error, text, size);
    ml_rfc_function_desc description = sdk.get_function_desc(connection, wide("RFC_READ_TABLE", module, 64), &error);
    int wrong = description ? 0 : failed("RfcGetFunctionDesc", &error, text, size);
    *result = (bare_rfc_result){0};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int round = 0; !wrong && round < rounds; round++)
        wrong = read_once(&sdk, connection, description, table, columns, result, text, size);
    clock_gettime(CLOCK_MONOTONIC, &end);
    result->seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    sdk.close_connection(connection, NULL);
    return wrong;
}
