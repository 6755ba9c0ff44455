"""A draft is as far as its newest edit: the row with the whole plan in it need not be written with every step"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan_draft", schema=None) as batch_op:
        batch_op.drop_column("revision")


def downgrade() -> None:
    with op.batch_alter_table("plan_draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    draft = sa.table("plan_draft", sa.column("draft_id"), sa.column("revision"))
    edit = sa.table("plan_edit", sa.column("draft_id"), sa.column("revision"))
    newest = sa.select(sa.func.max(edit.c.revision)).where(edit.c.draft_id == draft.c.draft_id).scalar_subquery()
    op.get_bind().execute(sa.update(draft).values(revision=sa.func.coalesce(newest, 0)))
    with op.batch_alter_table("plan_draft", schema=None) as batch_op:
        batch_op.alter_column("revision", server_default=None)
