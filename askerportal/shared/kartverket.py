"""Kartverket's address service, asked when our own table knows nothing: ws.geonorge.no/adresser/v1.

An answer is {"adresser": [{adressenavn, nummer, bokstav, kommunenummer, postnummer,
poststed, representasjonspunkt: {epsg, lat, lon}, meterDistanseTilPunkt}]}.
"""

from django.conf import settings

from askerportal.shared.models import Address
from askerportal.shared.outside import Source, Unavailable

RADIUS = 200  # metres
WGS84 = ("EPSG:4258", "EPSG:4326")  # the same to half a metre

source = Source("kartverket")


def search(text, limit=6):
    """Addresses in the municipality that the text may mean, best first; none when there is no answer."""
    return _ask("sok", {"sok": text, "kommunenummer": settings.MUNICIPALITY_NUMBER, "treffPerSide": limit})


def around(lat, lon):
    """Addresses within RADIUS of a position, at most ten; none when there is no answer."""
    return _ask("punktsok", {"lat": lat, "lon": lon, "radius": RADIUS, "treffPerSide": 10})


def _ask(service, params):
    if not settings.KARTVERKET_URL:
        return []
    params = {**params, "side": 0, "utkoordsys": 4258}
    try:
        return source.ask(f"{settings.KARTVERKET_URL}/{service}", params, _read)
    except Unavailable:
        return []


def _read(answer):
    if answer is None:
        return []
    return [
        _address(found)
        for found in answer["adresser"][:100]
        if found["kommunenummer"] == settings.MUNICIPALITY_NUMBER and found["nummer"]
    ]


def _address(found):
    point = found["representasjonspunkt"]
    if point["epsg"] not in WGS84:
        raise ValueError("an address in another grid")
    address = Address(
        street=found["adressenavn"],
        number=int(found["nummer"]),
        letter=(found["bokstav"] or "").upper(),
        postal_code=found["postnummer"],
        postal_place=found["poststed"].title(),
        lat=float(point["lat"]),
        lon=float(point["lon"]),
        search=found["adressenavn"],
    )
    address.clean_fields()
    return address
