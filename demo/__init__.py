"""The demonstration 演示数据: real places and published figures, and people who do not exist."""
