"""What people write while they review: rubric items, the marks made of them, comments at cells, answers to students' requests."""
