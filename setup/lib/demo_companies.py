"""The companies of the demonstration: addresses, charts, banks, ways to pay, logos.

Names are those of trades and places, numbers of accounts are the examples that the
registries publish; nobody is meant.
"""

import base64
import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from odoo.tools import file_path

#: Those that the addons speak themselves.
HOUSE_LANGUAGES = ("fr_FR", "nl_BE")
FONT = "web/static/fonts/lato/Lato-Bol-webfont.ttf"


@dataclass(frozen=True)
class Place:
    """Where a company of the demonstration is, and what it needs there."""

    name: str
    country: str
    chart: str
    currency: str
    street: str
    zip: str
    city: str
    phone: str
    iban: str
    bic: str
    registry: str
    languages: tuple
    trades: tuple
    towns: tuple
    colour: str
    goods: str


PLACES = (
    Place(
        name="Fournitures du Rhône",
        country="FR",
        chart="fr",
        currency="EUR",
        street="12 quai des Entrepôts",
        zip="69002",
        city="Lyon",
        phone="+33 1 99 00 12 34",
        iban="FR7630001007941234567890185",
        bic="BDFEFRPPCCT",
        registry="12345678200010",
        languages=("fr_FR", "fr_FR", "fr_FR", "en_US"),
        trades=("Menuiserie", "Imprimerie", "Garage", "Boulangerie", "Hôtel"),
        towns=(
            ("69003", "Lyon"),
            ("38000", "Grenoble"),
            ("42000", "Saint-Étienne"),
            ("01000", "Bourg-en-Bresse"),
        ),
        colour="#1f5673",
        goods="Fournitures d’atelier",
    ),
    Place(
        name="Noordzee Verpakkingen",
        country="BE",
        chart="be_comp",
        currency="EUR",
        street="Havenlaan 86",
        zip="1000",
        city="Brussel",
        phone="+32 2 555 12 34",
        iban="BE71096123456769",
        bic="GKCCBEBB",
        registry="0123456749",
        languages=("nl_BE", "nl_BE", "fr_FR", "en_US"),
        trades=("Drukkerij", "Slagerij", "Brouwerij", "Café", "Bouwbedrijf"),
        towns=(
            ("2000", "Antwerpen"),
            ("9000", "Gent"),
            ("4000", "Liège"),
            ("8000", "Brugge"),
        ),
        colour="#8a4b14",
        goods="Verpakkingsmateriaal",
    ),
    Place(
        name="Alpenblick Werkzeuge",
        country="CH",
        chart="ch",
        currency="CHF",
        street="Industriestrasse 5",
        zip="3005",
        city="Bern",
        phone="+41 31 555 12 34",
        iban="CH9300762011623852957",
        bic="KBZGCH22",
        registry="CHE123456788",
        languages=("de_DE", "de_DE", "fr_FR", "en_US"),
        trades=("Schreinerei", "Gasthaus", "Gärtnerei", "Druckerei", "Sägewerk"),
        towns=(
            ("3000", "Bern"),
            ("8000", "Zürich"),
            ("1200", "Genève"),
            ("6000", "Luzern"),
        ),
        colour="#2f5d50",
        goods="Werkzeuge",
    ),
)


def set_up_companies(env, only_one=False):
    """Make the companies with their charts of accounts, banks and daily reminders."""
    # Only here, as Odoo finds the addons once it has read where they are.
    from odoo.addons.credit_management.report.letterhead import number_of

    # Who tries it may enter lines of bank statements, too.
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_basic")
    companies = []
    for number, place in enumerate(PLACES[:1] if only_one else PLACES):
        company = (
            env.company if not number else env["res.company"].create({"name": "…"})
        )
        country = env["res.country"].search([("code", "=", place.country)])
        currency = env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", place.currency)])
        currency.active = True
        company.write(
            {
                "name": place.name,
                "street": place.street,
                "zip": place.zip,
                "city": place.city,
                "country_id": country.id,
                "phone": place.phone,
                "email": f"billing@{place.country.lower()}.example.com",
                "company_registry": place.registry,
                "currency_id": currency.id,
                "credit_auto_run": True,
                # Days pass in seconds, and nobody is there to answer.
                "credit_guard_percent": 0,
                "credit_guard_ledger_days": 0,
                "credit_guard_failures": 0,
            }
        )
        if "iap_enrich_auto_done" in company:
            # Odoo would ask its own service about a company that is made up.
            company.iap_enrich_auto_done = True
        env.user.company_ids |= company
        env.ref("base.user_admin").company_ids |= company
        company.logo = _logo(place)
        home = company.partner_id
        # What nobody in particular reads is in the language of the house.
        home.lang = next(lang for lang in place.languages if lang in HOUSE_LANGUAGES)
        company.report_footer = " · ".join(
            (place.name, f"{place.street}, {place.zip} {place.city}", number_of(home))
        )
        charts = env["account.chart.template"].with_company(company)
        charts.try_loading(place.chart, company=company, install_demo=False)
        _add_bank(env, company, place)
        _add_charge_accounts(env, company)
        _add_provider(env, company)
        companies.append(company)
    # Whoever answers a debtor has an address.
    env.ref("base.user_admin").email = f"admin@{PLACES[0].country.lower()}.example.com"
    return companies


def _logo(place):
    """A plain logo: the name, and a mark with its first letter."""
    image = Image.new("RGBA", (2000, 180), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 4, 176, 176), fill=place.colour)
    draw.text((90, 90), place.name[0], "white", _font(110), anchor="mm")
    draw.text((210, 90), place.name, place.colour, _font(78), anchor="lm")
    out = io.BytesIO()
    image.crop(image.getbbox()).save(out, "PNG")
    return base64.b64encode(out.getvalue())


def _font(size):
    # A font that Odoo's web pages ship; Pillow's own has no accents.
    return ImageFont.truetype(file_path(FONT), size)


def _add_charge_accounts(env, company):
    """Where charges are booked, so that nobody has to choose accounts first."""
    account = env["account.account"].search(
        [
            ("company_ids", "=", company.id),
            ("account_type", "in", ("income_other", "income")),
        ],
        order="account_type desc, code",
        limit=1,
    )
    company.write(
        {
            "credit_interest_account_id": account.id,
            "credit_indemnity_account_id": account.id,
            "credit_fee_account_id": account.id,
        }
    )

    if "credit_write_off_account_id" in company:
        company.credit_write_off_account_id = _bad_debts(env, company)


def _bad_debts(env, company):
    """The account of lost claims: 654 in France, 642 in Belgium, 3805 for Swiss."""
    expenses = env["account.account"].search(
        [("company_ids", "=", company.id), ("account_type", "=like", "expense%")],
        order="code",
    )
    named = expenses.filtered(
        lambda account: (account.code or "").startswith(("654", "642", "3805"))
    )
    return (named or expenses)[:1]


def _add_provider(env, company):
    """Payments online, by the provider that only pretends to take money."""
    provider = env["payment.provider"].search(
        [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
    )
    if not provider:
        template = env.ref("payment.payment_provider_demo")
        provider = template.copy({"company_id": company.id})
    provider = provider.with_company(company)
    provider.write({"state": "test", "is_published": True})
    provider.payment_method_ids.active = True
    provider.journal_id  # noqa: B018 - computed, which makes its line in the journal


def _add_bank(env, company, place):
    bank = env["res.bank"].create({"name": f"Bank {place.bic}", "bic": place.bic})
    account = env["res.partner.bank"].create(
        {
            "acc_number": place.iban,
            "partner_id": company.partner_id.id,
            "bank_id": bank.id,
            "allow_out_payment": True,
        }
    )
    journal = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    journal.bank_account_id = account
    company.email_formatted  # noqa: B018 - computed once, before anything is sent
