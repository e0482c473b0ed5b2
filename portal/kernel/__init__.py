"""Pure Python: values in, values out; imports nothing of ours outside itself."""
