"""The forms of a third party: a page for each, and what becomes of what is sent."""

from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.credit_management.controllers.portal_answers import MOST_BYTES

from ..models.credit_case_portal_send import REPORTS, REQUESTS
from .portal_cases import CreditCasesPortal, case_route


class CreditCaseFormsPortal(CreditCasesPortal):
    def _case_form_page(self, desk, what, status=200, **values):
        service = self._cases_service()
        button, title, explained = service._titles()[what]
        page = {
            **self._prepare_portal_layout_values(),
            "page_name": "credit_case_form",
            "desk": desk,
            "case": desk.case,
            "company": desk.company,
            "debtor": desk.case.partner_id,
            "currency": desk.case.currency_id,
            "what": what,
            "button": button,
            "title": title,
            "explained": explained,
            "form_fields": service._fields_of(desk, what),
            "form_key": service._form_key(desk),
            "form": {},
            "error": None,
            "errors": {},
            **values,
        }
        return self._cases_show("portal_case_form", page, status)

    def _case_go(self, desk, done, anchor):
        """On to the page of the case, which may be loaded again without harm."""
        url = f"{desk.path}?done={done}#{anchor}"
        return self._cases_private(request.redirect(url, code=303))

    def _case_uploads(self):
        """The files of the request: {name: list of (file name, content)}."""
        found = {}
        for name, upload in request.httprequest.files.items(multi=True):
            if upload.filename:
                uploads = found.setdefault(name, [])
                uploads.append((upload.filename, upload.stream.read()))
        return found

    @case_route("/send/<string:what>", methods=["GET"])
    def credit_case_form(self, case_id, what, **_kwargs):
        """The form of a report, a question or a request."""
        desk = self._case_desk(case_id)
        if not desk or what not in (*REPORTS, *REQUESTS):
            return self._cases_refuse()
        if not desk.is_open:
            return request.redirect(desk.path)
        return self._case_form_page(desk, what)

    @case_route("/send/<string:what>", methods=["POST"], max_content_length=MOST_BYTES)
    def credit_case_send(self, case_id, what, **_kwargs):
        """Take what was filled in; sent twice, it is taken once and told twice."""
        desk = self._case_desk(case_id)
        if not desk or what not in (*REPORTS, *REQUESTS):
            return self._cases_refuse()
        form, uploads = request.httprequest.form, self._case_uploads()
        service = self._cases_service()

        def act():
            service._send(desk, what, form, uploads)

        refusal = self._case_once(desk, what, form, uploads, act)
        if refusal:
            return self._case_form_page(
                desk,
                what,
                status=400,
                error=str(refusal),
                errors=getattr(refusal, "texts", {}),
                form=form.to_dict(),
            )
        if what in REPORTS:
            return self._case_go(desk, "report", "timeline")
        return self._case_go(desk, "request", "requests")

    def _case_once(self, desk, what, form, uploads, act):
        """Do something if the form is sent for the first time.

        :return: why it is refused, or None; what is refused has written nothing
        """
        try:
            with request.env.cr.savepoint():
                _sent, first = self._cases_service()._use_form(
                    desk, what, form, uploads
                )
                if first:
                    act()
        except (UserError, ValidationError) as refusal:
            desk.env.invalidate_all()
            return refusal
        return None

    def _case_request_act(self, case_id, request_id, what, done, act):
        """Do something with a request of the user's firm, and go on to the page."""
        desk = self._case_desk(case_id)
        service = self._cases_service()
        asked = desk and service._request(desk, request_id)
        if not asked:
            return self._cases_refuse()
        form = request.httprequest.form
        refusal = self._case_once(
            desk,
            f"{what}-{request_id}",
            form,
            {},
            lambda: act(service, desk, asked, form),
        )
        if refusal:
            return self._credit_case_page(
                desk,
                status=400,
                error=str(refusal),
                error_request=asked.id,
                typed=form.get("text") or "",
            )
        return self._case_go(desk, done, f"request_{asked.id}")

    @case_route("/request/<int:request_id>/say", methods=["POST"])
    def credit_case_say(self, case_id, request_id, **_kwargs):
        """Add a word to a request."""
        return self._case_request_act(
            case_id,
            request_id,
            "say",
            "said",
            lambda service, desk, asked, form: service._say(desk, asked, form),
        )

    @case_route("/request/<int:request_id>/withdraw", methods=["POST"])
    def credit_case_withdraw(self, case_id, request_id, **_kwargs):
        """Withdraw a request that nobody has answered yet."""
        return self._case_request_act(
            case_id,
            request_id,
            "withdraw",
            "withdrawn",
            lambda service, desk, asked, _form: service._take_back(desk, asked),
        )
