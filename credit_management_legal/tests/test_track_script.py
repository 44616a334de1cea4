"""What is said and written at a stage of a track, in every language."""

from pathlib import Path
from runpy import run_path

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from .track_common import CALLS, TrackCommon

HELLO = "Hello, am I speaking with {{ object.partner_id.name }}?"
SCRIPT = "migrations/19.0.1.4.0/post-call-scripts.py"


@tagged("post_install", "-at_install")
@freeze_time("2026-06-17 12:00:00")
class TestTrackScript(TrackCommon):
    def stages(self):
        return [
            self.env.ref(f"credit_management_legal.track_{name}_calls")
            for name in ("agency", "in_house")
        ]

    def test_script_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.mandate.track_id = track = self.make_track(CALLS)
        self.make_file()
        call = self.advance("2026-06-19").reminder_ids
        for stage in self.stages():
            track.stage_ids.script = stage.script
            track.stage_ids.update_field_translations(
                "script", {"fr_FR": {HELLO: HELLO.replace("Hello", "Bonjour")}}
            )
            call.invalidate_recordset()
            text = html2plaintext(call.call_script)
            self.assertIn(f"Bonjour, am I speaking with {self.debtor.name}?", text)
            self.debtor.lang = "en_US"
            call.invalidate_recordset()
            text = html2plaintext(call.call_script)
            self.assertIn(f"calling for {self.company.name}", text)
            self.assertIn(call.call_oldest_text, text)
            self.assertNotIn("{{", text)
            self.debtor.lang = "fr_FR"

    def test_letters_in_every_language(self):
        """However a text was translated: its step says what the stage says."""
        for lang in ("fr_FR", "nl_BE"):
            self.env["res.lang"]._activate_lang(lang)
        track = self.make_track(
            {
                "name": "Letter",
                "channel": "letter",
                "letter_text": "<p>Please pay</p>",
                "instructions": "Look at it",
            }
        )
        stage, step = track.stage_ids, track.stage_ids.step_id
        stage.with_context(lang="fr_FR").instructions = "À regarder"
        stage.update_field_translations(
            "letter_text",
            {
                "fr_FR": {"Please pay": "Veuillez payer"},
                "nl_BE": {"Please pay": "Gelieve te betalen"},
            },
        )
        # Changed in one language, the others stay.
        stage.instructions = "Look at it twice"

        def texts(record, lang):
            record = record.with_context(lang=lang)
            return html2plaintext(record.letter_text), record.instructions

        for lang, letter, hint in (
            ("en_US", "Please pay", "Look at it twice"),
            ("fr_FR", "Veuillez payer", "À regarder"),
            ("nl_BE", "Gelieve te betalen", "Look at it twice"),
        ):
            self.assertEqual(texts(step, lang), (letter, hint))
        # Loaded with an addon, as files of translations are.
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE credit_case_stage SET name = name || '{"fr_FR": "Courrier"}'
                WHERE id = %s""",
            stage.ids,
        )
        self.env.invalidate_all()
        self.mandate.track_id = track
        self.debtor.lang = "fr_FR"
        self.make_file()
        letter = self.advance("2026-06-17").reminder_ids
        self.assertEqual(letter.step_id, step)
        self.assertEqual(step.with_context(lang="fr_FR").name, "Courrier")
        self.assertIn("Veuillez payer", str(letter.letter_html))

    def test_upgrade(self):
        """Shipped stages get their script, but those with words of somebody."""
        agency, in_house = self.stages()
        shipped = agency.script
        (agency | in_house).script = False
        in_house.instructions = "Be brief"
        self.env.flush_all()
        script = Path(__file__).parents[1] / SCRIPT
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        self.assertEqual(agency.script, shipped)
        self.assertFalse(in_house.script)
