import django.db.models.deletion
from django.db import migrations, models

import purveyor.common.clock
import purveyor.warehouse.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0003_of_channels"),
        ("orders", "0055_held"),
        ("products", "0002_location_and_prep"),
        ("profiles", "0005_dated_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Packing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=80)),
                ("ship_to", models.CharField(blank=True, default="", max_length=40)),
                ("state", models.CharField(default=purveyor.warehouse.states.PackingState["OPEN"], max_length=10)),
                ("state_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                ("by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=purveyor.common.clock.now)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packings", to="profiles.profile"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="channels.upload",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Carton",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("position", models.PositiveIntegerField()),
                ("sscc", models.CharField(blank=True, default="", max_length=18)),
                ("weight_grams", models.PositiveBigIntegerField(blank=True, null=True)),
                ("tare_grams", models.PositiveBigIntegerField(blank=True, null=True)),
                ("length_mm", models.PositiveIntegerField(blank=True, null=True)),
                ("width_mm", models.PositiveIntegerField(blank=True, null=True)),
                ("height_mm", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "packing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="warehouse.packing",
                    ),
                ),
            ],
            options={
                "ordering": ["packing", "position"],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acknowledged", models.PositiveBigIntegerField()),
                ("picked", models.PositiveBigIntegerField()),
                ("packed", models.PositiveBigIntegerField()),
                ("reason", models.TextField()),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=purveyor.common.clock.now)),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.line"),
                ),
                (
                    "packing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptances",
                        to="warehouse.packing",
                    ),
                ),
            ],
            options={
                "ordering": ["packing", "line"],
            },
        ),
        migrations.CreateModel(
            name="PackStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("what", models.JSONField(default=dict)),
                ("before", models.JSONField(default=list)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "packing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="warehouse.packing",
                    ),
                ),
            ],
            options={
                "ordering": ["packing", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Pallet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("position", models.PositiveIntegerField()),
                ("sscc", models.CharField(blank=True, default="", max_length=18)),
                ("weight_grams", models.PositiveBigIntegerField(blank=True, null=True)),
                ("tare_grams", models.PositiveBigIntegerField(blank=True, null=True)),
                ("length_mm", models.PositiveIntegerField(blank=True, null=True)),
                ("width_mm", models.PositiveIntegerField(blank=True, null=True)),
                ("height_mm", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "packing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="warehouse.packing",
                    ),
                ),
            ],
            options={
                "ordering": ["packing", "position"],
            },
        ),
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("eaches", models.PositiveBigIntegerField()),
                ("lot", models.CharField(blank=True, default="", max_length=60)),
                ("expiry", models.DateField(blank=True, null=True)),
                (
                    "carton",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contents",
                        to="warehouse.carton",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contents", to="orders.line"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "packing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contents", to="warehouse.packing"
                    ),
                ),
                (
                    "pallet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contents",
                        to="warehouse.pallet",
                    ),
                ),
            ],
            options={
                "ordering": ["packing", "id"],
            },
        ),
        migrations.AddField(
            model_name="carton",
            name="pallet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cartons",
                to="warehouse.pallet",
            ),
        ),
        migrations.CreateModel(
            name="PickList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=60)),
                ("state", models.CharField(default=purveyor.warehouse.states.PickListState["RELEASED"], max_length=10)),
                ("state_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("order_version", models.PositiveIntegerField()),
                ("checked_version", models.PositiveIntegerField()),
                ("reason", models.JSONField(blank=True, default=dict)),
                ("released_by", models.CharField(max_length=200)),
                ("released_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("printed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pick_lists",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["-released_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="PickLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("asked", models.PositiveBigIntegerField()),
                ("location", models.CharField(blank=True, default="", max_length=40)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pick_lines", to="orders.line"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "pick_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="warehouse.picklist",
                    ),
                ),
            ],
            options={
                "ordering": ["pick_list", "position"],
            },
        ),
        migrations.CreateModel(
            name="PickResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=80)),
                (
                    "way",
                    models.CharField(
                        choices=[("file", "File"), ("screen", "Screen"), ("api", "Api"), ("cli", "Cli")], max_length=10
                    ),
                ),
                ("state", models.CharField(default=purveyor.warehouse.states.PickResultState["TAKEN"], max_length=10)),
                ("state_at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("picked_at", models.DateTimeField(blank=True, null=True)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=purveyor.common.clock.now)),
                ("settle_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.JSONField(blank=True, default=dict)),
                (
                    "pick_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="warehouse.picklist",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="channels.upload",
                    ),
                ),
            ],
            options={
                "ordering": ["pick_list", "-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Picked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("eaches", models.PositiveBigIntegerField()),
                ("excess", models.PositiveBigIntegerField(default=0)),
                ("lot", models.CharField(blank=True, default="", max_length=60)),
                ("expiry", models.DateField(blank=True, null=True)),
                ("short", models.CharField(blank=True, default="", max_length=20)),
                ("prepared", models.BooleanField(default=False)),
                (
                    "pick_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="picked", to="warehouse.pickline"
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="picked",
                        to="warehouse.pickresult",
                    ),
                ),
            ],
            options={
                "ordering": ["result", "pick_line", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="packing",
            index=models.Index(fields=["-created_at", "-id"], name="packing_newest"),
        ),
        migrations.AddConstraint(
            model_name="packing",
            constraint=models.UniqueConstraint(fields=("profile", "reference"), name="packing_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="packing",
            constraint=models.CheckConstraint(
                condition=models.Q(("reference", ""), _negated=True), name="packing_reference_there"
            ),
        ),
        migrations.AddConstraint(
            model_name="packing",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "packed", "dropped"])), name="packing_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(fields=("packing", "line"), name="acceptance_of_line_once"),
        ),
        migrations.AddConstraint(
            model_name="packstep",
            constraint=models.UniqueConstraint(fields=("packing", "version"), name="pack_step_version_once"),
        ),
        migrations.AddConstraint(
            model_name="pallet",
            constraint=models.UniqueConstraint(fields=("packing", "key"), name="pallet_key_once"),
        ),
        migrations.AddConstraint(
            model_name="pallet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sscc", ""), _negated=True), fields=("packing", "sscc"), name="pallet_sscc_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(
                condition=models.Q(("pallet", None), ("carton", None), _connector="OR"), name="content_in_one_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="content",
            constraint=models.CheckConstraint(condition=models.Q(("eaches__gt", 0)), name="content_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="carton",
            constraint=models.UniqueConstraint(fields=("packing", "key"), name="carton_key_once"),
        ),
        migrations.AddConstraint(
            model_name="carton",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sscc", ""), _negated=True), fields=("packing", "sscc"), name="carton_sscc_once"
            ),
        ),
        migrations.AddIndex(
            model_name="picklist",
            index=models.Index(fields=["number"], name="pick_list_number"),
        ),
        migrations.AddIndex(
            model_name="picklist",
            index=models.Index(fields=["state", "-released_at", "-id"], name="pick_list_state_newest"),
        ),
        migrations.AddIndex(
            model_name="picklist",
            index=models.Index(fields=["-released_at", "-id"], name="pick_list_newest"),
        ),
        migrations.AddConstraint(
            model_name="picklist",
            constraint=models.UniqueConstraint(fields=("order", "revision"), name="pick_list_revision_once"),
        ),
        migrations.AddConstraint(
            model_name="picklist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["released", "held", "picked"])),
                fields=("order",),
                name="pick_list_live_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="picklist",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["released", "held", "picked", "cancelled"])),
                name="pick_list_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="pickline",
            constraint=models.UniqueConstraint(fields=("pick_list", "line"), name="pick_line_once"),
        ),
        migrations.AddIndex(
            model_name="pickresult",
            index=models.Index(
                condition=models.Q(("settle_at__isnull", False), ("settled_at", None)),
                fields=["settle_at"],
                name="pick_result_to_settle",
            ),
        ),
        migrations.AddConstraint(
            model_name="pickresult",
            constraint=models.UniqueConstraint(fields=("pick_list", "reference"), name="pick_result_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="pickresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", purveyor.warehouse.states.PickResultState["TAKEN"])),
                fields=("pick_list",),
                name="pick_result_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="picked",
            constraint=models.UniqueConstraint(fields=("result", "pick_line", "lot", "expiry"), name="picked_lot_once"),
        ),
        migrations.AddConstraint(
            model_name="picked",
            constraint=models.UniqueConstraint(
                condition=models.Q(("expiry", None)),
                fields=("result", "pick_line", "lot"),
                name="picked_lot_without_expiry_once",
            ),
        ),
    ]
