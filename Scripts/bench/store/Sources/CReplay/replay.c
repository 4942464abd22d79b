#include "replay.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { max_tables = 64, max_columns = 64, max_objects = 128 };

struct table {
    char *select, *insert;
    int columns;
    long rows, room;
    sqlite3_value **cells;
};

struct replay {
    char *objects[max_objects];
    int object_count;
    struct table tables[max_tables];
    int table_count;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int add_table(struct replay *replay, sqlite3 *db, const char *name) {
    struct table *table = &replay->tables[replay->table_count++];
    sqlite3_stmt *columns = 0;
    char *sql = sqlite3_mprintf("SELECT name FROM pragma_table_xinfo(%Q) WHERE hidden = 0", name);
    char *list = sqlite3_mprintf("%s", "");
    char *marks = sqlite3_mprintf("%s", "");
    int result = sqlite3_prepare_v2(db, sql, -1, &columns, 0);
    while (result == SQLITE_OK && sqlite3_step(columns) == SQLITE_ROW) {
        const char *comma = table->columns++ ? ", " : "";
        list = sqlite3_mprintf("%z%s%s", list, comma, sqlite3_column_text(columns, 0));
        marks = sqlite3_mprintf("%z%s?", marks, comma);
    }
    sqlite3_finalize(columns);
    table->select = sqlite3_mprintf("SELECT %s FROM %s", list, name);
    table->insert = sqlite3_mprintf("INSERT INTO %s (%s) VALUES (%s)", name, list, marks);
    sqlite3_free(sql), sqlite3_free(list), sqlite3_free(marks);
    return result;
}

static int load_rows(struct table *table, sqlite3 *db) {
    sqlite3_stmt *rows = 0;
    int result = sqlite3_prepare_v2(db, table->select, -1, &rows, 0);
    if (result != SQLITE_OK) return result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        if (table->rows == table->room) {
            table->room = table->room ? table->room * 2 : 256;
            size_t size = (size_t)(table->room * table->columns) * sizeof *table->cells;
            table->cells = realloc(table->cells, size);
            if (!table->cells) return SQLITE_NOMEM;
        }
        for (int column = 0; column < table->columns; column++)
            table->cells[table->rows * table->columns + column] = sqlite3_value_dup(sqlite3_column_value(rows, column));
        table->rows++;
    }
    sqlite3_finalize(rows);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

struct replay *replay_load(const char *path) {
    struct replay *replay = calloc(1, sizeof *replay);
    sqlite3 *db = 0;
    sqlite3_stmt *objects = 0;
    int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, 0);
    if (result == SQLITE_OK)
        result = sqlite3_prepare_v2(db, "SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL", -1, &objects, 0);
    while (result == SQLITE_OK && sqlite3_step(objects) == SQLITE_ROW) {
        replay->objects[replay->object_count++] = sqlite3_mprintf("%s", sqlite3_column_text(objects, 2));
        if (strcmp((const char *)sqlite3_column_text(objects, 0), "table") == 0)
            result = add_table(replay, db, (const char *)sqlite3_column_text(objects, 1));
    }
    sqlite3_finalize(objects);
    for (int index = 0; result == SQLITE_OK && index < replay->table_count; index++)
        result = load_rows(&replay->tables[index], db);
    sqlite3_close(db);
    if (result == SQLITE_OK) return replay;
    replay_free(replay);
    return 0;
}

static int insert_rows(const struct table *table, sqlite3 *db) {
    sqlite3_stmt *insert = 0;
    int result = sqlite3_prepare_v2(db, table->insert, -1, &insert, 0);
    for (long row = 0; result == SQLITE_OK && row < table->rows; row++) {
        for (int column = 0; column < table->columns; column++) {
            sqlite3_value *cell = table->cells[row * table->columns + column];
            switch (sqlite3_value_type(cell)) {
            case SQLITE_NULL: sqlite3_bind_null(insert, column + 1); break;
            case SQLITE_INTEGER: sqlite3_bind_int64(insert, column + 1, sqlite3_value_int64(cell)); break;
            case SQLITE_TEXT:
                sqlite3_bind_text(insert, column + 1, (const char *)sqlite3_value_text(cell), sqlite3_value_bytes(cell), SQLITE_STATIC);
                break;
            default:
                sqlite3_bind_blob(insert, column + 1, sqlite3_value_blob(cell), sqlite3_value_bytes(cell), SQLITE_STATIC);
            }
        }
        result = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert) : SQLITE_ERROR;
    }
    sqlite3_finalize(insert);
    return result;
}

double replay_insert(const struct replay *replay, const char *path) {
    sqlite3 *db = 0;
    int result = sqlite3_open(path, &db);
    if (result == SQLITE_OK) result = sqlite3_exec(db, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384", 0, 0, 0);
    for (int index = 0; result == SQLITE_OK && index < replay->object_count; index++)
        result = sqlite3_exec(db, replay->objects[index], 0, 0, 0);
    double start = now();
    if (result == SQLITE_OK) result = sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0);
    for (int index = 0; result == SQLITE_OK && index < replay->table_count; index++)
        result = insert_rows(&replay->tables[index], db);
    if (result == SQLITE_OK) result = sqlite3_exec(db, "COMMIT", 0, 0, 0);
    double seconds = now() - start;
    if (result != SQLITE_OK) fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return result == SQLITE_OK ? seconds : -1;
}

double replay_scan(const struct replay *replay, const char *path) {
    sqlite3 *db = 0;
    sqlite3_int64 sum = 0;
    double start = now();
    int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, 0);
    for (int index = 0; result == SQLITE_OK && index < replay->table_count; index++) {
        sqlite3_stmt *rows = 0;
        result = sqlite3_prepare_v2(db, replay->tables[index].select, -1, &rows, 0);
        while (result == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
            for (int column = 0; column < replay->tables[index].columns; column++)
                sum += sqlite3_column_type(rows, column) == SQLITE_INTEGER ? sqlite3_column_int64(rows, column)
                                                                          : sqlite3_column_bytes(rows, column);
        }
        sqlite3_finalize(rows);
    }
    sqlite3_close(db);
    double seconds = now() - start;
    return result == SQLITE_OK && sum != 0 ? seconds : -1;
}

long replay_rows(const struct replay *replay) {
    long rows = 0;
    for (int index = 0; index < replay->table_count; index++) rows += replay->tables[index].rows;
    return rows;
}

void replay_free(struct replay *replay) {
    if (!replay) return;
    for (int index = 0; index < replay->object_count; index++) sqlite3_free(replay->objects[index]);
    for (int index = 0; index < replay->table_count; index++) {
        struct table *table = &replay->tables[index];
        for (long cell = 0; cell < table->rows * table->columns; cell++) sqlite3_value_free(table->cells[cell]);
        free(table->cells);
        sqlite3_free(table->select), sqlite3_free(table->insert);
    }
    free(replay);
}
