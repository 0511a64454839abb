"""What is handed to the student's code in this lesson. It arrives as text."""
