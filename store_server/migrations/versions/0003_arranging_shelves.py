"""Arranging shelves: categories of products, sensitive ones, and what goes with what"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("category", TEXT(), nullable=False, server_default=""))
    product = sa.table("product", sa.column("sku"), sa.column("category"), sa.column("product_json"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(product.c.sku, product.c.product_json)).all()
    if rows:
        connection.execute(
            sa.update(product).where(product.c.sku == sa.bindparam("of")).values(category=sa.bindparam("is_now")),
            [{"of": sku, "is_now": json.loads(content)["category"].casefold()} for sku, content in rows],
        )
    # Each product has its own from now on.
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.alter_column("category", server_default=None)
        batch_op.create_index(batch_op.f("ix_product_category"), ["category"], unique=False)
    op.create_table(
        "sensitive_category",
        sa.Column("category", TEXT(), nullable=False),
        sa.Column("written", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("category"),
    )
    op.create_table(
        "pairing",
        sa.Column("sku", TEXT(), nullable=False),
        sa.Column("with_sku", TEXT(), nullable=False),
        sa.Column("note", TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("sku", "with_sku"),
    )


def downgrade() -> None:
    op.drop_table("pairing")
    op.drop_table("sensitive_category")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_category"))
        batch_op.drop_column("category")
