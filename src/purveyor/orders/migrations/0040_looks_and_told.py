from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0035_packed_versions")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="to_look",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(condition=models.Q(("to_look", True)), fields=["id"], name="order_to_look"),
        ),
        migrations.AddField(
            model_name="hold",
            name="told",
            field=models.JSONField(default=list),
        ),
    ]
