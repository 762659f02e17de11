"""The history of the schema: numbered revisions that are applied in order and never changed."""
