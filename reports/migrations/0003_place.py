from django.db import migrations, models

import reports.models.report


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_theme_words")]

    # Defaults in the database too: processes of the version before go on writing reports.
    operations = [
        migrations.AddField(
            "report",
            "near",
            models.CharField(
                blank=True, db_default="", default="", max_length=110, verbose_name="nærmeste adresse"
            ),
        ),
        migrations.AddField(
            "report",
            "near_metres",
            models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="meter fra nærmeste adresse"
            ),
        ),
        migrations.AddField(
            "report",
            "road_owner",
            models.CharField(
                choices=reports.models.report.road_owners,
                db_default="unknown",
                default="unknown",
                max_length=20,
                verbose_name="veieier",
            ),
        ),
    ]
