// SPDX-License-Identifier: Apache-2.0
// What the stand-in's files share. Nothing here is exported.
#ifndef SAPNWRFC_SIM_INTERNAL_H
#define SAPNWRFC_SIM_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "include/sapnwrfc_sim.h"

#pragma GCC visibility push(hidden)

enum {
    SIM_FUNCTION = 0x53494d46, SIM_STRUCTURE = 0x53494d53, SIM_TABLE = 0x53494d54, SIM_FUNCTION_DESC = 0x53494d44,
    SIM_TYPE = 0x53494d59, SIM_THROUGHPUT = 0x53494d50, SIM_DEAD = 0x53494d00
};

/// One field of a structure, or one parameter of a function.
typedef struct sim_field {
    RFC_ABAP_NAME name;
    unsigned nameLength;
    RFCTYPE type;
    RFC_DIRECTION direction;
    unsigned nucLength, nucOffset, ucLength, ucOffset, decimals;
    struct sim_type *typeDesc;
    unsigned slot;  // where the value stands in the container's own memory
    RFC_PARAMETER_DEFVALUE defaultValue;
    RFC_PARAMETER_TEXT text;
    RFC_BYTE optional;
    void *extended;
} sim_field;

typedef struct sim_layout {
    sim_field *fields;
    unsigned count, capacity;
    unsigned size;       // bytes of a container's memory
    unsigned *buckets;   // index + 1 by hash of the name; 0 is empty
    unsigned bucketCount;
} sim_layout;

typedef struct sim_type {
    unsigned magic;
    RFC_ABAP_NAME name;
    sim_layout layout;
    unsigned nuc, uc;
    bool frozen;
} sim_type;

typedef struct sim_function_desc {
    unsigned magic;
    RFC_ABAP_NAME name;
    sim_layout layout;
    RFC_EXCEPTION_DESC *exceptions;
    unsigned exceptionCount;
    bool frozen;
} sim_function_desc;

/// The memory of a STRING or XSTRING field: a text in units, or bytes.
typedef struct sim_blob {
    void *bytes;
    size_t length;
} sim_blob;

typedef struct sim_container {
    unsigned magic;
    const sim_layout *layout;
    sim_type *type;              // of a structure or table
    sim_function_desc *function; // of a function
    unsigned char *data;
    unsigned char *active, *touched; // of a function, one byte for each parameter
    struct sim_container **rows;     // of a table
    unsigned rowCount, rowCapacity;
    long current;
} sim_container;

typedef struct sim_throughput {
    unsigned magic;
    SAP_ULLONG calls, total, serialization, deserialization, application, sent, received;
} sim_throughput;

// error.c
void sim_misuse(void);
RFC_RC sim_ok(RFC_ERROR_INFO *e);
RFC_RC sim_fail(RFC_ERROR_INFO *e, RFC_RC code, RFC_ERROR_GROUP group, const char *key, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/// A failure on the client's side: group 5 and the code's own name as key.
RFC_RC sim_refuse(RFC_ERROR_INFO *e, RFC_RC code, const char *format, ...) __attribute__((format(printf, 3, 4)));
const char *sim_code_name(RFC_RC code);

// text.c
unsigned sim_length(const SAP_UC *text);
unsigned sim_length_bounded(const SAP_UC *text, unsigned limit);
bool sim_equal(const SAP_UC *a, unsigned aLength, const SAP_UC *b, unsigned bLength);
void sim_copy(SAP_UC *out, unsigned capacity, const SAP_UC *text, unsigned length);
void sim_from_ascii(SAP_UC *out, unsigned capacity, const char *text);
/// Both return the units or bytes written, or -1 for text that is none. A null `out` only measures.
long sim_utf16(const unsigned char *utf8, size_t length, SAP_UC *out, size_t capacity);
size_t sim_utf8(const SAP_UC *text, size_t length, unsigned char *out);
/// A short text for messages: ASCII as it is, the rest as '?'. The buffer belongs to the calling thread.
const char *sim_show(const SAP_UC *text, unsigned length);

// describe.c
void sim_layout_add(sim_layout *layout, const sim_field *field);
void sim_layout_finish(sim_layout *layout);
void sim_layout_free(sim_layout *layout);
const sim_field *sim_find(const sim_layout *layout, const SAP_UC *name);
bool sim_type_supported(RFCTYPE type);
/// Whether a container can hold the field: neither the wire nor a client is believed.
bool sim_field_valid(const sim_field *field);
void sim_exception_add(sim_function_desc *f, const RFC_EXCEPTION_DESC *e);
void sim_function_desc_free(sim_function_desc *f);
void sim_type_free(sim_type *t);

// cache.c
sim_function_desc *sim_cache_function(const SAP_UC *repository, const SAP_UC *name);
sim_function_desc *sim_cache_add_function(const SAP_UC *repository, sim_function_desc *f);
sim_type *sim_cache_type(const SAP_UC *repository, const SAP_UC *name);
sim_type *sim_cache_add_type(const SAP_UC *repository, sim_type *t);
bool sim_cache_remove_function(const SAP_UC *repository, const SAP_UC *name);
bool sim_cache_remove_type(const SAP_UC *repository, const SAP_UC *name);

// value.c: one field's memory, and its text
void sim_value_initial(const sim_field *field, unsigned char *memory);
void sim_value_clear(const sim_field *field, unsigned char *memory);
/// Units of the field's text; `scratch` holds at least 128 units and is used where the text is not in memory.
const SAP_UC *sim_value_text(
    const sim_field *field, const unsigned char *memory, SAP_UC scratch[128], SAP_UC **owned, unsigned *length);
RFC_RC sim_value_set_text(const sim_field *field, unsigned char *memory, const SAP_UC *text, unsigned length);

// container.c
sim_container *sim_container_new(unsigned magic, const sim_layout *layout, sim_type *type);
void sim_container_free(sim_container *c);
bool sim_alive(const sim_container *c);
RFC_RC sim_bad_handle(RFC_ERROR_INFO *error);
/// Finds the field and its memory; a table stands for its current row.
RFC_RC sim_locate(
    sim_container *d, const SAP_UC *name, const sim_field **field, unsigned char **memory, RFC_ERROR_INFO *error);
sim_container *sim_table_append(sim_container *table);
void sim_table_clear(sim_container *table);
/// The structure or table behind a parameter, made at its first use.
sim_container *sim_nested(sim_container *function, const sim_field *field);

// wire.c
typedef struct sim_buffer {
    unsigned char *bytes;
    size_t length, capacity, position;
    bool broken;
} sim_buffer;
void sim_put_byte(sim_buffer *b, unsigned value);
void sim_put_number(sim_buffer *b, unsigned value);
void sim_put_text(sim_buffer *b, const SAP_UC *text, size_t length);
unsigned sim_take_byte(sim_buffer *b);
unsigned sim_take_number(sim_buffer *b);
/// Bytes of the next text inside the buffer.
const unsigned char *sim_take_bytes(sim_buffer *b, size_t *length);
void sim_take_text(sim_buffer *b, SAP_UC *out, unsigned capacity);
void sim_buffer_free(sim_buffer *b);
bool sim_send(int socket, unsigned kind, const sim_buffer *body);
/// Reads one frame; the kind, or -1 when the other side is gone or talks nonsense.
int sim_receive(int socket, sim_buffer *body);
void sim_put_call(sim_buffer *b, const sim_container *function);
bool sim_take_results(sim_buffer *b, sim_container *function);
sim_function_desc *sim_take_function_desc(sim_buffer *b, const SAP_UC *repository);
sim_type *sim_take_type(sim_buffer *b);


// connection.c
typedef struct sim_connection {
    int socket;
    bool busy, cancelled, closed, loggedOn;
    sim_buffer logon; // the logon's frame, until it was sent
    RFC_ATTRIBUTES attributes;
    sim_throughput *throughput;
    struct sim_connection *next;
} sim_connection;

// Every handle ever given out stays in this list, so that any pointer can be judged; the lock also guards the sockets
// against a cancel that comes while the handle is being closed.
extern pthread_mutex_t sim_connections_lock;
extern sim_connection *sim_connections;

/// Takes the connection for one call; two threads on one handle are refused and counted.
RFC_RC sim_enter(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO *error);
void sim_leave(sim_connection *c);
void sim_close_locked(sim_connection *c);
void sim_describe_failure(RFC_ERROR_INFO *error, const char *what, const char *host, const char *port);
/// Logs on where that was not done yet.
RFC_RC sim_log_on(sim_connection *c, RFC_ERROR_INFO *error);

#pragma GCC visibility pop
#endif
