"""Pictures of the last page of each tour, for ``docs/debtors.md``.

They are taken where ``CREDIT_TOUR_PICTURES`` names a folder.
"""

import base64
import io
import os
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from odoo.tests.common import ChromeBrowser

FOLDER = os.environ.get("CREDIT_TOUR_PICTURES")


class TourPictures:
    """For an ``HttpCase`` whose tours are pictured: one for each tour and screen."""

    def start_tour(self, url_path, tour_name, **kwargs):
        # EXTENDS base
        if not FOLDER:
            return super().start_tour(url_path, tour_name, **kwargs)
        screen = "phone" if self.touch_enabled else "desktop"
        path = Path(FOLDER, f"{tour_name.removeprefix('credit_')}-{screen}.png")
        stop = ChromeBrowser.stop

        def picture(browser):
            shot = browser._websocket_request("Page.captureScreenshot", timeout=20)
            image = Image.open(io.BytesIO(base64.b64decode(shot["data"])))
            # Few colours are enough for a page, and a third of the size.
            image.convert("RGB").quantize(128).save(path, optimize=True)
            stop(browser)

        with patch.object(ChromeBrowser, "stop", picture):
            return super().start_tour(url_path, tour_name, **kwargs)
