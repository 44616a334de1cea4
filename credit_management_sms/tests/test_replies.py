from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine.replies import MESSAGE, PAID, PROMISE, STOP, understand

#: A Wednesday.
TODAY = date(2026, 6, 17)


@tagged("post_install", "-at_install")
class TestReplies(BaseCase):
    def assertSays(self, text, kind, day=None, **options):
        with self.subTest(text):
            said = understand(text, TODAY, **options)
            self.assertEqual((said.kind, said.day), (kind, day))

    def test_stop(self):
        for text in (
            "STOP",
            " stop. ",
            "Stop SMS",
            "STOP please",
            "UNSUBSCRIBE",
            "opt-out",
            "opt out",
            "Arrêt",
            "ARRETER",
            "désabonnement",
            "Afmelden",
            "stoppen aub",
            "Abmelden!",
            "stopp",
            "Arrêtez svp",
            "arrete",
            "Stop s’il vous plaît",
        ):
            self.assertSays(text, STOP)

    def test_no_stop(self):
        """Whoever says more has something to say."""
        for text in (
            "I will stop by your office",
            "please",
            "Please stop sending goods, the last ones were broken",
            "sms",
            "Messages, merci",
            "Arrêtez les livraisons",
        ):
            self.assertSays(text, MESSAGE)

    def test_paid(self):
        for text in (
            "paid",
            "PAID yesterday",
            "C’est payé",
            "Déjà réglée hier, merci",
            "Ik heb gisteren betaald",
            "Schon überwiesen",
            "bezahlt am 12.06.",
            "Ik heb het gisteren overgeschreven",
            "gestort op uw rekening",
            "Virement fait ce matin",
            "Le virement a été effectué",
            "Betaling gedaan",
            "Payment sent on Monday",
            "Compte soldé",
            "Facture soldee",
            "Heute Morgen überwiesen",
            "Je l’ai réglé lundi",
            "On a payé",
        ):
            self.assertSays(text, PAID)

    def test_not_paid(self):
        for text in (
            "not paid yet",
            "unpaid",
            "pas payé",
            "niet betaald",
            "noch nicht bezahlt",
            "paid?",
            "I haven't paid",
            "pas encore payé",
            "Le virement n’est pas encore fait",
            "Virement impossible",
            "Je n’ai rien payé",
            "Je ferai un virement",
            "Je règle bientôt",
            "Je vous paye dès que possible",
            "nog niet overgeschreven",
            "Ich fühle mich gestört",
            "Le solde est faux",
            "Ohne Zahlung gemacht",
        ):
            self.assertSays(text, MESSAGE)

    def test_still_to_be_paid(self):
        tomorrow = date(2026, 6, 18)
        for text in (
            "Je règle demain",
            "Je paye demain",
            "Virement fait demain",
            "wordt morgen overgeschreven",
            "Morgen betaald",
            "paid by tomorrow",
        ):
            self.assertSays(text, PROMISE, tomorrow)
        self.assertSays("Je vous règle vendredi", PROMISE, date(2026, 6, 19))

    def test_day(self):
        third = date(2026, 7, 3)
        for text in (
            "3/7",
            "03.07.2026",
            "03-07-26",
            "2026-07-03",
            "I will pay on 3 July",
            "July 3rd",
            "3 juillet",
            "op 3 juli",
            "am 3. Juli 2026",
            "will be paid 3/7",
        ):
            self.assertSays(text, PROMISE, third)
        self.assertSays("le 1er juillet", PROMISE, date(2026, 7, 1))
        self.assertSays("7/3", PROMISE, third, month_first=True)
        # There is but one way to read these.
        self.assertSays("25/12", PROMISE, date(2026, 12, 25), month_first=True)
        self.assertSays("12/25", PROMISE, date(2026, 12, 25))
        self.assertSays("demain", PROMISE, date(2026, 6, 18))
        self.assertSays("overmorgen", PROMISE, date(2026, 6, 19))
        self.assertSays("vendredi", PROMISE, date(2026, 6, 19))
        # Today is a Wednesday: the next one.
        self.assertSays("Mittwoch", PROMISE, date(2026, 6, 24))
        self.assertSays("Friday 19 June", PROMISE, date(2026, 6, 19))
        # The next one of its name.
        self.assertSays("1 février", PROMISE, date(2027, 2, 1))

    def test_no_day(self):
        for text in (
            "",
            "ok",
            "31/2",
            "13/25",
            "1.234,50 euros",
            "03.07.2020",
            "03.07.2036",
            "friday or monday",
            "not before 3/7",
            "Can I pay on 3/7?",
            "call me on 0470 12 34 56",
            "invoice 2026/00012",
        ):
            self.assertSays(text, MESSAGE)

    def test_any_text(self):
        for text in ("\x00", "💸" * 500, "٣/٧", "1/" * 400, "a" * 10000):
            self.assertSays(text, MESSAGE)
