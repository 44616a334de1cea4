from odoo.tests import BaseCase, tagged

from ..engine.absence import says_absent


@tagged("post_install", "-at_install")
class TestAbsence(BaseCase):
    def test_automatic(self):
        for subject in (
            "Automatic reply: Second reminder",
            "Auto-Reply: your message",
            "AUTOREPLY",
            "Out of office",
            "Out of Office Re: Reminder",
            "Out of the office until 3 July",
            "I am out of the office",
            "On annual leave until Monday",
            "Absence du bureau Re: Rappel",
            "Réponse automatique : Rappel",
            "Re\N{COMBINING ACUTE ACCENT}ponse automatique : Rappel",
            "Message d’absence",
            "Absente du bureau jusqu’au 3 juillet",
            "En congés",
            "Automatisch antwoord: Herinnering",
            "Afwezig",
            "Afwezig tot 3 juli",
            "Afwezigheidsbericht",
            "Niet op kantoor",
            "Automatische Antwort: Mahnung",
            "Abwesenheitsnotiz",
            "Abwesend bis 3. Juli",
            "Nicht im Büro",
            "Außer Haus",
            "Respuesta automática: Recordatorio",
        ):
            with self.subTest(subject):
                self.assertTrue(says_absent(subject))

    def test_somebody_wrote_it(self):
        for subject in (
            "",
            "Re: Second reminder",
            "Re: Automatic reply: Second reminder",
            "Out of stock",
            "Out of office supplies",
            "Office closed",
            "On leaving goods at the door",
            "Absence de facture",
            "Absent de la livraison",
            "Réponse à votre rappel",
            "En congélation",
            "Automatic payment",
            "Afwezig product",
            "Met vakantiegeld betaald",
            "Urlaub",
            "Im Urlaubsmonat bezahlt",
            "Invoice: out of office",
        ):
            with self.subTest(subject):
                self.assertFalse(says_absent(subject))
