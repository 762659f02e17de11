"""The pure availability engine: no I/O, no framework, integers of epoch seconds, half-open intervals."""
