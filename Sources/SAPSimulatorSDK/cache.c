// SPDX-License-Identifier: Apache-2.0
// The cache of descriptions that came from SAP: process-wide, by repository (the system's id) and name. Entries live
// as long as the process, so that descriptions stay valid in other threads; a removed one is only unlinked.
#include <pthread.h>
#include <stdlib.h>

#include "internal.h"

typedef struct entry {
    SAP_UC repository[129];
    RFC_ABAP_NAME name;
    void *description;
    struct entry *next;
} entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static entry *functions, *types;

static void *look(entry *list, const SAP_UC *repository, const SAP_UC *name) {
    unsigned r = sim_length_bounded(repository, 128), n = sim_length_bounded(name, 30);
    for (; list; list = list->next) {
        if (sim_equal(list->name, sim_length(list->name), name, n)
            && sim_equal(list->repository, sim_length(list->repository), repository, r)) return list->description;
    }
    return NULL;
}

static void *add(entry **list, const SAP_UC *repository, const SAP_UC *name, void *description) {
    pthread_mutex_lock(&lock);
    void *known = look(*list, repository, name);
    if (!known) {
        entry *e = calloc(1, sizeof *e);
        sim_copy(e->repository, 129, repository, sim_length_bounded(repository, 128));
        sim_copy(e->name, 31, name, sim_length_bounded(name, 30));
        e->description = known = description;
        e->next = *list;
        *list = e;
    }
    pthread_mutex_unlock(&lock);
    return known;
}

static void *locked_look(entry **list, const SAP_UC *repository, const SAP_UC *name) {
    pthread_mutex_lock(&lock);
    void *found = look(*list, repository, name);
    pthread_mutex_unlock(&lock);
    return found;
}

static bool unlink_entry(entry **list, const SAP_UC *repository, const SAP_UC *name) {
    pthread_mutex_lock(&lock);
    void *found = look(*list, repository, name);
    for (entry **e = list; found && *e; e = &(*e)->next) {
        if ((*e)->description != found) continue;
        *e = (*e)->next;
        break;
    }
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

sim_function_desc *sim_cache_function(const SAP_UC *repository, const SAP_UC *name) {
    return locked_look(&functions, repository, name);
}

sim_function_desc *sim_cache_add_function(const SAP_UC *repository, sim_function_desc *f) {
    f->frozen = true;
    sim_layout_finish(&f->layout);
    return add(&functions, repository, f->name, f);
}

sim_type *sim_cache_type(const SAP_UC *repository, const SAP_UC *name) {
    return locked_look(&types, repository, name);
}

sim_type *sim_cache_add_type(const SAP_UC *repository, sim_type *t) {
    t->frozen = true;
    sim_layout_finish(&t->layout);
    return add(&types, repository, t->name, t);
}

bool sim_cache_remove_function(const SAP_UC *repository, const SAP_UC *name) {
    return unlink_entry(&functions, repository, name);
}

bool sim_cache_remove_type(const SAP_UC *repository, const SAP_UC *name) {
    return unlink_entry(&types, repository, name);
}
