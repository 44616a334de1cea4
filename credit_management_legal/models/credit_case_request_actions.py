"""What becomes of a request: agreed to, answered, refused, withdrawn.

Whoever agrees acts with his or her own rights: a plan, a lawsuit, the end of a case are
begun by the buttons' own methods, never by the third party.
"""

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date, html2plaintext, plaintext2html

from .credit_case import RUNNING
from .credit_case_request import ANSWERED


class CreditCaseRequest(models.Model):
    _inherit = "credit.case.request"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_approve(self):
        """Agree, and do what follows; or send the answer to a question.

        :raise AccessError: if whoever agrees to something is no manager of credit
        :raise UserError: if the request is settled, or what was asked can't be done
            any more
        """
        for request in self:
            request._check_open()
            if request.kind in ANSWERED:
                request._check_answer(self.env._("Answer"))
                request._settle("approved")
                continue
            request._check_manager()
            request._check_running()
            follow = getattr(request, f"_follow_{request.kind}")
            request._settle("approved", follow())
        return True

    def action_refuse(self):
        """Say no, with the reason, which the third party reads."""
        for request in self:
            request._check_open()
            if request.kind not in ANSWERED:
                request._check_manager()
            request._check_answer(self.env._("Why it is refused"))
            request._settle("refused")
        return True

    def action_withdraw(self):
        """It does not matter any more: nobody has to answer it."""
        for request in self:
            request._check_open()
            request._settle("withdrawn")
        return True

    def action_open_case(self):
        """Open the case that it is about."""
        self.ensure_one()
        return self.case_id._get_records_action()

    def action_open_plan(self):
        """Open the payment plan that came of it."""
        self.ensure_one()
        return self.plan_id._get_records_action()

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_open(self):
        self.ensure_one()
        self.check_access("write")
        # Of two who decide at the same moment, one is told so.
        self.lock_for_update(allow_referencing=True)
        if self.state != "open":
            raise UserError(
                self.env._("%s is settled already.", self.display_name),
            )

    def _check_manager(self):
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise AccessError(
                self.env._(
                    "Discounts, instalments, lawsuits and the end of a case are "
                    "decided by managers of credit."
                )
            )

    def _check_running(self):
        if self.case_id.state not in RUNNING:
            raise UserError(
                self.env._(
                    "%s has ended: refuse the request, and say so.", self.case_id.name
                )
            )
        holder = self.case_id.party_id.commercial_partner_id
        if holder != self.firm_id:
            raise UserError(
                self.env._(
                    "%(case)s is in the hands of %(holder)s now; %(firm)s asked. "
                    "Refuse the request, or set it aside.",
                    case=self.case_id.name,
                    holder=holder.display_name or self.env._("nobody"),
                    firm=self.firm_id.display_name,
                )
            )

    def _check_answer(self, label):
        if not (self.answer or "").strip():
            raise UserError(
                self.env._(
                    "%(case)s, %(field)s: write what the third party is to read.",
                    case=self.display_name,
                    field=label,
                )
            )

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _owed_items(self):
        """What is still to be paid in the case."""
        return self.case_id._items().filtered(
            lambda item: not item.reconciled and item.amount_residual_currency > 0
        )

    def _follow_plan(self):
        """Agree on the instalments with the debtor: the core's plan, in the case."""
        items = self._owed_items()
        if not items:
            raise UserError(self.env._("Nothing is open in %s.", self.case_id.name))
        plan = self.env["credit.plan"]._request(
            items,
            self.number,
            self.frequency,
            self.first_date,
            source="party",
            note=self.env._("Asked by %(firm)s in %(case)s", **self._words()),
        )
        if plan.state == "requested":
            plan.action_accept()
        self.sudo().plan_id = plan
        last = max(plan.line_ids.mapped("date"))
        return lambda env: env._(
            "Payment plan %(plan)s: %(total)s in %(number)s instalments, the last on "
            "%(day)s.",
            plan=plan.name,
            total=plan.currency_id.with_env(env).format(plan.amount_total),
            number=len(plan.line_ids),
            day=format_date(env, last),
        )

    def _follow_discount(self):
        """Keep what is given up. The books are changed by a person, see below.

        The last items to fall due are given up: the rest is paid oldest first.
        """
        amount = self._discount()
        currency = self.currency_id
        if currency.is_zero(amount):
            raise UserError(self.env._("Nothing is open in %s.", self.case_id.name))
        self._check_no_plan()
        self.sudo().amount_agreed = amount
        self._propose_write_off(amount)
        return lambda env: env._(
            "Discount agreed: %s less, once the rest is paid.",
            currency.with_env(env).format(amount),
        )

    def _check_no_plan(self):
        """Refuse a discount while a plan has the debtor pay the full sum.

        :raise UserError: naming the plan
        """
        items = self._owed_items()
        plan = self.env["credit.plan"].search(
            Domain("item_ids", "in", items.ids)
            & Domain("state", "in", ("requested", "active")),
            limit=1,
        )
        if plan:
            raise UserError(
                self.env._(
                    "Payment plan %(plan)s asks the debtor for %(total)s: end it "
                    "first, or refuse the discount.",
                    plan=plan.name,
                    total=plan.currency_id.format(plan.amount_total),
                )
            )

    def _propose_write_off(self, amount):
        """Draft the write-off of a discount, with a to-do for whoever agreed to it.

        Nothing is booked here: the draft waits until the rest is paid. It goes by the
        rules for every write-off, limits and the second pair of eyes included.

        :param float amount: in the currency of the case
        """
        currency, lines = self.currency_id, []
        items = self._owed_items()
        rest = amount
        for item in items.sorted(lambda i: (i.date_maturity, i.id), reverse=True):
            part = min(rest, item.amount_residual_currency)
            if currency.compare_amounts(part, 0) > 0:
                lines.append(Command.create({"move_line_id": item.id, "amount": part}))
            rest = currency.round(rest - part)
        write_off = self.env["credit.write.off"].create(
            {
                "company_id": self.company_id.id,
                "partner_id": self.case_id.partner_id.id,
                "currency_id": currency.id,
                "case_id": self.case_id.id,
                "kind": "discount",
                "reason": self._wish_text(),
                "line_ids": lines,
            }
        )
        self.case_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.env.uid,
            summary=self.env._(
                "Discount of %(amount)s agreed: book %(write_off)s once the rest is "
                "paid",
                amount=currency.format(amount),
                write_off=write_off.name,
            ),
            note=plaintext2html(self._wish_text()),
        )

    def _follow_lawsuit(self):
        """Let the case go on before a court, by a mandate for that if there is one.

        Where money came in already the mandate stays as it is.
        """
        case = self.case_id
        if case.kind == "judicial":
            raise UserError(self.env._("%s is before a court already.", case.name))
        today = case.company_id._credit_today()
        mandate = (
            self.env["credit.mandate"]
            .search(
                [
                    ("party_id", "=", case.party_id.id),
                    ("company_id", "=", case.company_id.id),
                    ("kind", "=", "judicial"),
                ]
            )
            .filtered(
                lambda mandate: (
                    mandate._in_force(today)
                    and mandate._covers(case.partner_id.country_id)
                )
            )[:1]
        )
        # Money that came in stays under the contract that it came in under.
        bound = mandate != case.mandate_id and case._bound_by_money()
        values = {"kind": "judicial"}
        if mandate and not bound:
            values["mandate_id"] = mandate.id
        case.write(values)
        if bound:
            return lambda env: env._(
                "The case goes on before a court, by the same mandate as before: money "
                "came in under it."
            )
        if not mandate:
            return lambda env: env._("The case goes on before a court.")
        # By its number: the third party reads it, and its name is for the house.
        if mandate.reference:
            return lambda env: env._(
                "The case goes on before a court, by the mandate “%s”.",
                mandate.reference,
            )
        return lambda env: env._(
            "The case goes on before a court, by the mandate of %s.",
            format_date(env, mandate.date_from),
        )

    def _follow_stop(self):
        """Take the items back, or end the case for good: as the manager chose."""
        case = self.case_id
        reason = (self.answer or "").strip() or self.env._(
            "Asked by %(firm)s in %(case)s", **self._words()
        )
        if self.end_as == "close":
            case.action_close(reason)
            return lambda env: env._("The case is closed.")
        case.action_withdraw(reason)
        return lambda env: env._("The case is withdrawn.")

    def _words(self):
        return {"firm": self.firm_id.display_name, "case": self.case_id.name}

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    def _settle(self, state, follow=None, tell=True):
        """Write down the decision: here, in the timeline, and to whoever asked.

        :param str state: the new one
        :param follow: function of an environment: what was done, in its language
        :param bool tell: whether a message goes out; false if one just did
        """
        self.ensure_one()
        request = self.sudo()
        request.write(
            {
                "state": state,
                "answered_by": self.env.uid,
                "date_answered": fields.Datetime.now(),
            }
        )
        request.activity_ids.unlink()
        house = request._in_house()
        notes = [follow(house.env) if follow else "", request.answer or ""]
        request.case_id.with_env(house.env)._add_event(
            "answer",
            house._outcome_text(state),
            note="\n".join(filter(None, notes)) or False,
            origin="creditor",
            author_id=self.env.user.partner_id.id,
            amount=request.amount_agreed,
            date=request.company_id._credit_today(),
        )
        if tell and state != "withdrawn":
            request._tell_contact(state, follow)

    def _outcome_text(self, state):
        """What was decided, in one line of the reader's language."""
        _ = self.env._
        kind = self._kind_text()
        if state == "withdrawn":
            return _("%s: withdrawn", kind)
        if state == "refused":
            return _("%s: refused", kind)
        return _("%s: answered", kind) if self.kind in ANSWERED else _("%s: yes", kind)

    def _tell_contact(self, state, follow=None):
        """The answer goes to whoever asked, in that person's language."""
        lang = self.contact_id.lang
        request = self.with_context(lang=lang) if lang else self
        env = request.env
        parts = [request._outcome_text(state)]
        parts += [follow(env)] if follow else []
        parts += [self.answer] if self.answer else []
        request.with_context(credit_request_settled=True).message_post(
            body=plaintext2html("\n".join(parts)),
            subject=request._subject(),
            author_id=env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # ------------------------------------------------------------------
    # Conversation
    # ------------------------------------------------------------------

    def message_post(self, **kwargs):
        # EXTENDS mail: Odoo lets followers write by remote calls; third parties write
        # on their page, where it is looked at first, or by e-mail
        if not self.env.su and self.env.user.share:
            raise AccessError(self.env._("Please write on the page of the case."))
        return super().message_post(**kwargs)

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: what an employee writes to the third party answers its
        # question; what the third party adds to a settled one opens it again
        result = super()._message_post_after_hook(message, msg_vals)
        if (
            self.env.context.get("credit_request_settled")
            or self.kind not in ANSWERED
            or message.subtype_id != self.env.ref("mail.mt_comment")
            or message.is_internal
        ):
            return result
        of_firm = message.author_id.commercial_partner_id == self.firm_id
        if of_firm and self.state == "approved":
            self.sudo().write(
                {"state": "open", "answered_by": False, "date_answered": False}
            )
            self._remind_responsible()
        elif not of_firm and self.state == "open" and self._is_said_here(message):
            self.sudo().answer = html2plaintext(message.body).strip()
            self._settle("approved", tell=False)
        return result

    def _is_said_here(self, message):
        """Whether an employee wrote it here: an e-mail may come from anybody."""
        return (
            message.message_type == "comment"
            and self.env.uid != SUPERUSER_ID
            and self.env.user._is_internal()
            and self.has_access("write")
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # EXTENDS mail: a third party reads the request on the page of the case
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self:
            return groups
        for name, _match, data in groups:
            if name == "portal":
                url = f"{self.get_base_url()}/my/cases/{self.case_id.id}"
                data.update(
                    active=True,
                    has_button_access=True,
                    button_access={"url": f"{url}#request_{self.id}"},
                )
        return groups
