"""What a third party is told: new cases, and what changes in those that it has.

What was told last is compared with what is there now, so that nothing is missed,
whichever way it came about, and nothing told twice. Messages are kept before they
leave, and are numbered by what they tell.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_repr, split_every

from .credit_feed_provider import FeedRefusal, FeedTrouble

#: Version of the messages, see ``static/schema/message.schema.json``.
SCHEMA = "credit-feed/1"
#: Messages made, and handed over, in one go.
MOST_NEWS = 1_000
SENT_TOGETHER = 50
#: What a case is to the third party that had it before.
TAKEN_AWAY = "withdrawn"


class CreditFeed(models.Model):
    _inherit = "credit.feed"

    # ------------------------------------------------------------------
    # What is new
    # ------------------------------------------------------------------

    def _queue_news(self):
        """Make the messages that the third party has not been told yet."""
        self.ensure_one()
        self.env.flush_all()
        return (
            self._queue_opened()
            | self._queue_amounts()
            | self._queue_withdrawn()
            | self._queue_states()
        )

    def _told_domain(self):
        return Domain("feed_id", "=", self.id) & Domain("direction", "=", "out")

    def _queue_opened(self):
        messages = self.env["credit.feed.message"]
        told = messages._search(
            self._told_domain()
            & Domain("type", "=", "case_opened")
            & Domain("case_id", "!=", False)
        )
        cases = self.env["credit.case"].search(
            self._cases_domain()
            & Domain("date_opened", ">=", self.date_from)
            & Domain("state", "!=", "draft")
            & Domain("id", "not in", told.subselect("case_id")),
            order="id",
            limit=MOST_NEWS,
        )
        return messages.create(
            [
                self._told(case, "case_opened", f"{case.name}-opened", **content)
                for case, content in zip(cases, self._opened(cases), strict=True)
            ]
        )

    def _opened(self, cases):
        """What is told of each new case."""
        handoff = self.env["credit.handoff"]
        # All items by one query: cases would ask for theirs one after the other.
        items = cases.line_ids.move_line_id
        items.mapped("amount_residual_currency")
        remitted = dict(
            self.env.execute_query(
                SQL(
                    """SELECT item.id, theirs.remitted
                         FROM UNNEST(%s::int[]) item (id)
                        CROSS JOIN LATERAL (%s) theirs""",
                    items.ids,
                    self._remitted_sql(SQL("item.id")),
                )
            )
        )
        contents = []
        for case in cases:
            lines = case.line_ids.filtered(lambda line: not line.date_withdrawn)
            content = {
                "kind": case.kind,
                "opened": case.date_opened.isoformat(),
                "debtor": self._debtor(case.partner_id),
                "amount": self._money(case.amount_residual, case.currency_id),
                "items": [self._item(line, remitted) for line in lines],
                "details": handoff._payload(case),
            }
            contents.append(content)
        return contents

    @api.model
    def _debtor(self, debtor):
        return {
            "name": debtor.name or "",
            "street": debtor.street or "",
            "street2": debtor.street2 or "",
            "zip": debtor.zip or "",
            "city": debtor.city or "",
            "country": debtor.country_id.code or "",
            "vat": debtor.vat or "",
            "company": debtor.is_company,
        }

    @api.model
    def _item(self, line, remitted):
        """:param dict remitted: {id of the journal item: handed on for it}"""
        return {
            "id": line.id,
            "invoice": line.name or "",
            "due": line.date_due.isoformat() if line.date_due else None,
            "residual": self._money(line.amount_residual, line.currency_id),
            "remitted": self._money(
                remitted.get(line.move_line_id.id, 0), line.currency_id
            ),
        }

    @api.model
    def _money(self, amount, currency):
        """An amount as it is written in messages: with all decimals, as text."""
        return float_repr(amount, currency.decimal_places)

    def _queue_amounts(self):
        """Items of which less, or more, is open than the third party knows.

        It knows what it was told last, and what it has handed on itself since.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, aml.amount_residual_currency,
                          known.residual - (theirs.remitted - known.remitted),
                          theirs.remitted, last.count
                     FROM credit_feed_message opened
                     JOIN (%s) held ON held.id = opened.case_id
                     JOIN credit_case_line line ON line.case_id = opened.case_id
                     JOIN account_move_line aml ON aml.id = line.move_line_id
                     LEFT JOIN LATERAL (
                        SELECT (item->>'residual')::numeric AS residual,
                               (item->>'remitted')::numeric AS remitted
                          FROM jsonb_array_elements(opened.payload->'items') item
                         WHERE (item->>'id')::int = line.id
                     ) first ON TRUE
                     CROSS JOIN LATERAL (
                        SELECT (ARRAY_AGG(told.payload ORDER BY told.id DESC))[1]
                                   AS payload,
                               COUNT(*) AS count
                          FROM credit_feed_message told
                         WHERE told.feed_id = opened.feed_id
                           AND told.case_id = opened.case_id
                           AND told.origin_id = line.id
                           AND told.type IN ('payment_received', 'amount_raised')
                     ) last
                     CROSS JOIN LATERAL (%s) theirs
                     -- What an older version told does not say what was theirs of it.
                     CROSS JOIN LATERAL (
                        SELECT COALESCE((last.payload->>'residual')::numeric,
                                        first.residual, 0) AS residual,
                               COALESCE(
                                   CASE WHEN last.payload IS NULL
                                        THEN first.remitted
                                        ELSE (last.payload->>'remitted')::numeric
                                   END, theirs.remitted) AS remitted
                     ) known
                    WHERE opened.feed_id = %s AND opened.direction = 'out'
                      AND opened.type = 'case_opened'
                      AND line.date_withdrawn IS NULL
                      AND aml.amount_residual_currency
                          <> known.residual - (theirs.remitted - known.remitted)
                    ORDER BY line.id LIMIT %s""",
                self._still_theirs_sql(),
                self._remitted_sql(SQL("line.move_line_id")),
                self.id,
                MOST_NEWS,
            )
        )
        lines = self.env["credit.case.line"].browse([row[0] for row in rows])
        vals_list = []
        for line, row in zip(lines, rows, strict=True):
            _id, now, before, remitted, count = row
            currency = line.currency_id
            lower = now < before
            vals_list.append(
                self._told(
                    line.case_id,
                    "payment_received" if lower else "amount_raised",
                    f"{line.case_id.name}-item-{line.id}-{count + 1}",
                    origin_id=line.id,
                    item=line.id,
                    invoice=line.name or "",
                    amount=self._money(abs(now - before), currency),
                    residual=self._money(now, currency),
                    remitted=self._money(remitted, currency),
                )
            )
        return self.env["credit.feed.message"].create(vals_list)

    def _remitted_sql(self, item_id):
        """What the third party has handed on for an item: in its books already."""
        return SQL(
            """SELECT COALESCE(SUM(part.debit_amount_currency), 0) AS remitted
                 FROM account_partial_reconcile part
                 JOIN account_move_line paying ON paying.id = part.credit_move_id
                 JOIN account_move booked ON booked.id = paying.move_id
                 JOIN credit_remittance remittance
                   ON remittance.id = booked.credit_remittance_id
                WHERE part.debit_move_id = %s AND remittance.party_id = %s""",
            item_id,
            self.party_id.id,
        )

    def _queue_withdrawn(self):
        """Items that were taken back since their case was told."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id
                     FROM credit_feed_message opened
                     JOIN (%s) theirs ON theirs.id = opened.case_id
                     JOIN credit_case_line line ON line.case_id = opened.case_id
                    WHERE opened.feed_id = %s AND opened.direction = 'out'
                      AND opened.type = 'case_opened'
                      AND line.date_withdrawn IS NOT NULL
                      AND opened.payload->'items' @> JSONB_BUILD_ARRAY(
                            JSONB_BUILD_OBJECT('id', line.id))
                      AND NOT EXISTS (
                            SELECT FROM credit_feed_message told
                             WHERE told.feed_id = opened.feed_id
                               AND told.case_id = opened.case_id
                               AND told.type = 'item_withdrawn'
                               AND told.origin_id = line.id)
                    ORDER BY line.id LIMIT %s""",
                self._still_theirs_sql(),
                self.id,
                MOST_NEWS,
            )
        )
        lines = self.env["credit.case.line"].browse([row[0] for row in rows])
        return self.env["credit.feed.message"].create(
            [
                self._told(
                    line.case_id,
                    "item_withdrawn",
                    f"{line.case_id.name}-item-{line.id}-withdrawn",
                    origin_id=line.id,
                    item=line.id,
                    invoice=line.name or "",
                    withdrawn=line.date_withdrawn.isoformat(),
                )
                for line in lines
            ]
        )

    def _still_theirs_sql(self):
        """The cases that the third party has now: of others it is told nothing."""
        return self.env["credit.case"].sudo()._search(self._cases_domain()).select()

    def _queue_states(self):
        """Cases that are in another state than was told last.

        A case that went to somebody else is withdrawn, and that is all it is told.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT opened.case_id, last.count, theirs.id IS NULL
                     FROM credit_feed_message opened
                     JOIN credit_case told_case ON told_case.id = opened.case_id
                     LEFT JOIN (%s) theirs ON theirs.id = opened.case_id
                     CROSS JOIN LATERAL (
                        SELECT (ARRAY_AGG(told.payload->>'state'
                                          ORDER BY told.id DESC))[1] AS state,
                               COUNT(*) AS count
                          FROM credit_feed_message told
                         WHERE told.feed_id = opened.feed_id
                           AND told.case_id = opened.case_id
                           AND told.type IN ('case_opened', 'state_changed')
                     ) last
                    WHERE opened.feed_id = %s AND opened.direction = 'out'
                      AND opened.type = 'case_opened'
                      AND CASE WHEN theirs.id IS NULL THEN %s ELSE told_case.state END
                          <> last.state
                    ORDER BY opened.case_id LIMIT %s""",
                self._still_theirs_sql(),
                self.id,
                TAKEN_AWAY,
                MOST_NEWS,
            )
        )
        cases = self.env["credit.case"].browse([row[0] for row in rows])
        return self.env["credit.feed.message"].create(
            [
                self._told(
                    case,
                    "state_changed",
                    f"{case.name}-state-{count}",
                    **(
                        {"state": TAKEN_AWAY, "reason": "", "their_reference": ""}
                        if taken
                        else {"reason": case.end_reason or ""}
                    ),
                )
                for case, (_id, count, taken) in zip(cases, rows, strict=True)
            ]
        )

    def _told(self, case, message_type, number, /, origin_id=False, **content):
        """Values of a message about a case.

        :param content: what its type has to tell, see the schema
        """
        return {
            "feed_id": self.id,
            "direction": "out",
            "message_id": number,
            "key": number,
            "case_id": case.id,
            "type": message_type,
            "state": "waiting",
            "origin_id": origin_id,
            "payload": {
                "schema": SCHEMA,
                "message_id": number,
                "type": message_type,
                "date": self.company_id._credit_today().isoformat(),
                "creditor": self.company_id.name,
                "case": case.name,
                "their_reference": case.party_reference or "",
                "state": case.state,
                "currency": case.currency_id.name,
                **content,
            },
        }

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _send_waiting(self):
        """Hand over what waits, the oldest first.

        :raise FeedTrouble: if the other side takes nothing; what it took is kept
        """
        waiting = self.env["credit.feed.message"].search(
            self._told_domain() & Domain("state", "=", "waiting"),
            order="id",
            limit=MOST_NEWS,
        )
        for batch in split_every(SENT_TOGETHER, waiting.ids, waiting.browse):
            for message in batch:
                try:
                    self._send_one(message)
                except FeedTrouble:
                    self._commit_feed()
                    raise
            self._commit_feed()

    def _send_one(self, message):
        values = {"state": "sent", "date": fields.Datetime.now(), "reason": False}
        try:
            if message.type == "case_opened" and self.with_file:
                self._send_with_file(message)
            else:
                self._send_content(message)
        except FeedRefusal as refusal:
            values.update(state="refused", reason=str(refusal))
        message.write(values)

    def _send_content(self, message, archive=None):
        self.env["credit.feed.provider"]._send(
            self, message, message._payload_bytes(), archive
        )

    def _send_with_file(self, message):
        """Send a message and the hand-off file of its case; who has it is noted."""
        stream, log = message.case_id._build_handoff()
        with stream:
            self._send_content(message, stream)
        log(self.env._("Hand-off file sent by the feed “%s”", self.name))
