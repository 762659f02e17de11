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
    # Somebody who is invited, who did that, and a service account.
    """
    INSERT INTO invitations (membership_id, email, inviter_id, expires_at)
    SELECT m.id, u.email, m.user_id, '2050-09-20 10:00Z'
      FROM memberships m JOIN users u ON u.id = m.user_id ORDER BY m.id LIMIT 1
    """,
    "INSERT INTO invitation_mails (address, mailed_at) VALUES ('ana@example.com', '2050-09-13 10:00Z')",
    """
    INSERT INTO audit_entries (
        place_id, actor_type, actor_id, actor_email, action, subject_type, subject_id, before, after,
        request_id)
    SELECT t.id, 'api_key', u.id, u.email, 'team.updated', 'team', t.id::text, '{"name": "A"}',
           '{"name": "B"}', 'request'
      FROM teams t, users u WHERE t.slug = 'acme' AND u.username = 'ana'
    """,
    """
    INSERT INTO delegation_credentials (organization_id, platform_slug, domain, service_account_key)
    SELECT id, 'google', 'Acme.org', 'encrypted' FROM teams WHERE slug = 'acme'
    """,
    """
    INSERT INTO event_types (user_id, parent_id, title, slug, length)
    SELECT u.id, e.id, e.title, e.slug, e.length FROM event_types e, users u
     WHERE e.slug = 'managed' AND u.username = 'ben'
    """,
    # Somebody who has consented, and whose client has not come for its tokens.
    """
    INSERT INTO authorization_codes (hashed_code, oauth_client_id, user_id, expires_at)
    SELECT repeat('0', 64), oauth_client_id, user_id, '2050-09-20 10:00Z' FROM consents
    """,
    # A consumer that failed at a fact, and one whose workers ended while it had another.
    """
    WITH failed AS (
        SELECT id, user_id, row_number() OVER (ORDER BY id DESC) AS place FROM outbox_events
         WHERE handled_at IS NOT NULL AND kind = 'booking.created'
         ORDER BY id DESC LIMIT 2
    ), queued AS (
        INSERT INTO jobs (kind, owner, lane, position, state, attempts, tries, due_at, last_error, ended_at)
        SELECT 'failures', 'user ' || user_id, 'mails', id,
               CASE place WHEN 1 THEN 'waiting' ELSE 'set_aside' END, 1, 1, '2050-09-17 05:30Z', 'OSError()',
               CASE place WHEN 2 THEN timestamptz '2050-09-17 05:30Z' END
          FROM failed
        RETURNING id, position
    )
    INSERT INTO outbox_failures (event_id, consumer, job_id) SELECT position, 'mails', id FROM queued
    """,
    # A worker that died while it was sending a mail, and one that died with the facts that wait.
    """
    UPDATE jobs SET state = 'leased', lease = gen_random_uuid(), due_at = '2050-09-17 05:50Z'
     WHERE id = (SELECT max(id) FROM jobs WHERE kind = 'mails' AND state IN ('ready', 'waiting'))
    """,
    "INSERT INTO outbox_trials SELECT max(id), '', 1 FROM outbox_events WHERE handled_at IS NULL",
)

# Messages are encrypted and do not compress; that of one mail in each state is enough. The server itself
# forgets those of old mails.
FORGET_MESSAGES = """
    WITH m AS (SELECT m.id, m.message, j.state FROM mails m JOIN jobs j ON j.id = m.job_id)
    UPDATE mails SET message = NULL
     WHERE id IN (SELECT id FROM m WHERE state IN ('done', 'failed'))
       AND id NOT IN (SELECT max(id) FROM m WHERE message IS NOT NULL GROUP BY state)
"""
