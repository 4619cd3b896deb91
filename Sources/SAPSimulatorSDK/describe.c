// SPDX-License-Identifier: Apache-2.0
// Descriptions of functions and types: building them and looking into them.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static unsigned hash(const SAP_UC *name, unsigned length) {
    unsigned h = 2166136261u;
    for (unsigned i = 0; i < length; i++) h = (h ^ name[i]) * 16777619u;
    return h;
}

bool sim_type_supported(RFCTYPE type) {
    switch (type) {
    case RFCTYPE_CHAR: case RFCTYPE_DATE: case RFCTYPE_BCD: case RFCTYPE_TIME: case RFCTYPE_BYTE: case RFCTYPE_NUM:
    case RFCTYPE_FLOAT: case RFCTYPE_INT: case RFCTYPE_INT2: case RFCTYPE_INT1: case RFCTYPE_INT8:
    case RFCTYPE_STRING: case RFCTYPE_XSTRING: return true;
    default: return false;
    }
}

bool sim_field_valid(const sim_field *f) {
    enum { LONGEST = 262143 }; // characters or bytes of one ABAP field
    switch (f->type) {
    case RFCTYPE_CHAR: case RFCTYPE_NUM: case RFCTYPE_BYTE: return f->nucLength <= LONGEST;
    case RFCTYPE_BCD: return f->nucLength >= 1 && f->nucLength <= 16 && f->decimals <= f->nucLength * 2 - 1;
    case RFCTYPE_STRUCTURE: case RFCTYPE_TABLE: return f->typeDesc != NULL;
    default: return sim_type_supported(f->type);
    }
}

/// Bytes that one value takes in a container.
static unsigned memory(const sim_field *f) {
    switch (f->type) {
    case RFCTYPE_CHAR: case RFCTYPE_NUM: return f->nucLength * 2;
    case RFCTYPE_DATE: return 16;
    case RFCTYPE_TIME: return 12;
    case RFCTYPE_BCD: case RFCTYPE_BYTE: return f->nucLength;
    case RFCTYPE_INT1: return 1;
    case RFCTYPE_INT2: return 2;
    case RFCTYPE_INT: return 4;
    case RFCTYPE_INT8: case RFCTYPE_FLOAT: return 8;
    case RFCTYPE_STRING: case RFCTYPE_XSTRING: return sizeof(sim_blob);
    default: return sizeof(void *);
    }
}

void sim_layout_add(sim_layout *layout, const sim_field *field) {
    if (layout->count == layout->capacity) {
        layout->capacity = layout->capacity ? layout->capacity * 2 : 8;
        layout->fields = realloc(layout->fields, layout->capacity * sizeof *layout->fields);
    }
    layout->fields[layout->count++] = *field;
    free(layout->buckets);
    layout->buckets = NULL;
}

void sim_layout_finish(sim_layout *layout) {
    if (layout->buckets) return;
    unsigned size = 0;
    for (unsigned i = 0; i < layout->count; i++) {
        sim_field *f = &layout->fields[i];
        f->nameLength = sim_length_bounded(f->name, 30);
        size = (size + 7) & ~7u;
        f->slot = size;
        size += memory(f);
    }
    layout->size = (size + 7) & ~7u;
    layout->bucketCount = 8;
    while (layout->bucketCount < layout->count * 2) layout->bucketCount *= 2;
    layout->buckets = calloc(layout->bucketCount, sizeof *layout->buckets);
    for (unsigned i = 0; i < layout->count; i++) {
        unsigned b = hash(layout->fields[i].name, layout->fields[i].nameLength) & (layout->bucketCount - 1);
        while (layout->buckets[b]) b = (b + 1) & (layout->bucketCount - 1);
        layout->buckets[b] = i + 1;
    }
}

void sim_layout_free(sim_layout *layout) {
    free(layout->fields);
    free(layout->buckets);
}

const sim_field *sim_find(const sim_layout *layout, const SAP_UC *name) {
    if (!layout->buckets) return NULL;
    unsigned length = sim_length_bounded(name, 64);
    for (unsigned b = hash(name, length) & (layout->bucketCount - 1); layout->buckets[b];
         b = (b + 1) & (layout->bucketCount - 1)) {
        const sim_field *f = &layout->fields[layout->buckets[b] - 1];
        if (sim_equal(f->name, f->nameLength, name, length)) return f;
    }
    return NULL;
}

void sim_exception_add(sim_function_desc *f, const RFC_EXCEPTION_DESC *e) {
    f->exceptions = realloc(f->exceptions, (f->exceptionCount + 1) * sizeof *f->exceptions);
    f->exceptions[f->exceptionCount++] = *e;
}

void sim_function_desc_free(sim_function_desc *f) {
    if (!f) return;
    f->magic = SIM_DEAD;
    sim_layout_free(&f->layout);
    free(f->exceptions);
    free(f);
}

void sim_type_free(sim_type *t) {
    if (!t) return;
    t->magic = SIM_DEAD;
    sim_layout_free(&t->layout);
    free(t);
}

static RFC_RC check_function(const sim_function_desc *f, RFC_ERROR_INFO *error) {
    if (f && f->magic == SIM_FUNCTION_DESC) return RFC_OK;
    sim_misuse();
    return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid function description handle was passed to the API call");
}

static RFC_RC check_type(const sim_type *t, RFC_ERROR_INFO *error) {
    if (t && t->magic == SIM_TYPE) return RFC_OK;
    sim_misuse();
    return sim_refuse(error, RFC_INVALID_HANDLE, "An invalid type description handle was passed to the API call");
}

static void describe_parameter(const sim_field *f, RFC_PARAMETER_DESC *out) {
    memset(out, 0, sizeof *out);
    memcpy(out->name, f->name, sizeof out->name);
    out->type = f->type;
    out->direction = f->direction;
    out->nucLength = f->nucLength;
    out->ucLength = f->ucLength;
    out->decimals = f->decimals;
    out->typeDescHandle = f->typeDesc;
    memcpy(out->defaultValue, f->defaultValue, sizeof out->defaultValue);
    memcpy(out->parameterText, f->text, sizeof out->parameterText);
    out->optional = f->optional;
    out->extendedDescription = f->extended;
}

static void describe_field(const sim_field *f, RFC_FIELD_DESC *out) {
    memset(out, 0, sizeof *out);
    memcpy(out->name, f->name, sizeof out->name);
    out->type = f->type;
    out->nucLength = f->nucLength;
    out->nucOffset = f->nucOffset;
    out->ucLength = f->ucLength;
    out->ucOffset = f->ucOffset;
    out->decimals = f->decimals;
    out->typeDescHandle = f->typeDesc;
    out->extendedDescription = f->extended;
}

RFC_RC RfcGetFunctionName(RFC_FUNCTION_DESC_HANDLE f, RFC_ABAP_NAME name, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    memcpy(name, f->name, sizeof f->name);
    return sim_ok(error);
}

RFC_RC RfcGetParameterCount(RFC_FUNCTION_DESC_HANDLE f, unsigned *count, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    *count = f->layout.count;
    return sim_ok(error);
}

RFC_RC RfcGetParameterDescByIndex(
    RFC_FUNCTION_DESC_HANDLE f, unsigned index, RFC_PARAMETER_DESC *out, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (index >= f->layout.count) {
        sim_misuse();
        return sim_refuse(error, RFC_INVALID_PARAMETER, "parameter index %u is past the end", index);
    }
    describe_parameter(&f->layout.fields[index], out);
    return sim_ok(error);
}

RFC_RC RfcGetParameterDescByName(
    RFC_FUNCTION_DESC_HANDLE f, const SAP_UC *name, RFC_PARAMETER_DESC *out, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (!name) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
    if (!f->frozen) sim_layout_finish(&f->layout);
    const sim_field *p = sim_find(&f->layout, name);
    if (!p) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "parameter '%s' not found", sim_show(name, sim_length_bounded(name, 64)));
    }
    describe_parameter(p, out);
    return sim_ok(error);
}

RFC_RC RfcGetExceptionCount(RFC_FUNCTION_DESC_HANDLE f, unsigned *count, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    *count = f->exceptionCount;
    return sim_ok(error);
}

RFC_RC RfcGetExceptionDescByIndex(
    RFC_FUNCTION_DESC_HANDLE f, unsigned index, RFC_EXCEPTION_DESC *out, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (index >= f->exceptionCount) {
        return sim_refuse(error, RFC_INVALID_PARAMETER, "exception index %u is past the end", index);
    }
    *out = f->exceptions[index];
    return sim_ok(error);
}

RFC_RC RfcGetExceptionDescByName(
    RFC_FUNCTION_DESC_HANDLE f, const SAP_UC *name, RFC_EXCEPTION_DESC *out, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    unsigned length = name ? sim_length_bounded(name, 127) : 0;
    for (unsigned i = 0; name && i < f->exceptionCount; i++) {
        if (!sim_equal(f->exceptions[i].key, sim_length(f->exceptions[i].key), name, length)) continue;
        *out = f->exceptions[i];
        return sim_ok(error);
    }
    return sim_refuse(error, RFC_INVALID_PARAMETER, "exception not found");
}

RFC_FUNCTION_DESC_HANDLE RfcGetCachedFunctionDesc(
    const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error) {
    static const SAP_UC empty[1];
    sim_function_desc *f = name ? sim_cache_function(repository ? repository : empty, name) : NULL;
    if (f) sim_ok(error);
    else sim_refuse(error, RFC_NOT_FOUND, "function description not found in the cache");
    return f;
}

RFC_RC RfcAddFunctionDesc(const SAP_UC *repository, RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error) {
    static const SAP_UC empty[1];
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    sim_cache_add_function(repository ? repository : empty, f);
    return sim_ok(error);
}

RFC_RC RfcRemoveFunctionDesc(const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error) {
    static const SAP_UC empty[1];
    if (name && sim_cache_remove_function(repository ? repository : empty, name)) return sim_ok(error);
    return sim_refuse(error, RFC_NOT_FOUND, "function description not found in the cache");
}

RFC_RC RfcRemoveTypeDesc(const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error) {
    static const SAP_UC empty[1];
    if (name && sim_cache_remove_type(repository ? repository : empty, name)) return sim_ok(error);
    return sim_refuse(error, RFC_NOT_FOUND, "type description not found in the cache");
}

RFC_FUNCTION_DESC_HANDLE RfcCreateFunctionDesc(const SAP_UC *name, RFC_ERROR_INFO *error) {
    if (!name) {
        sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
        return NULL;
    }
    sim_function_desc *f = calloc(1, sizeof *f);
    f->magic = SIM_FUNCTION_DESC;
    sim_copy(f->name, 31, name, sim_length_bounded(name, 30));
    sim_ok(error);
    return f;
}

RFC_RC RfcAddParameter(RFC_FUNCTION_DESC_HANDLE f, const RFC_PARAMETER_DESC *p, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (f->frozen) return sim_refuse(error, RFC_ILLEGAL_STATE, "a cached function description cannot be changed");
    bool nested = p->type == RFCTYPE_STRUCTURE || p->type == RFCTYPE_TABLE;
    if (!nested && !sim_type_supported(p->type)) {
        return sim_refuse(error, RFC_NOT_SUPPORTED, "the stand-in does not simulate RFC type %d", (int)p->type);
    }
    if (nested && check_type(p->typeDescHandle, error)) return RFC_INVALID_HANDLE;
    sim_field field = {
        .type = p->type, .direction = p->direction, .nucLength = p->nucLength, .ucLength = p->ucLength,
        .decimals = p->decimals, .typeDesc = p->typeDescHandle, .optional = p->optional,
        .extended = p->extendedDescription,
    };
    if (!sim_field_valid(&field)) return sim_refuse(error, RFC_INVALID_PARAMETER, "no parameter has such a length");
    memcpy(field.name, p->name, sizeof field.name);
    memcpy(field.defaultValue, p->defaultValue, sizeof field.defaultValue);
    memcpy(field.text, p->parameterText, sizeof field.text);
    sim_layout_add(&f->layout, &field);
    return sim_ok(error);
}

RFC_RC RfcAddException(RFC_FUNCTION_DESC_HANDLE f, const RFC_EXCEPTION_DESC *e, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (f->frozen) return sim_refuse(error, RFC_ILLEGAL_STATE, "a cached function description cannot be changed");
    sim_exception_add(f, e);
    return sim_ok(error);
}

RFC_RC RfcDestroyFunctionDesc(RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error) {
    if (check_function(f, error)) return RFC_INVALID_HANDLE;
    if (f->frozen) {
        // PL13 answers 0 here and leaves the cache with a dangling entry: never do it.
        sim_misuse();
        return sim_refuse(error, RFC_ILLEGAL_STATE, "the cache owns this function description");
    }
    sim_function_desc_free(f);
    return sim_ok(error);
}

RFC_TYPE_DESC_HANDLE RfcCreateTypeDesc(const SAP_UC *name, RFC_ERROR_INFO *error) {
    if (!name) {
        sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
        return NULL;
    }
    sim_type *t = calloc(1, sizeof *t);
    t->magic = SIM_TYPE;
    sim_copy(t->name, 31, name, sim_length_bounded(name, 30));
    sim_ok(error);
    return t;
}

RFC_RC RfcAddTypeField(RFC_TYPE_DESC_HANDLE t, const RFC_FIELD_DESC *f, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    if (t->frozen) return sim_refuse(error, RFC_ILLEGAL_STATE, "a cached type description cannot be changed");
    if (!sim_type_supported(f->type)) {
        return sim_refuse(
            error, RFC_NOT_SUPPORTED, "the stand-in does not simulate RFC type %d in a structure", (int)f->type);
    }
    sim_field field = {
        .type = f->type, .nucLength = f->nucLength, .nucOffset = f->nucOffset, .ucLength = f->ucLength,
        .ucOffset = f->ucOffset, .decimals = f->decimals, .extended = f->extendedDescription,
    };
    if (!sim_field_valid(&field)) return sim_refuse(error, RFC_INVALID_PARAMETER, "no field has such a length");
    memcpy(field.name, f->name, sizeof field.name);
    sim_layout_add(&t->layout, &field);
    return sim_ok(error);
}

RFC_RC RfcSetTypeLength(RFC_TYPE_DESC_HANDLE t, unsigned nuc, unsigned uc, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    if (t->frozen) return sim_refuse(error, RFC_ILLEGAL_STATE, "a cached type description cannot be changed");
    t->nuc = nuc;
    t->uc = uc;
    return sim_ok(error);
}

RFC_RC RfcGetTypeLength(RFC_TYPE_DESC_HANDLE t, unsigned *nuc, unsigned *uc, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    *nuc = t->nuc;
    *uc = t->uc;
    return sim_ok(error);
}

RFC_RC RfcGetTypeName(RFC_TYPE_DESC_HANDLE t, RFC_ABAP_NAME name, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    memcpy(name, t->name, sizeof t->name);
    return sim_ok(error);
}

RFC_RC RfcDestroyTypeDesc(RFC_TYPE_DESC_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    if (t->frozen) {
        sim_misuse();
        return sim_refuse(error, RFC_ILLEGAL_STATE, "the cache owns this type description");
    }
    sim_type_free(t);
    return sim_ok(error);
}

RFC_RC RfcGetFieldCount(RFC_TYPE_DESC_HANDLE t, unsigned *count, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    *count = t->layout.count;
    return sim_ok(error);
}

RFC_RC RfcGetFieldDescByIndex(RFC_TYPE_DESC_HANDLE t, unsigned index, RFC_FIELD_DESC *out, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    if (index >= t->layout.count) {
        sim_misuse();
        return sim_refuse(error, RFC_INVALID_PARAMETER, "field index %u is past the end", index);
    }
    describe_field(&t->layout.fields[index], out);
    return sim_ok(error);
}

RFC_RC RfcGetFieldDescByName(
    RFC_TYPE_DESC_HANDLE t, const SAP_UC *name, RFC_FIELD_DESC *out, RFC_ERROR_INFO *error) {
    if (check_type(t, error)) return RFC_INVALID_HANDLE;
    if (!name) return sim_refuse(error, RFC_INVALID_PARAMETER, "a null name was passed");
    if (!t->frozen) sim_layout_finish(&t->layout);
    const sim_field *f = sim_find(&t->layout, name);
    if (!f) {
        return sim_refuse(
            error, RFC_INVALID_PARAMETER, "field '%s' not found", sim_show(name, sim_length_bounded(name, 64)));
    }
    describe_field(f, out);
    return sim_ok(error);
}
