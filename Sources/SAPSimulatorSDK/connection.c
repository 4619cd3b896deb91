// SPDX-License-Identifier: Apache-2.0
// Connections: opening, logging on, calling, cancelling, and what an error does to the handle.
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

enum {
    CLIENT_LOGON = 1, CLIENT_DESCRIBE_FUNCTION, CLIENT_DESCRIBE_TYPE, CLIENT_INVOKE, CLIENT_PING, CLIENT_RESET,
    SERVER_DONE = 0x81, SERVER_LOGGED_ON, SERVER_FUNCTION, SERVER_TYPE, SERVER_RESULTS, SERVER_ERROR = 0xE0
};

typedef struct sim_connection {
    int socket;
    bool busy, cancelled, closed, loggedOn;
    sim_buffer logon; // the logon's frame, until it was sent
    RFC_ATTRIBUTES attributes;
    sim_throughput *throughput;
    struct sim_connection *next;
} sim_connection;

// Every handle ever given out stays in this list, so that any pointer can be judged; `lock` also guards the sockets
// against a cancel that comes while the handle is being closed.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sim_connection *connections;

static sim_connection *known(RFC_CONNECTION_HANDLE c) {
    sim_connection *found = connections;
    while (found && found != c) found = found->next;
    return found;
}

static void close_locked(sim_connection *c) {
    if (c->closed) return;
    c->closed = true;
    close(c->socket);
    c->socket = -1;
    if (c->logon.bytes) memset(c->logon.bytes, 0, c->logon.length);
    sim_buffer_free(&c->logon);
}

static RFC_RC bad_connection(RFC_ERROR_INFO *error) {
    return sim_fail(
        error, RFC_INVALID_HANDLE, EXTERNAL_RUNTIME_FAILURE, "RFC_INVALID_HANDLE",
        "An invalid handle was passed to the API call");
}

/// Takes the connection for one call; two threads on one handle are refused and counted.
static RFC_RC enter(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed, busy = good && c->busy;
    if (!c || busy) sim_misuse();
    if (good && !busy) c->busy = true;
    pthread_mutex_unlock(&lock);
    return good && !busy ? RFC_OK : bad_connection(error);
}

static void leave(sim_connection *c) {
    pthread_mutex_lock(&lock);
    c->busy = false;
    pthread_mutex_unlock(&lock);
}

static void describe_failure(RFC_ERROR_INFO *error, const char *what, const char *host, const char *port) {
    char when[40];
    time_t now = time(NULL);
    struct tm parts;
    strftime(when, sizeof when, "%a %b %d %H:%M:%S %Y", localtime_r(&now, &parts));
    sim_fail(
        error, RFC_COMMUNICATION_FAILURE, COMMUNICATION_FAILURE, "RFC_COMMUNICATION_FAILURE",
        "\nLOCATION    CPIC (TCP/IP) on local host\nERROR       partner '%s:%s' %s\n\nTIME        %s\n"
        "RELEASE     753\nCOMPONENT   NI (network interface)\nVERSION     40\nRC          -10\nMODULE      nixxi.cpp\n"
        "LINE        3289\nDETAIL      NiPConnect2: %s:%s\nSYSTEM CALL connect\nCOUNTER     1\n",
        host, port, what, when, host, port);
}

/// The connection is gone: by a cancel, or by the other side.
static RFC_RC lost(sim_connection *c, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&lock);
    bool cancelled = c->cancelled;
    close_locked(c);
    pthread_mutex_unlock(&lock);
    if (cancelled) {
        return sim_fail(
            error, RFC_CANCELED, COMMUNICATION_FAILURE, "RFC_CANCELED", "Connection was canceled");
    }
    describe_failure(error, "broke the connection", "sap-ecc-sim", "rfc");
    return RFC_COMMUNICATION_FAILURE;
}

/// An error frame from the server; what it says about the connection is done here.
static RFC_RC server_error(sim_connection *c, sim_buffer *b, RFC_ERROR_INFO *error) {
    RFC_ERROR_INFO told;
    memset(&told, 0, sizeof told);
    told.code = (RFC_RC)sim_take_number(b);
    told.group = (RFC_ERROR_GROUP)sim_take_number(b);
    unsigned closes = sim_take_byte(b);
    sim_take_text(b, told.key, 128);
    sim_take_text(b, told.message, 512);
    sim_take_text(b, told.abapMsgClass, 21);
    sim_take_text(b, told.abapMsgType, 2);
    sim_take_text(b, told.abapMsgNumber, 4);
    sim_take_text(b, told.abapMsgV1, 51);
    sim_take_text(b, told.abapMsgV2, 51);
    sim_take_text(b, told.abapMsgV3, 51);
    sim_take_text(b, told.abapMsgV4, 51);
    if (b->broken) return lost(c, error);
    if (closes) {
        pthread_mutex_lock(&lock);
        close_locked(c);
        pthread_mutex_unlock(&lock);
    }
    if (error) *error = told;
    return told.code;
}

static uint64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/// One frame there, one frame back; the answer's kind, or -1 with the error told and the handle closed.
static int exchange(sim_connection *c, unsigned kind, const sim_buffer *request, sim_buffer *answer, RFC_ERROR_INFO *error) {
    int got = -1;
    if (sim_send(c->socket, kind, request)) {
        if (c->throughput) c->throughput->sent += (request ? request->length : 0) + 5;
        got = sim_receive(c->socket, answer);
    }
    if (got >= 0 && c->throughput) c->throughput->received += answer->length + 5;
    if (got < 0) lost(c, error);
    return got;
}

static void attribute(sim_buffer *b, SAP_UC *out, unsigned capacity) { sim_take_text(b, out, capacity); }

static RFC_RC log_on(sim_connection *c, RFC_ERROR_INFO *error) {
    if (c->loggedOn) return RFC_OK;
    sim_buffer answer = {0};
    int kind = exchange(c, CLIENT_LOGON, &c->logon, &answer, error);
    RFC_RC rc = RFC_OK;
    if (kind == SERVER_LOGGED_ON) {
        RFC_ATTRIBUTES *a = &c->attributes;
        attribute(&answer, a->partnerHost, 101);
        attribute(&answer, a->sysNumber, 3);
        attribute(&answer, a->sysId, 9);
        attribute(&answer, a->client, 4);
        attribute(&answer, a->user, 13);
        attribute(&answer, a->language, 3);
        attribute(&answer, a->isoLanguage, 3);
        attribute(&answer, a->partnerRel, 5);
        attribute(&answer, a->kernelRel, 5);
        attribute(&answer, a->partnerCodepage, 5);
        attribute(&answer, a->partnerSystemCodepage, 5);
        attribute(&answer, a->partnerBytesPerChar, 2);
        attribute(&answer, a->cpicConvId, 9);
        if (c->logon.bytes) memset(c->logon.bytes, 0, c->logon.length); // the password goes as soon as it was used
        sim_buffer_free(&c->logon);
        c->loggedOn = !answer.broken;
    } else if (kind == SERVER_ERROR) {
        rc = server_error(c, &answer, error);
    } else if (kind >= 0) {
        rc = lost(c, error);
    }
    sim_buffer_free(&answer);
    if (kind < 0) return error ? error->code : RFC_COMMUNICATION_FAILURE;
    return rc != RFC_OK ? rc : c->loggedOn ? RFC_OK : lost(c, error);
}

// Opening

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
    if (rc == RFC_OK && socket < 0) describe_failure(error, "not reached", host, port);
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
        pthread_mutex_lock(&lock);
        c->next = connections;
        connections = c;
        pthread_mutex_unlock(&lock);
        const char *check = value_of(s, count, "LCHECK");
        bool later = check && strcmp(check, "0") == 0;
        if (!later && log_on(c, error) != RFC_OK) {
            pthread_mutex_lock(&lock);
            close_locked(c);
            pthread_mutex_unlock(&lock);
            c = NULL;
        } else {
            sim_ok(error);
        }
    }
    memset(s, 0, (count + 1) * sizeof *s);
    free(s);
    return c;
}

// Using

RFC_RC RfcCloseConnection(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    RFC_RC rc = enter(handle, error);
    if (rc) return rc;
    pthread_mutex_lock(&lock);
    close_locked(handle);
    pthread_mutex_unlock(&lock);
    leave(handle);
    return sim_ok(error);
}

RFC_RC RfcCancel(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed;
    if (good) {
        c->cancelled = true;
        shutdown(c->socket, SHUT_RDWR); // wakes the thread that waits for the answer
    }
    pthread_mutex_unlock(&lock);
    return good ? sim_ok(error) : bad_connection(error);
}

RFC_RC RfcIsConnectionHandleValid(RFC_CONNECTION_HANDLE handle, RFC_INT *valid, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed;
    pthread_mutex_unlock(&lock);
    *valid = good;
    if (good) return sim_ok(error);
    return sim_fail(
        error, RFC_INVALID_HANDLE, c ? EXTERNAL_APPLICATION_FAILURE : EXTERNAL_RUNTIME_FAILURE, "RFC_INVALID_HANDLE",
        c ? "handle already closed" : "An invalid handle was passed to the API call");
}

RFC_RC RfcGetConnectionAttributes(RFC_CONNECTION_HANDLE handle, RFC_ATTRIBUTES *attributes, RFC_ERROR_INFO *error) {
    RFC_RC rc = enter(handle, error);
    if (rc) return rc;
    *attributes = handle->attributes;
    leave(handle);
    return sim_ok(error);
}

/// Logs on where that was put off, sends one frame and hands the answer to `take`; `kind` is what it must be.
static RFC_RC ask(
    RFC_CONNECTION_HANDLE c, unsigned request, const sim_buffer *body, int wanted, sim_buffer *answer,
    RFC_ERROR_INFO *error) {
    RFC_ERROR_INFO own;
    memset(&own, 0, sizeof own);
    RFC_ERROR_INFO *told = error ? error : &own;
    RFC_RC rc = log_on(c, told);
    if (rc) return rc;
    int kind = exchange(c, request, body, answer, told);
    if (kind < 0) return told->code;
    if (kind == SERVER_ERROR) return server_error(c, answer, told);
    if (kind != wanted) return lost(c, told);
    return sim_ok(told);
}

static RFC_RC simple(RFC_CONNECTION_HANDLE c, unsigned request, RFC_ERROR_INFO *error) {
    RFC_RC rc = enter(c, error);
    if (rc) return rc;
    sim_buffer answer = {0};
    rc = ask(c, request, NULL, SERVER_DONE, &answer, error);
    sim_buffer_free(&answer);
    leave(c);
    return rc;
}

RFC_RC RfcPing(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) { return simple(c, CLIENT_PING, error); }

RFC_RC RfcResetServerContext(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) { return simple(c, CLIENT_RESET, error); }

RFC_RC RfcInvoke(RFC_CONNECTION_HANDLE c, DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!function || function->magic != SIM_FUNCTION) {
        sim_misuse();
        return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid function handle was passed to the API call");
    }
    RFC_RC rc = enter(c, error);
    if (rc) return rc;
    uint64_t began = milliseconds();
    sim_buffer request = {0}, answer = {0};
    sim_put_call(&request, function);
    uint64_t packed = milliseconds();
    rc = ask(c, CLIENT_INVOKE, &request, SERVER_RESULTS, &answer, error);
    uint64_t answered = milliseconds();
    if (rc == RFC_OK && !sim_take_results(&answer, function)) {
        rc = sim_refuse(error, RFC_SERIALIZATION_FAILURE, "the answer does not fit the function's description");
    }
    if (rc == RFC_OK && c->throughput) {
        sim_throughput *t = c->throughput;
        t->calls++;
        t->serialization += packed - began;
        t->application += answered - packed;
        t->deserialization += milliseconds() - answered;
        t->total += milliseconds() - began;
    }
    sim_buffer_free(&request);
    sim_buffer_free(&answer);
    leave(c);
    return rc;
}

static sim_buffer named(const SAP_UC *name) {
    sim_buffer b = {0};
    sim_put_text(&b, name, sim_length_bounded(name, 64));
    return b;
}

RFC_FUNCTION_DESC_HANDLE RfcGetFunctionDesc(RFC_CONNECTION_HANDLE c, const SAP_UC *name, RFC_ERROR_INFO *error) {
    if (!name) {
        sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
        return NULL;
    }
    if (enter(c, error)) return NULL;
    sim_function_desc *found = c->loggedOn ? sim_cache_function(c->attributes.sysId, name) : NULL;
    if (found) {
        sim_ok(error);
    } else {
        sim_buffer request = named(name), answer = {0};
        if (ask(c, CLIENT_DESCRIBE_FUNCTION, &request, SERVER_FUNCTION, &answer, error) == RFC_OK) {
            sim_function_desc *d = sim_take_function_desc(&answer, c->attributes.sysId);
            if (d) found = sim_cache_add_function(c->attributes.sysId, d);
            else sim_refuse(error, RFC_SERIALIZATION_FAILURE, "the description cannot be read");
            if (d && found != d) sim_function_desc_free(d);
        }
        sim_buffer_free(&request);
        sim_buffer_free(&answer);
    }
    leave(c);
    return found;
}

RFC_TYPE_DESC_HANDLE RfcGetTypeDesc(RFC_CONNECTION_HANDLE c, const SAP_UC *name, RFC_ERROR_INFO *error) {
    if (!name) {
        sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
        return NULL;
    }
    if (enter(c, error)) return NULL;
    sim_type *found = c->loggedOn ? sim_cache_type(c->attributes.sysId, name) : NULL;
    if (found) {
        sim_ok(error);
    } else {
        sim_buffer request = named(name), answer = {0};
        if (ask(c, CLIENT_DESCRIBE_TYPE, &request, SERVER_TYPE, &answer, error) == RFC_OK) {
            sim_type *t = sim_take_type(&answer);
            if (t) found = sim_cache_add_type(c->attributes.sysId, t);
            else sim_refuse(error, RFC_SERIALIZATION_FAILURE, "the description cannot be read");
            if (t && found != t) sim_type_free(t);
        }
        sim_buffer_free(&request);
        sim_buffer_free(&answer);
    }
    leave(c);
    return found;
}

// Throughput

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
    pthread_mutex_lock(&lock);
    for (sim_connection *c = connections; c; c = c->next) {
        if (c->throughput == t) c->throughput = NULL;
    }
    pthread_mutex_unlock(&lock);
    t->magic = SIM_DEAD;
    free(t);
    return sim_ok(error);
}

RFC_RC RfcSetThroughputOnConnection(RFC_CONNECTION_HANDLE c, RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_throughput(t, error)) return RFC_INVALID_HANDLE;
    RFC_RC rc = enter(c, error);
    if (rc) return rc;
    c->throughput = t;
    leave(c);
    return sim_ok(error);
}

RFC_RC RfcRemoveThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) {
    RFC_RC rc = enter(c, error);
    if (rc) return rc;
    c->throughput = NULL;
    leave(c);
    return sim_ok(error);
}

RFC_THROUGHPUT_HANDLE RfcGetThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) {
    if (enter(c, error)) return NULL;
    sim_throughput *t = c->throughput;
    leave(c);
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
