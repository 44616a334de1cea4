"""A feed by a web service of the third party: JSON, with a secret as bearer token.

``POST <address>/messages``            one message, or a ZIP file for it
``GET  <address>/reports?after=…``     ``{"reports": […], "next": "…"}``
``POST <address>/results``             what became of each report, as CSV

Nothing of the secret, and nothing of what is sent, goes to a log.
"""

import socket
import time
from urllib.parse import urlsplit

import requests

from odoo import api, models

from ..engine import feed as feeds
from ..engine.report import shown
from .credit_feed_provider import FeedRefusal, FeedTrouble, Incoming

#: Seconds to connect, and between two pieces of the answer; for all of it.
TIMEOUT = 30
MOST_SECONDS = 600
#: Pages of reports read at once: what is left comes next time.
MOST_PAGES = 50
#: What an administrator may trust although it is inside our network or without TLS.
TRUSTED = "credit_management_legal.feed_hosts"


class CreditFeedProvider(models.AbstractModel):
    _inherit = "credit.feed.provider"

    # ------------------------------------------------------------------
    # Where
    # ------------------------------------------------------------------

    @api.model
    def _check_http(self, feed):
        """Whether the address may be used.

        :raise FeedTrouble: in words
        """
        _ = self.env._
        names = self.env["ir.config_parameter"].sudo().get_param(TRUSTED) or ""
        trusted = {name.strip() for name in names.split(",") if name.strip()}
        problem = feeds.url_problem(feed.url, trusted)
        host = urlsplit(feed.url).hostname if not problem else ""
        if not problem and host not in trusted and self._leads_inside(host):
            problem = "inside"
        texts = {
            "no_url": _("“%s” is no address of a web service.", feed.url or ""),
            "no_https": _("The address has to begin with https://."),
            "inside": _(
                "“%(host)s” is inside our own network. An administrator can allow it "
                "in the system parameter %(parameter)s.",
                host=urlsplit(feed.url or "").hostname if problem == "inside" else "",
                parameter=TRUSTED,
            ),
        }
        if problem:
            raise FeedTrouble(texts[problem])

    @api.model
    def _leads_inside(self, host):
        """Whether a name leads into our own network."""
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            # Nothing is reached by it; that is told when it is called.
            return False
        return any(feeds.is_inside(address[4][0].split("%")[0]) for address in found)

    @api.model
    def _call(self, feed, method, path, **options):
        """Ask the third party's service.

        :return: (status, body in bytes)
        :raise FeedTrouble: if there is no answer, or none that can be used
        """
        self._check_http(feed)
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        # In sudo: the secret is for calls, whoever presses the button.
        token = feed.sudo().token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{feed.url.rstrip('/')}/{path}"
        try:
            with requests.request(
                method,
                address,
                headers=headers,
                timeout=TIMEOUT,
                # The secret is for this address and no other.
                allow_redirects=False,
                stream=True,
                **options,
            ) as answer:
                body = self._read_body(answer)
                status = answer.status_code
        except (requests.RequestException, OSError, ValueError) as error:
            # What libraries say may hold the address and headers: their kind is enough.
            raise FeedTrouble(
                self.env._(
                    "The web service of %(feed)s does not answer (%(kind)s).",
                    feed=feed.name,
                    kind=type(error).__name__,
                )
            ) from None
        if len(body) > feeds.MOST_FILE:
            limit = feeds.MOST_FILE // 2**20
            raise FeedTrouble(self.env._("The answer has more than %s MB.", limit))
        return status, body

    @api.model
    def _read_body(self, answer):
        """What was answered, as far as it is read at all.

        :raise OSError: if it takes too long, piece by piece
        """
        pieces, size, start = [], 0, time.monotonic()
        for piece in answer.iter_content(65536):
            pieces.append(piece)
            size += len(piece)
            if size > feeds.MOST_FILE:
                break
            if time.monotonic() - start > MOST_SECONDS:
                raise TimeoutError
        return b"".join(pieces)

    @api.model
    def _http_trouble(self, feed, status):
        if status in (401, 403):
            return FeedTrouble(
                self.env._("The web service of %s refuses our secret.", feed.name)
            )
        return FeedTrouble(
            self.env._(
                "The web service of %(feed)s answers with error %(status)s.",
                feed=feed.name,
                status=status,
            )
        )

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    @api.model
    def _send_http(self, feed, message, document, archive):
        """Post a message, after the file that it announces.

        The number goes along: posted once more after a crash, the service knows it.
        """
        parts = [(document, "application/json")]
        if archive is not None:
            parts.insert(0, (archive, "application/zip"))
        for content, kind in parts:
            status, body = self._call(
                feed,
                "POST",
                "messages",
                data=content,
                headers={
                    "Content-Type": kind,
                    "Idempotency-Key": message.message_id,
                },
            )
            if 200 <= status < 300 or status == 409:
                # 409: it has this number already.
                continue
            if status in (400, 404, 413, 415, 422):
                raise FeedRefusal(
                    self.env._(
                        "Refused with %(status)s: %(reason)s",
                        status=status,
                        reason=shown(body[:200].decode(errors="replace")),
                    )
                )
            raise self._http_trouble(feed, status)

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    @api.model
    def _poll_http(self, feed):
        for _page in range(MOST_PAGES):
            query = {"after": feed.cursor} if feed.cursor else {}
            status, body = self._call(feed, "GET", "reports", params=query)
            if status != 200:
                raise self._http_trouble(feed, status)
            values, following, problem = self._read_page(feed, body)
            if not values and not problem:
                return
            rows = [
                feeds.make_row(number, each) for number, each in enumerate(values, 1)
            ]
            name = self.env._("after %s", shown(feed.cursor or "—"))
            before = feed.cursor
            taken = self._page_taker(feed, following)
            yield Incoming(name, None if problem else rows, problem, taken)
            if problem or not following or following == before:
                return

    @api.model
    def _read_page(self, feed, body):
        """(list of reports, cursor of the next page, why it can't be used)."""
        unusable = self.env._("The answer of the web service of %s is none.", feed.name)
        try:
            page = feeds.parse_json(body.decode())
        except ValueError:
            return [], None, unusable
        values = page.get("reports") if isinstance(page, dict) else None
        following = page.get("next") if isinstance(page, dict) else None
        if not isinstance(values, list) or len(values) > feeds.MOST_ROWS:
            return [], None, unusable
        if following is not None and not (
            isinstance(following, str) and following.isprintable()
        ):
            return [], None, unusable
        return values, (following or "")[:500], None

    @api.model
    def _page_taker(self, feed, following):
        def taken(results, problem):
            if problem:
                return
            status, _body = self._call(
                feed,
                "POST",
                "results",
                data=results,
                headers={"Content-Type": "text/csv; charset=utf-8"},
            )
            if not 200 <= status < 300:
                raise self._http_trouble(feed, status)
            # Told at last: the next page is asked for from here on.
            if following:
                feed.sudo().cursor = following

        return taken
