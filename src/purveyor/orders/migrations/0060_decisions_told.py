"""Why a decision was made is kept as what it is made of. The mark for "something holds it" becomes its sentence."""

from django.db import migrations, models

MARK = "held"
SENTENCE = "Something holds the order; once it is gone, the policy answers."


def spell_out(apps, schema_editor):
    apps.get_model("orders", "Decision").objects.filter(why=MARK).update(why=SENTENCE)


def mark(apps, schema_editor):
    apps.get_model("orders", "Decision").objects.filter(why=SENTENCE).update(why=MARK)


class Migration(migrations.Migration):
    dependencies = [("orders", "0055_held")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="told",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunPython(spell_out, mark),
    ]
