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
#include <unistd.h>

static void say(char *text, size_t size, const char *format, const char *first, const char *second) {
    if (size > 0) snprintf(text, size, format, first, second);
}

/// The libraries of ICU that SAP's opens, in the order in which they have to be.
static const char *const icu[3] = {"libicudata.so.", "libicuuc.so.", "libicui18n.so."};

/// What lies beside a library.
typedef struct {
    int sets;                    // whole versions of ICU that were opened
    char missing[NAME_MAX + 1];  // a file that some version lacks
    char reason[512];            // why a whole version was not opened
} icu_found;

/// Opens all three files of one version. They stay open for the life of the process.
static void open_version(const char *folder, const char *version, icu_found *found) {
    char paths[3][PATH_MAX];
    for (int i = 0; i < 3; i++) {
        int length = snprintf(paths[i], sizeof paths[i], "%s/%s%s", folder, icu[i], version);
        if (length > 0 && (size_t)length < sizeof paths[i] && access(paths[i], F_OK) == 0) continue;
        snprintf(found->missing, sizeof found->missing, "%s%.200s", icu[i], version);
        return;
    }
    for (int i = 0; i < 3; i++) {
        if (dlopen(paths[i], RTLD_NOW | RTLD_LOCAL)) continue;
        const char *why = dlerror();
        snprintf(found->reason, sizeof found->reason, "%s", why ? why : paths[i]);
        return;
    }
    found->sets++;
}

/// Opens ICU where it lies beside the library, each version that is whole.
static ml_rfc_load_result preload_icu(const char *folder, icu_found *found, char *text, size_t size) {
    DIR *dir = opendir(folder);
    if (!dir) {
        say(text, size, "%s: %s", folder, strerror(errno));
        return ML_RFC_NOT_LOADABLE;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        for (int i = 0; i < 3; i++) {
            size_t length = strlen(icu[i]);
            if (strncmp(entry->d_name, icu[i], length) == 0) open_version(folder, entry->d_name + length, found);
        }
    }
    closedir(dir);
    if (found->sets > 0) return ML_RFC_LOADED;
    if (found->reason[0]) {
        say(text, size, "%s%s", found->reason, "");
        return ML_RFC_NOT_LOADABLE;
    }
    if (found->missing[0]) {
        say(text, size, "%s in %s", found->missing, folder);
        return ML_RFC_ICU_MISSING;
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
    {"RfcSetInt8", offsetof(ml_rfc_sdk, set_int8)},
    {"RfcSetParameterActive", offsetof(ml_rfc_sdk, set_parameter_active)},
};

/// POSIX lets a function's address travel through a data pointer.
static int resolve(ml_rfc_sdk *sdk, const char *name, size_t offset) {
    void *symbol = dlsym(sdk->library, name);
    memcpy((char *)sdk + offset, &symbol, sizeof symbol);
    return symbol != NULL;
}

static ml_rfc_load_result unload(ml_rfc_sdk *sdk, ml_rfc_load_result result) {
    dlclose(sdk->library);
    memset(sdk, 0, sizeof *sdk);
    return result;
}

ml_rfc_load_result ml_rfc_load(const char *path, ml_rfc_sdk *sdk, char *text, size_t size) {
    memset(sdk, 0, sizeof *sdk);
    if (size > 0) text[0] = '\0';
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return ML_RFC_NOT_FOUND;
        say(text, size, "%s%s", strerror(errno), "");
        return ML_RFC_NOT_LOADABLE;
    }
    if (!S_ISREG(info.st_mode)) return ML_RFC_NOT_FOUND;

    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
    else snprintf(folder, sizeof folder, ".");
    icu_found found = {0};
    ml_rfc_load_result preloaded = preload_icu(folder, &found, text, size);
    if (preloaded != ML_RFC_LOADED) return preloaded;

    sdk->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!sdk->library) {
        const char *why = dlerror();
        say(text, size, "%s%s", why ? why : path, "");
        return ML_RFC_NOT_LOADABLE;
    }
    for (size_t i = 0; i < sizeof mandatory / sizeof mandatory[0]; i++) {
        if (resolve(sdk, mandatory[i].name, mandatory[i].offset)) continue;
        say(text, size, "%s%s", mandatory[i].name, "");
        return unload(sdk, ML_RFC_SYMBOL_MISSING);
    }
    if (found.sets == 0 && !dlsym(sdk->library, ML_RFC_NEEDS_NO_ICU)) {
        say(text, size, "%s* in %s", icu[0], folder);
        return unload(sdk, ML_RFC_ICU_MISSING);
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
