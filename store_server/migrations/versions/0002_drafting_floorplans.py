"""Drafting floorplans: the draft, its edits, the picture under it, rolling back, and the right to publish"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table('plan_draft',
    sa.Column('draft_id', TEXT(), nullable=False),
    sa.Column('base_version', sa.Integer(), nullable=False),
    sa.Column('begun_s', sa.Float(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('kept_revision', sa.Integer(), nullable=False),
    sa.Column('kept_json', TEXT(), nullable=False),
    sa.PrimaryKeyConstraint('draft_id')
    )
    op.create_table('plan_edit',
    sa.Column('draft_id', TEXT(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('edit_id', TEXT(), nullable=False),
    sa.Column('saved_json', TEXT(), nullable=False),
    sa.PrimaryKeyConstraint('draft_id', 'revision')
    )
    with op.batch_alter_table('plan_edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_edit_edit_id'), ['edit_id'], unique=True)
    op.create_table('plan_picture',
    sa.Column('picture_id', TEXT(), nullable=False),
    sa.Column('added_s', sa.Float(), nullable=False),
    sa.Column('png', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('picture_id')
    )
    op.create_table('plan_underlay',
    sa.Column('name', TEXT(), nullable=False),
    sa.Column('placed_json', TEXT(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    with op.batch_alter_table('floorplan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rolled_back_to', sa.Integer(), nullable=True))
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('may_publish', sa.Boolean(), nullable=False, server_default=sa.true()))
    # Those who are there already may publish as before; from now on the program says so for each.
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.alter_column('may_publish', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_column('may_publish')
    with op.batch_alter_table('floorplan', schema=None) as batch_op:
        batch_op.drop_column('rolled_back_to')
    op.drop_table('plan_underlay')
    op.drop_table('plan_picture')
    with op.batch_alter_table('plan_edit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_edit_edit_id'))
    op.drop_table('plan_edit')
    op.drop_table('plan_draft')
