"""A kiosk calls for help: which one, when, and who of the staff went"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_call",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("kiosk_key", sa.String(), nullable=False),
        sa.Column("open_kiosk_key", sa.String(), nullable=True),
        sa.Column("called_s", sa.Float(), nullable=False),
        sa.Column("acknowledged_s", sa.Float(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("done_s", sa.Float(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index("ix_help_call_kiosk_key", "help_call", ["kiosk_key"])
    op.create_index("ix_help_call_open_kiosk_key", "help_call", ["open_kiosk_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_help_call_open_kiosk_key", table_name="help_call")
    op.drop_index("ix_help_call_kiosk_key", table_name="help_call")
    op.drop_table("help_call")
