"""The innbyggertorg that the portal starts with; from then on the rows are the editors'."""

import csv
from pathlib import Path

from guidance.models import Desk

FILE = Path(__file__).parent / "data" / "desks.tsv"


def load():
    """Add the desks that are missing; change none. Returns how many there are."""
    with FILE.open(encoding="utf-8", newline="") as file:
        desks = [
            Desk(
                slug=row["slug"],
                name_nb=row["name"],
                name_nn=row["name"].replace("innbyggertorg", "innbyggjartorg"),
                name_en=row["name"].replace("innbyggertorg", "service desk"),
                address=row["address"],
                opening_nb=row["opening_nb"],
                opening_nn=row["opening_nn"],
                opening_en=row["opening_en"],
                basis=row["basis"],
                order=n,
            )
            for n, row in enumerate(csv.DictReader(file, delimiter="\t"), 1)
        ]
    Desk.objects.bulk_create(desks, ignore_conflicts=True)
    return Desk.objects.count()
