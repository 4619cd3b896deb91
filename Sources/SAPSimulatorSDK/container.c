// SPDX-License-Identifier: Apache-2.0
// Functions, structures and tables as containers of values.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

sim_container *sim_container_new(unsigned magic, const sim_layout *layout, sim_type *type) {
    sim_container *c = calloc(1, sizeof *c);
    c->magic = magic;
    c->layout = layout;
    c->type = type;
    c->current = -1;
    if (magic == SIM_TABLE) return c;
    c->data = calloc(1, layout->size ? layout->size : 1);
    for (unsigned i = 0; i < layout->count; i++) {
        sim_value_initial(&layout->fields[i], c->data + layout->fields[i].slot);
    }
    return c;
}

/// Heads of destroyed containers are kept a while, marked dead, so that a second use is seen and not a crash.
static void retire(sim_container *c) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static sim_container *dead[1024];
    static unsigned next;
    pthread_mutex_lock(&lock);
    sim_container *oldest = dead[next];
    dead[next] = c;
    next = (next + 1) % 1024;
    pthread_mutex_unlock(&lock);
    free(oldest);
}

static void empty(sim_container *c) {
    for (unsigned i = 0; c->data && i < c->layout->count; i++) {
        const sim_field *f = &c->layout->fields[i];
        if (f->type == RFCTYPE_STRUCTURE || f->type == RFCTYPE_TABLE) {
            sim_container_free(*(sim_container **)(c->data + f->slot));
        } else {
            sim_value_clear(f, c->data + f->slot);
        }
    }
}

void sim_table_clear(sim_container *table) {
    for (unsigned i = 0; i < table->rowCount; i++) {
        empty(table->rows[i]);
        table->rows[i]->magic = SIM_DEAD;
        free(table->rows[i]->data);
        free(table->rows[i]);
    }
    table->rowCount = 0;
    table->current = -1;
}

void sim_container_free(sim_container *c) {
    if (!c) return;
    empty(c);
    if (c->magic == SIM_TABLE) sim_table_clear(c);
    free(c->rows);
    free(c->data);
    free(c->active);
    free(c->touched);
    memset(c, 0, sizeof *c);
    c->magic = SIM_DEAD;
    retire(c);
}

sim_container *sim_table_append(sim_container *table) {
    if (table->rowCount == table->rowCapacity) {
        table->rowCapacity = table->rowCapacity ? table->rowCapacity * 2 : 16;
        table->rows = realloc(table->rows, table->rowCapacity * sizeof *table->rows);
    }
    sim_container *row = sim_container_new(SIM_STRUCTURE, table->layout, table->type);
    table->rows[table->rowCount++] = row;
    return row;
}

sim_container *sim_nested(sim_container *function, const sim_field *field) {
    sim_container **slot = (sim_container **)(function->data + field->slot);
    if (!*slot) {
        sim_layout_finish(&field->typeDesc->layout);
        unsigned magic = field->type == RFCTYPE_TABLE ? SIM_TABLE : SIM_STRUCTURE;
        *slot = sim_container_new(magic, &field->typeDesc->layout, field->typeDesc);
    }
    return *slot;
}

// Handles and fields

bool sim_alive(const sim_container *c) {
    return c && (c->magic == SIM_FUNCTION || c->magic == SIM_STRUCTURE || c->magic == SIM_TABLE);
}

RFC_RC sim_bad_handle(RFC_ERROR_INFO *error) {
    sim_misuse();
    return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid handle was passed to the API call");
}

RFC_RC sim_locate(
    sim_container *d, const SAP_UC *name, const sim_field **field, unsigned char **memory, RFC_ERROR_INFO *error) {
    if (!sim_alive(d)) return sim_bad_handle(error);
    if (!name) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
    if (d->magic == SIM_TABLE) {
        if (d->current < 0) return sim_refuse(error, RFC_ILLEGAL_STATE, "the table has no current row");
        d = d->rows[d->current];
    }
    *field = sim_find(d->layout, name);
    if (!*field) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' not found", sim_show(name, sim_length_bounded(name, 64)));
    }
    *memory = d->data + (*field)->slot;
    if (d->touched) d->touched[*field - d->layout->fields] = 1;
    return RFC_OK;
}

RFC_FUNCTION_DESC_HANDLE RfcDescribeFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!sim_alive(function) || function->magic != SIM_FUNCTION) {
        sim_bad_handle(error);
        return NULL;
    }
    sim_ok(error);
    return function->function;
}

RFC_TYPE_DESC_HANDLE RfcDescribeType(DATA_CONTAINER_HANDLE d, RFC_ERROR_INFO *error) {
    if (!sim_alive(d) || d->magic == SIM_FUNCTION) {
        sim_bad_handle(error);
        return NULL;
    }
    sim_ok(error);
    return d->type;
}

DATA_CONTAINER_HANDLE RfcCreateFunction(RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error) {
    if (!f || f->magic != SIM_FUNCTION_DESC) {
        sim_bad_handle(error);
        return NULL;
    }
    if (!f->frozen) sim_layout_finish(&f->layout);
    sim_container *c = sim_container_new(SIM_FUNCTION, &f->layout, NULL);
    c->function = f;
    c->active = malloc(f->layout.count + 1);
    memset(c->active, 1, f->layout.count + 1);
    c->touched = calloc(1, f->layout.count + 1);
    sim_ok(error);
    return c;
}

RFC_RC RfcDestroyFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error) {
    if (!function) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null handle was passed");
    if (!sim_alive(function) || function->magic != SIM_FUNCTION) return sim_bad_handle(error);
    sim_container_free(function);
    return sim_ok(error);
}

RFC_RC RfcSetParameterActive(
    DATA_CONTAINER_HANDLE function, const SAP_UC *name, int active, RFC_ERROR_INFO *error) {
    if (!sim_alive(function) || function->magic != SIM_FUNCTION) return sim_bad_handle(error);
    const sim_field *f = name ? sim_find(function->layout, name) : NULL;
    if (!f) return sim_refuse(error, RFC_INVALID_PARAMETER, "parameter not found");
    function->active[f - function->layout->fields] = active != 0;
    return sim_ok(error);
}

RFC_RC RfcIsParameterActive(
    DATA_CONTAINER_HANDLE function, const SAP_UC *name, int *active, RFC_ERROR_INFO *error) {
    if (!sim_alive(function) || function->magic != SIM_FUNCTION) return sim_bad_handle(error);
    const sim_field *f = name ? sim_find(function->layout, name) : NULL;
    if (!f) return sim_refuse(error, RFC_INVALID_PARAMETER, "parameter not found");
    *active = function->active[f - function->layout->fields];
    return sim_ok(error);
}

static RFC_RC nested(
    sim_container *d, const SAP_UC *name, RFCTYPE type, sim_container **out, RFC_ERROR_INFO *error) {
    const sim_field *field;
    unsigned char *memory;
    RFC_RC rc = sim_locate(d, name, &field, &memory, error);
    if (rc) return rc;
    if (field->type != type) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' is not of the type asked for",
            sim_show(field->name, field->nameLength));
    }
    *out = sim_nested(d, field);
    return sim_ok(error);
}

RFC_RC RfcGetStructure(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_STRUCTURE_HANDLE *out, RFC_ERROR_INFO *error) {
    return nested(d, name, RFCTYPE_STRUCTURE, out, error);
}

RFC_RC RfcGetTable(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_TABLE_HANDLE *out, RFC_ERROR_INFO *error) {
    return nested(d, name, RFCTYPE_TABLE, out, error);
}
