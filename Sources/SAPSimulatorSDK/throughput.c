// SPDX-License-Identifier: Apache-2.0
// What went over a connection, counted.
#include <stdlib.h>

#include "internal.h"

static RFC_RC check_throughput(const sim_throughput *t, RFC_ERROR_INFO *error) {
    if (t && t->magic == SIM_THROUGHPUT) return RFC_OK;
    sim_misuse();
    return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid throughput handle was passed to the API call");
}

RFC_THROUGHPUT_HANDLE RfcCreateThroughput(RFC_ERROR_INFO *error) {
    sim_throughput *t = calloc(1, sizeof *t);
    t->magic = SIM_THROUGHPUT;
    sim_ok(error);
    return t;
}

RFC_RC RfcDestroyThroughput(RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_throughput(t, error)) return RFC_INVALID_HANDLE;
    pthread_mutex_lock(&sim_connections_lock);
    for (sim_connection *c = sim_connections; c; c = c->next) {
        if (c->throughput == t) c->throughput = NULL;
    }
    pthread_mutex_unlock(&sim_connections_lock);
    t->magic = SIM_DEAD;
    free(t);
    return sim_ok(error);
}

RFC_RC RfcSetThroughputOnConnection(RFC_CONNECTION_HANDLE c, RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_throughput(t, error)) return RFC_INVALID_HANDLE;
    RFC_RC rc = sim_enter(c, error);
    if (rc) return rc;
    c->throughput = t;
    sim_leave(c);
    return sim_ok(error);
}

RFC_RC RfcRemoveThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) {
    RFC_RC rc = sim_enter(c, error);
    if (rc) return rc;
    c->throughput = NULL;
    sim_leave(c);
    return sim_ok(error);
}

RFC_THROUGHPUT_HANDLE RfcGetThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) {
    if (sim_enter(c, error)) return NULL;
    sim_throughput *t = c->throughput;
    sim_leave(c);
    sim_ok(error);
    return t;
}

RFC_RC RfcResetThroughput(RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_throughput(t, error)) return RFC_INVALID_HANDLE;
    *t = (sim_throughput){.magic = SIM_THROUGHPUT};
    return sim_ok(error);
}

#define COUNTER(name, member)                                                                     \
    RFC_RC name(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error) {                 \
        if (check_throughput(t, error)) return RFC_INVALID_HANDLE;                                \
        *out = t->member;                                                                         \
        return sim_ok(error);                                                                     \
    }
COUNTER(RfcGetNumberOfCalls, calls)
COUNTER(RfcGetTotalTime, total)
COUNTER(RfcGetSerializationTime, serialization)
COUNTER(RfcGetDeserializationTime, deserialization)
COUNTER(RfcGetApplicationTime, application)
COUNTER(RfcGetSentBytes, sent)
COUNTER(RfcGetReceivedBytes, received)
