from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
    ]

    operations = [
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
    ]
