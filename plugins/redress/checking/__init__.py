"""What a check of files before they are sent says, in four forms: table, JSON, XLSX and HTML."""
