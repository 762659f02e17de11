"""The organization that a user belongs to first of all (http-core.md 8.6)."""

MAIN_ORGANIZATION = """
    SELECT o.id, o.is_platform
      FROM profiles p
      JOIN memberships m ON m.user_id = p.user_id AND m.team_id = p.organization_id AND m.accepted
      JOIN teams o ON o.id = p.organization_id
     WHERE p.user_id = u.id
     -- the account's own, else the one that knew the user first
     ORDER BY p.organization_id = u.organization_id IS TRUE DESC, p.id LIMIT 1
"""
"""The main organization of the user `u` of a statement around it; no row: they are a member of none."""
