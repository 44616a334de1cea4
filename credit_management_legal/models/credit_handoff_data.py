"""The claim of a case as data: for programs, by a schema that is published.

``static/schema/case.schema.json`` describes it. Amounts are texts of exact decimals in
the currency of the case, days are ``YYYY-MM-DD``, moments are in UTC.
"""

import csv
import io
import json
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.credit_management.engine.regime import FEE
from odoo.addons.credit_management.ledger import harmless
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import claim

FORMAT, VERSION = "credit-case", "1.4"
#: Events that open or prove something, and go along.
ACTS = (
    "acknowledgement",
    "filed",
    "order",
    "served",
    "opposition",
    "hearing",
    "judgment",
    "certificate",
    "enforcement",
    "declaration",
)
#: Columns of the CSV: name and where the value stands.
CASE_COLUMNS = (
    ("case", ("case", "reference")),
    ("party_reference", ("case", "party_reference")),
    ("kind", ("case", "kind")),
    ("date", ("case", "date")),
    ("creditor", ("creditor", "name")),
    ("debtor", ("debtor", "name")),
    ("debtor_reference", ("debtor", "reference")),
    ("debtor_kind", ("debtor", "kind")),
    ("debtor_registry", ("debtor", "registry")),
    ("debtor_vat", ("debtor", "vat")),
    ("debtor_street", ("debtor", "address", "street")),
    ("debtor_street2", ("debtor", "address", "street2")),
    ("debtor_zip", ("debtor", "address", "zip")),
    ("debtor_city", ("debtor", "address", "city")),
    ("debtor_country", ("debtor", "address", "country")),
    ("debtor_email", ("debtor", "email")),
    ("debtor_phone", ("debtor", "phone")),
    ("currency", ("currency",)),
)
ITEM_COLUMNS = (
    "number",
    "date",
    "due",
    "amount",
    "open_at_opening",
    "open",
    "days_overdue",
    "last_step",
)
KINDS = ("interest", "indemnity", "clause", "cost")


def amount_text(minor, currency):
    """An exact decimal: 150000 of cents is ``1500.00``."""
    return f"{Decimal(minor).scaleb(-currency.decimal_places):f}"


def moment_text(moment):
    return fields.Datetime.to_string(moment).replace(" ", "T") + "Z" if moment else None


class CreditHandoff(models.AbstractModel):
    _inherit = "credit.handoff"

    @api.model
    def _at(self, case, day=None):
        """The case as it is handed over, whoever asks: the same for everybody.

        In the language of the third party, and in the time zone of the company.
        """
        case = case.sudo().with_user(self.env.ref("base.user_root"))
        company = case.company_id
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = (case.party_id.lang, company.partner_id.lang, "en_US")
        lang = next((lang for lang in wanted if lang in installed), installed[0])
        return case.with_company(company).with_context(
            lang=lang, tz=company.credit_tz, allowed_company_ids=company.ids
        ), (day or company._credit_today())

    @api.model
    def _payload(self, case, day=None):
        """The claim for a program, see ``static/schema/case.schema.json``.

        :param case: one case
        :param date day: of the claim; today in the company's time zone by default
        :rtype: dict
        """
        case.ensure_one()
        case.check_access("read")
        case, day = self._at(case, day)
        statements = case._statements(day)
        made = statements[0] if statements else None
        reminders = self._reminders(case)
        return {
            "format": FORMAT,
            "version": VERSION,
            "case_id": case.name,
            "case": self._case_data(case, day),
            "creditor": {
                **self._party_data(case.company_id.partner_id),
                "accounts": [
                    {"number": bank.acc_number, "bic": bank.bank_bic or None}
                    for bank in case.company_id.partner_id.bank_ids
                    if bank.company_id.id in (False, case.company_id.id)
                ],
            },
            "debtor": {
                **self._party_data(case.partner_id),
                "reference": case.partner_id.ref or None,
                "kind": case.partner_id.credit_legal_kind or "unknown",
            },
            "third_party": self._party_data(case.party_id) if case.party_id else None,
            "mandate": self._mandate_data(case.mandate_id),
            "currency": case.currency_id.name,
            "claim": self._claim_data(case, statements, day),
            "items": self._items_data(case, made, day),
            "booked_charges": self._booked_data(case, day),
            "reminders": [self._reminder_data(one) for one in reminders],
            "acts": [self._act_data(event) for event in self._acts(case)],
            "missing": self._missing_texts(case, made),
        }

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    @api.model
    def _case_data(self, case, day):
        return {
            "reference": case.name,
            "party_reference": case.party_reference or None,
            "kind": case.kind,
            "state": case.state,
            "opened_on": case.date_opened.isoformat() if case.date_opened else None,
            "date": day.isoformat(),
        }

    @api.model
    def _party_data(self, partner):
        return {
            "name": partner.name,
            "is_company": partner.is_company,
            "registry": partner.company_registry or None,
            "vat": partner.vat or None,
            "address": {
                "street": partner.street or None,
                "street2": partner.street2 or None,
                "zip": partner.zip or None,
                "city": partner.city or None,
                "state": partner.state_id.name or None,
                "country": partner.country_id.code or None,
            },
            "email": partner.email or None,
            "phone": partner.phone or None,
            "language": partner.lang or None,
        }

    @api.model
    def _mandate_data(self, mandate):
        if not mandate:
            return None
        return {
            # What the house calls it stays in the house.
            "name": mandate.reference or mandate.date_from.isoformat(),
            "reference": mandate.reference or None,
            "from": mandate.date_from.isoformat(),
            "in_name_of": mandate.in_name_of,
            "payments_to": mandate.payments_to,
        }

    @api.model
    def _claim_data(self, case, statements, day):
        """The sums, as papers and the claim at a date have them.

        An amount that is not known is none, and ``complete`` says so.
        """
        currency = case.currency_id
        labels = case.env["credit.charge"]
        stated = {
            ("item", entry.record.id) for made in statements for entry in made.entries
        }
        parts = claim.open_parts(case._claim_lines(day, statements), stated)

        def text(minor):
            return amount_text(minor, currency)

        charges = {kind: parts[kind] for kind in KINDS if kind in parts}
        fees = parts.get(FEE, 0)
        total = parts["principal"] + sum(charges.values()) + fees - parts["overpaid"]
        return {
            "date": day.isoformat(),
            "principal": text(parts["principal"]),
            "charges": [
                {"kind": kind, "name": labels._kind_label(kind), "amount": text(amount)}
                for kind, amount in charges.items()
            ],
            "earlier_charges": text(fees),
            "overpaid": text(parts["overpaid"]),
            "total": text(max(total, 0)),
            "complete": not any(made.missing for made in statements),
            "unmatched_credits": text(self._credits_of(case, day)),
            "costs": text(parts["costs"]),
            "total_with_costs": text(max(total + parts["costs"], 0)),
        }

    @api.model
    def _booked_data(self, case, day):
        """Documents that book charges of the claim, and are none of its items."""
        currency = case.currency_id
        charges = case._charges().filtered(lambda charge: charge.state == "booked")
        shares = case._booked_shares(charges, day)
        rows = []
        for document in case._booked_documents(day).sorted("id"):
            own = [shares[c] for c in charges if c.booking_id == document]
            rows.append(
                {
                    "number": document.name,
                    "type": document.move_type,
                    "date": (document.invoice_date or document.date).isoformat(),
                    "amount": amount_text(sum(total for total, _o in own), currency),
                    "open": amount_text(sum(open_ for _t, open_ in own), currency),
                }
            )
        return rows

    @api.model
    def _credits_of(self, case, day):
        """What nobody has matched in the debtor's favour, in minor units.

        It may be set against these claims or others: it is told, and not taken off.
        """
        found = case.env["credit.engine"]._credits(
            case.company_id, case.partner_id.ids, day
        )
        key = (case.partner_id.id, case.currency_id.id)
        return to_minor(max(found.get(key, 0.0), 0.0), case.currency_id)

    @api.model
    def _items_data(self, case, made, day):
        currency = case.currency_id
        entries = {entry.record.id: entry for entry in made.entries} if made else {}
        rows = []
        for line in case.line_ids:
            item = line.move_line_id
            if not item or line.date_withdrawn:
                continue
            entry = entries.get(item.id)
            still = (
                entry.residual
                if entry
                else to_minor(item.amount_residual_currency, currency)
            )
            rows.append(
                {
                    "number": line.name,
                    "type": item.move_id.move_type,
                    "date": line.date_invoice.isoformat(),
                    "due": line.date_due.isoformat(),
                    "amount": amount_text(
                        to_minor(line.amount_original, currency), currency
                    ),
                    "open_at_opening": amount_text(
                        to_minor(line.amount, currency), currency
                    ),
                    "open": amount_text(still, currency),
                    "days_overdue": max((day - line.date_due).days, 0),
                    "payment_reference": item.move_id.payment_reference or None,
                    "last_step": line.step_id.name or None,
                    "charges": {
                        kind: amount_text(part.amount, currency)
                        for kind, part in (entry.parts.items() if entry else ())
                    },
                    "interest": self._interest_data(entry, currency),
                    "payments": self._payments_data(entry, currency),
                }
            )
        return rows

    @api.model
    def _interest_data(self, entry, currency):
        """Interest period by period: days, base and rate."""
        return [
            {
                "from": segment.first.isoformat(),
                "until": segment.last.isoformat(),
                "days": segment.days,
                "days_of_year": segment.year_days,
                "base": amount_text(segment.base, currency),
                "percent": f"{segment.percent:f}",
                "rate": segment.source_code or None,
                "amount": amount_text(segment.amount, currency),
            }
            for segment in (entry.interest.segments if entry and entry.interest else ())
        ]

    @api.model
    def _payments_data(self, entry, currency):
        return [
            {
                "date": event.day.isoformat(),
                "kind": "credit_note" if event.kind == "credit" else "payment",
                "amount": amount_text(event.amount, currency),
            }
            for event in (entry.claim.events if entry else ())
            if event.day <= entry.day
        ]

    @api.model
    def _reminder_data(self, reminder):
        """A reminder and what proves that it arrived."""
        events = reminder.postal_event_ids.filtered(lambda event: not event.struck)
        return {
            "reference": reminder.name,
            "step": reminder.step_id.name,
            "formal_notice": reminder.step_id.formal_notice,
            "channel": reminder.channel,
            "date": reminder.date_done.isoformat() if reminder.date_done else None,
            "sent_at": moment_text(reminder.date_sent),
            "recipient": reminder.contact_id.display_name or None,
            "deadline": (
                reminder.deadline_date.isoformat() if reminder.deadline_date else None
            ),
            "invoices": list(
                dict.fromkeys(filter(None, reminder.line_ids.mapped("name")))
            ),
            "delivery": reminder.delivery_state or None,
            "opened_at": moment_text(reminder.date_opened),
            "tracking_number": reminder.tracking_number or None,
            "post": [
                {
                    "state": event.state,
                    "date": event.date.isoformat(),
                    "source": event.source,
                    "note": event.note or None,
                }
                for event in events
            ],
            "calls": [
                {"at": moment_text(call.date), "outcome": call.outcome}
                for call in reminder.attempt_ids.sorted("id")
            ],
        }

    @api.model
    def _act_data(self, event):
        return {
            "date": event.date.isoformat(),
            "kind": event.kind,
            "name": event.name,
            "origin": event.origin,
            "confirmed": not event.is_unconfirmed,
        }

    @api.model
    def _acts(self, case):
        """Titles and acts of the case, the oldest first."""
        return case.event_ids.filtered(lambda event: event.kind in ACTS).sorted(
            lambda event: (event.date, event.id)
        )

    # ------------------------------------------------------------------
    # As files
    # ------------------------------------------------------------------

    @api.model
    def _json(self, payload):
        text = json.dumps(payload, ensure_ascii=False, indent=2)
        return f"{text}\n".encode()

    @api.model
    def _csv(self, payload):
        """A row for each item, semicolons between; the case is the same in each."""
        output = io.StringIO()
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow(
            [name for name, _path in CASE_COLUMNS] + list(ITEM_COLUMNS) + list(KINDS)
        )
        for item in payload["items"]:
            cells = []
            for _name, path in CASE_COLUMNS:
                value = payload
                for step in path:
                    value = value[step]
                cells.append(value)
            cells += [item[name] for name in ITEM_COLUMNS]
            cells += [item["charges"].get(kind) for kind in KINDS]
            writer.writerow([harmless(cell) for cell in cells])
        return output.getvalue().encode("utf-8-sig")
