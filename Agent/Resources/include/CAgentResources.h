// The agent's files, embedded at compile time: migrations of the spool, built-in feeds.
#ifndef CAGENTRESOURCES_H
#define CAGENTRESOURCES_H

#include <stddef.h>

// One file. `bytes` and `path` live as long as the program.
struct ml_agent_resource {
    const char *path;            // below Agent/Resources, for example "Migrations/0001_spool.sql"
    const unsigned char *bytes;  // not terminated
    size_t length;
};

// How many files there are.
size_t ml_agent_resource_count(void);

// The file at `index`, in order of path; a null pointer from `ml_agent_resource_count()` on.
const struct ml_agent_resource *ml_agent_resource_at(size_t index);

#endif
