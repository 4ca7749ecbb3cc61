from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import purveyor.common.clock


class Migration(migrations.Migration):
    dependencies = [("people", "0003_authenticator"), ("profiles", "0004_wizard_draft")]

    operations = [
        migrations.CreateModel(
            name="View",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listing", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(blank=True, default="", max_length=1000)),
                ("columns", models.JSONField(default=list)),
                ("shared", models.BooleanField(default=False, verbose_name="shared")),
                ("created_at", models.DateTimeField(default=purveyor.common.clock.now, editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="profiles.profile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listing", models.CharField(max_length=40)),
                ("columns", models.JSONField(default=list)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "default",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.view",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(model_name="view", index=models.Index(fields=["listing", "shared"], name="view_shared")),
        migrations.AddConstraint(
            model_name="view",
            constraint=models.UniqueConstraint(fields=("owner", "listing", "name"), name="view_name_once"),
        ),
        migrations.AddConstraint(
            model_name="choice", constraint=models.UniqueConstraint(fields=("user", "listing"), name="choice_once")
        ),
    ]
