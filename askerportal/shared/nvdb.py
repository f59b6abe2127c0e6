"""Whose road it is: Statens vegvesen's road data bank, NVDB, asked for the road at a position."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from askerportal.shared.outside import Source, Unavailable

WITHIN = 20  # metres from the pin to the road's middle: a wide road and a thumb
CLIENT = "asker-kommune-innbyggerportal"  # NVDB wants to know who asks

source = Source("nvdb")


class RoadOwner(models.TextChoices):
    """Who owns a road (NOU 2009:3)."""

    STATE = "state", _("Statens vegvesen")
    COUNTY = "county", _("Akershus fylkeskommune")
    MUNICIPALITY = "municipality", _("Asker kommune")
    PRIVATE = "private", _("privat vei")
    UNKNOWN = "unknown", _("ukjent")


# vegkategori: Europavei, riksvei, fylkesvei, kommunal, privat, skogsvei.
OWNERS = {
    "E": RoadOwner.STATE,
    "R": RoadOwner.STATE,
    "F": RoadOwner.COUNTY,
    "K": RoadOwner.MUNICIPALITY,
    "P": RoadOwner.PRIVATE,
    "S": RoadOwner.PRIVATE,
}


def road_owner(lat, lon):
    """Who owns the road within WITHIN metres of a position; UNKNOWN without a road or an answer."""
    if not settings.NVDB_URL:
        return RoadOwner.UNKNOWN
    try:
        return source.ask(
            f"{settings.NVDB_URL}/posisjon",
            {"lat": lat, "lon": lon, "maks_avstand": WITHIN},
            _read,
            headers={"X-Client": CLIENT},
        )
    except Unavailable:
        return RoadOwner.UNKNOWN


def _read(answer):
    if not answer:  # 404 or an empty list: no road there
        return RoadOwner.UNKNOWN
    nearest = answer[0]
    owner = OWNERS[nearest["vegsystemreferanse"]["vegsystem"]["vegkategori"]]
    return owner if float(nearest["avstand"]) <= WITHIN else RoadOwner.UNKNOWN
