"""The first tables"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('basket_item',
    sa.Column('basket_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sku', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('basket_id', 'sku')
    )
    op.create_table('beacon',
    sa.Column('beacon_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.Column('exponent', sa.Integer(), nullable=False),
    sa.Column('clock_offset_s', sa.Float(), nullable=False),
    sa.Column('added_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('beacon_id')
    )
    with op.batch_alter_table('beacon', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_beacon_label'), ['label'], unique=True)

    op.create_table('consent',
    sa.Column('shopper_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_given', sa.Boolean(), nullable=False),
    sa.Column('changed_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('shopper_id', 'purpose')
    )
    op.create_table('consent_event',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('shopper_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('event_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('seq')
    )
    with op.batch_alter_table('consent_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_event_shopper_id'), ['shopper_id'], unique=False)

    op.create_table('dismissal',
    sa.Column('shopper_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('sku', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('shopper_id', 'sku')
    )
    op.create_table('floorplan',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_s', sa.Float(), nullable=False),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('document_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('calibration_json', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('version')
    )
    op.create_table('kiosk',
    sa.Column('kiosk_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('paired_s', sa.Float(), nullable=False),
    sa.Column('last_seen_s', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('kiosk_key')
    )
    op.create_table('learned',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('learned_s', sa.Float(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('node',
    sa.Column('node_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('enrolled_s', sa.Float(), nullable=False),
    sa.Column('boot_id', sa.BigInteger(), nullable=False),
    sa.Column('highest_sequence', sa.BigInteger(), nullable=False),
    sa.Column('last_batch_s', sa.Float(), nullable=True),
    sa.Column('health_json', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('node_key')
    )
    op.create_table('node_batch',
    sa.Column('node_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('boot_id', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('received_s', sa.Float(), nullable=False),
    sa.Column('valid_ids_version', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('node_key', 'boot_id', 'sequence')
    )
    op.create_table('one_time_code',
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('expires_s', sa.Float(), nullable=False),
    sa.Column('used_s', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('code_hash')
    )
    with op.batch_alter_table('one_time_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_code_key'), ['key'], unique=False)

    op.create_table('product',
    sa.Column('sku', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('search_text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('product_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('sku')
    )
    op.create_table('session',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('credential', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_s', sa.Float(), nullable=False),
    sa.Column('seen_s', sa.Float(), nullable=False),
    sa.Column('expires_s', sa.Float(), nullable=False),
    sa.Column('idle_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index('ix_session_subject', ['credential', 'subject'], unique=False)

    op.create_table('shopper',
    sa.Column('shopper_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('card_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pin_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('beacon_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('bound_s', sa.Float(), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('is_paused', sa.Boolean(), nullable=False),
    sa.Column('resumed_s', sa.Float(), nullable=True),
    sa.Column('is_family_tag', sa.Boolean(), nullable=False),
    sa.Column('made_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('shopper_id')
    )
    with op.batch_alter_table('shopper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shopper_beacon_id'), ['beacon_id'], unique=True)
        batch_op.create_index(batch_op.f('ix_shopper_card_hash'), ['card_hash'], unique=True)

    op.create_table('stock',
    sa.Column('sku', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('as_of_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('sku')
    )
    op.create_table('user_account',
    sa.Column('user_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_disabled', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('user_name')
    )
    op.create_table('wish_list',
    sa.Column('shopper_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('wish_list_json', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('shopper_id')
    )


def downgrade() -> None:
    op.drop_table('wish_list')
    op.drop_table('user_account')
    op.drop_table('stock')
    with op.batch_alter_table('shopper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shopper_card_hash'))
        batch_op.drop_index(batch_op.f('ix_shopper_beacon_id'))

    op.drop_table('shopper')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index('ix_session_subject')

    op.drop_table('session')
    op.drop_table('product')
    with op.batch_alter_table('one_time_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_code_key'))

    op.drop_table('one_time_code')
    op.drop_table('node_batch')
    op.drop_table('node')
    op.drop_table('learned')
    op.drop_table('kiosk')
    op.drop_table('floorplan')
    op.drop_table('dismissal')
    with op.batch_alter_table('consent_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_event_shopper_id'))

    op.drop_table('consent_event')
    op.drop_table('consent')
    with op.batch_alter_table('beacon', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_beacon_label'))

    op.drop_table('beacon')
    op.drop_table('basket_item')
