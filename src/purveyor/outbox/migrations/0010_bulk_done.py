from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_ticks_and_runs"), ("outbox", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BulkDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_id", models.BigIntegerField()),
                ("number", models.CharField(blank=True, default="", max_length=40)),
                ("done", models.BooleanField()),
                ("undo", models.JSONField(null=True)),
                ("why", models.TextField(blank=True, default="")),
                (
                    "run",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="jobs.run"),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("run", "order_id"), name="bulk_order_once")],
            },
        ),
    ]
