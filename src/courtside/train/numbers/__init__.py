"""The jersey-number reader: crops and their cleaning, rendered numbers, network, fitting and export."""
