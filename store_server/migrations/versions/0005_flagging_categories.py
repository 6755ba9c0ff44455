"""A category may be sensitive, or what is fetched last: one table of flags"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SENSITIVE = "sensitive"


def _flags() -> sa.TableClause:
    return sa.table("category_flag", sa.column("category"), sa.column("flag"), sa.column("written"))


def _sensitive() -> sa.TableClause:
    return sa.table("sensitive_category", sa.column("category"), sa.column("written"))


def upgrade() -> None:
    op.create_table(
        "category_flag",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("flag", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("category", "flag"),
    )
    before = _sensitive()
    kept = sa.select(before.c.category, sa.literal(SENSITIVE), before.c.written)
    op.get_bind().execute(_flags().insert().from_select(["category", "flag", "written"], kept))
    op.drop_table("sensitive_category")


def downgrade() -> None:
    op.create_table(
        "sensitive_category",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("category"),
    )
    flags = _flags()
    kept = sa.select(flags.c.category, flags.c.written).where(flags.c.flag == SENSITIVE)
    op.get_bind().execute(_sensitive().insert().from_select(["category", "written"], kept))
    op.drop_table("category_flag")
