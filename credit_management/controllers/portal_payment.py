"""Paying on the debtor's page, through Odoo's payment providers."""

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..engine.inputs import BadInput, parse_amount, parse_number
from ..models.credit_account import Refused
from ..models.credit_account_page import Show
from ..models.credit_agreement import to_major
from .portal import CreditPortal, account_route


class CreditPaymentPortal(CreditPortal):
    @account_route("/pay", methods=["POST"])
    def credit_pay(self, token=None, company_id=None, **post):
        """What was ticked, all that is overdue or a part: on to the page to pay it."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        try:
            choice = self._credit_choice(account, post)
            self._credit_service(account)._due(account, choice)
        except Refused as refusal:
            ticked = request.httprequest.form.getlist("item")
            return self._credit_show_refused(account, refusal, "pay", post, ticked)
        return self._credit_go(account, "/pay", choice=choice)

    def _credit_choice(self, account, post):
        """The choice as the text that :meth:`_due` understands."""
        what = post.get("what") or "ticked"
        if what == "part":
            service, places = self._credit_service(account), 2
            try:
                currency = account.env["res.currency"].browse(
                    parse_number(post.get("part_currency"), least=1)
                )
                places = currency.exists().decimal_places
                minor = parse_amount(post.get("part"), places).scaleb(places)
            except BadInput:
                problem = service._amount_problem(account, places)
                raise service._refused(account, "part", problem) from None
            return f"p.{int(minor)}.{currency.id}"
        if what != "ticked":
            return what
        ids = request.httprequest.form.getlist("item")
        if not ids and not post.get("charges"):
            raise Refused(account.env._("Please choose what you want to pay."))
        return f"i.{'-'.join(ids)}{'.c' if post.get('charges') else ''}"

    @account_route("/pay", methods=["GET"])
    def credit_pay_page(
        self, token=None, company_id=None, choice=None, again=None, **_kw
    ):
        """The payment form. Nothing is written: it may be opened again and again."""
        account = self._credit_account(token, company_id)
        if not account:
            return self._credit_refuse(company_id)
        service = self._credit_service(account)
        try:
            due = service._due(account, choice)
        except Refused as refusal:
            return self._credit_show_account(account, status=409, error=str(refusal))
        begun = service._begun(account, due.items, due.charges)
        try:
            known = parse_number(again)
        except BadInput:
            known = 0
        values = {
            "account": account,
            "company": account.company,
            "res_company": account.company,
            "page_name": "credit",
            "due": due,
            "show": Show(account.env),
            "contested_text": service._contested_text(account, due),
            "charged": sum(due.charges.mapped("amount_open")),
            "paid": {
                key: to_major(share, due.currency) for key, share in due.shares.items()
            },
            "begun": begun[-1:] if begun and begun[-1].id > known else None,
        }
        if not values["begun"]:
            values.update(self._credit_payment_form(account, due, begun[-1:].id or 0))
        return self._credit_show(values, "portal_pay")

    def _credit_payment_form(self, account, due, again):
        """What Odoo's payment form needs, by its own helper for invoices."""
        payer = self._credit_service(account)._payer(account)
        values = self._get_common_page_view_values(
            {
                "partner": payer,
                "company": account.company,
                "total_amount": due.amount,
                "currency": due.currency,
                "amount_residual": due.amount,
                "landing_route": f"{account.path}?done=pay",
                "transaction_route": (
                    f"{account.path}/transaction/{due.choice}/{again}"
                ),
            },
        )
        values["partner_id"] = payer.id
        if not self._credit_may_use_tokens(payer):
            values["tokens_sudo"] = values["tokens_sudo"].browse()
            # What could never be used again is not saved either.
            values["show_tokenize_input_mapping"] = dict.fromkeys(
                values["show_tokenize_input_mapping"], False
            )
        values["amount"] = due.amount
        return values

    def _credit_may_use_tokens(self, payer):
        """Whether saved cards and mandates are offered: only to whoever logged in.

        The link of a reminder may have been passed on. It lets anybody pay, but not by
        means of the debtor's; and who logged in for others has cards of their own.
        """
        return request.env.user.partner_id.id == payer.id

    @http.route(
        [
            "/credit/<string:token>/transaction/<string:choice>/<int:again>",
            "/my/credit/<int:company_id>/transaction/<string:choice>/<int:again>",
        ],
        type="jsonrpc",
        auth="public",
    )
    def credit_transaction(
        self,
        choice,
        again,
        amount,
        token=None,
        company_id=None,
        access_token=None,
        **kw,
    ):
        """Begin a payment, with the items locked; the form goes on from there.

        :raise ValidationError: with the reason, which the form shows
        """
        account = self._credit_account(token, company_id)
        if not account:
            raise ValidationError(request.env._("This link does not work any more."))
        service = self._credit_service(account)
        self._validate_transaction_kwargs(kw)
        due, values = service._transaction_values(account, choice, amount, again)
        payer = service._payer(account)
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                account.company.id, payer.id, due.amount, currency_id=due.currency.id
            )
        )
        if kw.get("provider_id") not in providers.ids:
            raise ValidationError(
                request.env._("This way to pay is not available. Choose another one.")
            )
        if not self._credit_may_use_tokens(payer):
            kw["tokenization_requested"] = False
            if kw.get("token_id"):
                raise ValidationError(
                    request.env._(
                        "Log in to pay by what you saved, or choose another way."
                    )
                )
        kw.update(
            {
                "landing_route": f"{account.path}?done=pay",
                "is_validation": False,
                "amount": due.amount,
                "currency_id": due.currency.id,
                "partner_id": payer.id,
                "custom_create_values": values,
            }
        )
        kw.pop("csrf_token", None)
        return self._create_transaction(**kw)._get_processing_values()


class CreditPaymentStatus(PaymentPostProcessing):
    @http.route()
    def display_status(self, **kwargs):
        """EXTENDS payment: whoever pays on the page reads on in its language, below the
        name of the same company."""
        tx = self._get_monitored_transaction()
        if not (tx.credit_item_ids or tx.credit_charge_ids):
            return super().display_status(**kwargs)
        lang = tx.credit_reminder_id.lang
        lang = lang or request.env["credit.account"]._lang_of_user()
        request.update_context(lang=lang)
        response = super().display_status(**kwargs)
        response.qcontext.update(
            html_data={"lang": request.env.lang.replace("_", "-")},
            res_company=tx.company_id,
        )
        return response
