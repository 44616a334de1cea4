"""Files of thousands of rows: time is for what is new, and queries for batches."""

import logging
import os
import random

from odoo.tests import tagged

from ..engine import feed as feeds
from .feed_common import FeedCommon

_logger = logging.getLogger(__name__)


def clock():
    """Seconds of a clock that goes on while the day stands still."""
    return os.times().elapsed


@tagged("post_install", "-at_install")
class TestFeedVolume(FeedCommon):
    ROWS = 5_000
    CASES = 25

    def setUp(self):
        super().setUp()
        self.feed = self.make_feed().sudo()
        self.cases = self.env["credit.case"]
        for number in range(self.CASES):
            debtor = self.make_debtor(f"Debtor {number}")
            move = self.make_invoice(debtor, overdue=50)
            self.cases |= self.case_of(move=move)

    def file(self, count):
        """A status file of which one row in twenty is bad."""
        chance = random.Random(5)
        statuses = ("contacted", "not_reached", "promise", "dispute", "in_court")
        lines = ["message_id;type;date;case;status;text"]
        bad = 0
        for number in range(count):
            case = self.cases[number % self.CASES].name
            day, status, text = "17/06/2026", chance.choice(statuses), f"Call {number}"
            if number % 20 == 7:
                bad += 1
                kind = bad % 4
                case = "CASE/1999/1" if kind == 0 else case
                day = "17/06/2036" if kind == 1 else day
                status = "?" if kind == 2 else status
                text = "x" * 6000 if kind == 3 else text
            lines.append(f"{number};status;{day};{case};{status};{text}")
        return "\n".join(lines).encode(), bad

    def measured(self, data):
        """(states, seconds, queries) of a file, read and taken."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries, start = self.cr.sql_log_count, clock()
        rows = feeds.read_rows(data, "status.csv")
        results = self.feed._take_rows(rows, "status.csv")
        self.env.flush_all()
        seconds = clock() - start
        states = [result[4] for result in results]
        return states, seconds, self.cr.sql_log_count - queries

    def test_large_file(self):
        data, bad = self.file(self.ROWS)
        states, seconds, queries = self.measured(data)
        _logger.info("%s rows: %.2f s, %s queries", self.ROWS, seconds, queries)
        self.assertEqual(states.count("accepted"), self.ROWS - bad)
        self.assertEqual(states.count("refused"), bad)
        self.assertLess(queries, self.ROWS // 10)
        for _again in range(2):
            states, seconds, queries = self.measured(data)
            _logger.info("again: %.2f s, %s queries", seconds, queries)
            self.assertEqual(states.count("known"), self.ROWS - bad)
            self.assertEqual(states.count("refused"), bad)
            self.assertLess(queries, self.ROWS // 50)
        events = self.env["credit.case.event"].search_count(
            [("case_id", "in", self.cases.ids), ("origin", "=", "feed")]
        )
        self.assertEqual(events, self.ROWS - bad)
        messages = self.env["credit.feed.message"]
        refused = messages.search(
            [("feed_id", "=", self.feed.id), ("state", "=", "refused")]
        )
        self.assertEqual(len(refused), bad)
        self.assertTrue(all(message.reason for message in refused))
