"""The summary of the main job as text."""

from console import table
from layout import LOCAL, ROOT

TITLES = {
    "open_items": "Open items",
    "reminders": "Reminders by state",
    "by_step": "Reminders by step",
    "by_channel": "Reminders by channel",
    "blocked": "Items not reminded, by reason",
    "mails": "E-mails in the folder",
    "letters": "Letters in the folder",
    "seconds": "Seconds",
}


def show(summary, demo):
    """Print what the job did and where to look; values may be numbers or groups."""
    print()
    keys = [key for key in TITLES if key in summary]
    keys += [key for key in summary if key not in TITLES]
    for key in keys:
        title = TITLES.get(key, key.replace("_", " ").capitalize())
        value = summary[key]
        if isinstance(value, dict):
            print(f"{title}:")
            if value:
                print(table([(name, _shown(count)) for name, count in value.items()]))
            else:
                print("  none")
        else:
            print(f"{title}: {_shown(value)}")
    option = "" if demo.is_default else f" --database {demo.database}"
    folder = demo.folder.relative_to(ROOT)
    places = [
        (f"{folder}/mails", "the e-mails, as they would have left this machine"),
        (f"{folder}/summary.json", "this summary"),
        (f"{LOCAL.name}/log", "what Odoo and PostgreSQL had to say"),
        (f"setup/serve{option}", "Odoo in the browser: user admin, password admin"),
        (f"setup/shell{option}", f"Odoo's shell on the database {demo.database}"),
    ]
    print(f"\nWhere to look:\n{table(places)}", flush=True)


def _shown(value):
    if isinstance(value, float):
        return f"{value:.1f}"
    return "" if value is None else value
