// A file is added here by two lines: its bytes and its row in the table.
#include "CAgentResources.h"

static const unsigned char feed_purchase_order[] = {
#embed "Feeds/purchase_order.yaml"
};

static const unsigned char feed_purchasing_group[] = {
#embed "Feeds/purchasing_group.yaml"
};

static const unsigned char feed_user[] = {
#embed "Feeds/user.yaml"
};

static const unsigned char feed_vendor[] = {
#embed "Feeds/vendor.yaml"
};

static const unsigned char feed_vendor_invoice[] = {
#embed "Feeds/vendor_invoice.yaml"
};

static const unsigned char migration_1[] = {
#embed "Migrations/0001_spool.sql"
};

#define RESOURCE(path, bytes) { path, bytes, sizeof(bytes) }

static const struct ml_agent_resource resources[] = {
    RESOURCE("Feeds/purchase_order.yaml", feed_purchase_order),
    RESOURCE("Feeds/purchasing_group.yaml", feed_purchasing_group),
    RESOURCE("Feeds/user.yaml", feed_user),
    RESOURCE("Feeds/vendor.yaml", feed_vendor),
    RESOURCE("Feeds/vendor_invoice.yaml", feed_vendor_invoice),
    RESOURCE("Migrations/0001_spool.sql", migration_1),
};

size_t ml_agent_resource_count(void) { return sizeof(resources) / sizeof(resources[0]); }

const struct ml_agent_resource *ml_agent_resource_at(size_t index) {
    return index < ml_agent_resource_count() ? &resources[index] : NULL;
}
