// SQLite's interface, and what Swift cannot import of it: the destructor constants are casts of integers.
#ifndef ML_CSQLITE_SHIM_H
#define ML_CSQLITE_SHIM_H

#include <sqlite3.h>

/// Binds a text that SQLite copies at once, so the caller may free it when the call returns.
static inline int ml_sqlite_bind_text_copied(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 bytes) {
    return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds a text that the caller keeps in place until the statement is reset and its bindings are cleared.
static inline int ml_sqlite_bind_text_lent(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 bytes) {
    return sqlite3_bind_text64(statement, index, text, bytes, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds bytes that SQLite copies at once.
static inline int ml_sqlite_bind_blob_copied(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/// Binds bytes that the caller keeps in place until the statement is reset and its bindings are cleared.
static inline int ml_sqlite_bind_blob_lent(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

#endif
