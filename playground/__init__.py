"""A loopback Discord: REST, gateway, CDN and a chat page, so that an unmodified discord.py bot can be tried and tested.

It shares no code with the bot or the worker, and keeps Discord's rules at least as strictly as Discord does: a stand-in
that is kinder than the real thing hides faults.
"""
