// SPDX-License-Identifier: Apache-2.0
// Rows of tables, and which one is the current one.
#include "internal.h"

static RFC_RC check_table(const sim_container *t, RFC_ERROR_INFO *error) {
    return sim_alive(t) && t->magic == SIM_TABLE ? RFC_OK : sim_bad_handle(error);
}

RFC_RC RfcGetRowCount(RFC_TABLE_HANDLE t, unsigned *count, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    *count = t->rowCount;
    return sim_ok(error);
}

RFC_RC RfcMoveTo(RFC_TABLE_HANDLE t, unsigned index, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (index >= t->rowCount) {
        return sim_fail(error, RFC_TABLE_MOVE_EOF, EXTERNAL_APPLICATION_FAILURE, "", "row %u is past the end", index);
    }
    t->current = index;
    return sim_ok(error);
}

static RFC_RC move(sim_container *t, long to, RFC_ERROR_INFO *error) {
    if (to >= 0 && to < (long)t->rowCount) {
        t->current = to;
        return sim_ok(error);
    }
    RFC_RC code = to < 0 || t->rowCount == 0 ? RFC_TABLE_MOVE_BOF : RFC_TABLE_MOVE_EOF;
    t->current = -1;
    return sim_fail(error, code, EXTERNAL_APPLICATION_FAILURE, sim_code_name(code), "no such row");
}

RFC_RC RfcMoveToFirstRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, 0, error);
}

RFC_RC RfcMoveToLastRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, (long)t->rowCount - 1, error);
}

RFC_RC RfcMoveToNextRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (t->current + 1 >= (long)t->rowCount) {
        t->current = -1;
        return sim_fail(
            error, RFC_TABLE_MOVE_EOF, EXTERNAL_APPLICATION_FAILURE, sim_code_name(RFC_TABLE_MOVE_EOF), "no next row");
    }
    return move(t, t->current + 1, error);
}

RFC_RC RfcMoveToPreviousRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    return move(t, t->current - 1, error);
}

RFC_STRUCTURE_HANDLE RfcGetCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return NULL;
    sim_ok(error); // no current row is NULL with code 0
    return t->current >= 0 ? t->rows[t->current] : NULL;
}

RFC_STRUCTURE_HANDLE RfcAppendNewRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return NULL;
    sim_container *row = sim_table_append(t);
    t->current = (long)t->rowCount - 1;
    sim_ok(error);
    return row;
}

RFC_RC RfcDeleteCurrentRow(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    if (t->current < 0) return sim_refuse(error, RFC_ILLEGAL_STATE, "the table has no current row");
    sim_container *row = t->rows[t->current];
    for (unsigned i = (unsigned)t->current; i + 1 < t->rowCount; i++) t->rows[i] = t->rows[i + 1];
    t->rowCount--;
    if (t->current >= (long)t->rowCount) t->current = -1;
    sim_container_free(row);
    return sim_ok(error);
}

RFC_RC RfcDeleteAllRows(RFC_TABLE_HANDLE t, RFC_ERROR_INFO *error) {
    if (check_table(t, error)) return RFC_INVALID_HANDLE;
    sim_table_clear(t);
    return sim_ok(error);
}
