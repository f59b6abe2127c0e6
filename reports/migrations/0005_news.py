import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import reports.models.notice_text
import reports.models.report


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_photos"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadlineChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("before", models.DateField(null=True)),
                ("after", models.DateField()),
                ("reason", models.TextField()),
            ],
            options={
                "verbose_name": "flyttet frist",
                "verbose_name_plural": "flyttede frister",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reason", models.TextField(blank=True)),
                ("public_text", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "flytting til annen avdeling",
                "verbose_name_plural": "flyttinger til annen avdeling",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("contact", models.CharField(max_length=254)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="NoticeText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        choices=reports.models.notice_text.slugs,
                        editable=False,
                        max_length=20,
                        unique=True,
                        verbose_name="anledning",
                    ),
                ),
                (
                    "subject_nb",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="emne på bokmål",
                    ),
                ),
                (
                    "body_nb",
                    models.TextField(
                        blank=True,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="e-post på bokmål",
                    ),
                ),
                (
                    "sms_nb",
                    models.TextField(
                        blank=True,
                        validators=[
                            reports.models.notice_text.only_known_placeholders,
                            reports.models.notice_text.short_enough,
                        ],
                        verbose_name="SMS på bokmål",
                    ),
                ),
                (
                    "subject_nn",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="emne på nynorsk",
                    ),
                ),
                (
                    "body_nn",
                    models.TextField(
                        blank=True,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="e-post på nynorsk",
                    ),
                ),
                (
                    "sms_nn",
                    models.TextField(
                        blank=True,
                        validators=[
                            reports.models.notice_text.only_known_placeholders,
                            reports.models.notice_text.short_enough,
                        ],
                        verbose_name="SMS på nynorsk",
                    ),
                ),
                (
                    "subject_en",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="emne på engelsk",
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        blank=True,
                        validators=[reports.models.notice_text.only_known_placeholders],
                        verbose_name="e-post på engelsk",
                    ),
                ),
                (
                    "sms_en",
                    models.TextField(
                        blank=True,
                        validators=[
                            reports.models.notice_text.only_known_placeholders,
                            reports.models.notice_text.short_enough,
                        ],
                        verbose_name="SMS på engelsk",
                    ),
                ),
            ],
            options={
                "verbose_name": "tekst til innbyggere",
                "verbose_name_plural": "tekster til innbyggere",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("score", models.PositiveSmallIntegerField()),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "vurdering",
                "verbose_name_plural": "vurderinger",
            },
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="report_state_known",
        ),
        migrations.AddField(
            model_name="delivery",
            name="date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="report_state",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="report",
            name="deadline",
            field=models.DateField(editable=False, null=True, verbose_name="frist"),
        ),
        migrations.AddField(
            model_name="report",
            name="has_news",
            field=models.BooleanField(db_default=False, default=False, verbose_name="nytt fra innbyggeren"),
        ),
        migrations.AddField(
            model_name="report",
            name="news",
            field=models.CharField(
                blank=True,
                choices=reports.models.report.ways_of_news,
                db_default="",
                default="",
                max_length=5,
                verbose_name="nyheter på",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="news_stopped_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="nyheter stoppet"),
        ),
        migrations.AddField(
            model_name="statuschange",
            name="date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="theme",
            name="deadline_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                db_default=10,
                default=10,
                help_text="Regnes fra dagen meldingen kommer. Tomt betyr at ingen frist loves.",
                null=True,
                verbose_name="frist i arbeidsdager",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("route", "Til avdelingens innboks"),
                    ("email", "E-post til innbygger"),
                    ("sms", "SMS til innbygger"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "received",
                            "in_progress",
                            "waiting_for_reporter",
                            "planned",
                            "done",
                            "not_done",
                            "forwarded",
                            "duplicate",
                            "withdrawn",
                        ],
                    )
                ),
                name="report_state_known",
            ),
        ),
        migrations.AddField(
            model_name="deadlinechange",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deadlinechange",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deadline_changes",
                to="reports.report",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="after",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.department"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="before",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.department"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="handovers", to="reports.report"
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="report",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="survey", to="reports.report"
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__range", (1, 5))), name="survey_score_1_to_5"
            ),
        ),
    ]
