"""What the web server serves."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from purveyor.config.start import start

start()
application = get_wsgi_application()
