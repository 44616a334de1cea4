"""The same sent twice at the same instant, to a server with real connections."""

import datetime
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter

import pytest

DEBTORS = 6
DAY = str(datetime.date.today() + datetime.timedelta(days=2))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


class Browser:
    """One browser, possibly with several windows: they share the cookies."""

    def __init__(self, url):
        self._url = url
        self._cookies = urllib.request.HTTPCookieProcessor()

    def open(self, path, data=None, headers=None):
        """(status, address to go to, text)"""
        opener = urllib.request.build_opener(self._cookies, NoRedirect)
        request = urllib.request.Request(self._url + path, data, headers or {})
        try:
            with opener.open(request, timeout=60) as response:
                return response.status, None, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location"), error.read().decode()

    def post(self, path, form):
        return self.open(path, urllib.parse.urlencode(form).encode())

    def rpc(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "params": params}).encode()
        _status, _address, text = self.open(
            path, body, {"Content-Type": "application/json"}
        )
        return json.loads(text)


def hidden(page):
    """What a form of the page sends besides what is typed."""
    return {
        name: re.search(rf'name="{name}" value="([\w-]+)"', page)[1]
        for name in ("csrf_token", "form_key")
    }


def at_once(*acts):
    """What came of acts that begin at the same instant."""
    barrier = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(number, act):
        barrier.wait()
        results[number] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def site(odoo_own, debtors_db, smtp_server, run_in_odoo):
    database = odoo_own.new_database(template=debtors_db)
    run_in_odoo("twice", database, "propose", port=smtp_server.port)
    debtors = run_in_odoo("twice", database, "prepare", count=3 * DEBTORS)
    _process, url = odoo_own.start_server(
        database, "--max-cron-threads=0", "--workers=0"
    )

    def written():
        return run_in_odoo("twice", database, "written")

    return url, debtors, written


def test_twice_at_once(site):
    url, debtors, written = site
    messages, promises, payments = (debtors[part::3] for part in range(3))

    for debtor in messages:
        # A double click: one page, sent twice.
        browser = Browser(url)
        form = hidden(browser.open(debtor["path"])[2])
        form["message_text"] = "Where is the contract?"
        results = at_once(
            *[lambda: browser.post(f"{debtor['path']}/message", form)] * 2  # noqa: B023
        )
        assert [status for status, _address, _text in results] == [303, 303], results
        assert len({address for _status, address, _text in results}) == 1

    outcomes = Counter()
    for debtor in promises:
        # Two windows: each with a page of its own, and the same idea.
        browsers = [Browser(url), Browser(url)]
        acts = []
        for browser in browsers:
            form = hidden(browser.open(debtor["path"])[2])
            form |= {"item": debtor["item"], "promise_date_1": DAY}
            path = f"{debtor['path']}/promise"
            acts.append(lambda b=browser, p=path, f=form: b.post(p, f))
        statuses = sorted(status for status, _address, _text in at_once(*acts))
        outcomes[tuple(statuses)] += 1
    assert outcomes == {(303, 400): len(promises)}, outcomes

    for debtor in payments:
        browsers = [Browser(url), Browser(url)]
        params = {
            "provider_id": debtor["provider"],
            "payment_method_id": debtor["method"],
            "token_id": None,
            "amount": debtor["amount"],
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/",
            "is_validation": False,
            "access_token": None,
        }
        path = f"{debtor['path']}/transaction/i.{debtor['item']}/0"
        answers = at_once(
            *[lambda b=browser: b.rpc(path, params) for browser in browsers]  # noqa: B023
        )
        told = [a["error"]["data"]["message"] for a in answers if "error" in a]
        assert len(told) == 1 and "begun a moment ago" in told[0], answers

    assert written() == {
        "answers": len(messages),
        "promises": len(promises),
        "payments": len(payments),
    }
