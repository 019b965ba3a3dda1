// SQLite: the registry. Only `Store` imports it.
#include <sqlite3.h>

/// SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift cannot import.
static inline int yun_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *text, int sizeBytes) {
    return sqlite3_bind_text(statement, index, text, sizeBytes, SQLITE_TRANSIENT);
}

static inline int yun_sqlite3_bind_blob(sqlite3_stmt *statement, int index, const void *blob, int sizeBytes) {
    return sqlite3_bind_blob(statement, index, blob, sizeBytes, SQLITE_TRANSIENT);
}

/// sqlite3_db_config is variadic.
static inline int yun_sqlite3_keep_log_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
