// Reads every stored cell of every table of rows of some snapshot files, and nothing else: what comparing them costs at the
// least where all of both is read.

#include <sqlite3.h>
#include <stdio.h>

static int scan(sqlite3 *file, const char *table, const char *columns) {
    sqlite3_stmt *rows;
    char *sql = sqlite3_mprintf("SELECT %s FROM %s", columns, table);
    int result = sqlite3_prepare_v2(file, sql, -1, &rows, NULL);
    sqlite3_free(sql);
    while (result == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
        for (int column = 0; column < sqlite3_column_count(rows); column++) {
            if (sqlite3_column_type(rows, column) == SQLITE_INTEGER) sqlite3_column_int64(rows, column);
            else sqlite3_column_bytes(rows, column);
        }
    }
    sqlite3_finalize(rows);
    return result;
}

int main(int count, char **paths) {
    for (int place = 1; place < count; place++) {
        sqlite3 *file;
        sqlite3_stmt *tables;
        if (sqlite3_open_v2(paths[place], &file, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return 2;
        sqlite3_prepare_v2(
            file,
            // Columns that are computed are not in table_info.
            "SELECT s.name, group_concat(c.name) FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c"
            " WHERE s.type = 'table' AND s.name LIKE '%\\_row' ESCAPE '\\' GROUP BY s.name",
            -1, &tables, NULL);
        while (sqlite3_step(tables) == SQLITE_ROW)
            if (scan(file, (const char *)sqlite3_column_text(tables, 0), (const char *)sqlite3_column_text(tables, 1))
                != SQLITE_OK) return 2;
        sqlite3_finalize(tables);
        sqlite3_close(file);
    }
    return 0;
}
