"""Documents: printouts, drafts and their comparison with the answers, signing; layout/ draws PDFs, tte/ signs."""
