"""From a submission and a sandbox to a report."""
