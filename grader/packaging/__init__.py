"""What is made for others: exercise notebooks, the students' package, the zip for Gradescope, pages of documentation."""
