"""Subjects by which automatic responders are known where no header says so."""

import re
import unicodedata

#: How such subjects begin, without accents: English, French, Dutch, German, and what
#: Outlook and Gmail write in Spanish, Italian and Portuguese.
BEGINNINGS = r"""
    auto(?:matic|mated)?[ -]?(?:reply|response)
    out\ of\ (?:the\ )?office (?:\ (?:auto)?reply)?
    (?:i\ am|i'm)\ (?:currently\ )?out\ of\ (?:the\ )?office
    away\ from\ (?:the\ |my\ )?(?:office|desk)
    (?:currently\ )?on\ (?:annual\ |parental\ |maternity\ |sick\ )?(?:leave|vacation)
    vacation\ (?:reply|response|message)
    reponse\ auto(?:matique)?
    (?:message|notification|avis)\ d'absence
    (?:je\ suis\ )?absente?\ du\ bureau
    absence\ du\ bureau
    (?:je\ suis\ )?en\ (?:conges?|vacances)
    automatisch(?:e)?\ (?:antwoord|beantwoording|reactie)
    afwezigheids(?:bericht|melding|assistent)
    afwezig
    (?:ik\ ben\ )?(?:niet\ op|buiten|weg\ van)\ kantoor
    (?:ik\ ben\ )?met\ (?:vakantie|verlof)
    automatische\ (?:antwort|abwesenheitsnotiz|rueckmeldung|ruckmeldung)
    abwesenheits(?:notiz|nachricht|meldung|assistent)
    (?:ich\ bin\ )?(?:abwesend|nicht\ im\ buro|im\ urlaub|au(?:ss|s)er\ haus)
    respuesta\ automatica
    risposta\ automatica
    resposta\ automatica
"""
#: What follows: nothing, a sign, a number, or a word that goes on about the absence.
#: "Out of office supplies" is about supplies.
AFTER = r"""
    (?:\s*$ | \s*[^\w\s] | \s+\d
     | \s+(?:re|aw|tr|fw|fwd|until|till|from|to|for|since|as|with
       |a|de|du|jusqu\w*|pour
       |van|tot|tem|wegens|op|t
       |von|vom|bis|ab|am|auf)\b)
"""
AUTOMATIC = re.compile(
    r"\s*(?:" + "|".join(BEGINNINGS.strip().split("\n")) + r")" + AFTER, re.VERBOSE
)


def says_absent(subject):
    """Whether a subject is one that an automatic responder writes.

    Only its beginning tells: a person who answers such a message writes "Re:" before.
    """
    parts = unicodedata.normalize("NFKD", subject.casefold())
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    bare = bare.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return bool(AUTOMATIC.match(bare))
