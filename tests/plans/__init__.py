"""What the statements of the hot paths read, whatever PostgreSQL knew of the tables when it planned them."""
