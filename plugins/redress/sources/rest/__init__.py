"""Web services: requests, pages and answers as tables of text."""
