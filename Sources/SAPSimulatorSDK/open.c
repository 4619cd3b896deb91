// SPDX-License-Identifier: Apache-2.0
// Opening a connection: its parameters, its place, its socket.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

typedef struct {
    char name[64];
    char value[512];
} setting;

static const char *value_of(const setting *settings, unsigned count, const char *name) {
    for (unsigned i = 0; i < count; i++) {
        if (strcasecmp(settings[i].name, name) == 0 && settings[i].value[0]) return settings[i].value;
    }
    return NULL;
}

static bool plain(const SAP_UC *text, char *out, size_t capacity) {
    size_t units = sim_length(text);
    if (sim_utf8(text, units, NULL) >= capacity) return false;
    out[sim_utf8(text, units, (unsigned char *)out)] = 0;
    return true;
}

/// Where to connect, or an error code: SAP_ECC_SIM from the environment, else ASHOST and 3300 + SYSNR.
static RFC_RC place(
    const setting *s, unsigned count, char host[256], char port[16], RFC_ERROR_INFO *error) {
    static const char *const unsupported[] = {
        "MYSAPSSO2", "X509CERT", "SAPROUTER", "MSHOST", "GWHOST", "WSHOST", "WSPORT", "TCPPORT", "ALIAS_USER",
    };
    const char *ashost = value_of(s, count, "ASHOST"), *number = value_of(s, count, "SYSNR");
    const char *sim = getenv("SAP_ECC_SIM"), *snc = value_of(s, count, "SNC_MODE");
    for (unsigned i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        if (!value_of(s, count, unsupported[i])) continue;
        return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in does not simulate %s", unsupported[i]);
    }
    if (snc && strcmp(snc, "0") != 0) return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in does not simulate SNC");
    if (!ashost) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "Parameter ASHOST, GWHOST, MSHOST, WSPORT or TCPPORT is missing");
    }
    if (!number) return sim_refuse(error, RFC_INVALID_PARAMETER, "Parameter SYSNR is missing");
    if (strlen(number) != 2 || strspn(number, "0123456789") != 2) {
        return sim_refuse(error, RFC_INVALID_PARAMETER, "Parameter SYSNR must be two digits");
    }
    const char *colon = sim ? strrchr(sim, ':') : NULL;
    if (colon && colon - sim < 256) {
        snprintf(host, 256, "%.*s", (int)(colon - sim), sim);
        snprintf(port, 16, "%.15s", colon + 1);
    } else {
        snprintf(host, 256, "%.255s", ashost);
        snprintf(port, 16, "%d", 3300 + atoi(number));
    }
    return RFC_OK;
}

static int connect_to(const char *host, const char *port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, port, &hints, &found)) return -1;
    int result = -1;
    for (struct addrinfo *a = found; a && result < 0; a = a->ai_next) {
        int s = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (s < 0) continue;
        int on = 1;
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(s, a->ai_addr, a->ai_addrlen) == 0) result = s;
        else close(s);
    }
    freeaddrinfo(found);
    return result;
}

static void own_attributes(sim_connection *c, const setting *s, unsigned count, const char *host) {
    RFC_ATTRIBUTES *a = &c->attributes;
    char name[101] = "";
    gethostname(name, sizeof name - 1);
    sim_from_ascii(a->host, 101, name);
    sim_from_ascii(a->partnerHost, 101, host);
    sim_from_ascii(a->dest, 65, value_of(s, count, "DEST") ? value_of(s, count, "DEST") : "");
    sim_from_ascii(a->trace, 2, "0");
    sim_from_ascii(a->codepage, 5, "4103");
    sim_from_ascii(a->rfcRole, 2, "C");
    sim_from_ascii(a->type, 2, "E");
    sim_from_ascii(a->partnerType, 2, "3");
    sim_from_ascii(a->rel, 5, "753");
    sim_from_ascii(a->progName, 129, "");
    sim_from_ascii(a->partnerBytesPerChar, 2, "1");
}

RFC_CONNECTION_HANDLE RfcOpenConnection(
    const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error) {
    setting *s = calloc(count + 1, sizeof *s);
    char host[256], port[16];
    RFC_RC rc = RFC_OK;
    for (unsigned i = 0; i < count && rc == RFC_OK; i++) {
        bool good = parameters[i].name && parameters[i].value && plain(parameters[i].name, s[i].name, sizeof s[i].name)
            && plain(parameters[i].value, s[i].value, sizeof s[i].value);
        if (!good) rc = sim_refuse(error, RFC_INVALID_PARAMETER, "connection parameter %u is null or too long", i);
    }
    if (rc == RFC_OK) rc = place(s, count, host, port, error);
    int socket = rc == RFC_OK ? connect_to(host, port) : -1;
    if (rc == RFC_OK && socket < 0) sim_describe_failure(error, "not reached", host, port);
    sim_connection *c = NULL;
    if (socket >= 0) {
        c = calloc(1, sizeof *c);
        c->socket = socket;
        own_attributes(c, s, count, host);
        sim_put_number(&c->logon, count);
        for (unsigned i = 0; i < count; i++) {
            sim_put_text(&c->logon, parameters[i].name, sim_length(parameters[i].name));
            sim_put_text(&c->logon, parameters[i].value, sim_length(parameters[i].value));
        }
        pthread_mutex_lock(&sim_connections_lock);
        c->next = sim_connections;
        sim_connections = c;
        pthread_mutex_unlock(&sim_connections_lock);
        const char *check = value_of(s, count, "LCHECK");
        bool later = check && strcmp(check, "0") == 0;
        if (!later && sim_log_on(c, error) != RFC_OK) {
            pthread_mutex_lock(&sim_connections_lock);
            sim_close_locked(c);
            pthread_mutex_unlock(&sim_connections_lock);
            c = NULL;
        } else {
            sim_ok(error);
        }
    }
    memset(s, 0, (count + 1) * sizeof *s);
    free(s);
    return c;
}
