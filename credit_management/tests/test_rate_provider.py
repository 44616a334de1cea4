"""Published rates: answers as they are documented, broken ones, and proposals."""

import threading
import time
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, common, freeze_time, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..engine import published
from ..models import credit_rate_provider
from ..models.credit_rate_provider import ACTIVITY_FETCH

LOGGER = "odoo.addons.credit_management.models.credit_rate_provider"
PATH = "/service/data/FM/D.U2.EUR.4F.KR.MRR_FR.LEV"


class _Handler(BaseHTTPRequestHandler):
    """Answers from files, as the service does, or as broken servers do."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, name, wait = self.server.answer
        body = b""
        if name:
            with file_open(f"credit_management/tests/data/ecb/{name}", "rb") as file:
                body = file.read()
        time.sleep(wait)
        try:
            self.send_response(status)
            kind = "text/html" if (name or "").endswith("html") else "text/csv"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            # Whoever asked did not wait.
            self.close_connection = True

    def log_message(self, *args):
        """Be quiet."""


@tagged("post_install", "-at_install")
@freeze_time("2026-11-24 12:00:00")
class TestRateProvider(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        cls.server.daemon_threads = True
        cls.server.asked = []
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        params = cls.env["ir.config_parameter"]
        address = f"http://127.0.0.1:{cls.server.server_port}/service/"
        params.set_param("credit_management.ecb_url", address)
        params.set_param("credit_management.rate_provider", "ecb")
        cls.provider = cls.env["credit.rate.provider"]
        cls.mro = cls.env.ref("credit_management.series_ecb_mro")
        cls.env.ref("credit_management.group_manager").user_ids = False
        cls.env.ref("account.group_account_manager").user_ids = False
        cls.manager = new_test_user(
            cls.env, "rates", "credit_management.group_manager", lang="en_US"
        )

    def setUp(self):
        super().setUp()
        self.server.asked.clear()

    def answer(self, name, status=200, wait=0):
        self.server.answer = (status, name, wait)

    def proposed(self):
        rates = self.env["credit.rate"].search([("state", "=", "proposed")])
        return {(rate.series, str(rate.valid_from)): rate.rate for rate in rates}

    def activities(self):
        return self.mro._open_activities(ACTIVITY_FETCH)

    def told(self):
        return [" ".join(str(activity.note).split()) for activity in self.activities()]

    def assertNothingChanged(self):
        self.assertEqual(max(self.mro.rate_ids.mapped("valid_from")), date(2026, 9, 16))
        self.assertEqual(self.mro.checked_until, date(2026, 10, 28))
        self.assertEqual(self.proposed(), {})

    def assertRefused(self, words):
        """Refused by hand with one sentence, and told to the manager once."""
        rates = self.env["credit.rate"].search_count([])
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.provider._update("ecb")
        self.assertIn(words, str(caught.exception))
        for __ in range(2):
            with mute_logger(LOGGER):
                self.provider._cron_fetch()
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(self.activities().user_id, self.manager)
        self.assertIn(words, self.told()[0])
        self.assertEqual(self.env["credit.rate"].search_count([]), rates)
        self.assertNothingChanged()

    # -- Good answers ---------------------------------------------------------------

    def test_question(self):
        self.answer("unchanged.csv")
        self.provider._update("ecb")
        asked = urlsplit(self.server.asked[0])
        self.assertEqual(asked.path, PATH)
        self.assertEqual(
            parse_qs(asked.query),
            {
                "format": ["csvdata"],
                "detail": ["dataonly"],
                # From the last change but one on.
                "startPeriod": ["2026-06-17"],
            },
        )

    def test_nothing_new(self):
        """What was doubtful is confirmed, and is known to hold until today."""
        last = self.env.ref("credit_management.rate_ecb_mro_2026_09_16")
        self.assertEqual(last.confidence, "low")
        self.answer("unchanged.csv")
        for __ in range(2):
            self.assertFalse(self.provider._update("ecb"))
        self.assertEqual((last.rate, last.confidence), (2.65, "high"))
        self.assertEqual(self.mro.checked_until, date(2026, 11, 24))
        # Whether it still holds on 1 January is not known: nothing is proposed.
        self.assertEqual(self.proposed(), {})

    @freeze_time("2027-01-02 12:00:00")
    def test_new_rate_and_what_follows_from_it(self):
        self.answer("rates.csv")
        self.provider._cron_fetch()
        new = self.mro.rate_ids.filtered(lambda r: r.valid_from > date(2026, 9, 16))
        self.assertEqual(
            (new.valid_from, new.rate, new.state),
            (date(2026, 12, 23), 2.9, "confirmed"),
        )
        self.assertEqual(self.mro.checked_until, date(2027, 1, 2))
        self.assertEqual(
            self.proposed(),
            {
                (code, "2027-01-01"): rate
                for code, rate in {
                    "ECB_REF_SEMESTER": 2.9,
                    "FR_B2B_DEFAULT": 12.9,
                    "BE_COMMERCIAL": 11.0,
                    "DE_BASE_RATE": 2.02,
                    "DE_B2B": 11.02,
                    "DE_B2C": 7.02,
                    "LU_COMMERCIAL": 10.9,
                    "NL_COMMERCIAL": 10.9,
                    "ES_COMMERCIAL": 10.9,
                    "IT_COMMERCIAL": 10.9,
                    "PT_COMMERCIAL_DL62": 10.9,
                    "PT_COMMERCIAL_OTHER": 9.9,
                }.items()
            },
        )
        book = self.env["credit.rate"]._book(self.env.company)
        with self.assertRaises(LookupError):
            book["FR_B2B_DEFAULT"].at(date(2027, 1, 2))
        # Once more: nothing twice.
        self.provider._cron_fetch()
        self.assertEqual(len(self.proposed()), 12)
        proposals = self.env["credit.rate"].search([("state", "=", "proposed")])
        proposals.with_user(self.manager).action_confirm()
        book = self.env["credit.rate"]._book(self.env.company)
        found = book["BE_COMMERCIAL"].at(date(2027, 1, 2)).percent
        self.assertEqual(found, Decimal(11))
        self.assertEqual(self.proposed(), {})

    @freeze_time("2027-01-02 12:00:00")
    def test_proposals_follow_a_correction(self):
        """What nobody confirmed yet changes with its base; what was confirmed stays."""
        self.answer("rates.csv")
        self.provider._update("ecb")
        kept = self.env["credit.rate"].search(
            [("series", "=", "BE_COMMERCIAL"), ("state", "=", "proposed")]
        )
        kept.action_confirm()
        self.mro.rate_ids.filtered(lambda r: r.rate == 2.9).rate = 3.4
        self.provider._propose()
        proposed = self.proposed()
        self.assertEqual(proposed["FR_B2B_DEFAULT", "2027-01-01"], 13.4)
        self.assertEqual(proposed["DE_B2B", "2027-01-01"], 11.52)
        self.assertEqual(kept.rate, 11.0)

    @freeze_time("2027-01-02 12:00:00")
    def test_proposals_leave_what_is_there(self):
        mine = self.env["credit.rate"].create(
            {"series": "FR_B2B_DEFAULT", "valid_from": "2027-01-01", "rate": 12.65}
        )
        self.answer("rates.csv")
        self.provider._update("ecb")
        self.assertEqual((mine.rate, mine.state), (12.65, "confirmed"))
        self.assertNotIn(("FR_B2B_DEFAULT", "2027-01-01"), self.proposed())

    # -- Broken answers -------------------------------------------------------------

    def test_server_error(self):
        self.answer("page.html", status=500)
        self.assertRefused("error 500")

    def test_not_found(self):
        self.answer(None, status=404)
        self.assertRefused("error 404")

    def test_page_instead_of_data(self):
        self.answer("page.html")
        self.assertRefused("no table of observations")

    def test_empty_answer(self):
        self.answer(None)
        self.assertRefused("no table of observations")

    def test_no_observations(self):
        self.answer("no_rows.csv")
        self.assertRefused("holds no observation")

    def test_text_instead_of_a_rate(self):
        self.answer("text.csv")
        self.assertRefused("the value of 09/16/2026, “two”, is no number")

    def test_strange_day(self):
        self.answer("day.csv")
        self.assertRefused("“16/09/2026” is no day")

    def test_jump(self):
        self.answer("jump.csv")
        self.assertRefused("from 2.65 to 26.5 % on 12/23/2026")

    def test_disagreement(self):
        self.answer("other.csv")
        self.assertRefused("for 09/16/2026, 2.75 % is published")

    def test_rates_of_the_future(self):
        with freeze_time("2026-10-15"):
            self.answer("rates.csv")
            self.assertRefused("01/02/2027 lies too far ahead")

    def test_timeout(self):
        self.answer("unchanged.csv", wait=2)
        # Odoo's tests let every request wait for ten seconds; this one must not.
        send = patch.object(
            type(self),
            "_request_handler",
            lambda s, r, **kw: common._super_send(s, r, **kw),
        )
        with send, patch.object(credit_rate_provider, "TIMEOUT", 0.3):
            self.assertRefused("no answer within 0.3 seconds")

    def test_nobody_there(self):
        unused = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        port = unused.server_port
        unused.server_close()
        self.env["ir.config_parameter"].set_param(
            "credit_management.ecb_url", f"http://127.0.0.1:{port}"
        )
        self.assertRefused("can't be reached")

    def test_too_much(self):
        self.answer("unchanged.csv")
        with patch.object(credit_rate_provider, "MAX_BYTES", 1000):
            self.assertRefused("too long")

    def test_failure_is_forgotten_when_it_works_again(self):
        self.answer(None, status=503)
        with mute_logger(LOGGER):
            self.provider._cron_fetch()
        self.assertEqual(len(self.activities()), 1)
        self.answer("unchanged.csv")
        self.provider._cron_fetch()
        self.assertFalse(self.activities())

    # -- Off by default -------------------------------------------------------------

    def test_off(self):
        cron = self.env.ref("credit_management.ir_cron_fetch_rates")
        self.assertFalse(cron.active)
        self.env["ir.config_parameter"].set_param(
            "credit_management.rate_provider", False
        )
        self.provider._cron_fetch()
        self.assertEqual(self.server.asked, [])

    def test_switch(self):
        cron = self.env.ref("credit_management.ir_cron_fetch_rates")
        settings = self.env["res.config.settings"]
        settings.create({"credit_rate_provider": "ecb"}).execute()
        self.assertTrue(cron.active)
        settings.create({"credit_rate_provider": False}).execute()
        self.assertFalse(cron.active)

    def test_fetch_now(self):
        self.answer("unchanged.csv")
        settings = self.env["res.config.settings"].create(
            {"credit_rate_provider": "ecb"}
        )
        action = settings.action_fetch_credit_rates()
        self.assertEqual(action["res_model"], "credit.rate")
        self.assertEqual(self.mro.checked_until, date(2026, 11, 24))

    # -- Reading --------------------------------------------------------------------

    def test_days_without_value(self):
        text = "TIME_PERIOD,OBS_VALUE\n2026-01-02,2.15\n2026-01-03,\n2026-01-04,NaN\n"
        self.assertEqual(
            published.read_csvdata(text), [(date(2026, 1, 2), Decimal("2.15"))]
        )

    def test_changes_only(self):
        """A series with changes only says the same as one with every day."""
        known = [
            (date(2026, 6, 17), Decimal("2.4")),
            (date(2026, 9, 16), Decimal("2.65")),
        ]
        new = (date(2026, 12, 23), Decimal("2.9"))
        self.assertEqual(published.new_changes([*known, new], known), [new])
        self.assertEqual(published.new_changes([known[1], new], known), [new])
        between = (date(2026, 10, 1), Decimal("2.65"))
        self.assertEqual(published.new_changes([between, new], known), [new])
        self.assertEqual(published.new_changes([new], []), [new])

    def test_missing_change(self):
        known = [
            (date(2026, 6, 17), Decimal("2.4")),
            (date(2026, 9, 16), Decimal("2.65")),
        ]
        with self.assertRaises(published.PublishedError) as caught:
            published.new_changes([known[0]], known)
        self.assertEqual(caught.exception.code, "conflict")
        self.assertEqual(caught.exception.params["day"], date(2026, 9, 16))

    def test_rounding(self):
        for base, expected in (("2.00", "10"), ("2.01", "10.5"), ("2.5", "10.5")):
            found = published.derived(Decimal(base), Decimal(1), Decimal(8), True)
            self.assertEqual(found, Decimal(expected))
        found = published.derived(Decimal("-0.6"), Decimal(1), Decimal(0), True)
        self.assertEqual(found, Decimal("-0.5"))
