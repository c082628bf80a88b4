splat_bundle_target(SQLite::SQLite3 sqlite3.h LIBRARY sqlite3 USES Threads::Threads ${CMAKE_DL_LIBS} m)
splat_bundle_found()
