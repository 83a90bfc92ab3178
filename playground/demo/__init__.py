"""The demo server's pictures and the script that makes them."""
