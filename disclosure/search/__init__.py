"""Search 搜索: places, notices and documents by what they say; no person is ever in the index."""
