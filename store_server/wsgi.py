"""``gunicorn store_server.wsgi:app``."""

import os

from store_server.app import create_app
from store_server.settings import Settings

app = create_app(Settings.from_env(os.environ))
