// A file is added here by two lines: its bytes and its row in the table.
#include "CAgentResources.h"

static const unsigned char migration_1[] = {
#embed "Migrations/0001_spool.sql"
};

#define RESOURCE(path, bytes) { path, bytes, sizeof(bytes) }

static const struct ml_agent_resource resources[] = {
    RESOURCE("Migrations/0001_spool.sql", migration_1),
};

size_t ml_agent_resource_count(void) { return sizeof(resources) / sizeof(resources[0]); }

const struct ml_agent_resource *ml_agent_resource_at(size_t index) {
    return index < ml_agent_resource_count() ? &resources[index] : NULL;
}
