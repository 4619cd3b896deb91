// SPDX-License-Identifier: Apache-2.0
// Connections: logging on, calling, cancelling, and what an error does to the handle.
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

enum {
    CLIENT_LOGON = 1, CLIENT_DESCRIBE_FUNCTION, CLIENT_DESCRIBE_TYPE, CLIENT_INVOKE, CLIENT_PING, CLIENT_RESET,
    SERVER_DONE = 0x81, SERVER_LOGGED_ON, SERVER_FUNCTION, SERVER_TYPE, SERVER_RESULTS, SERVER_ERROR = 0xE0
};

pthread_mutex_t sim_connections_lock = PTHREAD_MUTEX_INITIALIZER;
sim_connection *sim_connections;

static sim_connection *known(RFC_CONNECTION_HANDLE c) {
    sim_connection *found = sim_connections;
    while (found && found != c) found = found->next;
    return found;
}

void sim_close_locked(sim_connection *c) {
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

RFC_RC sim_enter(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&sim_connections_lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed, busy = good && c->busy;
    if (!c || busy) sim_misuse();
    if (good && !busy) c->busy = true;
    pthread_mutex_unlock(&sim_connections_lock);
    return good && !busy ? RFC_OK : bad_connection(error);
}

void sim_leave(sim_connection *c) {
    pthread_mutex_lock(&sim_connections_lock);
    c->busy = false;
    pthread_mutex_unlock(&sim_connections_lock);
}

void sim_describe_failure(RFC_ERROR_INFO *error, const char *what, const char *host, const char *port) {
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
    pthread_mutex_lock(&sim_connections_lock);
    bool cancelled = c->cancelled;
    sim_close_locked(c);
    pthread_mutex_unlock(&sim_connections_lock);
    if (cancelled) {
        return sim_fail(
            error, RFC_CANCELED, COMMUNICATION_FAILURE, "RFC_CANCELED", "Connection was canceled");
    }
    sim_describe_failure(error, "broke the connection", "sap-ecc-sim", "rfc");
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
        pthread_mutex_lock(&sim_connections_lock);
        sim_close_locked(c);
        pthread_mutex_unlock(&sim_connections_lock);
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

RFC_RC sim_log_on(sim_connection *c, RFC_ERROR_INFO *error) {
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

RFC_RC RfcCloseConnection(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    RFC_RC rc = sim_enter(handle, error);
    if (rc) return rc;
    pthread_mutex_lock(&sim_connections_lock);
    sim_close_locked(handle);
    pthread_mutex_unlock(&sim_connections_lock);
    sim_leave(handle);
    return sim_ok(error);
}

RFC_RC RfcCancel(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&sim_connections_lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed;
    if (good) {
        c->cancelled = true;
        shutdown(c->socket, SHUT_RDWR); // wakes the thread that waits for the answer
    }
    pthread_mutex_unlock(&sim_connections_lock);
    return good ? sim_ok(error) : bad_connection(error);
}

RFC_RC RfcIsConnectionHandleValid(RFC_CONNECTION_HANDLE handle, RFC_INT *valid, RFC_ERROR_INFO *error) {
    pthread_mutex_lock(&sim_connections_lock);
    sim_connection *c = known(handle);
    bool good = c && !c->closed;
    pthread_mutex_unlock(&sim_connections_lock);
    *valid = good;
    if (good) return sim_ok(error);
    return sim_fail(
        error, RFC_INVALID_HANDLE, c ? EXTERNAL_APPLICATION_FAILURE : EXTERNAL_RUNTIME_FAILURE, "RFC_INVALID_HANDLE",
        c ? "handle already closed" : "An invalid handle was passed to the API call");
}

RFC_RC RfcGetConnectionAttributes(RFC_CONNECTION_HANDLE handle, RFC_ATTRIBUTES *attributes, RFC_ERROR_INFO *error) {
    RFC_RC rc = sim_enter(handle, error);
    if (rc) return rc;
    *attributes = handle->attributes;
    sim_leave(handle);
    return sim_ok(error);
}

/// Logs on where that was put off, sends one frame and hands the answer to `take`; `kind` is what it must be.
static RFC_RC ask(
    RFC_CONNECTION_HANDLE c, unsigned request, const sim_buffer *body, int wanted, sim_buffer *answer,
    RFC_ERROR_INFO *error) {
    RFC_ERROR_INFO own;
    memset(&own, 0, sizeof own);
    RFC_ERROR_INFO *told = error ? error : &own;
    RFC_RC rc = sim_log_on(c, told);
    if (rc) return rc;
    int kind = exchange(c, request, body, answer, told);
    if (kind < 0) return told->code;
    if (kind == SERVER_ERROR) return server_error(c, answer, told);
    if (kind != wanted) return lost(c, told);
    return sim_ok(told);
}

static RFC_RC simple(RFC_CONNECTION_HANDLE c, unsigned request, RFC_ERROR_INFO *error) {
    RFC_RC rc = sim_enter(c, error);
    if (rc) return rc;
    sim_buffer answer = {0};
    rc = ask(c, request, NULL, SERVER_DONE, &answer, error);
    sim_buffer_free(&answer);
    sim_leave(c);
    return rc;
}

RFC_RC RfcPing(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) { return simple(c, CLIENT_PING, error); }

RFC_RC RfcResetServerContext(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error) { return simple(c, CLIENT_RESET, error); }

RFC_RC RfcInvoke(RFC_CONNECTION_HANDLE c, DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!function || function->magic != SIM_FUNCTION) {
        sim_misuse();
        return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid function handle was passed to the API call");
    }
    RFC_RC rc = sim_enter(c, error);
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
    sim_leave(c);
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
    if (sim_enter(c, error)) return NULL;
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
    sim_leave(c);
    return found;
}

RFC_TYPE_DESC_HANDLE RfcGetTypeDesc(RFC_CONNECTION_HANDLE c, const SAP_UC *name, RFC_ERROR_INFO *error) {
    if (!name) {
        sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
        return NULL;
    }
    if (sim_enter(c, error)) return NULL;
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
    sim_leave(c);
    return found;
}
