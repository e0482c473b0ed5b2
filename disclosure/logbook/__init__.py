"""The log's keeper 公开日志的保管: entries and nodes in the database, the key, what is served."""
