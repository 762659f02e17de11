"""Webhooks: subscriptions, payloads, deliveries."""
