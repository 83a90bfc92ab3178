"""The part of the REST API under /api/v10 that an art bot needs."""
