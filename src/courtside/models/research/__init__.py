"""The notebook's own models behind our protocols: each an optional extra, imported when it is first used, its weights brought by the user."""
