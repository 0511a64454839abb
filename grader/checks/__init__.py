"""What a lesson is written with."""
