"""Pictures of the last page of each tour, for the documentation.

They are taken where ``CREDIT_TOUR_PICTURES`` names a folder, as
``setup/test credit_management/tests/test_portal_tour.py`` passes it on.
"""

import base64
import os
from pathlib import Path
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

FOLDER = os.environ.get("CREDIT_TOUR_PICTURES")


class TourPictures:
    """For an ``HttpCase`` whose tours are pictured: one for each tour and screen."""

    def start_tour(self, url_path, tour_name, **kwargs):
        # EXTENDS base
        if not FOLDER:
            return super().start_tour(url_path, tour_name, **kwargs)
        screen = self.browser_size.split("x")[0]
        path = Path(FOLDER, f"{tour_name.removeprefix('credit_')}_{screen}.png")
        stop = ChromeBrowser.stop

        def picture(browser):
            shot = browser._websocket_request("Page.captureScreenshot", timeout=20)
            path.write_bytes(base64.b64decode(shot["data"]))
            stop(browser)

        with patch.object(ChromeBrowser, "stop", picture):
            return super().start_tour(url_path, tour_name, **kwargs)
