"""Files: storage, resumable uploads, inspection of what was uploaded."""
