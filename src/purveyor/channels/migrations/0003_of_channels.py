import django.db.models.deletion
from django.db import migrations, models

import purveyor.channels.states
import purveyor.common.clock


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_of_a_profile"),
        ("profiles", "0005_dated_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("name", models.CharField(max_length=40, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[("folder", "Folder"), ("sftp", "Sftp"), ("partner", "Partner")], max_length=10
                    ),
                ),
                ("outgoing", models.BooleanField(default=False)),
                ("kind", models.CharField(max_length=40)),
                ("saved", models.CharField(blank=True, default="", max_length=80)),
                ("whole", models.BooleanField(default=False)),
                ("on", models.BooleanField(default=True)),
                ("options", models.JSONField(default=dict)),
                ("problem", models.TextField(blank=True, default="")),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("look_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                ("by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=purveyor.common.clock.now)),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="profiles.profile",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("stamp", models.BigIntegerField()),
                ("same_since", models.DateTimeField(default=purveyor.common.clock.now)),
                ("state", models.CharField(default=purveyor.channels.states.ArrivalState["SEEN"], max_length=10)),
                ("state_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("kept_as", models.CharField(blank=True, default="", max_length=300)),
                ("problem", models.TextField(blank=True, default="")),
                ("seen_at", models.DateTimeField(default=purveyor.common.clock.now)),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="arrivals",
                        to="channels.upload",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to="channels.channel",
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="upload",
            name="via",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="channels.channel",
            ),
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("subject", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("state", models.CharField(default=purveyor.channels.states.DepartureState["QUEUED"], max_length=10)),
                ("state_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("due_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True, default="")),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="departures",
                        to="channels.channel",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(condition=models.Q(("on", True)), fields=["look_at"], name="channel_to_look_at"),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="channel_name_there"
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["channel", "-seen_at", "-id"], name="arrival_newest"),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["done", "refused", "gone"]), _negated=True),
                fields=("channel", "name"),
                name="arrival_open_once",
            ),
        ),
        migrations.AddIndex(
            model_name="departure",
            index=models.Index(condition=models.Q(("state", "queued")), fields=["due_at"], name="departure_due"),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.UniqueConstraint(fields=("channel", "name", "sha256"), name="departure_once"),
        ),
    ]
