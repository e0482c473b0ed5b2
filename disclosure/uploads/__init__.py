"""Uploads 报送文件: what lies between a file that somebody sends and a draft of a list."""
