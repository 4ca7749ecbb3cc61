from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import purveyor.common.clock


class Migration(migrations.Migration):
    dependencies = [
        ("offers", "0001_initial"),
        ("orders", "0030_assignment"),
        ("profiles", "0005_dated_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Typed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=12)),
                ("reasons", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=200)),
                ("person", models.BooleanField(default=False)),
                ("because", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField(default=purveyor.common.clock.now)),
            ],
            options={
                "verbose_name_plural": "typed",
                "ordering": ["order", "id"],
            },
        ),
        migrations.AddField(
            model_name="order",
            name="offer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="orders",
                to="offers.offer",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("offer__isnull", False)), fields=["offer", "-ordered_at"], name="order_offer"
            ),
        ),
        migrations.AddField(
            model_name="typed",
            name="offer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="offers.offer",
            ),
        ),
        migrations.AddField(
            model_name="typed",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="typed", to="orders.order"
            ),
        ),
    ]
