"""One form of an e-mail address, and what its mailbox says about who reads it."""

import re

from email_validator import EmailNotValidError, validate_email

from hygiene.clean.domain import domain, shared
from hygiene.clean.lines import amended, lines, where
from hygiene.clean.text import listed

LOCAL = r"[a-z0-9_]++(?:[.'-][a-z0-9_]++)*+"
HOST = r"(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)+[a-z]{2,24}"
PLAIN = re.compile(rf"{LOCAL}(?:\+{LOCAL})?@{HOST}")
CLEAN = re.compile(rf"^{LOCAL}@(?!g(?:oogle)?mail\.com$){HOST}$", re.MULTILINE)
"""A line that says already what it says cleaned."""

ANGLED = re.compile(r"<([^<>]+)>")
GOOGLE = frozenset({"gmail.com", "googlemail.com"})
ROLES = listed("""
    info contact office mail email hello hi sales support help admin administrator service services team marketing
    billing accounts accounting invoice invoices finance jobs careers hr press media news newsletter noreply no-
    reply donotreply webmaster postmaster hostmaster abuse security privacy legal reception orders order booking
    bookings reservations enquiries inquiries enquiry inquiry kontakt buero buchhaltung vertrieb verkauf einkauf
    rechnung contacto ventas contabilidad commercial comptabilite accueil general customerservice customercare
    feedback it purchasing partners all assistant ap ar bestellung bewerbung biuro buchung callcenter catering ceo
    clients clientes compras contabilite contact-us contactus crm customers customer customerservices delivery
    direction dispatch donations ecommerce editor einkauf empfang engineering enquire events export facilities faktura
    frontdesk front-desk frontoffice geschaeftsleitung group headoffice helpdesk hola home hotel import inbox infos
    inkoop inkop it-support itsupport kasse klantenservice kanzlei kundenservice kundtjanst leads legal library
    logistics mailbox main manager membership membres office-manager oficina operations ops parts payables payroll
    personal post poststelle praxis presse procurement production projects pr quality recepcion receptie reception
    receivables recruiting recruitment registration rental rentals research rh safety school secretaria secretariat
    secretary segreteria sekretariat service-desk servicedesk shipping shop shopping staff store studio subscriptions
    supply supplychain tech technik technical tickets training travel treasurer ufficio users verkoop versand
    verwaltung vendite vente ventes volunteer warehouse warranty web welcome wholesale zentrale
""")
"""Mailboxes that an office reads, not a person (RFC 2142 and everyday use)."""


def email(text: str) -> str:
    """Lower-case, without a tag after `+`; Google's dots are dropped. "" for what is no address."""
    address = text.strip().lower()
    if not PLAIN.fullmatch(address):
        address = _found(address)
    local, at, host = address.rpartition("@")
    local = local.partition("+")[0] or local
    if host in GOOGLE:
        local, host = local.replace(".", ""), "gmail.com"
    return local + at + host if local else ""


def emails(texts: list[str]) -> list[str]:
    """What `email` says of each text."""
    whole = lines([text if text.isascii() else "" for text in texts]).lower()
    return amended(whole.split("\n")[:-1], ~where(CLEAN, whole), texts, email)


def mailbox(address: str) -> str:
    """The part before the `@`."""
    return address.rpartition("@")[0]


def host(address: str) -> str:
    """The part after the `@`."""
    return address.rpartition("@")[2]


def role(address: str) -> bool:
    """Whether an office reads this address, not a person."""
    return desk(mailbox(address))


def desk(box: str) -> bool:
    """The same of its mailbox."""
    local = box.rstrip("0123456789")
    return local in ROLES or local.replace("_", ".").replace("-", ".").partition(".")[0] in ROLES


def employer(address: str) -> str:
    """The registrable domain of a mailbox at work, "" for free mail."""
    name = domain(address)
    return "" if shared(name) else name


def _found(text: str) -> str:
    found = ANGLED.search(text)
    address = re.split(r"[;,\s]", (found.group(1) if found else text).strip())[0].removeprefix("mailto:")
    return address if PLAIN.fullmatch(address) else _validated(address)


def _validated(address: str) -> str:
    # Special-use names (`.test`) are kept: matching asks whether two are one, not whether mail arrives.
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return ""
    plain = (found.ascii_email or found.normalized).lower()
    return plain if "." in plain.rpartition("@")[2] else ""
