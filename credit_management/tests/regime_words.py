"""What a regime says, in one line for each rule, to be compared with a table.

A line is ``rule value | article [tag]``. The tag is how sure the article is, as the
collection of facts gives it: T the text was read, S a secondary source, G a project
that cites the text, M from memory.
"""

TAGS = {"text": "T", "source": "S", "project": "G", "memory": "M"}


def lines(regime):
    """What ``regime`` says of every rule that has a basis, and its periods.

    :return list[str]: sorted as a reader would look for them
    """
    bases = {basis.topic: basis for basis in regime.basis_ids}
    found = []
    if regime.date_from or regime.date_to:
        found.append(f"due {_days(regime)}")
    for topic, say in SAYINGS.items():
        value = say(regime)
        if value is None:
            continue
        basis = bases[topic]
        found.append(_line(topic, value, basis))
    # Other addons add periods of their own.
    names = regime.period_ids.get_external_id()
    own = regime.period_ids.filtered(
        lambda period: names[period.id].startswith("credit_management.")
    )
    for period in own.sorted(_place):
        name = period.code or period.claim_kind
        value = f"{name} {period.number} {period.unit}"
        if period.date_from or period.date_to:
            value += f", {_days(period)}"
        found.append(_line(period.topic, value, period))
    return found


def _line(rule, value, basis):
    return f"{rule} {value} | {basis.article} [{TAGS[basis.confidence]}]"


def _place(period):
    return (
        *(period.topic != "limitation", period.code or "", period.claim_kind),
        str(period.date_from or ""),
    )


def _days(record):
    words = []
    if record.date_from:
        words.append(f"from {record.date_from}")
    if record.date_to:
        words.append(f"until {record.date_to}")
    return " ".join(words)


def _terms(regime):
    if not regime.term_max_days:
        return None
    since = f", invoices from {regime.term_max_since}" if regime.term_max_since else ""
    return (
        f"more than {regime.term_max_days} days from receipt count as "
        f"{regime.term_instead_days}{since}"
    )


def _interest(regime):
    value = regime.interest_start
    if value == "months":
        value = f"{regime.interest_months} months"
    value += " by contract only" if regime.interest_by_contract_only else ""
    if regime.receipt_days:
        value += ", not agreed" if value == "due" else ""
        value += f", {regime.receipt_days} days from receipt"
        value += " or delivery" if regime.receipt_or_delivery else ""
        value += " if the invoice says so" if regime.receipt_needs_mention else ""
    return value + (" if the invoice says so" if regime.interest_needs_mention else "")


def _rate(regime):
    if regime.interest_start == "none":
        return None
    value = regime.rate_series or "of the terms"
    if regime.rate_margin:
        value += f" + {regime.rate_margin:g}"
    if regime.floor_series:
        value += f", agreed >= {regime.floor_series}"
    if regime.cap_series:
        value += f", agreed <= {regime.cap_series}"
    return value + ("" if regime.contract_rate_allowed else ", none agreed")


def _of_interest(name):
    return lambda regime: None if regime.interest_start == "none" else regime[name]


def _compounding(regime):
    if regime.interest_start == "none":
        return None
    if regime.contract_compounding_allowed:
        return "by contract"
    return regime.compounding


def _insolvency(regime):
    if regime.interest_start == "none":
        return None
    return "stops interest" if regime.insolvency_stops else "stops nothing"


def _suspension(regime):
    if not regime.dispute_suspends:
        return None
    return (
        f"disputes after {regime.dispute_suspends_after} days, "
        f"{regime.suspension_max_days} days in all"
    )


def _scale(regime, charge, least=0, most=0):
    words = []
    for tier in regime.scale_ids.filtered(lambda t: t.charge == charge).sorted("above"):
        amounts = [f"{tier.fixed:g}"] if tier.fixed else []
        amounts += [f"{tier.percent:g} %"] if tier.percent else []
        begin = f"above {tier.above:.10g} " if tier.above else ""
        words.append(begin + " + ".join(amounts))
    words += [f"at least {least:g}"] if least else []
    words += [f"at most {most:g}"] if most else []
    return "; ".join(words)


def _indemnity(regime):
    if regime.indemnity_rule == "fixed":
        return f"{regime.indemnity_amount:g} {regime.currency_id.name}"
    if regime.indemnity_rule == "scale":
        return f"{_scale(regime, 'indemnity')} {regime.currency_id.name}"
    return "none"


def _clause(regime):
    if regime.clause_rule == "scale":
        return _scale(regime, "clause", most=regime.clause_max)
    return regime.clause_rule


def _cost(regime):
    if regime.cost_rule == "none":
        return "none"
    scale = _scale(regime, "cost", regime.cost_min, regime.cost_max)
    scale += "; added up" if regime.cost_cumulative else ""
    if regime.cost_small:
        scale += (
            f"; instalments below {regime.cost_small:g} at most "
            f"{regime.cost_small_max:g} in {regime.cost_small_months} months"
        )
    return scale


def _fee(regime):
    if regime.fee_rule == "none":
        return "none"
    free = {"claim": "of each claim", "dates": "due dates a year"}
    return (
        f"at most {regime.fee_max:g}, {regime.fee_free_count} "
        f"{free[regime.fee_free_per]} free"
        + (f", of {regime.fee_claim_kind} claims" if regime.fee_claim_kind else "")
        + ("" if regime.fee_beside_clause else ", not beside the clause")
    )


def _wait(regime):
    if not regime.first_reminder_required:
        return None
    return (
        f"{regime.wait_days} days, by post from {regime.wait_post_unit} day "
        f"{regime.wait_post_offset}, else from day {regime.wait_electronic_offset}, "
        f"{regime.wait_margin_days} more to be sure, "
        f"before {' '.join(regime._held_back_kinds())}"
    )


def _notice(regime):
    return f"{regime.notice_days} days from {regime.notice_counts_from}"


SAYINGS = {
    "terms": _terms,
    "interest": _interest,
    "rate": _rate,
    "day_count": _of_interest("day_count"),
    "compounding": _compounding,
    "rounding": _of_interest("rounding"),
    "allocation": _of_interest("allocation"),
    "suspension": _suspension,
    "insolvency": _insolvency,
    "indemnity": _indemnity,
    "clause": _clause,
    "cost": _cost,
    "fee": _fee,
    "wait": _wait,
    "notice": _notice,
}
