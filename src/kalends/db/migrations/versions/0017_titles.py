"""What a booking is called without the names of who takes part, which are put in for whoever reads it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# A title that is the usual sentence word for word is known to be it. Any other stays as it is where nobody
# shares the booking: host and booker know each other. Where several do, it names the first of them, who may
# have left since; so it gets the words that its event type has now.
_WORDS = """
    WITH known AS (
        SELECT b.id, e.title, e.event_name, b.is_seated,
               e.title || ' between ' || coalesce(nullif(u.name, ''), u.username) || ' and ' AS usual,
               (SELECT a.name FROM attendees a WHERE a.booking_id = b.id ORDER BY a.id LIMIT 1) AS booker
          FROM bookings b
          JOIN users u ON u.id = b.user_id
          JOIN event_types e ON e.id = b.event_type_id
    )
    UPDATE bookings b
       SET title = left(known.title, 1000),
           title_parts = CASE
               WHEN starts_with(b.title, known.usual) OR coalesce(known.event_name, '') = '' THEN '{}'
               ELSE jsonb_build_object('template', left(known.event_name, 1000))
           END
      FROM known
     WHERE known.id = b.id AND (known.is_seated OR b.title = left(known.usual || known.booker, 1000))
"""


def upgrade() -> None:
    """Change the schema; there is no way back, a mistake is mended by the next revision."""
    op.add_column("bookings", sa.Column("title_parts", postgresql.JSONB(), nullable=True))
    op.execute(_WORDS)
