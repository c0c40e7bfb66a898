"""One module a council: which records stand behind its published figures."""
