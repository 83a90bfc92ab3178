"""The playground's own routes under /_/: what the people do, and what tests ask."""
