"""How strong the checks are: small changes of each reference answer, and whether a check notices them."""
