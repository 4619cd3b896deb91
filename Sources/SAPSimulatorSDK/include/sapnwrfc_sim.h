// SPDX-License-Identifier: Apache-2.0
// The client part of the SAP NetWeaver RFC SDK's C interface, written from the public facts about its ABI
// (names, layouts and numbers; linux x86_64). The stand-in exports these symbols.
#ifndef SAPNWRFC_SIM_H
#define SAPNWRFC_SIM_H

#include <stdint.h>

typedef uint16_t SAP_UC;
typedef uint8_t SAP_RAW;
typedef uint64_t SAP_ULLONG;
typedef SAP_UC RFC_CHAR;
typedef SAP_UC RFC_NUM;
typedef SAP_RAW RFC_BYTE;
typedef uint8_t RFC_INT1;
typedef int16_t RFC_INT2;
typedef int32_t RFC_INT;
typedef int64_t RFC_INT8;
typedef double RFC_FLOAT;
typedef RFC_CHAR RFC_DATE[8];
typedef RFC_CHAR RFC_TIME[6];
typedef RFC_CHAR RFC_ABAP_NAME[31];
typedef RFC_CHAR RFC_PARAMETER_DEFVALUE[31];
typedef RFC_CHAR RFC_PARAMETER_TEXT[80];

typedef enum {
    RFC_OK = 0, RFC_COMMUNICATION_FAILURE, RFC_LOGON_FAILURE, RFC_ABAP_RUNTIME_FAILURE, RFC_ABAP_MESSAGE,
    RFC_ABAP_EXCEPTION, RFC_CLOSED, RFC_CANCELED, RFC_TIMEOUT, RFC_MEMORY_INSUFFICIENT, RFC_VERSION_MISMATCH,
    RFC_INVALID_PROTOCOL, RFC_SERIALIZATION_FAILURE, RFC_INVALID_HANDLE, RFC_RETRY, RFC_EXTERNAL_FAILURE,
    RFC_EXECUTED, RFC_NOT_FOUND, RFC_NOT_SUPPORTED, RFC_ILLEGAL_STATE, RFC_INVALID_PARAMETER,
    RFC_CODEPAGE_CONVERSION_FAILURE, RFC_CONVERSION_FAILURE, RFC_BUFFER_TOO_SMALL, RFC_TABLE_MOVE_BOF,
    RFC_TABLE_MOVE_EOF, RFC_START_SAPGUI_FAILURE, RFC_ABAP_CLASS_EXCEPTION, RFC_UNKNOWN_ERROR,
    RFC_AUTHORIZATION_FAILURE, RFC_AUTHENTICATION_FAILURE, RFC_CRYPTOLIB_FAILURE, RFC_IO_FAILURE,
    RFC_LOCKING_FAILURE
} RFC_RC;

typedef enum {
    OK = 0, ABAP_APPLICATION_FAILURE, ABAP_RUNTIME_FAILURE, LOGON_FAILURE, COMMUNICATION_FAILURE,
    EXTERNAL_RUNTIME_FAILURE, EXTERNAL_APPLICATION_FAILURE, EXTERNAL_AUTHORIZATION_FAILURE
} RFC_ERROR_GROUP;

typedef enum {
    RFCTYPE_CHAR = 0, RFCTYPE_DATE = 1, RFCTYPE_BCD = 2, RFCTYPE_TIME = 3, RFCTYPE_BYTE = 4, RFCTYPE_TABLE = 5,
    RFCTYPE_NUM = 6, RFCTYPE_FLOAT = 7, RFCTYPE_INT = 8, RFCTYPE_INT2 = 9, RFCTYPE_INT1 = 10, RFCTYPE_NULL = 14,
    RFCTYPE_ABAPOBJECT = 16, RFCTYPE_STRUCTURE = 17, RFCTYPE_DECF16 = 23, RFCTYPE_DECF34 = 24,
    RFCTYPE_XMLDATA = 28, RFCTYPE_STRING = 29, RFCTYPE_XSTRING = 30, RFCTYPE_INT8 = 31, RFCTYPE_UTCLONG = 32,
    RFCTYPE_UTCSECOND = 33, RFCTYPE_UTCMINUTE = 34, RFCTYPE_DTDAY = 35, RFCTYPE_DTWEEK = 36,
    RFCTYPE_DTMONTH = 37, RFCTYPE_TSECOND = 38, RFCTYPE_TMINUTE = 39, RFCTYPE_CDAY = 40, RFCTYPE_BOX = 41,
    RFCTYPE_GENERIC_BOX = 42
} RFCTYPE;

typedef enum { RFC_IMPORT = 1, RFC_EXPORT = 2, RFC_CHANGING = 3, RFC_TABLES = 7 } RFC_DIRECTION;

typedef enum {
    RFC_SERVER_INITIAL = 0, RFC_SERVER_STARTING, RFC_SERVER_RUNNING, RFC_SERVER_BROKEN, RFC_SERVER_STOPPING,
    RFC_SERVER_STOPPED
} RFC_SERVER_STATE;

typedef struct sim_connection *RFC_CONNECTION_HANDLE;
typedef struct sim_function_desc *RFC_FUNCTION_DESC_HANDLE;
typedef struct sim_type *RFC_TYPE_DESC_HANDLE;
typedef struct sim_container *DATA_CONTAINER_HANDLE;
typedef DATA_CONTAINER_HANDLE RFC_FUNCTION_HANDLE;
typedef DATA_CONTAINER_HANDLE RFC_STRUCTURE_HANDLE;
typedef DATA_CONTAINER_HANDLE RFC_TABLE_HANDLE;
typedef struct sim_throughput *RFC_THROUGHPUT_HANDLE;
typedef struct sim_unsupported *RFC_TRANSACTION_HANDLE;
typedef struct sim_unsupported *RFC_UNIT_HANDLE;
typedef struct sim_unsupported *RFC_SERVER_HANDLE;

typedef struct {
    const SAP_UC *name;
    const SAP_UC *value;
} RFC_CONNECTION_PARAMETER;

typedef struct {
    RFC_RC code;
    RFC_ERROR_GROUP group;
    SAP_UC key[128];
    SAP_UC message[512];
    SAP_UC abapMsgClass[21];
    SAP_UC abapMsgType[2];
    RFC_NUM abapMsgNumber[4];
    SAP_UC abapMsgV1[51];
    SAP_UC abapMsgV2[51];
    SAP_UC abapMsgV3[51];
    SAP_UC abapMsgV4[51];
} RFC_ERROR_INFO;

typedef struct {
    SAP_UC dest[65];
    SAP_UC host[101];
    SAP_UC partnerHost[101];
    SAP_UC sysNumber[3];
    SAP_UC sysId[9];
    SAP_UC client[4];
    SAP_UC user[13];
    SAP_UC language[3];
    SAP_UC trace[2];
    SAP_UC isoLanguage[3];
    SAP_UC codepage[5];
    SAP_UC partnerCodepage[5];
    SAP_UC rfcRole[2];
    SAP_UC type[2];
    SAP_UC partnerType[2];
    SAP_UC rel[5];
    SAP_UC partnerRel[5];
    SAP_UC kernelRel[5];
    SAP_UC cpicConvId[9];
    SAP_UC progName[129];
    SAP_UC partnerBytesPerChar[2];
    SAP_UC partnerSystemCodepage[5];
    SAP_UC partnerIP[16];
    SAP_UC partnerIPv6[46];
    SAP_UC reserved[17];
} RFC_ATTRIBUTES;

typedef struct {
    RFC_ABAP_NAME name;
    RFCTYPE type;
    RFC_DIRECTION direction;
    unsigned nucLength;
    unsigned ucLength;
    unsigned decimals;
    RFC_TYPE_DESC_HANDLE typeDescHandle;
    RFC_PARAMETER_DEFVALUE defaultValue;
    RFC_PARAMETER_TEXT parameterText;
    RFC_BYTE optional;
    void *extendedDescription;
} RFC_PARAMETER_DESC;

typedef struct {
    RFC_ABAP_NAME name;
    RFCTYPE type;
    unsigned nucLength;
    unsigned nucOffset;
    unsigned ucLength;
    unsigned ucOffset;
    unsigned decimals;
    RFC_TYPE_DESC_HANDLE typeDescHandle;
    void *extendedDescription;
} RFC_FIELD_DESC;

typedef struct {
    SAP_UC key[128];
    SAP_UC message[512];
} RFC_EXCEPTION_DESC;

// Library
const SAP_UC *RfcGetVersion(unsigned *major, unsigned *minor, unsigned *patch);
const SAP_UC *RfcGetRcAsString(RFC_RC rc);
const SAP_UC *RfcGetTypeAsString(RFCTYPE type);
const SAP_UC *RfcGetDirectionAsString(RFC_DIRECTION direction);
const SAP_UC *RfcGetServerStateAsString(RFC_SERVER_STATE state);
RFC_RC RfcSetIniPath(const SAP_UC *directory, RFC_ERROR_INFO *error);
RFC_RC RfcReloadIniFile(RFC_ERROR_INFO *error);
RFC_RC RfcLoadCryptoLibrary(const SAP_UC *path, RFC_ERROR_INFO *error);
RFC_RC RfcSetTraceLevel(RFC_CONNECTION_HANDLE c, const SAP_UC *destination, unsigned level, RFC_ERROR_INFO *error);
RFC_RC RfcSetTraceDir(const SAP_UC *directory, RFC_ERROR_INFO *error);
RFC_RC RfcSetMaximumTraceFileSize(unsigned size, SAP_UC unit, RFC_ERROR_INFO *error);
RFC_RC RfcSetMaximumStoredTraceFiles(int count, RFC_ERROR_INFO *error);
RFC_RC RfcLanguageIsoToSap(const SAP_UC *iso, SAP_UC *sap, RFC_ERROR_INFO *error);
RFC_RC RfcLanguageSapToIso(const SAP_UC *sap, SAP_UC *iso, RFC_ERROR_INFO *error);
RFC_RC RfcUTF8ToSAPUC(
    const RFC_BYTE *utf8, unsigned utf8Length, SAP_UC *out, unsigned *outSize, unsigned *resultLength,
    RFC_ERROR_INFO *error);
RFC_RC RfcSAPUCToUTF8(
    const SAP_UC *in, unsigned inLength, RFC_BYTE *out, unsigned *outSize, unsigned *resultLength,
    RFC_ERROR_INFO *error);

// Connection
RFC_CONNECTION_HANDLE RfcOpenConnection(
    const RFC_CONNECTION_PARAMETER *parameters, unsigned count, RFC_ERROR_INFO *error);
RFC_RC RfcCloseConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_RC RfcPing(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_RC RfcCancel(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_RC RfcResetServerContext(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_RC RfcIsConnectionHandleValid(RFC_CONNECTION_HANDLE c, RFC_INT *valid, RFC_ERROR_INFO *error);
RFC_RC RfcGetConnectionAttributes(RFC_CONNECTION_HANDLE c, RFC_ATTRIBUTES *attributes, RFC_ERROR_INFO *error);

// Metadata
RFC_FUNCTION_DESC_HANDLE RfcGetFunctionDesc(RFC_CONNECTION_HANDLE c, const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_FUNCTION_DESC_HANDLE RfcDescribeFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error);
RFC_FUNCTION_DESC_HANDLE RfcGetCachedFunctionDesc(
    const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_RC RfcAddFunctionDesc(const SAP_UC *repository, RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error);
RFC_RC RfcRemoveFunctionDesc(const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_RC RfcGetFunctionName(RFC_FUNCTION_DESC_HANDLE f, RFC_ABAP_NAME name, RFC_ERROR_INFO *error);
RFC_RC RfcGetParameterCount(RFC_FUNCTION_DESC_HANDLE f, unsigned *count, RFC_ERROR_INFO *error);
RFC_RC RfcGetParameterDescByIndex(
    RFC_FUNCTION_DESC_HANDLE f, unsigned index, RFC_PARAMETER_DESC *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetParameterDescByName(
    RFC_FUNCTION_DESC_HANDLE f, const SAP_UC *name, RFC_PARAMETER_DESC *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetExceptionCount(RFC_FUNCTION_DESC_HANDLE f, unsigned *count, RFC_ERROR_INFO *error);
RFC_RC RfcGetExceptionDescByIndex(
    RFC_FUNCTION_DESC_HANDLE f, unsigned index, RFC_EXCEPTION_DESC *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetExceptionDescByName(
    RFC_FUNCTION_DESC_HANDLE f, const SAP_UC *name, RFC_EXCEPTION_DESC *out, RFC_ERROR_INFO *error);
RFC_FUNCTION_DESC_HANDLE RfcCreateFunctionDesc(const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_RC RfcAddParameter(RFC_FUNCTION_DESC_HANDLE f, const RFC_PARAMETER_DESC *p, RFC_ERROR_INFO *error);
RFC_RC RfcAddException(RFC_FUNCTION_DESC_HANDLE f, const RFC_EXCEPTION_DESC *e, RFC_ERROR_INFO *error);
RFC_RC RfcDestroyFunctionDesc(RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error);
RFC_TYPE_DESC_HANDLE RfcGetTypeDesc(RFC_CONNECTION_HANDLE c, const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_TYPE_DESC_HANDLE RfcDescribeType(DATA_CONTAINER_HANDLE d, RFC_ERROR_INFO *error);
RFC_RC RfcRemoveTypeDesc(const SAP_UC *repository, const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_TYPE_DESC_HANDLE RfcCreateTypeDesc(const SAP_UC *name, RFC_ERROR_INFO *error);
RFC_RC RfcAddTypeField(RFC_TYPE_DESC_HANDLE t, const RFC_FIELD_DESC *f, RFC_ERROR_INFO *error);
RFC_RC RfcSetTypeLength(RFC_TYPE_DESC_HANDLE t, unsigned nuc, unsigned uc, RFC_ERROR_INFO *error);
RFC_RC RfcGetTypeLength(RFC_TYPE_DESC_HANDLE t, unsigned *nuc, unsigned *uc, RFC_ERROR_INFO *error);
RFC_RC RfcGetTypeName(RFC_TYPE_DESC_HANDLE t, RFC_ABAP_NAME name, RFC_ERROR_INFO *error);
RFC_RC RfcDestroyTypeDesc(RFC_TYPE_DESC_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcGetFieldCount(RFC_TYPE_DESC_HANDLE t, unsigned *count, RFC_ERROR_INFO *error);
RFC_RC RfcGetFieldDescByIndex(RFC_TYPE_DESC_HANDLE t, unsigned index, RFC_FIELD_DESC *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetFieldDescByName(
    RFC_TYPE_DESC_HANDLE t, const SAP_UC *name, RFC_FIELD_DESC *out, RFC_ERROR_INFO *error);

// Functions, values, tables
DATA_CONTAINER_HANDLE RfcCreateFunction(RFC_FUNCTION_DESC_HANDLE f, RFC_ERROR_INFO *error);
RFC_RC RfcDestroyFunction(DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error);
RFC_RC RfcInvoke(RFC_CONNECTION_HANDLE c, DATA_CONTAINER_HANDLE function, RFC_ERROR_INFO *error);
RFC_RC RfcSetParameterActive(DATA_CONTAINER_HANDLE function, const SAP_UC *name, int active, RFC_ERROR_INFO *error);
RFC_RC RfcIsParameterActive(DATA_CONTAINER_HANDLE function, const SAP_UC *name, int *active, RFC_ERROR_INFO *error);

RFC_RC RfcGetChars(DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_UC *out, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcGetNum(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_NUM *out, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcGetString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_UC *out, unsigned length, unsigned *resultLength,
    RFC_ERROR_INFO *error);
RFC_RC RfcGetStringLength(DATA_CONTAINER_HANDLE d, const SAP_UC *name, unsigned *length, RFC_ERROR_INFO *error);
RFC_RC RfcGetBytes(DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_RAW *out, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcGetXString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, SAP_RAW *out, unsigned length, unsigned *resultLength,
    RFC_ERROR_INFO *error);
RFC_RC RfcGetDate(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_DATE out, RFC_ERROR_INFO *error);
RFC_RC RfcGetTime(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_TIME out, RFC_ERROR_INFO *error);
RFC_RC RfcGetInt(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetInt1(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT1 *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetInt2(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT2 *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetInt8(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT8 *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetFloat(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_FLOAT *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetStructure(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_STRUCTURE_HANDLE *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetTable(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_TABLE_HANDLE *out, RFC_ERROR_INFO *error);

RFC_RC RfcSetChars(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_UC *value, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcSetNum(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_NUM *value, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcSetString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_UC *value, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcSetBytes(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_RAW *value, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcSetXString(
    DATA_CONTAINER_HANDLE d, const SAP_UC *name, const SAP_RAW *value, unsigned length, RFC_ERROR_INFO *error);
RFC_RC RfcSetDate(DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_DATE value, RFC_ERROR_INFO *error);
RFC_RC RfcSetTime(DATA_CONTAINER_HANDLE d, const SAP_UC *name, const RFC_TIME value, RFC_ERROR_INFO *error);
RFC_RC RfcSetInt(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT value, RFC_ERROR_INFO *error);
RFC_RC RfcSetInt1(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT1 value, RFC_ERROR_INFO *error);
RFC_RC RfcSetInt2(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT2 value, RFC_ERROR_INFO *error);
RFC_RC RfcSetInt8(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_INT8 value, RFC_ERROR_INFO *error);
RFC_RC RfcSetFloat(DATA_CONTAINER_HANDLE d, const SAP_UC *name, RFC_FLOAT value, RFC_ERROR_INFO *error);

RFC_RC RfcGetRowCount(RFC_TABLE_HANDLE t, unsigned *count, RFC_ERROR_INFO *error);
RFC_RC RfcMoveTo(RFC_TABLE_HANDLE t, unsigned index, RFC_ERROR_INFO *error);
RFC_RC RfcMoveToFirstRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcMoveToLastRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcMoveToNextRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcMoveToPreviousRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_STRUCTURE_HANDLE RfcGetCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_STRUCTURE_HANDLE RfcAppendNewRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcDeleteCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcDeleteAllRows(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error);

// Throughput
RFC_THROUGHPUT_HANDLE RfcCreateThroughput(RFC_ERROR_INFO *error);
RFC_RC RfcDestroyThroughput(RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcSetThroughputOnConnection(RFC_CONNECTION_HANDLE c, RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcRemoveThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_THROUGHPUT_HANDLE RfcGetThroughputFromConnection(RFC_CONNECTION_HANDLE c, RFC_ERROR_INFO *error);
RFC_RC RfcResetThroughput(RFC_THROUGHPUT_HANDLE t, RFC_ERROR_INFO *error);
RFC_RC RfcGetNumberOfCalls(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetTotalTime(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetSerializationTime(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetDeserializationTime(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetApplicationTime(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetSentBytes(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);
RFC_RC RfcGetReceivedBytes(RFC_THROUGHPUT_HANDLE t, SAP_ULLONG *out, RFC_ERROR_INFO *error);

// The stand-in's own: how often this process used a dead or impossible handle (SAP's library would crash).
unsigned SapEccSimMisuseCount(void);
/// Tells a loader that this library converts text by itself: SAP's own ends the process without ICU beside it.
extern const int SapRfcNeedsNoICU;

#endif
