// The relay's files, embedded at compile time: migrations, the catalogue of providers' error codes.
#ifndef CRELAYRESOURCES_H
#define CRELAYRESOURCES_H

#include <stddef.h>

// One file. `bytes` and `path` live as long as the program.
struct ml_relay_resource {
    const char *path;            // below Relay/Resources, for example "Migrations/SQLite/0001_tenancy.sql"
    const unsigned char *bytes;  // not terminated
    size_t length;
};

// How many files there are.
size_t ml_relay_resource_count(void);

// The file at `index`, in order of path; a null pointer from `ml_relay_resource_count()` on.
const struct ml_relay_resource *ml_relay_resource_at(size_t index);

#endif
