"""Writing over HTTP: every verb of the catalogue as an address, who may use it, and what forms on pages need.

It stands on the web's `Site` and its one table of errors; `web/app.py` takes its routes in. It has no rule of its own:
what may be asked, and by whom, is the door's to say.
"""
