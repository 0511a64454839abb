"""The lessons' figures: words in two languages and shapes in one palette, drawn as SVG by the standard library alone."""
