// The yardstick for the RFC bridge: reads a table in a bare C loop over the same library, and nothing more.
#ifndef BARE_RFC_LOOP_H
#define BARE_RFC_LOOP_H

#include <stddef.h>

/// What one run of the loop found.
typedef struct {
    long rows;
    double seconds;     // of the calls and of touching every row, logon aside
    unsigned checksum;  // over all characters, so that no row is skipped
} bare_rfc_result;

/// Reads `columns` (blank-separated names) of `table` with RFC_READ_TABLE `rounds` times.
/// `host`, `number`, `client`, `user` and `password` are the connection parameters of the SDK.
/// Returns 0, or 1 with the reason in `text` (of `size` bytes).
int bare_rfc_read_table(
    const char *library, const char *host, const char *number, const char *client, const char *user,
    const char *password, const char *table, const char *columns, int rounds, bare_rfc_result *result, char *text,
    size_t size);

#endif
