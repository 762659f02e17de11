"""What is written into the database by hand: no operation makes it yet, or only chance would."""

# What no operation makes yet, beside the teams.
ROWS = (
    "UPDATE users SET is_system_admin = true WHERE username = 'root'",
    "UPDATE users SET is_locked = true WHERE username = 'dana'",
    """
    INSERT INTO bookings (uid, event_type_id, status, title, start_time, end_time, organizer_email, ical_uid)
    SELECT 'waiting', id, 'awaiting_host', 'Instant', '2050-10-03 10:00Z', '2050-10-03 11:00Z', '', 'waiting'
      FROM event_types WHERE slug = 'panel'
    """,
    "UPDATE bookings SET rating = 5 WHERE id = (SELECT min(id) FROM bookings)",
    """
    INSERT INTO webhooks (team_id, subscriber_url, triggers)
    SELECT id, 'http://subscriber.example.com/team', ARRAY['BOOKING_CREATED'] FROM teams WHERE slug = 'crew'
    """,
    """
    INSERT INTO webhooks (is_platform, subscriber_url, triggers)
    VALUES (true, 'http://subscriber.example.com/server', ARRAY['BOOKING_CREATED'])
    """,
    """
    INSERT INTO event_types (user_id, parent_id, title, slug, length)
    SELECT u.id, e.id, e.title, e.slug, e.length FROM event_types e, users u
     WHERE e.slug = 'managed' AND u.username = 'ben'
    """,
    # A consumer that failed at a fact, and a worker that died while it was sending a mail.
    """
    INSERT INTO outbox_failures (event_id, consumer, attempts, retry_at, error)
    SELECT max(id), 'mails', 1, '2050-09-17 05:30Z', 'OSError()' FROM outbox_events
     WHERE handled_at IS NOT NULL AND kind = 'booking.created'
    """,
    """
    UPDATE mails SET state = 'sending', next_attempt_at = '2050-09-17 05:50Z'
     WHERE id = (SELECT max(id) FROM mails WHERE state = 'queued')
    """,
)

# Messages are encrypted and do not compress; that of one mail in each state is enough. The server itself
# forgets those of old mails.
FORGET_MESSAGES = """
    UPDATE mails SET message = NULL
     WHERE state IN ('sent', 'failed')
       AND id NOT IN (SELECT max(id) FROM mails WHERE message IS NOT NULL GROUP BY state)
"""
