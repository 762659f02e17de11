"""The organization that a user mainly belongs to (http-core.md 8.6)."""

MAIN_ORGANIZATION = """
    SELECT o.id, o.is_platform
      FROM (SELECT p.organization_id
              FROM profiles p
             WHERE p.user_id = u.id
               AND EXISTS (SELECT FROM memberships m
                            WHERE m.user_id = u.id AND m.team_id = p.organization_id AND m.accepted OFFSET 0)
             -- the account's own, else the one that knew the user first
             ORDER BY p.organization_id = u.organization_id IS TRUE DESC, p.id LIMIT 1) first
      JOIN teams o ON o.id = first.organization_id
"""
"""The main organization of the user `u` of the enclosing statement; no row if they are in none."""
