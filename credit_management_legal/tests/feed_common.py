"""A third party with a feed, for tests."""

import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import config

from odoo.addons.credit_management.tests.common import NOW

from ..engine import feed as feeds
from .common import CaseCommon


class FeedCommon(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party("Agency")
        cls.lawyer = cls.make_party("Lawyer", credit_party_role="lawyer")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    @contextmanager
    def options(self, **options):
        """The server's configuration with other values for a while."""
        before = {name: config.get(name) for name in options}
        for name, value in options.items():
            config[name] = value
        try:
            yield
        finally:
            for name, value in before.items():
                config[name] = value

    def make_feed(self, **values):
        return self.env["credit.feed"].create(
            {
                "name": "Agency, daily",
                "company_id": self.company.id,
                "party_id": self.agency.id,
                "provider": "folder",
                "folder": "agency",
                **values,
            }
        )

    def case_of(self, party=None, **values):
        move = values.pop("move", None) or self.make_invoice(overdue=100, amount=1000)
        return self.make_case(move, party_id=(party or self.agency).id, **values)

    @classmethod
    def status(cls, number, case, **values):
        name = getattr(case, "name", case)
        return {
            "message_id": number,
            "type": "status",
            "status": "contacted",
            "date": "2026-06-17",
            "case": name,
            **values,
        }

    def take(self, feed, *values, source="test.jsonl"):
        """Take rows as a file would bring them.

        :return: [(state, reason)]
        """
        lines = "\n".join(
            value if isinstance(value, str) else json.dumps(value) for value in values
        )
        rows = feeds.read_rows(lines.encode(), source)
        results = feed.sudo()._take_rows(rows, source)
        self.env.flush_all()
        self.env.invalidate_all()
        return [(result[4], result[5]) for result in results]

    def states(self, feed, *values):
        return [state for state, _reason in self.take(feed, *values)]

    def events(self, case):
        return case.event_ids.filtered(lambda event: event.origin == "feed")

    def commits(self):
        """Count commits, which tests may not do."""
        return patch.object(type(self.env["credit.reminder"]), "_commit")
