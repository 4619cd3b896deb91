// Resolves SAP's RFC library at run time: no link dependency, no LD_LIBRARY_PATH.
#include "CSAPNWRFC.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static void say(char *text, size_t size, const char *format, const char *first, const char *second) {
    if (size > 0) snprintf(text, size, format, first, second);
}

/// Finds `prefix` + version in the folder; the newest by name where there are several. Returns 1 if found.
static int find_beside(const char *folder, const char *prefix, char *found, size_t size) {
    DIR *dir = opendir(folder);
    if (!dir) return 0;
    char best[NAME_MAX + 1] = "";
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
        if (strcmp(entry->d_name, best) > 0) snprintf(best, sizeof best, "%s", entry->d_name);
    }
    closedir(dir);
    if (best[0] == '\0') return 0;
    int written = snprintf(found, size, "%s/%s", folder, best);
    return written > 0 && (size_t)written < size;
}

/// Opens the three ICU files beside the library, where they lie. They stay open for the life of the process.
static ml_rfc_load_result preload_icu(const char *folder, int require_icu, char *text, size_t size) {
    static const char *const prefixes[3] = {"libicudata.so.", "libicuuc.so.", "libicui18n.so."};
    char paths[3][PATH_MAX];
    int found = 0;
    const char *missing = NULL;
    for (int i = 0; i < 3; i++) {
        if (find_beside(folder, prefixes[i], paths[i], sizeof paths[i])) found++;
        else if (!missing) missing = prefixes[i];
    }
    if (found == 0 && !require_icu) return ML_RFC_LOADED;
    if (missing) {
        say(text, size, "%s* in %s", missing, folder);
        return ML_RFC_ICU_INCOMPLETE;
    }
    for (int i = 0; i < 3; i++) {
        if (dlopen(paths[i], RTLD_NOW | RTLD_LOCAL)) continue;
        const char *why = dlerror();
        say(text, size, "%s%s", why ? why : paths[i], "");
        return ML_RFC_NOT_LOADABLE;
    }
    return ML_RFC_LOADED;
}

static const struct { const char *name; size_t offset; } mandatory[] = {
    {"RfcGetVersion", offsetof(ml_rfc_sdk, get_version)},
    {"RfcOpenConnection", offsetof(ml_rfc_sdk, open_connection)},
    {"RfcCloseConnection", offsetof(ml_rfc_sdk, close_connection)},
    {"RfcPing", offsetof(ml_rfc_sdk, ping)},
    {"RfcCancel", offsetof(ml_rfc_sdk, cancel)},
    {"RfcIsConnectionHandleValid", offsetof(ml_rfc_sdk, is_connection_handle_valid)},
    {"RfcGetConnectionAttributes", offsetof(ml_rfc_sdk, get_connection_attributes)},
    {"RfcGetFunctionDesc", offsetof(ml_rfc_sdk, get_function_desc)},
    {"RfcGetParameterCount", offsetof(ml_rfc_sdk, get_parameter_count)},
    {"RfcGetParameterDescByIndex", offsetof(ml_rfc_sdk, get_parameter_desc_by_index)},
    {"RfcGetFieldCount", offsetof(ml_rfc_sdk, get_field_count)},
    {"RfcGetFieldDescByIndex", offsetof(ml_rfc_sdk, get_field_desc_by_index)},
    {"RfcCreateFunction", offsetof(ml_rfc_sdk, create_function)},
    {"RfcDestroyFunction", offsetof(ml_rfc_sdk, destroy_function)},
    {"RfcInvoke", offsetof(ml_rfc_sdk, invoke)},
    {"RfcGetChars", offsetof(ml_rfc_sdk, get_chars)},
    {"RfcGetString", offsetof(ml_rfc_sdk, get_string)},
    {"RfcGetInt", offsetof(ml_rfc_sdk, get_int)},
    {"RfcGetXString", offsetof(ml_rfc_sdk, get_xstring)},
    {"RfcGetBytes", offsetof(ml_rfc_sdk, get_bytes)},
    {"RfcGetStructure", offsetof(ml_rfc_sdk, get_structure)},
    {"RfcGetTable", offsetof(ml_rfc_sdk, get_table)},
    {"RfcSetString", offsetof(ml_rfc_sdk, set_string)},
    {"RfcSetInt", offsetof(ml_rfc_sdk, set_int)},
    {"RfcSetXString", offsetof(ml_rfc_sdk, set_xstring)},
    {"RfcGetRowCount", offsetof(ml_rfc_sdk, get_row_count)},
    {"RfcMoveTo", offsetof(ml_rfc_sdk, move_to)},
    {"RfcAppendNewRow", offsetof(ml_rfc_sdk, append_new_row)},
};

static const struct { const char *name; size_t offset; } optional[] = {
    {"RfcGetInt8", offsetof(ml_rfc_sdk, get_int8)},
    {"RfcSetInt8", offsetof(ml_rfc_sdk, set_int8)},
    {"RfcSetParameterActive", offsetof(ml_rfc_sdk, set_parameter_active)},
    {"RfcRemoveFunctionDesc", offsetof(ml_rfc_sdk, remove_function_desc)},
    {"RfcResetServerContext", offsetof(ml_rfc_sdk, reset_server_context)},
    {"RfcSetTraceDir", offsetof(ml_rfc_sdk, set_trace_dir)},
};

/// POSIX lets a function's address travel through a data pointer.
static int resolve(ml_rfc_sdk *sdk, const char *name, size_t offset) {
    void *symbol = dlsym(sdk->library, name);
    memcpy((char *)sdk + offset, &symbol, sizeof symbol);
    return symbol != NULL;
}

ml_rfc_load_result ml_rfc_load(const char *path, int require_icu, ml_rfc_sdk *sdk, char *text, size_t size) {
    memset(sdk, 0, sizeof *sdk);
    if (size > 0) text[0] = '\0';
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return ML_RFC_NOT_FOUND;

    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
    else snprintf(folder, sizeof folder, ".");
    ml_rfc_load_result icu = preload_icu(folder, require_icu, text, size);
    if (icu != ML_RFC_LOADED) return icu;

    sdk->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!sdk->library) {
        const char *why = dlerror();
        say(text, size, "%s%s", why ? why : path, "");
        return ML_RFC_NOT_LOADABLE;
    }
    for (size_t i = 0; i < sizeof mandatory / sizeof mandatory[0]; i++) {
        if (resolve(sdk, mandatory[i].name, mandatory[i].offset)) continue;
        say(text, size, "%s%s", mandatory[i].name, "");
        dlclose(sdk->library);
        memset(sdk, 0, sizeof *sdk);
        return ML_RFC_SYMBOL_MISSING;
    }
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
        resolve(sdk, optional[i].name, optional[i].offset);
    }
    return ML_RFC_LOADED;
}

int ml_rfc_die_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : errno;
}

int ml_rfc_spawn_closing_from(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}
