"""A walk through all routes of an addon by people who have no business there.

The routes are those of Odoo's own routing map, not a list of ours: one that is added
tomorrow is walked tomorrow, and fails here unless it refuses. An addon of the family
that has routes has a :class:`RouteWalk` among its tests.
"""

import importlib
import json
import re
from dataclasses import dataclass

from odoo.http import Request, _generate_routing_rules
from odoo.tools import mute_logger

FAMILY = "credit_management"
#: Pages of Odoo that tell of the visitor's own session alone, and are there for all.
OF_THE_SESSION = ("/payment/status",)
PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """``methods`` is empty for what is called by JSON."""

    url: str
    methods: tuple
    auth: str

    @property
    def parameters(self):
        return set(PARAMETER.findall(self.url))

    def address(self, values):
        """The address with the given values.

        :raise AssertionError: if a parameter has none: nobody has thought of whose
            record it names
        """
        missing = self.parameters - values.keys()
        if missing:
            raise AssertionError(
                f"{self.url}: add to the walk a record of somebody else for "
                f"{', '.join(sorted(missing))}"
            )
        return PARAMETER.sub(lambda match: str(values[match[1]]), self.url)


@dataclass(frozen=True)
class Walker:
    """Somebody who asks for what belongs to others.

    ``values`` has a record of others for each parameter of an address; ``own`` names
    the parameters by which the walker comes rightly, to try the others from there.
    """

    who: str
    login: str | None
    values: dict
    own: frozenset = frozenset()

    def tries(self, route):
        return not self.own or bool(route.parameters - self.own)


def family_routes(env):
    """The routes of each addon of the family, from the routing map: {addon: list}."""
    modules = sorted(env.registry._init_modules)
    found = {}
    for url, endpoint in _generate_routing_rules(modules, nodb_only=False):
        addon = endpoint.func.__func__.__module__.split(".")[2]
        if not addon.startswith(FAMILY):
            continue
        routing = endpoint.routing
        methods = tuple(routing["methods"] or ("GET", "POST"))
        if routing["type"] != "http":
            methods = ()
        found.setdefault(addon, []).append(Route(url, methods, routing["auth"]))
    return found


def walked_addons(addons):
    """Those of the addons of which a test walks all routes."""
    for addon in addons:
        importlib.import_module(f"odoo.addons.{addon}.tests")
    found, classes = set(), [RouteWalk]
    while classes:
        classes += (walk := classes.pop()).__subclasses__()
        found.add(walk.addon)
    return found & set(addons)


class RouteWalk:
    """For an ``HttpCase``; its addon says who walks and what must not come out."""

    addon = None

    def walkers(self):
        """:return: list of :class:`Walker`"""
        raise NotImplementedError

    def secrets(self):
        """Texts that nobody of them may read."""
        raise NotImplementedError

    def state(self):
        """What must not change, to be compared."""
        raise NotImplementedError

    def sent(self):
        """What is sent besides the token against other sites."""
        return {}

    def test_all_routes_with_the_wrong_user(self):
        routes = family_routes(self.env)[self.addon]
        sent = self.sent()
        for walker in self.walkers():
            self.authenticate(walker.login, walker.login)
            form = {**sent, "csrf_token": Request.csrf_token(self)}
            state = self.state()
            for route in filter(walker.tries, routes):
                url = route.address(walker.values)
                for method in route.methods or ("JSON",):
                    with self.subTest(f"{walker.who}: {method} {url}"):
                        self._walk(walker, route, method, url, form)
                        self.assertEqual(self.state(), state)

    def _walk(self, walker, route, method, url, form):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_http"):
            if method == "JSON":
                response = self.url_open(
                    url,
                    data=json.dumps({"jsonrpc": "2.0", "id": 0, "params": form}),
                    headers={"Content-Type": "application/json"},
                )
            else:
                data = form if method == "POST" else None
                response = self.url_open(url, data=data, allow_redirects=False)
        self.assertRefused(route, method, response)
        text = response.text
        if method == "JSON":
            # What Odoo says to developers is not for others, and not ours.
            text = response.json()["error"]["data"]["message"]
        for secret in self.secrets():
            self.assertNotIn(secret, text)

    def assertRefused(self, route, method, response):
        """Refused, or for an address without a record: led on, or one's own list."""
        if method == "JSON":
            self.assertIn("error", response.json())
        elif response.status_code == 303:
            target = "/web/login" if route.parameters else "/web/login|/my/"
            self.assertRegex(response.headers["Location"], target)
        else:
            # 403: a webhook that wants the signature of its service.
            own_list = route.auth == "user" and not route.parameters - {"page"}
            own_list |= route.url in OF_THE_SESSION
            allowed = (403, 404, 200) if own_list else (403, 404)
            self.assertIn(response.status_code, allowed)
