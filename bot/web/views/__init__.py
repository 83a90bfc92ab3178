"""The pages, by topic; each module lists its own in `ROUTES`."""
