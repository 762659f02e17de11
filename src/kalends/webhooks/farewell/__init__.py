"""What webhooks are told last, before their owner or the host of a booking is deleted."""
