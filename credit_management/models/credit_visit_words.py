"""What a visitor can report: codes and their labels."""

OUTCOMES = [
    ("met", "Met the debtor"),
    ("other", "Met somebody else"),
    ("absent", "Nobody there"),
    ("moved", "Not at this address any more"),
    ("refused", "Does not want visits"),
]
#: Who may hear what the visit is about. Nobody collects from anybody else
#: (XIX.5 C. econ. law in Belgium, in force since 1 September 2023; elsewhere by
#: prudence).
ENTITLED = ("debtor", "representative")
ROLES = [
    ("debtor", "The debtor"),
    ("representative", "Somebody who acts for the debtor"),
    ("household", "Somebody of the household"),
    ("employee", "An employee"),
    ("other", "Somebody else"),
]
ACTIVITIES = [
    ("active", "Busy as usual"),
    ("reduced", "Little going on"),
    ("none", "None, closed or empty"),
]
ASSETS = [
    ("ample", "More than is owed"),
    ("some", "Some"),
    ("none", "None to be seen"),
]
OCCUPATIONS = [
    ("regular", "Regular work or trade"),
    ("irregular", "Now and then"),
    ("none", "None"),
]
WILLINGNESS = [
    ("willing", "Wants to pay"),
    ("hesitant", "Hesitates"),
    ("unwilling", "Does not want to"),
]
ABILITIES = [
    ("able", "Can pay"),
    ("partly", "Can pay a part"),
    ("unable", "Can't pay"),
]
METHODS = [("cash", "Cash"), ("card", "Card"), ("cheque", "Cheque")]

#: What only the visitor's form says.
REPORTED = {
    "ability",
    "activity",
    "assets",
    "met_name",
    "met_role",
    "occupation",
    "outcome",
    "outside",
    "paid_amount",
    "paid_currency_id",
    "paid_method",
    "paper_given",
    "payment_id",
    "photo_ids",
    "promise_id",
    "promised_amount",
    "promised_date",
    "receipt_number",
    "reported_at",
    "reporter",
    "round_id",
    "said",
    "score",
    "state",
    "visited_at",
    "willingness",
}
#: What is settled once a visit has been reported.
SETTLED = {
    "address_id",
    "company_id",
    "date",
    "firm_id",
    "hour_from",
    "hour_to",
    "partner_id",
    "reminder_id",
    "user_id",
}
