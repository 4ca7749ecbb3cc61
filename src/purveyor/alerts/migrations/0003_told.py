"""What an alert says is kept as what it is made of; those there are stay the finished sentences they were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_comments_routes_webhooks")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="told",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
