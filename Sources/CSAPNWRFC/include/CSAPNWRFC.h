// The C ABI of SAP's NetWeaver RFC SDK as our own header, written from facts and not from SAP's files
// (facts/sap-rfc-sdk.md sections 1 to 4), and a loader that resolves it at run time.
//
// Names are ours, so that nobody takes this for SAP's header. Layouts are those of Linux x86_64 and are held to
// by the static assertions below; every string is UTF-16 in host byte order, lengths count code units.
#ifndef CSAPNWRFC_H
#define CSAPNWRFC_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Scalars and handles

typedef uint16_t ml_rfc_char;               // SAP_UC
typedef int32_t ml_rfc_rc;                  // RFC_RC
typedef struct ml_rfc_connection_s *ml_rfc_connection;
typedef struct ml_rfc_function_desc_s *ml_rfc_function_desc;
typedef struct ml_rfc_type_desc_s *ml_rfc_type_desc;
typedef struct ml_rfc_container_s *ml_rfc_container;   // function, structure, table and row alike

// MARK: Structures (section 3)

typedef struct {
    const ml_rfc_char *name;
    const ml_rfc_char *value;
} ml_rfc_connection_parameter;

typedef struct {
    int32_t code;
    int32_t group;
    ml_rfc_char key[128];
    ml_rfc_char message[512];
    ml_rfc_char message_class[21];
    ml_rfc_char message_type[2];
    ml_rfc_char message_number[4];
    ml_rfc_char message_v1[51];
    ml_rfc_char message_v2[51];
    ml_rfc_char message_v3[51];
    ml_rfc_char message_v4[51];
} ml_rfc_error_info;

typedef struct {
    ml_rfc_char name[31];
    int32_t type;
    int32_t direction;
    uint32_t nuc_length;
    uint32_t uc_length;
    uint32_t decimals;
    ml_rfc_type_desc type_desc;
    ml_rfc_char default_value[31];
    ml_rfc_char parameter_text[80];
    uint8_t optional;
    void *extended_description;
} ml_rfc_parameter_desc;

typedef struct {
    ml_rfc_char name[31];
    int32_t type;
    uint32_t nuc_length;
    uint32_t nuc_offset;
    uint32_t uc_length;
    uint32_t uc_offset;
    uint32_t decimals;
    ml_rfc_type_desc type_desc;
    void *extended_description;
} ml_rfc_field_desc;

typedef struct {
    ml_rfc_char key[128];
    ml_rfc_char message[512];
} ml_rfc_exception_desc;

typedef struct {
    ml_rfc_char dest[65];
    ml_rfc_char host[101];
    ml_rfc_char partner_host[101];
    ml_rfc_char sys_number[3];
    ml_rfc_char sys_id[9];
    ml_rfc_char client[4];
    ml_rfc_char user[13];
    ml_rfc_char language[3];
    ml_rfc_char trace[2];
    ml_rfc_char iso_language[3];
    ml_rfc_char codepage[5];
    ml_rfc_char partner_codepage[5];
    ml_rfc_char rfc_role[2];
    ml_rfc_char type[2];
    ml_rfc_char partner_type[2];
    ml_rfc_char rel[5];
    ml_rfc_char partner_rel[5];
    ml_rfc_char kernel_rel[5];
    ml_rfc_char cpic_conv_id[9];
    ml_rfc_char prog_name[129];
    ml_rfc_char partner_bytes_per_char[2];
    ml_rfc_char partner_system_codepage[5];
    ml_rfc_char partner_ip[16];
    ml_rfc_char partner_ipv6[46];
    ml_rfc_char reserved[17];
} ml_rfc_attributes;

#if defined(__x86_64__) || defined(__aarch64__)
#define ML_AT(type, member, offset) \
    _Static_assert(offsetof(type, member) == (offset), #type "." #member " stands at another offset")
#define ML_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has another size")
ML_SIZE(ml_rfc_connection_parameter, 16);
ML_AT(ml_rfc_connection_parameter, name, 0);
ML_AT(ml_rfc_connection_parameter, value, 8);
ML_SIZE(ml_rfc_error_info, 1752);
_Static_assert(_Alignof(ml_rfc_error_info) == 4, "ml_rfc_error_info has another alignment");
ML_AT(ml_rfc_error_info, code, 0);
ML_AT(ml_rfc_error_info, group, 4);
ML_AT(ml_rfc_error_info, key, 8);
ML_AT(ml_rfc_error_info, message, 264);
ML_AT(ml_rfc_error_info, message_class, 1288);
ML_AT(ml_rfc_error_info, message_type, 1330);
ML_AT(ml_rfc_error_info, message_number, 1334);
ML_AT(ml_rfc_error_info, message_v1, 1342);
ML_AT(ml_rfc_error_info, message_v2, 1444);
ML_AT(ml_rfc_error_info, message_v3, 1546);
ML_AT(ml_rfc_error_info, message_v4, 1648);
ML_SIZE(ml_rfc_parameter_desc, 328);
_Static_assert(_Alignof(ml_rfc_parameter_desc) == 8, "ml_rfc_parameter_desc has another alignment");
ML_AT(ml_rfc_parameter_desc, name, 0);
ML_AT(ml_rfc_parameter_desc, type, 64);
ML_AT(ml_rfc_parameter_desc, direction, 68);
ML_AT(ml_rfc_parameter_desc, nuc_length, 72);
ML_AT(ml_rfc_parameter_desc, uc_length, 76);
ML_AT(ml_rfc_parameter_desc, decimals, 80);
ML_AT(ml_rfc_parameter_desc, type_desc, 88);
ML_AT(ml_rfc_parameter_desc, default_value, 96);
ML_AT(ml_rfc_parameter_desc, parameter_text, 158);
ML_AT(ml_rfc_parameter_desc, optional, 318);
ML_AT(ml_rfc_parameter_desc, extended_description, 320);
ML_SIZE(ml_rfc_field_desc, 104);
ML_AT(ml_rfc_field_desc, name, 0);
ML_AT(ml_rfc_field_desc, type, 64);
ML_AT(ml_rfc_field_desc, nuc_length, 68);
ML_AT(ml_rfc_field_desc, nuc_offset, 72);
ML_AT(ml_rfc_field_desc, uc_length, 76);
ML_AT(ml_rfc_field_desc, uc_offset, 80);
ML_AT(ml_rfc_field_desc, decimals, 84);
ML_AT(ml_rfc_field_desc, type_desc, 88);
ML_AT(ml_rfc_field_desc, extended_description, 96);
ML_SIZE(ml_rfc_exception_desc, 1280);
ML_AT(ml_rfc_exception_desc, message, 256);
ML_SIZE(ml_rfc_attributes, 1118);
_Static_assert(_Alignof(ml_rfc_attributes) == 2, "ml_rfc_attributes has another alignment");
ML_AT(ml_rfc_attributes, host, 130);
ML_AT(ml_rfc_attributes, partner_host, 332);
ML_AT(ml_rfc_attributes, sys_number, 534);
ML_AT(ml_rfc_attributes, sys_id, 540);
ML_AT(ml_rfc_attributes, client, 558);
ML_AT(ml_rfc_attributes, user, 566);
ML_AT(ml_rfc_attributes, language, 592);
ML_AT(ml_rfc_attributes, trace, 598);
ML_AT(ml_rfc_attributes, iso_language, 602);
ML_AT(ml_rfc_attributes, codepage, 608);
ML_AT(ml_rfc_attributes, partner_codepage, 618);
ML_AT(ml_rfc_attributes, rfc_role, 628);
ML_AT(ml_rfc_attributes, type, 632);
ML_AT(ml_rfc_attributes, partner_type, 636);
ML_AT(ml_rfc_attributes, rel, 640);
ML_AT(ml_rfc_attributes, partner_rel, 650);
ML_AT(ml_rfc_attributes, kernel_rel, 660);
ML_AT(ml_rfc_attributes, cpic_conv_id, 670);
ML_AT(ml_rfc_attributes, prog_name, 688);
ML_AT(ml_rfc_attributes, partner_bytes_per_char, 946);
ML_AT(ml_rfc_attributes, partner_system_codepage, 950);
ML_AT(ml_rfc_attributes, partner_ip, 960);
ML_AT(ml_rfc_attributes, partner_ipv6, 992);
ML_AT(ml_rfc_attributes, reserved, 1084);
#undef ML_AT
#undef ML_SIZE
#else
#error "the layouts of the SDK are known for 64-bit Linux only"
#endif

// MARK: The table of function pointers (section 4: what a reading client calls)

/// The symbols of one loaded library. The first block is mandatory: `ml_rfc_load` fails without any of them.
/// The members after `mandatory_end` are NULL where the library does not export them.
typedef struct {
    void *library;

    const ml_rfc_char *(*get_version)(unsigned *major, unsigned *minor, unsigned *patch);
    ml_rfc_connection (*open_connection)(const ml_rfc_connection_parameter *, unsigned count, ml_rfc_error_info *);
    ml_rfc_rc (*close_connection)(ml_rfc_connection, ml_rfc_error_info *);
    ml_rfc_rc (*ping)(ml_rfc_connection, ml_rfc_error_info *);
    ml_rfc_rc (*cancel)(ml_rfc_connection, ml_rfc_error_info *);
    ml_rfc_rc (*is_connection_handle_valid)(ml_rfc_connection, int32_t *valid, ml_rfc_error_info *);
    ml_rfc_rc (*get_connection_attributes)(ml_rfc_connection, ml_rfc_attributes *, ml_rfc_error_info *);
    ml_rfc_function_desc (*get_function_desc)(ml_rfc_connection, const ml_rfc_char *, ml_rfc_error_info *);
    ml_rfc_rc (*get_parameter_count)(ml_rfc_function_desc, unsigned *, ml_rfc_error_info *);
    ml_rfc_rc (*get_parameter_desc_by_index)(
        ml_rfc_function_desc, unsigned, ml_rfc_parameter_desc *, ml_rfc_error_info *);
    ml_rfc_rc (*get_field_count)(ml_rfc_type_desc, unsigned *, ml_rfc_error_info *);
    ml_rfc_rc (*get_field_desc_by_index)(ml_rfc_type_desc, unsigned, ml_rfc_field_desc *, ml_rfc_error_info *);
    ml_rfc_container (*create_function)(ml_rfc_function_desc, ml_rfc_error_info *);
    ml_rfc_rc (*destroy_function)(ml_rfc_container, ml_rfc_error_info *);
    ml_rfc_rc (*invoke)(ml_rfc_connection, ml_rfc_container, ml_rfc_error_info *);
    ml_rfc_rc (*get_chars)(
        ml_rfc_container, const ml_rfc_char *, ml_rfc_char *, unsigned length, ml_rfc_error_info *);
    ml_rfc_rc (*get_string)(
        ml_rfc_container, const ml_rfc_char *, ml_rfc_char *, unsigned length, unsigned *result,
        ml_rfc_error_info *);
    ml_rfc_rc (*get_int)(ml_rfc_container, const ml_rfc_char *, int32_t *, ml_rfc_error_info *);
    ml_rfc_rc (*get_xstring)(
        ml_rfc_container, const ml_rfc_char *, uint8_t *, unsigned length, unsigned *result, ml_rfc_error_info *);
    ml_rfc_rc (*get_bytes)(ml_rfc_container, const ml_rfc_char *, uint8_t *, unsigned length, ml_rfc_error_info *);
    ml_rfc_rc (*get_structure)(
        ml_rfc_container, const ml_rfc_char *, ml_rfc_container *, ml_rfc_error_info *);
    ml_rfc_rc (*get_table)(ml_rfc_container, const ml_rfc_char *, ml_rfc_container *, ml_rfc_error_info *);
    ml_rfc_rc (*set_string)(
        ml_rfc_container, const ml_rfc_char *, const ml_rfc_char *, unsigned length, ml_rfc_error_info *);
    ml_rfc_rc (*set_int)(ml_rfc_container, const ml_rfc_char *, int32_t, ml_rfc_error_info *);
    ml_rfc_rc (*set_xstring)(
        ml_rfc_container, const ml_rfc_char *, const uint8_t *, unsigned length, ml_rfc_error_info *);
    ml_rfc_rc (*get_row_count)(ml_rfc_container, unsigned *, ml_rfc_error_info *);
    ml_rfc_rc (*move_to)(ml_rfc_container, unsigned, ml_rfc_error_info *);
    ml_rfc_container (*append_new_row)(ml_rfc_container, ml_rfc_error_info *);

    void *mandatory_end;

    ml_rfc_rc (*set_int8)(ml_rfc_container, const ml_rfc_char *, int64_t, ml_rfc_error_info *);
    ml_rfc_rc (*set_parameter_active)(ml_rfc_container, const ml_rfc_char *, int active, ml_rfc_error_info *);
} ml_rfc_sdk;

/// How loading went.
typedef enum {
    ML_RFC_LOADED = 0,
    ML_RFC_NOT_FOUND = 1,          // no such file
    ML_RFC_ICU_MISSING = 2,        // no whole set of ICU's three files lies beside the library
    ML_RFC_NOT_LOADABLE = 3,       // dlopen refused: the text says why
    ML_RFC_SYMBOL_MISSING = 4,     // the text names the symbol
} ml_rfc_load_result;

/// Loads the library at `path` (absolute) and fills `sdk`.
///
/// The real library opens ICU by itself at its first conversion of text and ends the whole process where it
/// cannot (section 6). So ICU files that lie beside the library are opened first, by absolute path, in the order
/// data, uc, i18n: each version of which all three are there. Where there is none, the library is refused, unless
/// it exports ML_RFC_NEEDS_NO_ICU: a stand-in that brings its own conversion.
///
/// `text` (of `size` bytes) gets what is wrong: a path, a symbol or the dynamic loader's own sentence.
ml_rfc_load_result ml_rfc_load(const char *path, ml_rfc_sdk *sdk, char *text, size_t size);

/// The symbol by which a library says that it converts text without ICU.
#define ML_RFC_NEEDS_NO_ICU "SapRfcNeedsNoICU"

/// Ends this process with SIGKILL when the thread that started it ends (Linux: parent-death signal).
/// Returns 0, or the error number.
int ml_rfc_die_with_parent(void);

/// Makes a process that is to be spawned close every descriptor from `lowest` on (a GNU extension that Swift does
/// not see). Returns 0, or the error number.
int ml_rfc_spawn_closing_from(posix_spawn_file_actions_t *actions, int lowest);

#endif
