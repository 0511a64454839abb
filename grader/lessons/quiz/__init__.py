"""True/false and multiple-choice questions on the lecture's points, answered in a dict."""
