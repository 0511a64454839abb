"""What is kept of a class: hand-ins, findings, marks, who is who, and who changed what."""
