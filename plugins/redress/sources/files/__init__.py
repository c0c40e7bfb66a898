"""Files of a council: CSV and Excel workbooks in a folder, on an SFTP server or in an object store."""
