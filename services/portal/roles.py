"""Roles that belong together, wherever pages are for them."""

PANEL = ("citizen_panellist", "expert")
SIDES = ("authorising_officer", "accountant")
"""The two sides of a payment, which nobody holds both."""
MONEY = (*SIDES, "programme_officer")
"""Who sees to a grant, its documents and its account."""
MONEY_READERS = (*MONEY, "deciding_authority")
NAMING = (*MONEY_READERS, "mentor", "administrator")
"""Those to whom ``people`` tells anybody's name."""
