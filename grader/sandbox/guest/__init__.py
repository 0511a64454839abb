"""What runs beside the student's code. Nothing here is secret, and nothing here decides a mark."""
