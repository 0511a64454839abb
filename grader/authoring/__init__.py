"""For those who write lessons: begin one, and see whether it keeps what a lesson must keep."""
