"""Published figures 已公布数据: read, checked, approved, and shown in charts with their sources."""
