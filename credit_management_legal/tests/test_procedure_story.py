"""From an invoice to an enforceable title, or not: every day of it."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .procedure_common import BELGIAN, SIREN, ProcedureCommon


@tagged("post_install", "-at_install")
class TestFrenchOrder(ProcedureCommon):
    """Injonction de payer before the commercial court, order of September 2026."""

    def begin(self):
        with self.on("2026-09-07"):
            case = self.judicial()
            self.assertEqual(case.proposed_procedure_id, self.procedure("fr_order"))
            case.action_take_procedure()
            self.assertEqual(case.court_kind, "commercial")
            self.assertStands(case, "prepare", "running", "creditor", None)
        self.act(case, "filed", "2026-09-08")
        self.assertDeadlines(case, court_costs=("open", "2026-09-23"))
        self.assertStands(case, "filed", "running", "creditor", "2026-09-23")
        self.act(case, "costs_paid", "2026-09-10")
        self.assertDeadlines(case, court_costs=("met", "2026-09-23"))
        self.assertStands(case, "costs_paid", "running", "court", None)
        self.act(case, "order", "2026-09-14")
        self.assertDeadlines(
            case,
            court_costs=("met", "2026-09-23"),
            # Of September 2026: three months and not six.
            service=("open", "2026-12-14"),
            # A Sunday: limitation is not put off.
            title=("open", "2036-09-14"),
        )
        self.assertStands(case, "order", "running", "party", "2026-12-14")
        return case

    def test_served_on_the_last_day(self):
        case = self.begin()
        self.act(case, "served", "2026-12-14", in_person=True)
        self.assertDeadlines(
            case,
            court_costs=("met", "2026-09-23"),
            service=("met", "2026-12-14"),
            opposition=("open", "2027-01-14"),
            enforceable=("open", "2027-01-14"),
            # 14 February 2027 is a Sunday.
            enforceable_two=("open", "2027-02-15"),
            title=("open", "2036-09-14"),
        )
        self.assertStands(case, "served", "running", "debtor", "2027-01-14")
        met = case.deadline_ids.filtered(lambda d: d.rule_id.code == "service")
        self.assertEqual(met.met_event_id.kind, "served")
        self.cron("2027-01-14")
        self.assertEqual(self.states(case)["opposition"][0], "open")
        self.cron("2027-01-15")
        self.assertEqual(self.states(case)["opposition"], ("over", "2027-01-14"))
        self.assertStands(case, "served", "running", "party", "2027-02-15")
        self.cron("2027-02-15")
        self.assertEqual(case.procedure_outcome, "running")
        self.cron("2027-02-16")
        self.assertStands(case, "served", "title", "party", "2036-09-14")
        self.assertEqual(case.title_date, date(2027, 2, 16))
        self.assertFalse(case.deadline_missed)
        self.act(case, "enforcement", "2027-02-20")
        self.assertEqual(self.states(case)["title"], ("met", "2036-09-14"))
        self.assertStands(case, "enforcement", "title", False, None)
        self.assertNotIn("missed", case.event_ids.mapped("kind"))

    def test_no_way_back_while_it_goes_on(self):
        """An amicable case has no deadlines of a court: the procedure ends first."""
        case = self.begin()
        with self.on("2026-09-15"):
            with self.assertRaisesRegex(UserError, "goes on, with its deadlines"):
                case.kind = "amicable"
            case.write({"kind": "amicable", "procedure_id": False})
            self.assertFalse(case.deadline_ids)
            self.assertFalse(case.stage_id)

    def test_served_a_day_late(self):
        case = self.begin()
        self.cron("2026-12-15")
        self.assertDeadlines(
            case,
            court_costs=("met", "2026-09-23"),
            service=("missed", "2026-12-14"),
            title=("moot", "2036-09-14"),
        )
        self.assertStands(case, "order", "void", "creditor", None)
        self.assertTrue(case.deadline_missed)
        alarm = case.event_ids.filtered(lambda event: event.kind == "missed")
        self.assertEqual(alarm.date, date(2026, 12, 15))
        self.assertEqual(alarm.origin, "system")
        self.assertIn("void: it was not served in time", alarm.note)
        self.assertIn("File a new petition", alarm.note)
        activity = case.activity_ids
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("credit_management_legal.mail_activity_missed"),
        )
        self.assertEqual(activity.user_id, case.user_id)
        self.assertEqual(activity.summary, "Missed: Service of the order")
        # It is told once.
        self.cron("2026-12-16")
        self.assertEqual(len(case.event_ids.filtered(lambda e: e.kind == "missed")), 1)
        self.assertEqual(len(case.activity_ids), 1)
        self.act(case, "served", "2026-12-15")
        late = case.deadline_ids.filtered(lambda d: d.rule_id.code == "service")
        self.assertEqual((late.state, late.days_late), ("missed", 1))
        self.assertEqual(late.display_state, "1 day late")
        self.assertEqual(self.states(case)["opposition"], ("moot", "2027-01-15"))
        self.assertStands(case, "served", "void", "creditor", None)

    def test_costs_that_nobody_noted(self):
        """The court has made its order: they were paid, or it would have lapsed."""
        with self.on("2026-09-07"):
            case = self.judicial("fr_order", court_kind="commercial")
        self.act(case, "filed", "2026-09-08")
        self.cron("2026-09-24")
        self.assertStands(case, "filed", "void", "creditor", None)
        self.act(case, "order", "2026-09-28")
        self.assertDeadlines(
            case,
            court_costs=("met", "2026-09-23"),
            service=("open", "2026-12-28"),
            title=("open", "2036-09-28"),
        )
        self.assertFalse(case.deadline_missed)
        self.act(case, "served", "2026-10-02", in_person=True)
        self.cron("2026-12-03")
        self.assertStands(case, "served", "title", "party", "2036-09-28")
        self.assertEqual(case.title_date, date(2026, 12, 3))

    def test_a_corrected_day_takes_the_alarm_back(self):
        case = self.begin()
        self.cron("2026-12-15")
        served = self.act(case, "served", "2026-12-15")
        with self.on("2026-12-16"):
            served._strike("Served on another day")
        self.act(case, "served", "2026-12-16", on="2026-12-14")
        self.assertEqual(self.states(case)["service"], ("met", "2026-12-14"))
        self.assertEqual(self.states(case)["opposition"], ("open", "2027-01-14"))
        self.assertFalse(case.deadline_missed)
        self.assertFalse(case.event_ids.filtered(lambda e: e.kind == "missed"))
        self.assertFalse(case.activity_ids)
        self.assertIn(
            "Not missed after all: Service of the order",
            " ".join(case.message_ids.mapped("body")),
        )

    def test_begun_anew(self):
        case = self.begin()
        self.cron("2026-12-15")
        self.act(case, "filed", "2026-12-18")
        self.assertFalse(case.deadline_missed)
        # 2 January 2027 is a Saturday.
        self.assertEqual(self.states(case)["court_costs"], ("open", "2027-01-04"))
        self.assertStands(case, "filed", "running", "creditor", "2027-01-04")
        kept = case.deadline_ids.filtered(lambda d: d.state == "missed")
        self.assertFalse(kept.is_current)
        self.act(case, "order", "2027-01-04")
        # 4 April 2027 is a Sunday.
        self.assertEqual(self.states(case)["service"], ("open", "2027-04-05"))

    def test_order_of_august(self):
        """By the date of the order, six months; enforceable after one."""
        with self.on("2026-08-31"):
            case = self.judicial("fr_order")
        self.act(case, "order", "2026-08-31")
        # February has no 31st; the 28th is a Sunday.
        self.assertEqual(self.states(case)["service"], ("open", "2027-03-01"))
        self.act(case, "served", "2026-09-10")
        self.assertDeadlines(
            case,
            service=("met", "2027-03-01"),
            # 10 October 2026 is a Saturday.
            opposition=("open", "2026-10-12"),
            enforceable=("open", "2026-10-12"),
            title=("open", "2036-08-31"),
        )
        self.cron("2026-10-13")
        self.assertEqual(
            (case.procedure_outcome, case.title_date), ("title", date(2026, 10, 13))
        )
        # Not served in person: a seizure opens another month.
        self.act(case, "first_act", "2026-11-05")
        self.assertEqual(
            self.states(case)["opposition_late"],
            # 5 December 2026 is a Saturday.
            ("open", "2026-12-07"),
        )

    def test_opposition(self):
        case = self.begin()
        self.act(case, "served", "2026-10-01", in_person=True)
        # 1 November 2026 is a Sunday.
        self.assertEqual(self.states(case)["opposition"], ("open", "2026-11-02"))
        self.act(case, "opposition", "2026-11-02")
        self.assertEqual(self.states(case)["opposition"], ("met", "2026-11-02"))
        self.assertEqual(self.states(case)["enforceable"][0], "moot")
        self.assertEqual(self.states(case)["title"][0], "moot")
        self.assertStands(case, "opposition", "running", "court", None)
        self.act(case, "deposit_invited", "2026-11-10")
        self.assertEqual(self.states(case)["deposit"], ("open", "2026-11-25"))
        self.assertStands(case, "deposit_invited", "running", "creditor", "2026-11-25")
        self.cron("2026-11-26")
        self.assertEqual(self.states(case)["deposit"], ("missed", "2026-11-25"))
        self.assertEqual(case.procedure_outcome, "void")

    def test_debtors_overseas_and_abroad(self):
        overseas = self.make_debtor("Overseas", country_id=self.env.ref("base.mq").id)
        abroad = self.make_debtor("Abroad")
        for debtor, day in ((abroad, "2026-12-28"), (overseas, "2026-11-30")):
            with self.on("2026-09-07"):
                case = self.judicial("fr_order", debtor)
            self.act(case, "order", "2026-09-14")
            # Whoever has moved away meanwhile has the longer time.
            self.in_country(abroad, "ch")
            self.act(case, "served", "2026-09-28")
            self.assertEqual(self.states(case)["opposition"], ("open", day))

    def test_paid_meanwhile(self):
        case = self.begin()
        with self.on("2026-10-05"):
            self.pay(case.line_ids.move_id, day=date(2026, 10, 5))
            self.env.flush_all()
        self.assertEqual(case.state, "paid")
        self.assertEqual(self.states(case)["service"], ("moot", "2026-12-14"))
        self.cron("2026-12-15")
        self.assertFalse(case.deadline_missed)


@tagged("post_install", "-at_install")
class TestBelgianBailiff(ProcedureCommon):
    """Undisputed money debts between businesses: a month, eight days, a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_country(cls.company, "be")
        cls.in_country(cls.debtor, "be", company_registry=False, vat=BELGIAN)

    def begin(self):
        with self.on("2026-07-01"):
            case = self.judicial()
            self.assertEqual(case.proposed_procedure_id.code, "be_uncontested")
            case.action_take_procedure()
        self.act(case, "demanded", "2026-07-06")
        self.assertDeadlines(
            case, answer=("open", "2026-08-06"), report=("open", "2026-08-14")
        )
        self.assertStands(case, "demanded", "running", "debtor", "2026-08-06")
        return case

    def test_to_the_title(self):
        case = self.begin()
        self.cron("2026-08-07")
        self.assertEqual(self.states(case)["answer"], ("over", "2026-08-06"))
        self.assertStands(case, "demanded", "running", "party", "2026-08-14")
        self.cron("2026-08-15")
        self.assertStands(case, "demanded", "running", "party", None)
        self.act(case, "report", "2026-08-17")
        self.assertEqual(self.states(case)["report"], ("met", "2026-08-14"))
        self.assertStands(case, "report", "running", "court", None)
        self.act(case, "title", "2026-08-24")
        self.assertStands(case, "title", "title", "party", "2036-08-24")
        self.assertEqual(case.title_date, date(2026, 8, 24))
        self.act(case, "served", "2026-08-27")
        # 27 September 2026 is a Sunday: the debtor may have until Monday.
        self.assertEqual(self.states(case)["petition"], ("open", "2026-09-28"))
        self.assertStands(case, "served", "title", "debtor", "2026-09-28")
        self.cron("2026-09-29")
        self.assertEqual(self.states(case)["petition"], ("over", "2026-09-28"))
        self.assertStands(case, "served", "title", "party", "2036-08-24")

    def test_report_too_early(self):
        case = self.begin()
        self.act(case, "report", "2026-08-14")
        row = case.deadline_ids.filtered(lambda d: d.rule_id.code == "report")
        self.assertEqual((row.state, row.display_state), ("missed", "Done too early"))
        self.assertTrue(case.deadline_missed)

    def test_a_reasoned_dispute_ends_it(self):
        case = self.begin()
        self.act(case, "contested", "2026-07-20")
        self.assertDeadlines(
            case, answer=("met", "2026-08-06"), report=("moot", "2026-08-14")
        )
        self.assertStands(case, "contested", "ended", "creditor", None)
        self.assertIn("disputed", case.procedure_warning)
        with self.refused("The claim is disputed"):
            self.act(case, "demanded", "2026-07-21")
        with self.on("2026-07-21"):
            # What has ended keeps nobody from going back.
            case.kind = "amicable"
            case.kind = "judicial"
            case.procedure_id = False
            self.assertEqual(case.proposed_procedure_id.code, "be_summary")
            self.assertIn("The claim is disputed", case.procedure_choice_html)

    def test_summary_order(self):
        """Fifteen days to pay, then fifteen for the petition."""
        with self.on("2026-07-01"):
            case = self.judicial("be_summary")
        self.act(case, "demanded", "2026-07-06")
        self.assertDeadlines(
            case,
            # 21 July is a holiday: the debtor has a day more, we have not.
            demand_wait=("open", "2026-07-22"),
            filing=("open", "2026-08-05"),
        )
        self.cron("2026-08-06")
        self.assertEqual(case.procedure_outcome, "void")


@tagged("post_install", "-at_install")
class TestStoppedByLaw(ProcedureCommon):
    def test_consumer_and_the_procedure_of_businesses(self):
        self.in_country(self.company, "be")
        consumer = self.make_debtor("Consumer", country_id=self.env.ref("base.be").id)
        self.assertEqual(consumer.credit_legal_kind, "consumer")
        with self.on("2026-07-01"):
            case = self.judicial(partner=consumer)
            with self.refused("(?s)not for claims on consumers.*registered"):
                case.procedure_id = self.procedure("be_uncontested")
            self.assertFalse(case.procedure_id)
            self.assertEqual(case.proposed_procedure_id.code, "be_summary")
            self.assertIn("not for claims on consumers", case.procedure_choice_html)

    def test_no_business_any_more(self):
        """Whoever turns out to be a consumer is not served as a business."""
        self.in_country(self.company, "be")
        self.in_country(self.debtor, "be", company_registry=False, vat=BELGIAN)
        with self.on("2026-07-01"):
            case = self.judicial("be_uncontested")
            self.assertNotIn("consumers", case.procedure_warning)
            self.debtor.credit_kind = "consumer"
            self.assertIn("not for claims on consumers", case.procedure_warning)
        with self.refused("not for claims on consumers"):
            self.act(case, "demanded", "2026-07-06")
        # What the bailiff reports has happened all the same, and stays on record.
        self.act(case, "demanded", "2026-07-06", origin="party")
        self.assertEqual(case.stage_id.code, "demanded")

    def test_summons_without_an_attempt(self):
        """Article 750-1: up to 5,000 euros an attempt comes first."""
        consumer = self.make_debtor("Consumer")
        with self.on("2026-07-01"):
            case = self.judicial("fr_summons", consumer)
            more = self.judicial("fr_summons", consumer, amount=5001)
        self.assertEqual(case.court_kind, "judicial")
        with self.refused("may not be done before.*750-1"):
            self.act(case, "summons", "2026-07-10")
        self.act(case, "attempt", "2026-07-03")
        self.act(case, "summons", "2026-07-10")
        self.assertEqual(case.stage_id.code, "summons")
        self.act(more, "summons", "2026-07-10")

    def test_a_hearing_noted_ahead(self):
        """Until its day the case stands at what was done, and who has to act acts."""
        with self.on("2026-09-07"):
            case = self.judicial("fr_summons")
        self.act(case, "summons", "2026-09-08")
        self.act(case, "hearing", "2026-09-08", on="2026-09-28")
        self.assertStands(case, "summons", "running", "party", "2026-09-20")
        self.act(case, "filed", "2026-09-15")
        self.assertStands(case, "filed", "running", "court", None)
        self.cron("2026-09-27")
        self.assertEqual(case.stage_id.code, "filed")
        self.cron("2026-09-28")
        self.assertEqual(case.stage_id.code, "hearing")

    def test_without_a_decree(self):
        with self.on("2026-07-01"):
            case = self.judicial()
            with self.refused("not in force"):
                case.procedure_id = self.procedure("fr_uncontested")

    def test_small_claims_no_longer_between_businesses(self):
        small = self.procedure("fr_small")
        consumer = self.make_debtor("Consumer")
        with self.on("2026-07-01"):
            with self.refused("Between businesses"):
                self.judicial("fr_small")
            with self.refused("more than.*5,000"):
                self.judicial("fr_small", consumer, amount=5001)
            case = self.judicial("fr_small", consumer, amount=5000)
        self.assertEqual(case.procedure_id, small)
        self.act(case, "invited", "2026-07-06")
        self.assertDeadlines(case, answer=("open", "2026-08-06"))
        self.cron("2026-08-07")
        self.assertStands(case, "invited", "ended", "creditor", None)
        self.assertFalse(case.deadline_missed)


@tagged("post_install", "-at_install")
class TestGermanyAndEurope(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_country(cls.debtor, "de", company_registry=False)

    def begin_german(self):
        with self.on("2026-07-01"):
            case = self.judicial("de_order")
        self.act(case, "filed", "2026-07-01")
        self.act(case, "order", "2026-07-10")
        self.act(case, "served", "2026-07-15")
        self.assertDeadlines(
            case,
            objection=("open", "2026-07-29"),
            application=("open", "2027-01-15"),
        )
        self.assertStands(case, "served", "running", "debtor", "2026-07-29")
        return case

    def test_german_orders(self):
        case = self.begin_german()
        self.cron("2026-07-30")
        self.assertStands(case, "served", "running", "creditor", "2027-01-15")
        self.act(case, "applied", "2027-01-15")
        self.assertEqual(self.states(case)["application"], ("met", "2027-01-15"))
        self.act(case, "title", "2027-01-25")
        self.assertEqual(case.procedure_outcome, "title")
        self.act(case, "title_served", "2027-01-28")
        self.assertEqual(self.states(case)["einspruch"], ("open", "2027-02-11"))
        self.assertEqual(self.states(case)["title"], ("open", "2057-01-25"))

    def test_german_effect_lost(self):
        case = self.begin_german()
        self.cron("2027-01-16")
        self.assertEqual(self.states(case)["application"], ("missed", "2027-01-15"))
        self.assertStands(case, "served", "void", "creditor", None)
        alarm = case.event_ids.filtered(lambda event: event.kind == "missed")
        self.assertIn("has lost its effect", alarm.note)

    def test_objection_leaves_no_six_months(self):
        case = self.begin_german()
        self.act(case, "objection", "2026-07-29")
        self.assertDeadlines(
            case,
            objection=("met", "2026-07-29"),
            application=("moot", "2027-01-15"),
        )

    def begin_european(self):
        with self.on("2026-07-01"):
            case = self.judicial()
            self.assertEqual(case.proposed_procedure_id.code, "eu_order")
            case.action_take_procedure()
        self.act(case, "filed", "2026-07-01")
        self.assertDeadlines(case, issue=("open", "2026-07-31"))
        self.act(case, "order", "2026-07-20")
        self.act(case, "served", "2026-07-24")
        # Thirty days: 23 August 2026, a Sunday; the defendant may have until Monday.
        self.assertEqual(self.states(case)["opposition"], ("open", "2026-08-24"))
        return case

    def test_european_opposition(self):
        case = self.begin_european()
        self.act(case, "opposition", "2026-08-24")
        self.assertEqual(self.states(case)["opposition"], ("met", "2026-08-24"))
        self.assertStands(case, "opposition", "running", "court", None)

    def test_european_title(self):
        case = self.begin_european()
        self.cron("2026-08-25")
        self.assertEqual(self.states(case)["opposition"], ("over", "2026-08-24"))
        self.act(case, "title", "2026-09-01")
        self.assertStands(case, "title", "title", "party", None)

    def test_ten_days_for_the_post_in_france(self):
        self.in_country(self.company, "be")
        self.in_country(self.debtor, "fr", company_registry=SIREN)
        case = self.begin_european()
        # 24 August and ten days.
        self.assertEqual(self.states(case)["post"], ("open", "2026-09-03"))

    def test_not_within_one_country(self):
        self.in_country(self.debtor, "fr")
        with self.on("2026-07-01"):
            with self.refused("two different countries"):
                self.judicial("eu_order")
