"""Known answers, right and wrong: replayed, recorded, their parameters matched with the student's."""
