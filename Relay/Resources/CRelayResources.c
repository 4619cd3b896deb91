// A file is added here by two lines: its bytes and its row in the table.
#include "CRelayResources.h"

static const unsigned char provider_errors[] = {
#embed "Catalogue/provider-errors.json"
};
static const unsigned char migration_1[] = {
#embed "Migrations/SQLite/0001_tenancy.sql"
};
static const unsigned char migration_2[] = {
#embed "Migrations/SQLite/0002_agents_and_batches.sql"
};
static const unsigned char migration_3[] = {
#embed "Migrations/SQLite/0003_journal.sql"
};
static const unsigned char migration_4[] = {
#embed "Migrations/SQLite/0004_directory.sql"
};
static const unsigned char migration_5[] = {
#embed "Migrations/SQLite/0005_outbox.sql"
};
static const unsigned char migration_6[] = {
#embed "Migrations/SQLite/0006_audit.sql"
};

#define RESOURCE(path, bytes) { path, bytes, sizeof(bytes) }

static const struct ml_relay_resource resources[] = {
    RESOURCE("Catalogue/provider-errors.json", provider_errors),
    RESOURCE("Migrations/SQLite/0001_tenancy.sql", migration_1),
    RESOURCE("Migrations/SQLite/0002_agents_and_batches.sql", migration_2),
    RESOURCE("Migrations/SQLite/0003_journal.sql", migration_3),
    RESOURCE("Migrations/SQLite/0004_directory.sql", migration_4),
    RESOURCE("Migrations/SQLite/0005_outbox.sql", migration_5),
    RESOURCE("Migrations/SQLite/0006_audit.sql", migration_6),
};

size_t ml_relay_resource_count(void) { return sizeof(resources) / sizeof(resources[0]); }

const struct ml_relay_resource *ml_relay_resource_at(size_t index) {
    return index < ml_relay_resource_count() ? &resources[index] : NULL;
}
