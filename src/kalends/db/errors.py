"""Why a database cannot be used. Each message is one line that says what is wrong and what to do."""


class DatabaseFault(Exception):
    """The server cannot work with its database."""


class DatabaseUnavailable(DatabaseFault):
    """It does not run, cannot be reached, or is of a version that is not supported."""


class DiskFull(DatabaseFault):
    """There is too little room on its disk to write anything."""


class SchemaTooNew(DatabaseFault):
    """A newer Kalends has migrated it."""


class SchemaTooOld(DatabaseFault):
    """Migrations are pending."""


class MigrationFailed(DatabaseFault):
    """A migration could not be applied; the schema is as it was before."""
