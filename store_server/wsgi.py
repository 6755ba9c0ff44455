"""``gunicorn store_server.wsgi:app``."""

import os

# Before NumPy loads: its matrices here are small, and BLAS threads that wait for each other on busy cores made one tick take
# seconds instead of hundredths (measured, see docs/accuracy.md).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from store_server.adapters.cycle_collector import leave_survivors_alone
from store_server.app import create_app
from store_server.settings import Settings

leave_survivors_alone()
app = create_app(Settings.from_env(os.environ))
