"""All routes of the family with the wrong user."""

from datetime import timedelta
from types import SimpleNamespace

from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

from .common import NOW, TODAY
from .hostile_common import WRITTEN
from .portal_common import PortalCommon
from .routes_common import Route, RouteWalk, Walker, family_routes, walked_addons
from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalRoutes(RouteWalk, PortalCommon, VisitCommon):
    """Everything there is belongs to Dupont; Leroy and others try to get at it."""

    addon = "credit_management"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.plan_min_amount = 20
        # Another debtor, who owes something to this company alone.
        leroy = cls.make_debtor("Leroy SAS")
        cls.own = cls.make_invoice(leroy, amount=60)
        cls.own_reminder = cls.remind(cls.own, cls.step_1).sudo()
        contact = cls.env["res.partner"].create(
            {"name": "Book-keeper", "parent_id": leroy.id}
        )
        new_test_user(
            cls.env, "leroy", groups="base.group_portal", partner_id=contact.id
        )
        new_test_user(cls.env, "clerk", groups="base.group_user")
        cls.make_user("abroad", companies=cls.other_company)
        cls.round = cls.plan_visit(cls.waiting(cls.old)).round_id
        other_firm = cls.make_debtor("Porte-à-porte Nord")
        cls.own_round = cls.plan_visit(
            cls.waiting(cls.own), firm_id=other_firm.id
        ).round_id
        cls.plan = cls.env["credit.plan"]._request(
            cls.items(cls.mid), 2, "month", TODAY + timedelta(days=10)
        )
        cls.batch = cls.env["credit.postal.batch"].create(
            {"company_id": cls.company.id, "state": "exported"}
        )

    def walkers(self):
        zeros = "0" * 64
        others = {
            "token": f"{self.reminder.id}-{zeros}",
            "company_id": self.other_company.id,
            "round_id": self.round.id,
            "visit_id": self.round.visit_ids.id,
            "reminder_id": self.reminder.id,
            "batch_id": self.batch.id,
            "move_id": self.old.id,
            "plan_id": self.plan.id,
            "choice": self.choice(self.old),
            "again": 0,
        }
        yield from (
            Walker(who, login, others)
            for who, login in (
                ("nobody", None),
                ("another debtor", "leroy"),
                ("an employee", "clerk"),
                ("another company's collector", "abroad"),
            )
        )
        # A round's link is no reminder's, and the other way round.
        yield Walker("forged", None, {**others, "token": f"{self.round.id}-{zeros}"})
        own = frozenset({"token"})
        for who, token in (
            ("another's link", self.own_reminder._portal_token()),
            ("another visitor's link", self.own_round._token()),
        ):
            yield Walker(who, None, {**others, "token": token}, own)
        yield Walker(
            "another's login",
            "leroy",
            {**others, "company_id": self.company.id},
            frozenset({"company_id"}),
        )

    def secrets(self):
        return (self.debtor.name, self.old.name, self.there.name, "888.00", "Traceback")

    def state(self):
        self.env.invalidate_all()
        counts = {model: self.env[model].sudo().search_count([]) for model in WRITTEN}
        return counts, self.moves.mapped("amount_residual"), self.reminder.date_opened

    def sent(self):
        return {"amount": 100}

    def test_each_of_them_is_there(self):
        """Whoever may sees the page: it is not refused for want of a record."""
        plan = self.plan
        self.assertEqual(self.get().status_code, 200)
        self.assertEqual(self.get(f"/invoice/{self.old.id}").status_code, 200)
        self.assertEqual(self.get(f"/plan/{plan.id}.pdf").status_code, 200)
        visits = f"/visits/{self.round._token()}"
        self.assertEqual(self.get(path=visits).status_code, 200)
        self.make_user("here")
        self.authenticate("here", "here")
        for path in (
            f"/credit/preview/{self.reminder.id}",
            f"/credit/postal/{self.batch.id}.zip",
        ):
            self.assertEqual(self.get(path=path).status_code, 200, path)


@tagged("post_install", "-at_install")
class TestEveryRoute(TransactionCase):
    def test_every_addon_is_walked(self):
        routes = family_routes(self.env)
        self.assertEqual(set(routes) - walked_addons(routes), set())
        self.assertGreater(len(routes["credit_management"]), 40)

    def test_a_route_without_a_check_fails(self):
        """What the walk is for, tried out on routes that do not exist."""
        walk = RouteWalk()
        for name in ("assertIn", "assertRegex"):
            setattr(walk, name, getattr(self, name))
        route = Route("/credit/<string:token>/gift/<int:gift_id>", ("GET",), "public")
        with self.assertRaisesRegex(AssertionError, "gift_id"):
            route.address({"token": "x"})
        self.assertEqual(
            route.address({"token": "x", "gift_id": 5}), "/credit/x/gift/5"
        )
        answers = {200: True, 204: True, 303: True, 400: True, 403: False, 404: False}
        for status, fails in answers.items():
            response = SimpleNamespace(
                status_code=status, headers={"Location": "/my/home"}
            )
            with self.subTest(status):
                if fails:
                    with self.assertRaises(AssertionError):
                        walk.assertRefused(route, "GET", response)
                else:
                    walk.assertRefused(route, "GET", response)
        own = Walker("x", None, {}, frozenset({"token"}))
        self.assertTrue(own.tries(route))
        self.assertFalse(own.tries(Route("/credit/<string:token>", ("GET",), "public")))
