import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("tat", models.FloatField(default=0)),
                ("seen", models.FloatField(default=0)),
                ("rate", models.FloatField()),
                ("burst", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(unique=True)),
                ("marketplace", models.CharField(max_length=2)),
                (
                    "environment",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("sandbox", "Amazon's sandbox"),
                            ("simulator", "Simulator"),
                            ("custom", "Custom endpoint"),
                        ],
                        max_length=12,
                    ),
                ),
                ("endpoint", models.URLField(blank=True, default="")),
                ("login_url", models.URLField(blank=True, default="")),
                ("client_id", models.CharField(max_length=200)),
                ("visibility_seconds", models.PositiveIntegerField(default=1800)),
                ("importing", models.BooleanField(default=True)),
                ("sending", models.BooleanField(default=False)),
                ("import_from", models.DateTimeField(blank=True, null=True)),
                ("trouble", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("environment__in", ["production", "sandbox", "simulator", "custom"])),
                        name="profile_environment_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("sealed", models.BinaryField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("renew_at", models.DateTimeField(null=True)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shared_tokens", to="profiles.profile"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("client_secret", "Client Secret"), ("refresh_token", "Refresh Token")], max_length=16
                    ),
                ),
                ("slot", models.CharField(choices=[("new", "New"), ("old", "Old")], max_length=4)),
                ("sealed", models.BinaryField(null=True)),
                ("stored_at", models.DateTimeField()),
                ("drops_at", models.DateTimeField(null=True)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="secrets", to="profiles.profile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("profile", "kind", "slot"), name="secret_slot_once"),
                    models.CheckConstraint(condition=models.Q(("sealed__isnull", False)), name="secret_is_there"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VendorCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="vendor_codes", to="profiles.profile"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [models.UniqueConstraint(fields=("profile", "code"), name="vendor_code_once")],
            },
        ),
    ]
