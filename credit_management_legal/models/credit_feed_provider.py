"""How messages reach a third party and come from it: what every way has in common.

A way is a code and some methods on ``credit.feed.provider``. Another addon adds one by
adding to :meth:`CreditFeedProvider._selection_provider`:

``_check_<code>(feed)``
    raises :class:`FeedTrouble` where the feed is not set up, or not as it may be
``_send_<code>(feed, message, document, archive)``
    hands over one message: ``document`` its bytes, ``archive`` a ZIP file that can be
    read from its beginning, or None.
    Possibly once more after a crash: the same message must not count twice. Raises
    :class:`FeedRefusal` where the other side refuses this one
``_poll_<code>(feed)``
    yields :class:`Incoming`: files or lists of what the third party says

Nothing here is about one vendor. A server for SFTP that drops files into a folder needs
no way of its own: it is the folder.
"""

from collections.abc import Callable
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError


class FeedTrouble(UserError):
    """The other side can't be reached or used, and why, for whoever can mend it."""


class FeedRefusal(UserError):
    """The other side has refused one message, and says why."""


class Incoming(NamedTuple):
    """What came in.

    ``rows`` are :class:`..engine.feed.Row`; None where the whole can't be used, with
    the reason in ``problem``. ``taken(results, problem)`` is called once everything is
    committed, with the bytes of a file of results.
    """

    name: str
    rows: list | None
    problem: str
    taken: Callable


class CreditFeedProvider(models.AbstractModel):
    _name = "credit.feed.provider"
    _description = "Way to Exchange with a Third Party"

    @api.model
    def _selection_provider(self):
        return [
            ("folder", self.env._("Files in a folder")),
            ("http", self.env._("Web service")),
        ]

    @api.model
    def _check(self, feed):
        """Whether a feed can be used.

        :raise FeedTrouble: in words
        """
        getattr(self, f"_check_{feed.provider}")(feed)

    @api.model
    def _send(self, feed, message, document, archive):
        getattr(self, f"_send_{feed.provider}")(feed, message, document, archive)

    @api.model
    def _poll(self, feed):
        return getattr(self, f"_poll_{feed.provider}")(feed)
