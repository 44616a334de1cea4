import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_case_report import REPORT_TYPES

#: What we tell.
TOLD_TYPES = [
    ("case_opened", "Case opened"),
    ("state_changed", "State of the case"),
    ("item_withdrawn", "Item withdrawn"),
    ("payment_received", "Payment or credit received by us"),
    ("amount_raised", "Open amount went up"),
]


class CreditFeedMessage(models.Model):
    """One message of a feed, in or out, and what became of it.

    Each row of what a third party sends is one, accepted or refused with its reason.
    An accepted one is applied once, however often its number comes again; a refused one
    is looked at anew when it comes again.
    """

    _name = "credit.feed.message"
    _description = "Message of a Feed"
    _order = "id desc"
    _rec_name = "message_id"

    feed_id = fields.Many2one(
        "credit.feed", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="feed_id.company_id", store=True, precompute=True, index=True
    )
    party_id = fields.Many2one(related="feed_id.party_id", string="Third party")
    direction = fields.Selection(
        [("in", "From the third party"), ("out", "To the third party")],
        required=True,
        readonly=True,
    )
    message_id = fields.Char(string="Number", readonly=True, index="trigram")
    key = fields.Char(
        string="Known by",
        required=True,
        readonly=True,
        help="The number; or what the row holds, where it has none or one that was "
        "used for something else.",
    )
    case_id = fields.Many2one(
        "credit.case", readonly=True, index="btree_not_null", ondelete="set null"
    )
    type = fields.Selection(TOLD_TYPES + REPORT_TYPES, readonly=True)
    payload = fields.Json(
        string="Content",
        readonly=True,
        help="As it came or left; documents by their size and fingerprint.",
    )
    payload_text = fields.Text(string="Message", compute="_compute_payload_text")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Text(readonly=True, help="Why it was refused.")
    date = fields.Datetime(
        string="Last seen",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it came or left; for what was refused, the last time.",
    )
    source = fields.Char(readonly=True, help="The file that it stood in.")
    row = fields.Integer(readonly=True, aggregator=None, help="The row of the file.")
    event_id = fields.Many2one(
        "credit.case.event",
        string="Event made",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    origin_id = fields.Integer(
        readonly=True, help="The record that it tells of, by which it is known."
    )

    _once = models.UniqueIndex(
        "(feed_id, direction, key)", "The feed has this message already."
    )
    _waiting_idx = models.Index("(feed_id) WHERE state = 'waiting'")

    @api.depends("payload")
    def _compute_payload_text(self):
        for message in self:
            message.payload_text = message._payload_bytes().decode()

    def _payload_bytes(self):
        """The message as it leaves: the same content, the same bytes."""
        self.ensure_one()
        text = json.dumps(self.payload, ensure_ascii=False, indent=1, sort_keys=True)
        return f"{text}\n".encode()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was exchanged stays on record."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_send_again(self):
        """Let messages that the third party refused, or lost, leave once more."""
        self.check_access("read")
        self.feed_id.check_access("write")
        # Nobody writes messages by hand: the rights are those on the feed.
        told = self.sudo().filtered(
            lambda m: m.direction == "out" and m.state in ("sent", "refused")
        )
        told.write({"state": "waiting", "reason": False})
        return True

    def action_view_case(self):
        """Open the case that the message is about."""
        self.ensure_one()
        return self.case_id._get_records_action()


class CreditCase(models.Model):
    _inherit = "credit.case"

    feed_message_count = fields.Integer(
        string="Messages exchanged", compute="_compute_feed_message_count"
    )

    def _compute_feed_message_count(self):
        counts = dict(
            self.env["credit.feed.message"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.feed_message_count = counts.get(case, 0)

    def action_view_feed_messages(self):
        """Open what was exchanged about this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management_legal.credit_feed_message_action"
        )
        return dict(action, domain=[("case_id", "=", self.id)], context={})
