"""What a debtor answers on the page: promise, plan, dispute, message and the like."""

from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from .portal import CreditPortal, account_route

#: Nothing that a debtor sends is larger: five files of five megabytes and the text.
MOST_BYTES = 30 * 1024 * 1024
#: Of the form for a plan, what its instalments follow from.
PLAN_WISH = ("plan_number", "plan_frequency", "plan_first_date")


class CreditAnswersPortal(CreditPortal):
    def _credit_answer(self, panel, done, act, token, company_id, post, again=None):
        """Do what was asked, or show the page again with the reason why not.

        What is sent twice is done once, and told twice.

        :param str panel: where the form stands on the page
        :param act: function of the service, the account and the form; returns what to
            tell, or None for ``done``
        :param again: function of the service, the account and the refusal; returns the
            page on which it is to be mended, or None for the account
        """
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        form, files = request.httprequest.form, request.httprequest.files
        service = self._credit_service(account)
        try:
            # All or nothing: what is refused has written nothing.
            with request.env.cr.savepoint():
                sent, first = service._use_form(account, panel, form, files)
                if first:
                    sent.told = act(service, account) or done
                told = sent.told
        except (UserError, ValidationError) as refusal:
            account.env.invalidate_all()
            page = again and again(service, account, refusal)
            return page or self._credit_show_refused(
                account, refusal, panel, post, form.getlist("item")
            )
        return self._credit_go(account, done=told)

    @account_route("/promise", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_promise(self, token=None, company_id=None, **post):
        """Promise to pay what is ticked, on one day or several."""
        ids = request.httprequest.form.getlist("item")
        return self._credit_answer(
            "promise",
            "promise",
            lambda service, account: service._promise(account, ids, post),
            token,
            company_id,
            post,
        )

    @account_route("/plan/preview", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_plan_preview(self, token=None, company_id=None, **post):
        """On to the instalments that a plan would have. Nothing is written."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        ids = request.httprequest.form.getlist("item")
        try:
            self._credit_service(account)._plan_preview(account, ids, post)
        except (UserError, ValidationError) as refusal:
            return self._credit_show_refused(account, refusal, "plan", post, ids)
        wish = {name: post.get(name) for name in PLAN_WISH}
        return self._credit_go(account, "/plan/preview", items="-".join(ids), **wish)

    @account_route("/plan/preview", methods=["GET"])
    def credit_plan_page(self, token=None, company_id=None, items="", **query):
        """The instalments that a plan would have, to be opened again and again."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        ids = items.split("-") if items else []
        wish = {name: query.get(name) for name in PLAN_WISH}
        try:
            values = self._credit_service(account)._plan_preview(account, ids, wish)
        except (UserError, ValidationError) as refusal:
            return self._credit_show_refused(account, refusal, "plan", wish, ids)
        values["form_key"] = self._credit_service(account)._form_key(account)
        return self._credit_show(values, "portal_plan")

    @account_route("/plan", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_plan(self, token=None, company_id=None, **post):
        """Ask for the plan that was shown, with the acknowledgement of the debt."""
        ids = request.httprequest.form.getlist("item")
        address = request.httprequest.remote_addr

        def again(service, account, refusal):
            """Name and consent stand on the page with the instalments."""
            field = getattr(refusal, "field", None)
            if field not in ("plan_name", "plan_accept"):
                return None
            # A name that was refused is not shown again.
            values = service._plan_preview(account, ids, {**post, "plan_name": ""})
            values.update(
                form_key=service._form_key(account),
                error=str(refusal),
                error_field=field,
            )
            return self._credit_show(values, "portal_plan", status=400)

        return self._credit_answer(
            "plan",
            "plan",
            lambda service, account: service._plan(account, ids, post, address),
            token,
            company_id,
            post,
            again,
        )

    @account_route("/dispute", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_dispute(self, token=None, company_id=None, **post):
        """Contest what is ticked, or a part of one invoice."""
        ids = request.httprequest.form.getlist("item")
        files = request.httprequest.files.getlist("dispute_file")
        return self._credit_answer(
            "dispute",
            "dispute",
            lambda service, account: service._dispute(account, ids, post, files),
            token,
            company_id,
            post,
        )

    @account_route("/message", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_message(self, token=None, company_id=None, **post):
        """Write to the collector."""
        return self._credit_answer(
            "message",
            "message",
            lambda service, account: service._message(account, post),
            token,
            company_id,
            post,
        )

    @account_route("/paid", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_paid(self, token=None, company_id=None, **post):
        """Tell that it was paid already, with the day and a proof."""
        ids = request.httprequest.form.getlist("item")
        files = request.httprequest.files.getlist("paid_file")
        return self._credit_answer(
            "paid",
            "paid",
            lambda service, account: service._paid(account, ids, post, files),
            token,
            company_id,
            post,
        )

    @account_route("/wrong", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_wrong(self, token=None, company_id=None, **post):
        """Tell that the address, or the person, is the wrong one."""
        return self._credit_answer(
            "wrong",
            "wrong",
            lambda service, account: service._wrong(account, post),
            token,
            company_id,
            post,
        )
