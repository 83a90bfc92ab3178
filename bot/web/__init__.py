"""The web gallery: pages to look at what was made, and to play with the models. It changes nothing.

It reads `bot.records`, draws through the worker, and asks a *door* who a visitor is and what they may see. It is served
by the bot's process (`bot.app`), on loopback unless told otherwise.
"""
