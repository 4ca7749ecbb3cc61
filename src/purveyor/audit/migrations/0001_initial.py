from django.db import migrations, models

import purveyor.common.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("position", models.BigIntegerField(default=0)),
                ("link", models.CharField(blank=True, max_length=64)),
                ("sealed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=purveyor.common.clock.now, editable=False)),
                (
                    "by",
                    models.CharField(
                        help_text="user:anna, token:anna/erp, system:intake.new, cli:root", max_length=200
                    ),
                ),
                ("action", models.CharField(max_length=60)),
                ("object_kind", models.CharField(blank=True, max_length=60)),
                ("object_id", models.CharField(blank=True, max_length=64)),
                (
                    "object_name",
                    models.CharField(
                        blank=True, help_text="what a person calls it: a PO number, a name", max_length=120
                    ),
                ),
                ("profile", models.CharField(blank=True, max_length=100)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("because", models.TextField(blank=True)),
                ("hash", models.CharField(editable=False, max_length=64)),
                ("position", models.BigIntegerField(editable=False, null=True, unique=True)),
                ("link", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name_plural": "entries",
                "indexes": [
                    models.Index(fields=["object_kind", "object_id", "id"], name="audit_object"),
                    models.Index(fields=["by", "id"], name="audit_person"),
                    models.Index(fields=["at"], name="audit_day"),
                    models.Index(fields=["profile", "id"], name="audit_profile"),
                    models.Index(condition=models.Q(("position", None)), fields=["id"], name="audit_unsealed"),
                ],
            },
        ),
    ]
